import type { Report } from './schema.ts'

type Unchecked = Report['unchecked'][number]

const SERVICES = { ecs: 'ECS', vpc: 'VPC', evs: 'EVS', sdrs: 'SDRS' } as const satisfies Record<
  Unchecked['service'],
  string
>

/** `ECS: not asked: …`: what could not be read, and why. Still to be made safe. */
export function uncheckedText({ service, reason }: Unchecked): string {
  return `${SERVICES[service]}: ${reason}`
}

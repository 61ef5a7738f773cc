import type { Unchecked } from '../../plan/preflight/facts.ts'
import type { Palette } from '../../ui/colour.ts'
import { sanitize, wrap } from '../../ui/text.ts'

const SERVICES = { ecs: 'ECS', vpc: 'VPC', evs: 'EVS', sdrs: 'SDRS' } as const satisfies Record<
  Unchecked['service'],
  string
>

/** What could not be read, said once a service. */
export function uncheckedLines(unchecked: readonly Unchecked[], palette: Palette): string[] {
  if (unchecked.length === 0) return []
  return [
    '',
    palette.warn('Not checked, and nothing is blocked for it:'),
    ...unchecked.map(({ service, reason }) =>
      wrap(`${SERVICES[service]}: ${sanitize(reason)}`, '  '),
    ),
  ]
}

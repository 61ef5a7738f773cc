import type { World } from '../../src/simulator/state.ts'
import { ask, codeOf, MINUTE, serverId, type Asked } from './ask.ts'
import { LIMITS, READY, twoProtected } from './group-world.ts'

/** When an act that was sent at READY has ended. */
export const DONE = READY + MINUTE

/** Servers 1 and 2 of `erp` protected, server 1 stopped; a free disk in each zone; two more VPCs. */
export function actWorld(changes: Record<string, unknown> = {}): World {
  return twoProtected({
    limits: LIMITS,
    servers: Array.from({ length: 9 }, (_, index) => ({
      id: serverId(index + 1),
      name: `server-${index + 1}`,
      group: index < 6 ? 'erp' : 'web',
      disks: 2,
      ...(index === 0 ? { status: 'SHUTOFF' } : {}),
    })),
    volumes: [
      { id: 'free-1', size: 100, type: 'SSD', zone: 'eu-de-01' },
      { id: 'free-2', zone: 'eu-de-02' },
      { id: 'free-3', encrypted: true },
    ],
    ...changes,
  })
}

export function instanceOf(world: World, n: number, now = READY) {
  const { protected_instances: list } = ask(
    world,
    'GET',
    'protected-instances',
    undefined,
    now,
  ).json
  return list.find((each: { source_server: string }) => each.source_server === serverId(n))
}

export function jobAt(world: World, { json }: Asked, now: number) {
  return ask(world, 'GET', `jobs/${json.job_id}`, undefined, now).json
}

/** The code of a refusal, with its status where that is not 400. */
export function refusalOf(asked: Asked): string {
  return asked.status === 400 ? codeOf(asked) : `${asked.status} ${codeOf(asked)}`
}

import { logItems } from '../../src/simulator/log.ts'
import type { World } from '../../src/simulator/state.ts'
import { ask, create, MINUTE, NOW, serverId, smallWorld, type Asked } from './ask.ts'

/** When the creates of `twoProtected` are ready. */
export const READY = NOW + 5 * MINUTE
/** When a start sent at READY has ended, and when what it set going is in sync. */
export const ON = READY + MINUTE
export const IN_SYNC = ON + 10 * MINUTE

export const LIMITS = {
  jobTimeMs: 5 * MINUTE,
  otherJobTimeMs: MINUTE,
  syncTimeMs: 10 * MINUTE,
}

/** Servers 1 and 2 of `erp` are protected from READY on, two pairs each; nothing else is. */
export function twoProtected(changes: Record<string, unknown> = {}): World {
  const world = smallWorld({ limits: LIMITS, ...changes })
  return create(create(world, 1).world, 2).world
}

export type Action = 'start' | 'stop' | 'failover' | 'reverse'

export function act(world: World, action: Action, now: number, group = 'group-erp'): Asked {
  const { priority_station: station } =
    ask(world, 'GET', `server-groups/${group}`, undefined, now).json.server_group ?? {}
  const wanted =
    action === 'reverse' ? { priority_station: station === 'source' ? 'target' : 'source' } : {}
  const body = { [`${action}-server-group`]: wanted }
  return ask(world, 'POST', `server-groups/${group}/action`, body, now)
}

/** Pairs as `status replication_status progress fault_level`, each different one once. */
export function pairsAt(world: World, now: number, query = ''): string[] {
  const { replications } = ask(world, 'GET', `replications${query}`, undefined, now).json
  return [
    ...new Set<string>(
      replications.map((pair: Record<string, unknown>) =>
        [pair['status'], pair['replication_status'], pair['progress'], pair['fault_level']].join(
          ' ',
        ),
      ),
    ),
  ]
}

export function groupAt(world: World, now: number): Record<string, unknown> {
  return ask(world, 'GET', 'server-groups/group-erp', undefined, now).json.server_group
}

/** `dr-1 available` … in the order of the list. */
export function instancesAt(world: World, now: number): string[] {
  const { protected_instances: list } = ask(
    world,
    'GET',
    'protected-instances',
    undefined,
    now,
  ).json
  return list.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`)
}

export function groupActs(world: World): string[] {
  return logItems(world.groupLedger).map(
    ({ kind, accepted, refusedAs }) => `${kind} ${accepted?.after ?? refusedAs}`,
  )
}

/** The DR server of the n-th server, as ECS shows it. */
export function drServerOf(world: World, n: number, now: number): Asked {
  const { protected_instances: list } = ask(
    world,
    'GET',
    'protected-instances',
    undefined,
    now,
  ).json
  const instance = list.find(
    (each: { source_server: string }) => each.source_server === serverId(n),
  )
  return ask(world, 'GET', `cloudservers/${instance.target_server}`, undefined, now)
}

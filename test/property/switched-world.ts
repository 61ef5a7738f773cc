import type { Row } from '../../src/inventory/row.ts'
import { isWhole } from '../../src/instance-status.ts'
import { withDeparture } from '../../src/simulator/departures.ts'
import { actBySomebodyElse } from '../../src/simulator/group-actions.ts'
import { addInstance } from '../../src/simulator/build.ts'
import { chanceUuid } from '../../src/simulator/chance.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { groupStatusAt, instanceStatusAt } from '../../src/simulator/lifecycle.ts'
import { pairStateAt } from '../../src/simulator/replication.ts'
import { serverKey, type Group, type Instance, type World } from '../../src/simulator/state.ts'
import { loadWorld } from '../../src/simulator/world-file.ts'
import { makeRow } from '../support/rollout.ts'
import type { Meddling, SwitchedHistory } from './switched-history.ts'
import { nameOf, PROJECT, serverIdOf } from './world.ts'

export function groupIdAt({ groups }: SwitchedHistory, place: number): string {
  return groupIdFor(groupNameAt({ groups }, place))
}

function groupNameAt({ groups }: Pick<SwitchedHistory, 'groups'>, place: number): string {
  return `g${(place % groups.length) + 1}`
}

export function switchedWorld(history: SwitchedHistory, at: number): World {
  const { cloud, groups, rows } = history
  const { listLagMs, showLags, busyAs, otherJobTimeMs, syncTimeMs } = cloud
  const world = loadWorld({
    seed: history.seed,
    project: { id: PROJECT, name: 'eu-de' },
    limits: {
      listLagMs,
      showLags,
      busyAs,
      otherJobTimeMs,
      syncTimeMs,
      jobTimeMs: { min: 20_000, max: 60_000 },
    },
    groups: groups.map(({ status, startFails }, place) => ({
      name: groupNameAt(history, place),
      createdAt: at - 24 * 3_600_000,
      startFails:
        startFails === null
          ? null
          : { errorCode: 'EVS.2024', failReason: 'no link', times: 1, ...startFails },
      ...(status === 'available' ? {} : { status, priorityStation: 'target' }),
    })),
    servers: rows.map(({ group, createFails }, place) => ({
      id: serverIdOf(place),
      name: nameOf(place),
      group: groupNameAt(history, group),
      disks: 1,
      createFails: createFails
        ? { errorCode: 'EVS.2024', failReason: 'broken', leavesInstance: true, times: 1 }
        : null,
    })),
  })
  // What was failed over holds what was protected there.
  return rows.reduce((next, { group }, place) => {
    const status = groups[group % groups.length]?.status
    return status === 'available'
      ? next
      : addInstance(next, earlier(place, groupIdAt(history, group), at))
  }, world)
}

function earlier(place: number, groupId: string, at: number): Instance {
  const createdAt = at - 3_600_000
  const id = chanceUuid(0, 'earlier instance', place)
  return {
    id,
    name: nameOf(place),
    description: '',
    groupId,
    serverId: serverIdOf(place),
    targetServerId: chanceUuid(0, 'earlier DR server', place),
    createdAt,
    readyAt: createdAt,
    updatedAt: createdAt,
    jobId: null,
    ends: 'ready',
    fixedStatus: null,
    anomalies: null,
    tags: [],
    flavor: 's3.large.2',
    subnetId: null,
    address: null,
    pairs: [{ id: `pair-${id}`, device: '/dev/vda', diskId: `disk-${id}` }],
    deletion: null,
  }
}

/** Those before `end`, all of them where it is null. */
export function switchedRows(history: SwitchedHistory, end: number | null): Row[] {
  return history.rows.slice(0, end ?? history.rows.length).map(({ group }, place) =>
    makeRow(place + 1, {
      serverId: serverIdOf(place),
      name: nameOf(place),
      serverGroup: groupNameAt(history, group),
    }),
  )
}

export function groupIdOfRow(history: SwitchedHistory, { row }: Row): string {
  return groupIdAt(history, history.rows[row - 1]?.group ?? 0)
}

/** What the service would refuse changes nothing. */
export function meddle(world: World, history: SwitchedHistory, by: Meddling, at: number): World {
  if (by.kind === 'act') {
    const group = world.groups.get(groupIdAt(history, by.group))
    return group === undefined ? world : actBySomebodyElse(world, group, by.act, at)
  }
  if (by.kind === 'seize') return seized(world, groupIdAt(history, by.group), at)
  const serverId = serverIdOf(by.row % history.rows.length)
  const instance = instancesOf(world, serverId).find(
    (each) => !UNDELETABLE.includes(instanceStatusAt(world, each, at)),
  )
  const group = world.groups.get(instance?.groupId ?? '')
  if (instance === undefined || group === undefined) return world
  if (!SETTLED.includes(groupStatusAt(group, at))) return world
  const endsAt = at + world.limits.otherJobTimeMs.min
  const deletion = { at, endsAt, deletesTarget: true }
  const instances = world.instances.set(instance.id, { ...instance, deletion })
  return withDeparture({ ...world, instances }, { at: endsAt, instanceId: instance.id })
}

/** Not where looks at one group lag as well: no look could tell. */
function seized(world: World, groupId: string, at: number): World {
  const { listLagMs, showLags } = world.limits
  const group = world.groups.get(groupId)
  const isOff = group !== undefined && groupStatusAt(group, at) === 'available'
  if (!isOff || group.pairCount === 0 || (showLags && listLagMs > 0)) return world
  const common = { startedAt: at, endsAt: at, failed: [] }
  const moves: Group['moves'] = [
    ...group.moves,
    { ...common, act: 'start', during: 'starting', after: 'protected', station: null },
    {
      ...common,
      act: 'failover',
      during: 'failing-over',
      after: 'failed-over',
      station: 'target',
    },
  ]
  return { ...world, groups: world.groups.set(groupId, { ...group, moves }) }
}

const UNDELETABLE: readonly (string | null)[] = [null, 'creating', 'deleting']
const SETTLED: readonly (string | null)[] = ['available', 'protected', 'failed-over']

export function instancesOf(world: World, serverId: string): Instance[] {
  const key = serverKey(serverId)
  return [...world.instances.values()].filter((each) => serverKey(each.serverId) === key)
}

/** Whether the server has an instance in that group whose create has come to a good end. */
export function isCreatedIn(world: World, serverId: string, groupId: string, at: number): boolean {
  const group = world.groups.get(groupId)
  return instancesOf(world, serverId).some((instance) => {
    if (instance.groupId !== groupId || group === undefined) return false
    const status = instanceStatusAt(world, instance, at)
    const asItsGroup = status === 'error-starting' && groupStatusAt(group, at) === status
    return status !== null && (isWhole(status) || asItsGroup)
  })
}

export function isInSync(world: World, serverId: string, groupId: string, at: number): boolean {
  return instancesOf(world, serverId).some((instance) => {
    const states = instance.pairs.map((pair) => pairStateAt(world, instance, pair, at))
    return (
      instance.groupId === groupId &&
      states.length > 0 &&
      states.every(
        (state) =>
          state?.status === 'protected' &&
          state.replicationStatus === 'active' &&
          state.progress === 100 &&
          state.faultLevel === '0',
      )
    )
  })
}

/** All statuses that a group had between two instants. */
export function groupStatuses(world: World, groupId: string, from: number, to: number): string[] {
  const group = world.groups.get(groupId)
  if (group === undefined) return []
  const turns = group.moves.flatMap(({ startedAt, endsAt }) => [startedAt, endsAt])
  return [from, ...turns.filter((at) => from < at && at <= to), to].flatMap(
    (at) => groupStatusAt(group, at) ?? [],
  )
}

import type { Row } from '../../src/inventory/row.ts'
import { withDeparture } from '../../src/simulator/departures.ts'
import { addInstance } from '../../src/simulator/build.ts'
import { chanceUuid } from '../../src/simulator/chance.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { instanceStatusAt, jobStateAt } from '../../src/simulator/lifecycle.ts'
import { logItems } from '../../src/simulator/log.ts'
import { serverKey, type Instance, type World } from '../../src/simulator/state.ts'
import { loadWorld } from '../../src/simulator/world-file.ts'
import { makeRow } from '../support/rollout.ts'
import type { History, RunPlan, ServerPlan } from './history.ts'

export const PROJECT = '0123456789abcdef0123456789abcdef'
/** What protects a server in a group that no row names. */
const ELSEWHERE = 'elsewhere'
const MINUTE = 60_000

export function serverIdOf(place: number): string {
  return `00000000-0000-4000-8000-${String(place + 1).padStart(12, '0')}`
}

export function nameOf(place: number): string {
  return `server-${place + 1}`
}

/** Of a server that no row names. */
function foreignIdOf(place: number): string {
  return `00000000-0000-4000-9000-${String(place + 1).padStart(12, '0')}`
}

/** What was drawn for a server; null for one of somebody else. */
export function serverPlanOf(history: History, serverId: string): ServerPlan | null {
  const place = history.servers.findIndex((_, index) => serverIdOf(index) === serverId)
  return history.servers[place] ?? null
}

function groupNameOf(history: History, place: number): string {
  return `g${(place % history.groups.length) + 1}`
}

const FAILS = {
  'leaves-error': { errorCode: 'EVS.2024', leavesInstance: true },
  'leaves-nothing': { errorCode: 'SDRS.1306', leavesInstance: false },
  'once-1350': { errorCode: 'SDRS.1350', leavesInstance: false, times: 1 },
  '1350-leaves-error': { errorCode: 'SDRS.1350', leavesInstance: true },
  'sub-job-fails': { errorCode: 'SDRS.1811', subJobOnly: true },
  'sub-job-fails-late': { errorCode: 'SDRS.1811', subJobOnly: true, leavesInstance: 'healthy' },
  'fails-late': { errorCode: 'EVS.2024', leavesInstance: 'healthy' },
  'repaired-soon': { errorCode: 'EVS.2024', leavesInstance: true, repairedAfterMs: 15_000 },
  'repaired-late': { errorCode: 'EVS.2024', leavesInstance: true, repairedAfterMs: 3 * MINUTE },
} as const satisfies Record<Exclude<ServerPlan['job'], 'succeeds'>, Record<string, unknown>>

const BEFALLS = {
  'omitted-early': { omissions: [{ from: 'created', afterMs: 15_000, forMs: 4 * MINUTE }] },
  'omitted-once-ready': { omissions: [{ from: 'ready', afterMs: 0, forMs: 3 * MINUTE }] },
  'omitted-for-hours': { omissions: [{ from: 'ready', afterMs: MINUTE, forMs: 150 * MINUTE }] },
  'breaks-at-once': { turns: [{ afterMs: 0, status: 'error' }] },
  'breaks-later': { turns: [{ afterMs: 6 * MINUTE, status: 'error' }] },
  'job-never-ends': { jobNeverEnds: true },
  'says-TARGET': { station: { says: 'TARGET' } },
  'says-source-blank': { station: { says: 'source ' } },
  'says-nothing': { station: { says: null } },
} as const satisfies Record<Exclude<ServerPlan['befalls'], 'nothing'>, Record<string, unknown>>

/** The world of a history as it is at `now`, before the first run. */
export function worldOf(history: History, now: number): World {
  const { cloud } = history
  let world = loadWorld({
    seed: history.seed,
    project: { id: PROJECT, name: 'eu-de' },
    limits: {
      listLagMs: cloud.listLagMs,
      jobTimeMs: cloud.jobTimeMs,
      otherJobTimeMs: { min: 1_000, max: 6_000 },
      busyAs: cloud.busyAs,
      rateLimit: cloud.rateLimit,
      mostPerPage: cloud.mostPerPage,
    },
    groups: [
      ...history.groups.map((group, place) => ({
        name: groupNameOf(history, place),
        parallel: group.parallel,
        capacity: group.capacity,
        status: group.status === 'starting' ? 'available' : group.status,
        move:
          group.status === 'starting'
            ? { during: 'starting', after: 'protected', endsAt: now + 2 * MINUTE }
            : null,
      })),
      { name: ELSEWHERE },
    ],
    servers: history.servers.map(({ group, job, befalls }, place) => ({
      id: serverIdOf(place),
      name: nameOf(place),
      group: groupNameOf(history, group),
      disks: 1,
      createFails: job === 'succeeds' ? null : { failReason: 'broken', ...FAILS[job] },
      anomalies: befalls === 'nothing' ? null : { ...BEFALLS[befalls], times: 1 },
    })),
  })
  // On the first pages, so that what follows them shifts when one of these goes.
  for (let place = 0; place < history.foreign; place += 1) {
    world = addInstance(world, foreignInstance(place, groupNameOf(history, place), now))
  }
  for (const [place, { before, group }] of history.servers.entries()) {
    if (before === 'nothing') continue
    const name = before === 'elsewhere' ? ELSEWHERE : groupNameOf(history, group)
    const instance = earlierInstance(place, groupIdFor(name), before, now)
    const { deletion } = instance
    if (deletion !== null) {
      world = withDeparture(world, { at: deletion.endsAt, instanceId: instance.id })
    }
    world = addInstance(world, instance)
  }
  return world
}

function earlierInstance(
  place: number,
  groupId: string,
  before: ServerPlan['before'],
  now: number,
): Instance {
  const createdAt = now - 10 * MINUTE
  return {
    id: chanceUuid(0, 'earlier instance', place),
    name: nameOf(place),
    description: '',
    groupId,
    serverId: serverIdOf(place),
    targetServerId: chanceUuid(0, 'earlier DR server', place),
    createdAt,
    readyAt: before === 'creating' ? now + MINUTE : createdAt,
    updatedAt: createdAt,
    jobId: null,
    ends: before === 'error' ? 'error' : 'ready',
    fixedStatus: before === 'fault' ? 'fault' : null,
    anomalies: null,
    tags: [],
    flavor: 's3.large.2',
    subnetId: null,
    address: null,
    pairs: [],
    deletion:
      before === 'deleting'
        ? { at: now - MINUTE, endsAt: now + 2 * MINUTE, deletesTarget: true }
        : null,
  }
}

function foreignInstance(place: number, groupName: string, now: number): Instance {
  return {
    ...earlierInstance(place, groupIdFor(groupName), 'available', now),
    id: chanceUuid(0, 'foreign instance', place),
    name: `foreign-${place + 1}`,
    serverId: foreignIdOf(place),
    targetServerId: chanceUuid(0, 'foreign DR server', place),
  }
}

/** The inventory as somebody left it for this run; `null` is the whole one, as it was. */
export function inventoryOf(history: History, edit: RunPlan | null): Row[] {
  const has = (list: readonly number[], place: number): boolean =>
    list.some((each) => each % history.servers.length === place)
  const rows = history.servers
    .map((server, place) => ({ server, place }))
    .filter(({ place }) => edit === null || !has(edit.dropped, place))
  if (edit?.reversed === true) rows.reverse()
  return rows.map(({ server, place }, index) =>
    makeRow(index + 1, {
      serverId: serverIdOf(place),
      name: nameOf(place),
      serverGroup: groupNameOf(
        history,
        server.group + (edit !== null && has(edit.moved, place) ? 1 : 0),
      ),
      ...(server.wave === null ? {} : { wave: server.wave }),
    }),
  )
}

/** An instance of a server that is there right now, whatever a list may say. */
export interface Present {
  readonly instance: Instance
  readonly status: string
}

export function presentOf(world: World, key: string, now: number): Present[] {
  return allOf(world, key).flatMap((instance) => {
    const status = instanceStatusAt(world, instance, now)
    return status === null ? [] : [{ instance, status }]
  })
}

/** All there ever was of a server. */
export function allOf(world: World, key: string): Instance[] {
  return logItems(world.instanceOrder)
    .map((id) => world.instances.get(id))
    .filter((instance) => instance !== undefined)
    .filter((instance) => serverKey(instance.serverId) === key)
}

/** A job, or a part of it, has come to a bad end by then. */
export function hasFailed(world: World, jobId: string, at: number): boolean {
  const job = world.jobs.get(jobId)
  if (job === undefined) return false
  return [job, ...job.subJobs].some((each) => jobStateAt(each, at).status === 'FAIL')
}

import type { Act } from './acts.ts'
import type { GroupMove } from './group-acts.ts'
import {
  serverKey,
  type Group,
  type Instance,
  type Job,
  type JobEnd,
  type SubJob,
  type World,
} from './state.ts'

/**
 * What a record looks like at an instant. Nothing here changes the world: a job that ends at noon is
 * RUNNING to a reader at 11:59 and SUCCESS to one at 12:00, whether or not anybody asked in between.
 */

/** Null: it is not there (any more). */
export function groupStatusAt(group: Group, at: number): string | null {
  if (at < group.createdAt || (group.goneAt !== null && at >= group.goneAt)) return null
  const move = moveAt(group, at)
  if (move === undefined) return group.status
  return at < move.endsAt ? move.during : move.after
}

/** The last that had begun. */
function moveAt({ moves }: Group, at: number): GroupMove | undefined {
  return moves.findLast(({ startedAt }) => startedAt <= at)
}

/** Which of its sides a group's production is on. */
export function stationAt({ moves, priorityStation }: Group, at: number): 'source' | 'target' {
  const turn = moves.findLast(({ station, endsAt }) => station !== null && endsAt <= at)
  return turn?.station ?? priorityStation
}

/** Since when its protection has been on; null: it is off, or not on yet. Going off, it is on until that ends. */
export function protectedSince(group: Group, at: number): number | null {
  let since = group.status === 'protected' ? group.createdAt : null
  for (const { act, after, endsAt } of group.moves) {
    if (endsAt > at) break
    // A planned switch of sides keeps what is in sync.
    const goesOn = act === 'reverse' && since !== null
    if (!goesOn) since = after === 'protected' ? endsAt : null
  }
  return since
}

/** An instance of a group follows the group in these. */
const SHARED_WITH_GROUP = new Set([
  'protected',
  'starting',
  'stopping',
  'reversing',
  'reprotecting',
  'failing-over',
  'failed-over',
  'error-starting',
  'error-stopping',
  'error-reversing',
  'error-reprotecting',
  'error-failing-over',
])

/** Whether it is there, in whatever status: cheaper than that. */
export function isThereAt({ createdAt, readyAt, ends, deletion }: Instance, at: number): boolean {
  if (at < createdAt) return false
  if (deletion !== null && at >= deletion.at) return at < deletion.endsAt
  return ends !== 'gone' || at < readyAt
}

/** When that changes next, ms; `Infinity`: never again. */
export function comesOrGoesAt({ createdAt, readyAt, deletion }: Instance, at: number): number {
  const changes = [createdAt, readyAt, deletion?.at ?? Infinity, deletion?.endsAt ?? Infinity]
  return Math.min(...changes.filter((each) => each > at), Infinity)
}

/** Null: it is not there (yet, or any more). */
export function instanceStatusAt(world: World, instance: Instance, at: number): string | null {
  if (!isThereAt(instance, at)) return null
  if (instance.deletion !== null && at >= instance.deletion.at) return 'deleting'
  if (at < instance.readyAt) return 'creating'
  const turned = instance.anomalies?.turns.findLast((turn) => turn.at <= at)?.status
  const own = turned ?? (instance.ends === 'error' ? 'error' : instance.fixedStatus)
  const act = actAt(world, instance.id, at)
  if (act !== undefined && (turned ?? 'available') === 'available') return act.status
  if (own !== null && own !== 'available') return own
  if (isDrServerGone(world, instance, at)) return 'invalid'
  const group = world.groups.get(instance.groupId)
  if (group === undefined) return 'available'
  const move = moveAt(group, at)
  if (move !== undefined && at >= move.endsAt && move.failed.includes(instance.id)) {
    return 'error-starting'
  }
  return statusByGroup(group, at)
}

/** What an instance or a pair with nothing of its own is in. */
export function statusByGroup(group: Group, at: number): string {
  const status = groupStatusAt(group, at)
  return status !== null && SHARED_WITH_GROUP.has(status) ? status : 'available'
}

/** What is being done to an instance or a pair. */
export function actAt({ acts }: Pick<World, 'acts'>, id: string, at: number): Act | undefined {
  return acts.get(id)?.find(({ startedAt, endsAt }) => startedAt <= at && at < endsAt)
}

/** Whether something is being done to it, or to one of its pairs. */
export function isInHand(world: World, { id, pairs }: Instance, at: number): boolean {
  if (world.acts.size === 0) return false
  return [id, ...pairs.map((pair) => pair.id)].some((each) => actAt(world, each, at) !== undefined)
}

/** Whether somebody has deleted its DR server. */
export function isDrServerGone(world: World, instance: Instance, at: number): boolean {
  const drift = world.servers.get(serverKey(instance.serverId))?.drServer ?? null
  const after = drift?.deletedAfterMs ?? null
  return after !== null && at >= instance.readyAt + after
}

/** Whether lists leave it out although it is there. */
export function isOmittedAt({ anomalies }: Instance, at: number): boolean {
  return anomalies?.omissions.some(({ from, until }) => from <= at && at < until) ?? false
}

/** `priority_station` as the API shows it; null where it shows none. */
export function stationOf(
  world: World,
  { anomalies, groupId }: Instance,
  at: number,
): string | null {
  const station = anomalies?.station ?? null
  if (station !== null) return station.says
  const group = world.groups.get(groupId)
  return group === undefined ? 'source' : stationAt(group, at)
}

/** Percent; a create counts up to its end. */
export function instanceProgressAt(instance: Instance, at: number): number {
  if (instance.ends !== 'ready' && at >= instance.readyAt) return 0
  return Math.floor(100 * shareDone(instance.createdAt, instance.readyAt, at))
}

/** A job starts as INIT for a twentieth of its time, two seconds at most. */
const INIT_SHARE = 0.05
const INIT_MOST_MS = 2_000

type Running = {
  readonly status: 'INIT' | 'RUNNING'
  readonly errorCode: null
  readonly failReason: null
}

export function jobStateAt(
  job: Pick<Job | SubJob, 'startedAt' | 'endsAt' | 'end'>,
  at: number,
): JobEnd | Running {
  if (at >= job.endsAt) return job.end
  const init = Math.min((job.endsAt - job.startedAt) * INIT_SHARE, INIT_MOST_MS)
  return {
    status: at < job.startedAt + init ? 'INIT' : 'RUNNING',
    errorCode: null,
    failReason: null,
  }
}

export function shareDone(from: number, to: number, at: number): number {
  return to <= from ? 1 : Math.min(1, Math.max(0, (at - from) / (to - from)))
}

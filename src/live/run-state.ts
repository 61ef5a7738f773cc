import { OrderedMap } from 'immutable'
import type { LaneFacts, RunEvent } from '../apply/events.ts'
import type { StopReason } from '../apply/stop.ts'
import { isOn, type EnablingKind } from '../enabling.ts'
import { groupBy } from '../group-by.ts'
import { isProtected, type OutcomeKind } from '../outcome.ts'

/** A job that is followed. Times in ms since the epoch. */
export interface RunningJob {
  readonly name: string
  readonly since: number
  /** From 1; null: of a create that no row names. */
  readonly wave: number | null
}

/** Where one protection group stands. */
export interface GroupState {
  readonly groupId: string
  readonly name: string
  readonly rows: number
  readonly protected: number
  readonly failed: number
  /** Rows still to be done by wave (the first is wave 1), those whose job runs included; of a start one row. */
  readonly left: readonly number[]
  /** By server ID; of a start by group ID. */
  readonly running: ReadonlyMap<string, RunningJob>
  /** Rows whose job is over and which the list is still to show, by server ID: their wave. */
  readonly over: ReadonlyMap<string, number>
  /** So many ran at once, as far as was seen. */
  readonly mostRunning: number
  readonly lane: LaneFacts
  /** What it said when it last was busy. */
  readonly refusedWith: string | null
  /** How long its last jobs took, ms. */
  readonly durations: readonly number[]
  /** Its start has ended so; null: not, or it is not to be switched on. */
  readonly enabling: EnablingKind | null
}

/** Where a run stands, as its events tell. */
export interface RunState {
  readonly phase: 'beginning' | 'creating' | 'looking' | 'switching-on'
  /** What its progress is told in: once it switches groups on, those, to its end. */
  readonly counted: 'rows' | 'groups'
  readonly beganAt: number
  readonly rows: number
  readonly maxJobs: number
  /** Ended rows by outcome. */
  readonly ended: Readonly<Partial<Record<OutcomeKind, number>>>
  /** The wave that goes, from 1; 0: none yet. */
  readonly wave: number
  readonly waves: readonly { readonly name: string | null; readonly rows: number }[]
  /** In the order in which they were named. Persistent: an event costs the same among thousands as among two. */
  readonly groups: OrderedMap<string, GroupState>
  /** Jobs that are followed, of all groups. */
  readonly running: number
  /** All creates wait until then, and why; null: they never had to. */
  readonly hold: { readonly until: number; readonly said: string } | null
  /** For so long in all, ms. */
  readonly heldMs: number
  readonly accepted: number
  readonly acceptedAt: number | null
  /** Between two creates that waited for nothing but their turn to be sent, the last ones, ms. */
  readonly gaps: readonly number[]
  /** Of all groups together, the last ones, ms. */
  readonly durations: readonly number[]
  readonly stopping: StopReason | null
  readonly lastFailure: { readonly name: string; readonly said: string } | null
}

const REMEMBERED = 50
const REMEMBERED_OF_ALL = 200
const GAPS_REMEMBERED = 20
const OPEN: LaneFacts = { limit: null, busySince: null, closedUntil: null }

export function newRunState(now: number): RunState {
  return {
    phase: 'beginning',
    counted: 'rows',
    beganAt: now,
    rows: 0,
    maxJobs: 0,
    ended: {},
    wave: 0,
    waves: [],
    groups: OrderedMap(),
    running: 0,
    hold: null,
    heldMs: 0,
    accepted: 0,
    acceptedAt: null,
    gaps: [],
    durations: [],
    stopping: null,
    lastFailure: null,
  }
}

/** The next state, when `event` has come at `now`. Pure; what does not concern it leaves it as it is. */
export function nextRunState(state: RunState, event: RunEvent, now: number): RunState {
  switch (event.type) {
    case 'run-begun': {
      const { rows, maxJobs, waves, lots } = event
      const lotsOf = groupBy(lots, ({ groupId }) => groupId)
      const groups = event.groups.map((group) => {
        const left = waves.map(() => 0)
        for (const lot of lotsOf.get(group.groupId) ?? []) {
          left[lot.wave - 1] = (left[lot.wave - 1] ?? 0) + lot.rows
        }
        return { ...newGroup(group.groupId, group.group, group.rows), left }
      })
      return { ...state, phase: 'creating', rows, maxJobs, waves, groups: byId(groups) }
    }
    case 'wave-begun':
      return { ...state, wave: event.wave }
    case 'accepted':
      return { ...withGap(state, now), accepted: state.accepted + 1, acceptedAt: now }
    case 'create-failed': {
      if (event.class !== 'busy') return state
      return withGroup(state, event, () => ({ refusedWith: saidBy(event) }))
    }
    case 'job-running': {
      const { name, since, wave } = event
      return withGroup(state, event, (group) =>
        withJob(group, event.serverId, { name, since, wave }),
      )
    }
    case 'job-ended': {
      const isTold = event.end === 'success' || event.end === 'failed'
      const ended = withDuration(state, event, event.serverId, isTold ? event.durationMs : null)
      const { end, wave, serverId } = event
      if (end !== 'success' || wave === null) return ended
      return withGroup(ended, event, ({ over }) => ({ over: new Map(over).set(serverId, wave) }))
    }
    case 'row-ended': {
      const { outcome, errorCode, reason, name, wave, wasSettled } = event
      const isFailed = outcome === 'failed'
      const next = withGroup(state, event, (group) => ({
        protected: group.protected + Number(isProtected(outcome)),
        failed: group.failed + Number(isFailed),
        over: without(group.over, event.serverId),
        left: wasSettled
          ? group.left
          : group.left.map((rows, at) => (at + 1 === wave ? Math.max(0, rows - 1) : rows)),
      }))
      return {
        ...next,
        ended: { ...state.ended, [outcome]: (state.ended[outcome] ?? 0) + 1 },
        lastFailure: isFailed ? { name, said: errorCode ?? reason ?? '' } : state.lastFailure,
      }
    }
    case 'lane': {
      const { limit, busySince, closedUntil } = event
      return withGroup(state, event, () => ({ lane: { limit, busySince, closedUntil } }))
    }
    case 'held-back': {
      const { until } = event
      const from = Math.max(now, state.hold?.until ?? now)
      const heldMs = state.heldMs + Math.max(0, until - from)
      const last = Math.max(until, state.hold?.until ?? until)
      // That it was asked to wait is in the status; the code behind it says no more.
      const said = event.status === null ? saidBy(event) : String(event.status)
      return { ...state, hold: { until: last, said }, heldMs }
    }
    case 'stopping':
      return { ...state, stopping: event.reason }
    case 'looking':
      return { ...state, phase: 'looking' }
    case 'groups-begun': {
      // Whatever ran before has ended: from here on each group is one piece of work.
      const groups = event.groups.map(({ groupId, group, rows }) => ({
        ...newGroup(groupId, group, rows),
        left: [1],
      }))
      const { maxJobs } = event
      return {
        ...state,
        phase: 'switching-on',
        counted: 'groups',
        maxJobs,
        wave: 1,
        waves: [{ name: null, rows: groups.length }],
        groups: byId(groups),
        running: 0,
        durations: [],
        gaps: [],
        accepted: 0,
        heldMs: 0,
      }
    }
    case 'start-failed': {
      if (event.class !== 'busy') return state
      return withGroup(state, event, () => ({ refusedWith: saidBy(event) }))
    }
    case 'start-running': {
      const { groupId, group: name, since } = event
      return withGroup(state, event, (group) => withJob(group, groupId, { name, since, wave: 1 }))
    }
    case 'group-ended': {
      const { groupId, group: name, outcome, reason } = event
      const since = state.groups.get(groupId)?.running.get(groupId)?.since ?? null
      const isTold = since !== null && (outcome === 'enabled' || outcome === 'failed')
      const ended = withDuration(state, event, groupId, isTold ? now - since : null)
      const next = withGroup(ended, event, () => ({ left: [0], enabling: outcome }))
      const isFailed = !isOn(outcome) && outcome !== 'not-attempted'
      return isFailed ? { ...next, lastFailure: { name, said: reason ?? outcome } } : next
    }
    // Told by others, or counted from the events above.
    case 'removing':
    case 'removed':
    case 'access-lost':
    case 'failure-limit':
    case 'progress':
    case 'groups-progress':
    case 'start-accepted':
      return state
  }
}

/** Rows of the run whose job is followed. */
export function runningRows({ groups }: Pick<RunState, 'groups'>): number {
  let running = 0
  for (const group of groups.values()) {
    for (const { wave } of group.running.values()) running += Number(wave !== null)
  }
  return running
}

/** Rows that neither wait nor run: their job is over, and the list is still to show them. */
export function overRows({ groups }: Pick<RunState, 'groups'>): number {
  return [...groups.values()].reduce((sum, { over }) => sum + over.size, 0)
}

/** Places that are taken: jobs that no row names included. */
export function runningJobs({ running }: Pick<RunState, 'running'>): number {
  return running
}

export function endedRows({ ended }: Pick<RunState, 'ended'>): number {
  return Object.values(ended).reduce((sum, count) => sum + count, 0)
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  if (!map.has(key)) return map
  const rest = new Map(map)
  rest.delete(key)
  return rest
}

/** `409`, `SDRS.1018`: the code, or the status where there is none. */
function saidBy({
  status,
  code,
}: {
  readonly status: number | null
  readonly code: string | null
}) {
  return code ?? (status === null ? 'no answer' : String(status))
}

function newGroup(groupId: string, name: string, rows: number): GroupState {
  return {
    groupId,
    name,
    rows,
    protected: 0,
    failed: 0,
    left: [],
    running: new Map(),
    over: new Map(),
    mostRunning: 0,
    lane: OPEN,
    refusedWith: null,
    durations: [],
    enabling: null,
  }
}

function byId(groups: readonly GroupState[]): RunState['groups'] {
  return OrderedMap(groups.map((group) => [group.groupId, group]))
}

/** A group that the plan does not name may hold a job of an earlier run. */
function withGroup(
  state: RunState,
  { groupId, group: name }: { readonly groupId: string; readonly group: string },
  change: (group: GroupState) => Partial<GroupState>,
): RunState {
  const group = state.groups.get(groupId) ?? newGroup(groupId, name, 0)
  const next = { ...group, ...change(group) }
  const running = state.running + next.running.size - group.running.size
  return { ...state, running, groups: state.groups.set(groupId, next) }
}

function withJob(
  { running, mostRunning }: GroupState,
  key: string,
  job: RunningJob,
): Partial<GroupState> {
  const more = new Map(running).set(key, job)
  return { running: more, mostRunning: Math.max(mostRunning, more.size) }
}

/** The job has ended; `durationMs` is null where its length tells nothing of how long jobs take. */
function withDuration(
  state: RunState,
  of: { readonly groupId: string; readonly group: string },
  key: string,
  durationMs: number | null,
): RunState {
  const more = durationMs === null ? [] : [durationMs]
  const next = withGroup(state, of, ({ running, durations }) => {
    const left = new Map(running)
    left.delete(key)
    return { running: left, durations: [...durations, ...more].slice(-REMEMBERED) }
  })
  return {
    ...next,
    durations: [...state.durations, ...more].slice(-REMEMBERED_OF_ALL),
    // What goes next waited for this place, and not for its turn to be sent.
    acceptedAt: null,
  }
}

function withGap(state: RunState, now: number): RunState {
  if (state.acceptedAt === null || runningJobs(state) + 1 >= state.maxJobs) return state
  return { ...state, gaps: [...state.gaps, now - state.acceptedAt].slice(-GAPS_REMEMBERED) }
}

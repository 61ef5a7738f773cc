import pLimit from 'p-limit'
import type { Clock } from '../clock.ts'
import { instanceIdOf } from '../plan/live-state.ts'
import { MOST_GROUPS_A_LIST, type SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import {
  beginFollowing,
  ownLookAt,
  type Ask,
  type End,
  type Followed,
  type Seen,
  type Target,
} from './followed.ts'
import { step } from './follow-steps.ts'
import { askForJob, isHeard } from './ask-job.ts'
import { createGroupLook } from './group-look.ts'
import type { NarrowClient, WantedInstance } from './narrow-look.ts'
import {
  dueAgeMs,
  LONGEST_PAUSE,
  nextLookAt,
  SHORTEST_TICK,
  type Durations,
} from './poll-schedule.ts'
import type { StopControl } from './stop.ts'

/**
 * Follows all running jobs together. One list call shows up to 30 groups, and only groups in which a
 * job may have ended are listed; a job itself is asked for when its instance has moved, is not to be
 * seen, or has not moved for long. A look that fails is repeated: it never ends the wait, and a job
 * that is slow to answer never holds up the others.
 */
export interface Watch {
  /** Resolves with the end of the create; never rejects. */
  follow(target: Target): Promise<End>
  /** How many are being followed. */
  size(): number
}

/** So many jobs are asked for at once; the rate gate paces them all the same. */
const ASKED_AT_ONCE = 16

export interface WatchParts {
  readonly client: Pick<SdrsClient, 'listProtectedInstances' | 'showJob' | 'listFailureJobs'> &
    NarrowClient
  readonly clock: Clock
  readonly stop: StopControl
  readonly durations: Durations
  readonly pollIntervalMs: number | null
  readonly jobTimeoutMs: number
  readonly settleWindowMs: number
  /** Something that must not happen: nothing is followed any more. */
  readonly onBug: (error: unknown) => void
}

/** After a list that failed, the next one waits at least so long, ms. */
const AFTER_FAILURE_MS = 2_000
/** With every job being asked for there is nothing to wait for but the answers, which wake the loop. */
const ALL_ASKED_MS = 60_000

/** One create that is followed, and whom to tell its end. */
interface Entry {
  readonly target: Target
  readonly deadline: number
  readonly resolve: (end: End) => void
  state: Followed
  /** As its job has told it. */
  instanceId: string | null
}

export function createWatch(parts: WatchParts): Watch {
  const { client, clock, stop, durations, pollIntervalMs } = parts
  const look = createGroupLook({ client, stop })
  const all = new Set<Entry>()
  /** Those whose answer is on its way: they are not looked at meanwhile. */
  const asked = new Map<Entry, Promise<void>>()
  const asking = pLimit(ASKED_AT_ONCE)
  const lookedAt = new Map<string, number>()
  let lastTickAt = Number.NEGATIVE_INFINITY
  let notBefore = Number.NEGATIVE_INFINITY
  let pause: { readonly until: number; readonly off: AbortController } | null = null
  let running = false

  async function run(): Promise<void> {
    running = true
    try {
      while (all.size > 0 && !stop.following.aborted) {
        const now = clock.now()
        const at = nextDue(now)
        if (at > now) await sleepUntil(at, now)
        else await tick(now)
      }
    } catch (error) {
      bug(error)
    }
    if (stop.following.aborted) {
      await Promise.all(asked.values())
      for (const entry of all) finish(entry, { kind: 'stopped' })
    }
    running = false
  }

  function bug(error: unknown): void {
    stop.stopFollowing()
    parts.onBug(error)
  }

  async function sleepUntil(at: number, now: number): Promise<void> {
    const off = new AbortController()
    pause = { until: at, off }
    await clock.sleep(at - now, AbortSignal.any([off.signal, stop.following]))
    pause = null
  }

  /** Ends the pause early, if this one cannot wait so long, or if there is nothing left to wait for. */
  function wake(entry: Entry): void {
    if (pause === null) return
    const now = clock.now()
    const soonest = ownLookAt(entry.state) ?? now + (pollIntervalMs ?? SHORTEST_TICK)
    const mayBeDue = all.has(entry) && soonest < pause.until
    if (all.size === 0 || (mayBeDue && nextDue(now) < pause.until)) pause.off.abort()
  }

  /** Those being looked for have times of their own; the others share the regular tick. */
  function nextDue(now: number): number {
    let due = now + ALL_ASKED_MS
    const startedAt: number[] = []
    for (const entry of all) {
      if (asked.has(entry)) continue
      const lookAt = ownLookAt(entry.state)
      if (lookAt === null) startedAt.push(entry.target.since)
      due = Math.min(due, lookAt ?? entry.deadline)
    }
    return Math.max(notBefore, Math.min(due, regularAt(startedAt, now)))
  }

  function regularAt(startedAt: readonly number[], now: number): number {
    if (startedAt.length === 0) return Number.POSITIVE_INFINITY
    const firstStart = startedAt.reduce((first, at) => Math.min(first, at), now)
    return nextLookAt({
      startedAt,
      lastLookAt: Math.max(lastTickAt, firstStart),
      seen: durations.seen(),
      fixedMs: pollIntervalMs,
      now,
    })
  }

  /**
   * The groups worth a list call now. Where one call shows them all, those that cannot wait take the
   * others along, and the regular tick starts anew.
   */
  function groupsToLookAt(now: number): ReadonlySet<string> {
    const urgent = new Set<string>()
    const regular = new Set<string>()
    const startedAt: number[] = []
    const youngestDue = now - dueAgeMs(pollIntervalMs === null ? durations.seen() : null)
    for (const entry of all) {
      if (asked.has(entry)) continue
      const { groupId, since } = entry.target
      const lookAt = ownLookAt(entry.state)
      if (lookAt === null) startedAt.push(since)
      if ((lookAt ?? entry.deadline) <= now) urgent.add(groupId)
      else if (since <= youngestDue || isStale(entry.target, now)) regular.add(groupId)
    }
    const together = new Set([...urgent, ...regular])
    if (together.size > MOST_GROUPS_A_LIST && regularAt(startedAt, now) > now) return urgent
    lastTickAt = now
    return together
  }

  /** Not due, but not looked at for long. */
  function isStale({ groupId, since }: Target, now: number): boolean {
    return now - Math.max(since, lookedAt.get(groupId) ?? since) >= LONGEST_PAUSE
  }

  async function tick(now: number): Promise<void> {
    const groupIds = groupsToLookAt(now)
    const entries = [...all].filter(
      (entry) => groupIds.has(entry.target.groupId) && !asked.has(entry),
    )
    const seen = await look([...groupIds], entries.map(wantedOf))
    for (const groupId of groupIds) lookedAt.set(groupId, now)
    // After a list that failed, those whose time is up must end all the same.
    if (seen.isBlind) notBefore = clock.now() + (pollIntervalMs ?? AFTER_FAILURE_MS)
    for (const entry of entries) {
      const sight = seen.of(entry.target)
      // A list says how things stood when it was asked for, however long its answer took.
      tell(entry, { ...sight, at: sight.kind === 'list' ? now : clock.now() })
      // Nobody can tell how it ended, and a missing right is why: the run must say so.
      const forbidden = isUnseen(entry.state) ? seen.forbidden(entry.target.groupId) : null
      if (forbidden !== null) stop.forbid(forbidden)
    }
  }

  /** Moves one on, asks what it wants to know, and tells of its end. */
  function tell(entry: Entry, seen: Seen): void {
    const before = entry.state
    const [state, ask] = step(before, seen)
    entry.state = state
    const isFound = before.kind === 'looking' && before.live.kind === 'not-seen-yet'
    if (isFound && seen.kind === 'list' && seen.instance !== null) {
      entry.target.onFound?.(seen.instance.id)
    }
    if (ask !== null) asked.set(entry, answer(entry, ask))
    else if (state.kind === 'ended') finish(entry, state.end)
  }

  async function answer(entry: Entry, ask: Ask): Promise<void> {
    let seen: Seen | null = null
    try {
      seen = await asking(() => askFor(ask))
    } catch (error) {
      bug(error)
    }
    asked.delete(entry)
    if (seen?.kind === 'job') entry.instanceId = seen.job.protectedInstanceId ?? entry.instanceId
    if (seen !== null) tell(entry, seen)
    if (!asked.has(entry)) wake(entry)
  }

  /** Null: the run ends, and nothing is asked any more. */
  async function askFor(ask: Ask): Promise<Seen | null> {
    if (ask.kind === 'job') return askForJob(ask.jobId, { client, clock, stop })
    if (stop.following.aborted) return null
    try {
      const failures = await client.listFailureJobs(ask.groupId, stop.following)
      return { kind: 'failures', failures, at: clock.now() }
    } catch (error) {
      return isHeard(error, stop) ? { kind: 'failures', failures: null, at: clock.now() } : null
    }
  }

  function finish(entry: Entry, end: End): void {
    if (!all.delete(entry)) return
    if (end.kind === 'success') durations.add(clock.now() - entry.target.since)
    entry.resolve(end)
  }

  return {
    size: () => all.size,
    follow(target) {
      if (stop.following.aborted) return Promise.resolve({ kind: 'stopped' })
      return new Promise((resolve) => {
        const now = clock.now()
        // An earlier run's clock may have been ahead: what has begun has not begun in the future.
        const begun = { ...target, since: Math.min(target.since, now) }
        const { jobTimeoutMs, settleWindowMs } = parts
        const state = beginFollowing(begun, {
          now,
          jobTimeoutMs,
          settleWindowMs,
          tickMs: pollIntervalMs,
        })
        const entry = {
          target: begun,
          deadline: now + jobTimeoutMs,
          resolve,
          state,
          instanceId: null,
        }
        all.add(entry)
        if (running) wake(entry)
        else void run()
      })
    },
  }
}

function wantedOf({ target: { serverId, groupId }, state, instanceId }: Entry): WantedInstance {
  const known = 'live' in state ? instanceIdOf(state.live) : null
  // A job that the service denies is none to rely on.
  const hasJob =
    state.kind === 'succeeded' || (state.kind === 'asking' && state.deniedSince === null)
  return { serverId, groupId, instanceId: known ?? instanceId, hasJob }
}

function isUnseen(state: Followed): boolean {
  return state.kind === 'ended' && (state.end.kind === 'missing' || state.end.kind === 'unlisted')
}

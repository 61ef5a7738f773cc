import pLimit from 'p-limit'
import type { Clock } from '../clock.ts'
import { MOST_GROUPS_A_LIST, type SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import {
  beginFollowing,
  isUnderWay,
  mayBeAsked,
  SANITY_MS,
  type Ask,
  type End,
  type Seen,
  type Target,
} from './followed.ts'
import { step } from './follow-steps.ts'
import { askForJob, isHeard } from './ask-job.ts'
import { WHOLE_UP_TO, type NarrowClient } from './narrow-look.ts'
import { createGroupLook, type GroupLook } from './group-look.ts'
import { beginJob, heardOfAt } from './job-times.ts'
import { createLookTimes, RECKONING_MS } from './look-times.ts'
import type { Scarcity } from './look-price.ts'
import type { StopControl } from './stop.ts'
import {
  adaptiveDueAt,
  isUnseen,
  regularDueAt,
  usefulNow,
  wantedOf,
  type Entry,
} from './watch-entry.ts'

/**
 * Follows all running jobs together. One list call shows up to 30 groups, and only groups in which a
 * job may have ended are listed; a job itself is asked for when it is likely to have ended (see
 * look-worth.ts), and when its instance has moved or is not to be seen. A look that fails is repeated: it never
 * ends the wait, and neither a list nor a job that is slow to answer holds up the others.
 */
export interface Watch {
  /** Resolves with the end of the create; never rejects. */
  follow(target: Target): Promise<End>
  /** How many jobs are being followed; one that is over, and only not in the list yet, is none. */
  size(): number
}

/** So many jobs are asked for at once; the rate gate paces them all the same. */
const ASKED_AT_ONCE = 16

export interface WatchParts {
  readonly client: Pick<SdrsClient, 'listProtectedInstances' | 'showJob' | 'listFailureJobs'> &
    NarrowClient
  readonly clock: Clock
  readonly stop: StopControl
  /** What waits for a place that a job of the group has. */
  readonly scarcity: (groupId: string) => Scarcity | null
  readonly pollIntervalMs: number | null
  readonly jobTimeoutMs: number
  readonly settleWindowMs: number
  /** Instances of groups that are listed whole; left out: see narrow-look.ts. */
  readonly wholeUpTo?: number
  /** Something that must not happen: nothing is followed any more. */
  readonly onBug: (error: unknown) => void
}

/** After a list that failed, the next one waits at least so long, ms. */
const AFTER_FAILURE_MS = 2_000
/** With every job being asked for there is nothing to wait for but the answers, which wake the loop. */
const ALL_ASKED_MS = 60_000
/** After an end others may be due sooner: that is reckoned after this share of a job's length. */
const RECKONING_SHARE = 1 / 200
/** A job whose instance no list shows is asked for after so long, ms, beside what its age says: it may have failed. */
const UNSEEN_MS = 30_000

export function createWatch(parts: WatchParts): Watch {
  const { client, clock, stop, pollIntervalMs } = parts
  const { wholeUpTo = WHOLE_UP_TO } = parts
  const look = createGroupLook({ client, stop, wholeUpTo })
  const times = createLookTimes<Entry>(parts.scarcity)
  const all = new Set<Entry>()
  /** Those whose answer is on its way: they are not looked at meanwhile. */
  const asked = new Map<Entry, Promise<void>>()
  const asking = pLimit(ASKED_AT_ONCE)
  const lookedAt = new Map<string, number>()
  let listing: Promise<void> | null = null
  let lastListAt = Number.NEGATIVE_INFINITY
  let notBefore = Number.NEGATIVE_INFINITY
  let over = 0
  /** The job that was the last to end. */
  let lastOver: Entry | null = null
  /** When something is due, as far as is known; null: to be found out. */
  let due: number | null = null
  let pause: AbortController | null = null
  let running = false

  async function run(): Promise<void> {
    running = true
    try {
      while (all.size > 0 && !stop.following.aborted) {
        const now = clock.now()
        due ??= nextDue(now)
        if (due > now) {
          await sleepUntil(due, now)
        } else {
          lookNow(now)
          // Whatever was found wanting, there is no second look in one moment.
          due = Math.max(nextDue(now), now + 1)
        }
      }
    } catch (error) {
      bug(error)
    }
    if (stop.following.aborted) {
      await Promise.all([listing, ...asked.values()])
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
    pause = off
    await clock.sleep(at - now, AbortSignal.any([off.signal, stop.following]))
    pause = null
    if (!off.signal.aborted) due = null
  }

  /** Something may be due then, sooner than was thought. */
  function wakeBy(at: number): void {
    if (due === null || (at >= due && all.size > 0)) return
    due = at
    pause?.abort()
  }

  function nextDue(now: number): number {
    let at = now + ALL_ASKED_MS
    for (const entry of all) at = Math.min(at, ownDue(entry))
    return Math.min(at, pollIntervalMs === null ? ageDue(jobsUnderWay(), now) : regularAt())
  }

  /** The list on its way shows whatever must be looked at. */
  function ownDue(entry: Entry): number {
    if (asked.has(entry) || listing !== null) return Number.POSITIVE_INFINITY
    // With `--poll-interval` the lists come anyway, however long it is.
    const silentUntil = pollIntervalMs === null ? staleAt(entry) : Number.POSITIVE_INFINITY
    return Math.max(notBefore, Math.min(urgentAt(entry), silentUntil))
  }

  /** When the entry itself must be looked at, whatever its age. */
  function urgentAt(entry: Entry): number {
    return pollIntervalMs === null
      ? adaptiveDueAt(entry, times, all.size === over ? lastOver : null)
      : regularDueAt(entry)
  }

  /** Not due, but nothing has been heard of it for long. */
  function staleAt(entry: Entry): number {
    const listedAt = lookedAt.get(entry.target.groupId) ?? entry.target.since
    return Math.max(heardOfAt(entry), listedAt) + times.longestPause()
  }

  /** When their ages alone are worth a look. */
  function ageDue(jobs: readonly Entry[], now: number): number {
    return jobs.length === 0 ? Number.POSITIVE_INFINITY : times.nextAt(jobs, listFrom(), now)
  }

  /** With `--poll-interval`: the next list of all. */
  function regularAt(): number {
    if (pollIntervalMs === null || listing !== null) return Number.POSITIVE_INFINITY
    return Math.max(notBefore, lastListAt + pollIntervalMs)
  }

  function listFrom(): number {
    return listing === null ? notBefore : Number.POSITIVE_INFINITY
  }

  function jobsUnderWay(): Entry[] {
    return [...all].filter((entry) => !asked.has(entry) && isUnderWay(entry.state))
  }

  function lookNow(now: number): void {
    const groups = pollIntervalMs === null ? worthNow(now) : regularNow(now)
    if (groups.size === 0 || listing !== null || now < notBefore) return
    listing = list(groups, now).finally(() => {
      listing = null
      wakeBy(clock.now())
    })
  }

  /** Asks for the jobs that are worth it, and says which groups are to be listed. */
  function worthNow(now: number): ReadonlySet<string> {
    const worth = times.worth(jobsUnderWay(), listFrom(), now)
    for (const entry of worth?.ask ?? []) {
      if (mayBeAsked(entry.state)) ask(entry, { kind: 'job', jobId: entry.state.jobId })
    }
    const groups = groupsDue(now, (entry) => staleAt(entry) <= now)
    for (const { target } of worth?.list ?? []) groups.add(target.groupId)
    if (groups.size === 0) return groups
    // One call shows 30 groups: those take along what is of use as well.
    const room = Math.ceil(groups.size / MOST_GROUPS_A_LIST) * MOST_GROUPS_A_LIST
    // So are those that would be due for their silence soon.
    const silent = [...all].filter((entry) => staleAt(entry) - now < times.longestPause() / 2)
    for (const { target } of [...usefulNow(all, times, now), ...silent]) {
      if (groups.size < room) groups.add(target.groupId)
    }
    return groups
  }

  /**
   * All groups, at every interval; between two of them those that cannot wait. Where one list call shows all,
   * these take the others along, and the interval starts anew.
   */
  function regularNow(now: number): ReadonlySet<string> {
    const every = groupsDue(now, () => true)
    if (regularAt() > now) {
      const urgent = groupsDue(now, () => false)
      if (urgent.size === 0 || every.size > MOST_GROUPS_A_LIST) return urgent
    }
    lastListAt = now
    return every
  }

  /** Groups of those whose own time has come, and of those that `isToo`. */
  function groupsDue(now: number, isToo: (entry: Entry) => boolean): Set<string> {
    const due = [...all].filter(
      (entry) => !asked.has(entry) && (urgentAt(entry) <= now || isToo(entry)),
    )
    return new Set(due.map(({ target }) => target.groupId))
  }

  async function list(groups: ReadonlySet<string>, now: number): Promise<void> {
    const entries = [...all].filter(
      (entry) => groups.has(entry.target.groupId) && !asked.has(entry),
    )
    times.asked(Math.ceil(groups.size / MOST_GROUPS_A_LIST))
    try {
      const seen = await look([...groups], entries.map(wantedOf))
      times.listed(seen.size, groups.size, clock.now() - now)
      for (const groupId of groups) lookedAt.set(groupId, now)
      // After a list that failed, those whose time is up must end all the same.
      if (seen.isBlind) notBefore = clock.now() + (pollIntervalMs ?? AFTER_FAILURE_MS)
      // What was asked for meanwhile has said more than this list can.
      for (const entry of entries) if (!asked.has(entry) && all.has(entry)) show(entry, seen, now)
    } catch (error) {
      bug(error)
    }
  }

  function show(entry: Entry, seen: GroupLook, now: number): void {
    const sight = seen.of(entry.target)
    times.seen(entry, sight, now)
    // A list says how things stood when it was asked for, however long its answer took.
    tell(entry, { ...sight, at: sight.kind === 'list' ? now : clock.now() })
    // Nobody can tell how it ended, and a missing right is why: the run must say so.
    const forbidden = isUnseen(entry.state) ? seen.forbidden(entry.target.groupId) : null
    if (forbidden !== null) stop.forbid(forbidden)
  }

  /** Moves one on, asks what it wants to know, and tells of its end. */
  function tell(entry: Entry, seen: Seen): void {
    const before = entry.state
    const [state, wanted] = step(before, seen)
    entry.state = state
    if (!mayBeAsked(state)) entry.askFrom = Number.POSITIVE_INFINITY
    const isFound = before.kind === 'looking' && before.live.kind === 'not-seen-yet'
    if (isFound && seen.kind === 'list' && seen.instance !== null) {
      entry.target.onFound?.(seen.instance.id)
    }
    if (state.kind === 'succeeded' && !entry.isOver) jobIsOver(entry)
    if (state.kind === 'failing' && before.kind !== 'failing') {
      entry.target.onJobFailed?.(state.failure.code)
    }
    if (wanted !== null) ask(entry, wanted)
    else if (state.kind === 'ended') finish(entry, state.end)
  }

  function jobIsOver(entry: Entry): void {
    over += 1
    entry.isOver = true
    if ((entry.overAt ?? 0) >= (lastOver?.overAt ?? 0)) lastOver = entry
    entry.target.onJobOver?.()
  }

  function ask(entry: Entry, wanted: Ask): void {
    times.asked(1)
    asked.set(entry, answer(entry, wanted))
  }

  async function answer(entry: Entry, wanted: Ask): Promise<void> {
    let seen: Seen | null = null
    try {
      seen = await asking(() => askFor(wanted, entry))
    } catch (error) {
      bug(error)
    }
    asked.delete(entry)
    if (seen?.kind === 'job') entry.instanceId = seen.job.protectedInstanceId ?? entry.instanceId
    if (seen !== null) tell(entry, seen)
    if (asked.has(entry)) return
    if (all.has(entry)) wakeFor(entry)
    else
      wakeBy(
        clock.now() + Math.max(all.size * RECKONING_MS, (times.usualMs() ?? 0) * RECKONING_SHARE),
      )
  }

  /** Only this one has changed: the others are due when they were. */
  function wakeFor(entry: Entry): void {
    const now = clock.now()
    if (pollIntervalMs !== null) return wakeBy(Math.min(ownDue(entry), regularAt()))
    const ofAge = isUnderWay(entry.state) ? times.nextOf(entry, listFrom(), now) : ownDue(entry)
    wakeBy(Math.min(ownDue(entry), ofAge))
  }

  /** Null: the run ends, and nothing is asked any more. */
  async function askFor(wanted: Ask, entry: Entry): Promise<Seen | null> {
    if (wanted.kind === 'job') {
      const sentAt = clock.now()
      const seen = await askForJob(wanted.jobId, { client, clock, stop })
      if (seen !== null) times.heard(entry, seen, sentAt)
      return seen
    }
    if (stop.following.aborted) return null
    try {
      const failures = await client.listFailureJobs(wanted.groupId, stop.following)
      return { kind: 'failures', failures, at: clock.now() }
    } catch (error) {
      return isHeard(error, stop) ? { kind: 'failures', failures: null, at: clock.now() } : null
    }
  }

  function finish(entry: Entry, end: End): void {
    if (!all.delete(entry)) return
    if (entry.isOver) over -= 1
    // What is still on its way when nothing is followed any more would be asked for after the run has counted.
    if (all.size === 0 && listing !== null) void listing.then(() => entry.resolve(end))
    else entry.resolve(end)
  }

  return {
    size: () => all.size - over,
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
          unseenMs: UNSEEN_MS + times.lagMs(),
          sanityMs: Math.max(SANITY_MS, 2 * (times.usualMs() ?? SANITY_MS)),
        })
        const deadline = now + jobTimeoutMs
        const job = beginJob(begun, times.roundTripMs())
        const entry = {
          ...job,
          target: begun,
          deadline,
          resolve,
          state,
          isOver: false,
          instanceId: null,
        }
        all.add(entry)
        if (running) wakeFor(entry)
        else void run()
      })
    },
  }
}

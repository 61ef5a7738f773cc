import type { Clock } from '../clock.ts'
import { MOST_GROUPS_A_LIST, type SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import {
  beginFollowing,
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
import { isUnsettled } from '../instance-status.ts'
import { createGroupLook, type GroupLook, type Sight } from './group-look.ts'
import { beginJob, noteInVain } from './job-times.ts'
import { createLookChoice } from './look-choice.ts'
import { createLookTimes, RECKONING_MS, type Shown } from './look-times.ts'
import type { Scarcity } from './look-price.ts'
import type { StopControl } from './stop.ts'
import { createDueLoop } from './due-loop.ts'
import { createQuestions } from './questions.ts'
import { isQuiet, isUnseen, wantedOf, type Entry } from './watch-entry.ts'

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
  let listing: Promise<void> | null = null
  let over = 0
  /** The job that was the last to end. */
  let lastOver: Entry | null = null

  const questions = createQuestions<Entry, Seen>({ onAnswer: answered, onBug: bug })
  const choice = createLookChoice({
    followed: all,
    isAsked: (entry) => questions.has(entry),
    isListing: () => listing !== null,
    lastOver: () => (all.size === over ? lastOver : null),
    times,
    pollIntervalMs,
  })
  const loop = createDueLoop({
    clock,
    signal: stop.following,
    hasWork: () => all.size > 0,
    nextDue: (now) => choice.nextDue(now),
    act: lookNow,
    async onStopped() {
      await Promise.all([listing, questions.allAnswered()])
      for (const entry of all) finish(entry, { kind: 'stopped' })
    },
    onBug: bug,
  })

  function bug(error: unknown): void {
    stop.stopFollowing()
    parts.onBug(error)
  }

  function lookNow(now: number): void {
    const { groups, ask: asking } = choice.atNow(now)
    for (const { entry, state } of asking) ask(entry, { kind: 'job', jobId: state.jobId })
    if (groups.size === 0) return
    listing = list(groups, now).finally(() => {
      listing = null
      loop.wakeBy(clock.now())
    })
  }

  async function list(groups: ReadonlySet<string>, now: number): Promise<void> {
    const entries = [...all].filter(
      (entry) => groups.has(entry.target.groupId) && !questions.has(entry),
    )
    times.asked(Math.ceil(groups.size / MOST_GROUPS_A_LIST))
    try {
      const seen = await look([...groups], entries.map(wantedOf))
      times.listed(seen.size, groups.size, clock.now() - now)
      choice.listed(groups, now)
      // After a list that failed, those whose time is up must end all the same.
      if (seen.isBlind) choice.holdListsUntil(clock.now() + (pollIntervalMs ?? AFTER_FAILURE_MS))
      // What was asked for meanwhile has said more than this list can.
      for (const entry of entries) {
        if (!questions.has(entry) && all.has(entry)) show(entry, seen, now)
      }
    } catch (error) {
      bug(error)
    }
  }

  function show(entry: Entry, seen: GroupLook, now: number): void {
    const sight = seen.of(entry.target)
    const shown = shownBy(sight)
    times.seen(entry, shown, now)
    // With `--poll-interval` it is asked about as often as that says.
    if (pollIntervalMs === null && shown === 'settled' && isQuiet(entry, now)) return
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
    questions.ask(entry, () => askFor(wanted, entry))
  }

  function answered(entry: Entry, seen: Seen | null): void {
    if (seen?.kind === 'job') entry.instanceId = seen.job.protectedInstanceId ?? entry.instanceId
    if (seen?.kind === 'failures' && seen.failures === null) noteInVain(entry, seen.at)
    if (seen !== null) tell(entry, seen)
    if (questions.has(entry)) return
    const now = clock.now()
    if (all.has(entry)) return loop.wakeBy(choice.dueAfterAnswer(entry, now))
    const reckoning = (times.usualMs() ?? 0) * RECKONING_SHARE
    loop.wakeBy(now + Math.max(all.size * RECKONING_MS, reckoning))
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
        loop.start()
        loop.wakeBy(choice.dueAfterAnswer(entry, now))
      })
    },
  }
}

function shownBy(sight: Sight): Shown {
  if (sight.kind === 'no-list' || sight.instance === null) return 'absent'
  return isUnsettled(sight.instance.status) ? 'in-hand' : 'settled'
}

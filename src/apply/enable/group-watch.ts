import type { Clock } from '../../clock.ts'
import { ApiError } from '../../cloud/errors.ts'
import type { SdrsClient } from '../../cloud/sdrs/sdrs-client.ts'
import { groupKey } from '../../keys.ts'
import { onceEach } from '../../plan/snapshot.ts'
import { askForJob, type JobSeen } from '../ask-job.ts'
import { createDueLoop } from '../due-loop.ts'
import { isSignInRefused } from '../group-look.ts'
import { beginJob, type JobTimes } from '../job-times.ts'
import { createLookTimes, type Shown } from '../look-times.ts'
import { LEAST_BEFORE_OWN_LOOK } from '../poll-schedule.ts'
import { createQuestions } from '../questions.ts'
import type { StopControl } from '../stop.ts'
import {
  beginFollowingGroup,
  ownGroupLookAt,
  stepGroup,
  stoppedEnd,
  type GroupEnd,
  type GroupFollowed,
  type GroupSeen,
  type GroupTarget,
} from './group-followed.ts'

/**
 * Follows the starts of all groups together: one list shows them all, when a start may have ended by how long
 * starts have taken, and a job is asked for when its group has moved. A look that fails is repeated, and never
 * ends the wait.
 */
export interface GroupWatch {
  /** Resolves with the end of the start; never rejects. */
  follow(target: GroupTarget): Promise<GroupEnd>
  /** How many are being followed. */
  size(): number
}

/** After a list that failed, the next one waits at least so long, ms. */
const AFTER_FAILURE_MS = 2_000

interface Entry extends JobTimes {
  readonly target: GroupTarget
  readonly resolve: (end: GroupEnd) => void
  readonly deadline: number
  state: GroupFollowed
  hasBegun: boolean
}

export function createGroupWatch(parts: {
  readonly client: Pick<SdrsClient, 'listServerGroups' | 'showJob'>
  readonly clock: Clock
  readonly stop: StopControl
  /** ms; null: adaptive. */
  readonly pollIntervalMs: number | null
  readonly jobTimeoutMs: number
  readonly settleWindowMs: number
  /** Something that must not happen: nothing is followed any more. */
  readonly onBug: (error: unknown) => void
}): GroupWatch {
  const { client, clock, stop, pollIntervalMs } = parts
  // Nothing waits for the place of a start.
  const times = createLookTimes<Entry>(() => null)
  const all = new Set<Entry>()
  const questions = createQuestions<Entry, JobSeen>({ onAnswer: answered, onBug: bug })
  let listing: Promise<void> | null = null
  let lastListAt = Number.NEGATIVE_INFINITY
  let notBefore = Number.NEGATIVE_INFINITY

  const loop = createDueLoop({
    clock,
    signal: stop.following,
    hasWork: () => all.size > 0,
    nextDue,
    act(now) {
      if (nextDue(now) > now) return
      listing = list(now).finally(() => {
        listing = null
        loop.wakeBy(clock.now())
      })
    },
    async onStopped() {
      await Promise.all([listing, questions.allAnswered()])
      for (const entry of all) finish(entry, stoppedEnd(entry.state))
    },
    onBug: bug,
  })

  function bug(error: unknown): void {
    stop.stopFollowing()
    parts.onBug(error)
  }

  function nextDue(now: number): number {
    if (listing !== null) return Number.POSITIVE_INFINITY
    const entries = [...all].filter((entry) => !questions.has(entry))
    let due = Number.POSITIVE_INFINITY
    const underWay: Entry[] = []
    for (const entry of entries) {
      const lookAt = ownGroupLookAt(entry.state)
      if (lookAt === null) underWay.push(entry)
      // Past its deadline whatever comes next ends it.
      due = Math.min(due, lookAt ?? Math.max(entry.deadline, lastListAt + AFTER_FAILURE_MS))
    }
    if (underWay.length > 0) due = Math.min(due, listDue(underWay, now))
    return Math.max(listFrom(), due)
  }

  function listFrom(): number {
    const least = Math.min(pollIntervalMs ?? Infinity, LEAST_BEFORE_OWN_LOOK)
    return Math.max(notBefore, lastListAt + least)
  }

  function listDue(underWay: readonly Entry[], now: number): number {
    const begun = Math.max(lastListAt, Math.min(...underWay.map(({ target }) => target.since)))
    if (pollIntervalMs !== null) return begun + pollIntervalMs
    // However sure it is that none has ended: a start may fail early.
    return Math.min(times.nextAt(underWay, listFrom(), now), begun + times.longestPause())
  }

  async function list(now: number): Promise<void> {
    lastListAt = now
    const entries = [...all].filter((entry) => !questions.has(entry))
    times.asked(1)
    try {
      const seen = await lookAtAll()
      times.listed(0, 1, clock.now() - now)
      // What was asked for meanwhile has said more than this list can.
      const still = entries.filter((entry) => all.has(entry) && !questions.has(entry))
      if (seen instanceof ApiError) {
        notBefore = clock.now() + (pollIntervalMs ?? AFTER_FAILURE_MS)
        const refused = seen.class === 'access'
        // Nobody can tell how these end, and a missing right is why: the run must say so.
        if (refused && !isSignInRefused(seen)) stop.forbid(seen)
        for (const entry of still) tell(entry, { kind: 'no-list', refused, at: clock.now() })
        return
      }
      for (const entry of still) {
        const status = seen.get(groupKey(entry.target.groupId)) ?? null
        times.seen(entry, shownBy(status, entry), now)
        // A list says how things stood when it was asked for, however long its answer took.
        tell(entry, { kind: 'list', status, at: now })
      }
    } catch (error) {
      bug(error)
    }
  }

  async function lookAtAll(): Promise<ReadonlyMap<string, string> | ApiError> {
    try {
      const groups = onceEach(await client.listServerGroups(stop.following))
      return new Map(groups.map(({ id, status }) => [groupKey(id), status]))
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (isSignInRefused(error)) stop.loseAccess(error, true)
      return error
    }
  }

  function tell(entry: Entry, seen: GroupSeen): void {
    const [state, isToBeAsked] = stepGroup(entry.state, seen)
    entry.state = state
    const isSeen =
      seen.kind === 'list' && (seen.status === 'starting' || seen.status === 'protected')
    if (isSeen && !entry.hasBegun) {
      entry.hasBegun = true
      entry.target.onBegun?.()
    }
    if (state.kind === 'ended') finish(entry, state.end)
    else if (isToBeAsked && entry.target.jobId !== null && !isQuiet(entry, seen)) {
      ask(entry, entry.target.jobId)
    }
  }

  /** Asked for in vain a short while ago. With `--poll-interval` it is asked for as often as that says. */
  function isQuiet({ quietUntil, deadline, state }: Entry, { at }: GroupSeen): boolean {
    const isUnderWay = ownGroupLookAt(state) === null
    return pollIntervalMs === null && isUnderWay && at < Math.min(quietUntil, deadline)
  }

  function ask(entry: Entry, jobId: string): void {
    times.asked(1)
    questions.ask(entry, async () => {
      const sentAt = clock.now()
      const seen = await askForJob(jobId, { client, clock, stop })
      if (seen !== null) times.heard(entry, seen, sentAt)
      // One list shows all groups: no job is asked for by its age.
      entry.askFrom = Number.POSITIVE_INFINITY
      return seen
    })
  }

  function answered(entry: Entry, seen: JobSeen | null): void {
    if (seen !== null) tell(entry, seen)
    loop.wakeBy(clock.now())
  }

  function finish(entry: Entry, end: GroupEnd): void {
    if (!all.delete(entry)) return
    entry.resolve(end)
    loop.wakeBy(clock.now())
  }

  return {
    size: () => all.size,
    follow(target) {
      const { jobTimeoutMs, settleWindowMs } = parts
      const now = clock.now()
      // An earlier run's clock may have been ahead: what has begun has not begun in the future.
      const begun = { ...target, since: Math.min(target.since, now) }
      const state = beginFollowingGroup(begun, { now, jobTimeoutMs, settleWindowMs })
      if (stop.following.aborted) return Promise.resolve(stoppedEnd(state))
      return new Promise((resolve) => {
        const job = beginJob({ ...begun, jobId: null }, times.roundTripMs())
        const deadline = now + jobTimeoutMs
        all.add({ ...job, target: begun, deadline, resolve, state, hasBegun: false })
        loop.start()
        loop.wakeBy(clock.now())
      })
    },
  }
}

function shownBy(status: string | null, { target, hasBegun }: Entry): Shown {
  if (status === null) return 'absent'
  // Until it has been seen to begin, a list that lags shows it as it was.
  const isAsBefore = !hasBegun && status === target.before
  return status === 'starting' || isAsBefore ? 'in-hand' : 'settled'
}

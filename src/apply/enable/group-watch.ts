import pLimit from 'p-limit'
import type { Clock } from '../../clock.ts'
import { ApiError } from '../../cloud/errors.ts'
import type { SdrsClient } from '../../cloud/sdrs/sdrs-client.ts'
import { groupKey } from '../../keys.ts'
import { onceEach } from '../../plan/snapshot.ts'
import { askForJob } from '../ask-job.ts'
import { isSignInRefused } from '../group-look.ts'
import { nextLookAt, type Durations } from '../poll-schedule.ts'
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
 * Follows the starts of all groups together: one list shows them all, and a job is asked for when its group
 * has moved. A look that fails is repeated, and never ends the wait.
 */
export interface GroupWatch {
  /** Resolves with the end of the start; never rejects. */
  follow(target: GroupTarget): Promise<GroupEnd>
  /** How many are being followed. */
  size(): number
}

/** So many jobs are asked for at once; the rate gate paces them all the same. */
const ASKED_AT_ONCE = 16
/** After a list that failed, the next one waits at least so long, ms. */
const AFTER_FAILURE_MS = 2_000
/** With every job being asked for there is nothing to wait for but the answers, which wake the loop. */
const ALL_ASKED_MS = 60_000

interface Entry {
  readonly target: GroupTarget
  readonly resolve: (end: GroupEnd) => void
  state: GroupFollowed
  hasBegun: boolean
}

export function createGroupWatch(parts: {
  readonly client: Pick<SdrsClient, 'listServerGroups' | 'showJob'>
  readonly clock: Clock
  readonly stop: StopControl
  readonly durations: Durations
  /** ms; null: adaptive. */
  readonly pollIntervalMs: number | null
  readonly jobTimeoutMs: number
  readonly settleWindowMs: number
  /** Something that must not happen: nothing is followed any more. */
  readonly onBug: (error: unknown) => void
}): GroupWatch {
  const { client, clock, stop, durations, pollIntervalMs: fixedMs } = parts
  const all = new Set<Entry>()
  /** Those whose job's answer is on its way. */
  const asked = new Map<Entry, Promise<void>>()
  const asking = pLimit(ASKED_AT_ONCE)
  let lastLookAt = Number.NEGATIVE_INFINITY
  let notBefore = Number.NEGATIVE_INFINITY
  let pause: AbortController | null = null
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
      for (const entry of all) finish(entry, stoppedEnd(entry.state))
    }
    running = false
  }

  function bug(error: unknown): void {
    stop.stopFollowing()
    parts.onBug(error)
  }

  async function sleepUntil(at: number, now: number): Promise<void> {
    pause = new AbortController()
    await clock.sleep(at - now, AbortSignal.any([pause.signal, stop.following]))
    pause = null
  }

  function nextDue(now: number): number {
    let due = now + ALL_ASKED_MS
    const startedAt: number[] = []
    for (const entry of all) {
      if (asked.has(entry)) continue
      const { state, target } = entry
      const lookAt = ownGroupLookAt(state)
      if (lookAt === null) startedAt.push(target.since)
      else due = Math.min(due, lookAt)
    }
    if (startedAt.length > 0) {
      const firstStart = Math.min(now, ...startedAt)
      const last = Math.max(lastLookAt, firstStart)
      const seen = durations.seen()
      due = Math.min(due, nextLookAt({ startedAt, lastLookAt: last, seen, fixedMs, now }))
    }
    return Math.max(notBefore, due)
  }

  async function tick(now: number): Promise<void> {
    lastLookAt = now
    const entries = [...all].filter((entry) => !asked.has(entry))
    const seen = await lookAtAll()
    if (seen instanceof ApiError) {
      notBefore = clock.now() + (fixedMs ?? AFTER_FAILURE_MS)
      const refused = seen.class === 'access'
      // Nobody can tell how these end, and a missing right is why: the run must say so.
      if (refused && !isSignInRefused(seen)) stop.forbid(seen)
      for (const entry of entries) tell(entry, { kind: 'no-list', refused, at: clock.now() })
      return
    }
    for (const entry of entries) {
      const status = seen.get(groupKey(entry.target.groupId)) ?? null
      // A list says how things stood when it was asked for, however long its answer took.
      tell(entry, { kind: 'list', status, at: now })
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
    const [state, ask] = stepGroup(entry.state, seen)
    entry.state = state
    const isSeen =
      seen.kind === 'list' && (seen.status === 'starting' || seen.status === 'protected')
    if (isSeen && !entry.hasBegun) {
      entry.hasBegun = true
      entry.target.onBegun?.()
    }
    if (state.kind === 'ended') finish(entry, state.end)
    else if (ask && entry.target.jobId !== null) {
      asked.set(entry, answer(entry, entry.target.jobId))
    }
  }

  async function answer(entry: Entry, jobId: string): Promise<void> {
    let seen: GroupSeen | null = null
    try {
      seen = await asking(() => askForJob(jobId, { client, clock, stop }))
    } catch (error) {
      bug(error)
    }
    asked.delete(entry)
    if (seen !== null) tell(entry, seen)
    pause?.abort()
  }

  function finish(entry: Entry, end: GroupEnd): void {
    if (!all.delete(entry)) return
    if (end.kind === 'on') durations.add(clock.now() - entry.target.since)
    entry.resolve(end)
    pause?.abort()
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
        all.add({ target: begun, resolve, state, hasBegun: false })
        if (running) pause?.abort()
        else void run()
      })
    },
  }
}

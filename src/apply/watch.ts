import pLimit from 'p-limit'
import type { Clock } from '../clock.ts'
import { idKey } from '../inventory/row.ts'
import { MOST_GROUPS_A_LIST, type SdrsClient } from '../sdrs/client.ts'
import { ApiError } from '../sdrs/errors.ts'
import type { ProtectedInstance } from '../sdrs/schema.ts'
import type { Durations } from './poll-schedule.ts'
import { dueAgeMs, LONGEST_PAUSE, nextLookAt, SHORTEST_TICK } from './poll-schedule.ts'
import { createFollowed, type Ask, type End, type Followed, type Target } from './followed.ts'
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
  readonly client: Pick<SdrsClient, 'listProtectedInstances' | 'showJob' | 'listFailureJobs'>
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

export function createWatch(parts: WatchParts): Watch {
  const { client, clock, stop, durations, pollIntervalMs } = parts
  const all = new Set<Followed>()
  /** Those whose answer is on its way: they are not looked at meanwhile. */
  const asked = new Map<Followed, Promise<void>>()
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
      for (const followed of all) finish(followed, { kind: 'stopped' })
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
  function wake(followed: Followed): void {
    if (pause === null) return
    const now = clock.now()
    const soonest = followed.nextLookAt() ?? now + (pollIntervalMs ?? SHORTEST_TICK)
    const mayBeDue = all.has(followed) && soonest < pause.until
    if (all.size === 0 || (mayBeDue && nextDue(now) < pause.until)) pause.off.abort()
  }

  /** Those being looked for have times of their own; the others share the regular tick. */
  function nextDue(now: number): number {
    let due = now + ALL_ASKED_MS
    const startedAt: number[] = []
    for (const followed of all) {
      if (asked.has(followed)) continue
      const lookAt = followed.nextLookAt()
      if (lookAt === null) startedAt.push(followed.target.since)
      due = Math.min(due, lookAt ?? followed.deadline)
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
    for (const followed of all) {
      if (asked.has(followed)) continue
      const { groupId, since } = followed.target
      const lookAt = followed.nextLookAt()
      if (lookAt === null) startedAt.push(since)
      if ((lookAt ?? followed.deadline) <= now) urgent.add(groupId)
      else if (since <= youngestDue || isStale(followed.target, now)) regular.add(groupId)
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
    const followed = [...all].filter(
      (each) => groupIds.has(each.target.groupId) && !asked.has(each),
    )
    const seen = await look([...groupIds])
    for (const groupId of groupIds) lookedAt.set(groupId, now)
    // After a list that failed, those whose time is up must end all the same.
    if (seen === null) notBefore = clock.now() + (pollIntervalMs ?? AFTER_FAILURE_MS)
    for (const each of followed) {
      if (seen === null) each.expire(clock.now())
      // A list says how things stood when it was asked for, however long its answer took.
      const ask = seen === null ? null : each.see(seen.get(each.key) ?? null, now)
      if (ask === null) finishIfOver(each)
      else asked.set(each, answer(each, ask))
    }
  }

  async function answer(followed: Followed, ask: Ask): Promise<void> {
    try {
      await asking(() => askFor(followed, ask))
    } catch (error) {
      bug(error)
    }
    asked.delete(followed)
    finishIfOver(followed)
    wake(followed)
  }

  async function askFor(followed: Followed, ask: Ask): Promise<void> {
    if (stop.following.aborted) return
    try {
      if (ask.kind === 'job') {
        followed.answered(await client.showJob(ask.jobId, stop.following), clock.now())
      } else {
        followed.explained(await client.listFailureJobs(ask.groupId, stop.following))
      }
    } catch (error) {
      followed.notAnswered(failureOf(error), clock.now())
    }
  }

  /** By server; null when the list could not be read. */
  async function look(groupIds: readonly string[]): Promise<Map<string, ProtectedInstance> | null> {
    const byServer = new Map<string, ProtectedInstance>()
    try {
      for (let from = 0; from < groupIds.length; from += MOST_GROUPS_A_LIST) {
        const some = groupIds.slice(from, from + MOST_GROUPS_A_LIST)
        for (const instance of await client.listProtectedInstances(some, stop.following)) {
          const key = idKey(instance.sourceServer ?? '')
          // After a failed create has been replaced, the old instance may still be listed for a moment.
          const other = byServer.get(key)
          if (other === undefined || other.status === 'deleting') byServer.set(key, instance)
        }
      }
      return byServer
    } catch (error) {
      failureOf(error)
      return null
    }
  }

  function failureOf(error: unknown): ApiError {
    if (!(error instanceof ApiError)) throw error
    if (error.class === 'access') stop.loseAccess(error, true)
    return error
  }

  function finishIfOver(followed: Followed): void {
    const end = followed.end()
    if (end !== null) finish(followed, end)
  }

  function finish(followed: Followed, end: End): void {
    if (!all.delete(followed)) return
    if (end.kind === 'success') durations.add(clock.now() - followed.target.since)
    followed.resolve(end)
  }

  return {
    size: () => all.size,
    follow(target) {
      if (stop.following.aborted) return Promise.resolve({ kind: 'stopped' })
      return new Promise((resolve) => {
        const now = clock.now()
        // An earlier run's clock may have been ahead: what has begun has not begun in the future.
        const begun = { ...target, since: Math.min(target.since, now) }
        const followed = createFollowed(begun, {
          now,
          jobTimeoutMs: parts.jobTimeoutMs,
          settleWindowMs: parts.settleWindowMs,
          tickMs: pollIntervalMs,
          resolve,
        })
        all.add(followed)
        if (running) wake(followed)
        else void run()
      })
    },
  }
}

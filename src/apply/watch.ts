import pLimit from 'p-limit'
import type { Clock } from '../clock.ts'
import { idKey } from '../inventory/row.ts'
import { MOST_GROUPS_A_LIST, type SdrsClient } from '../sdrs/client.ts'
import { ApiError } from '../sdrs/errors.ts'
import type { ProtectedInstance } from '../sdrs/schema.ts'
import type { Durations } from './cadence.ts'
import { nextLookAt } from './cadence.ts'
import { createFollowed, type End, type Followed, type Target } from './followed.ts'
import type { StopControl } from './stop.ts'

/**
 * Follows all running jobs together. One list call shows up to 30 groups; a job itself is asked for
 * when its instance has moved, is not to be seen, or has not moved for long. A look that fails is
 * repeated at the next tick: it never ends the wait.
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
  readonly client: SdrsClient
  readonly clock: Clock
  readonly stop: StopControl
  readonly durations: Durations
  readonly pollIntervalMs: number | null
  readonly jobTimeoutMs: number
  readonly settleWindowMs: number
  /** Reads are no longer allowed. */
  readonly onAccessLost: (error: ApiError) => void
  /** Something that must not happen: nothing is followed any more. */
  readonly onBug: (error: unknown) => void
}

export function createWatch(parts: WatchParts): Watch {
  const { client, clock, stop } = parts
  const all = new Set<Followed>()
  const asking = pLimit(ASKED_AT_ONCE)
  let lastLookAt = Number.NEGATIVE_INFINITY
  let pause: { readonly until: number; readonly off: AbortController } | null = null
  let running = false

  async function run(): Promise<void> {
    running = true
    try {
      await loop()
    } catch (error) {
      stop.stopFollowing()
      parts.onBug(error)
    }
    running = false
    if (stop.following.aborted) for (const followed of all) finish(followed, { kind: 'stopped' })
  }

  async function loop(): Promise<void> {
    while (all.size > 0 && !stop.following.aborted) {
      const now = clock.now()
      const at = nextDue(now)
      if (at > now) {
        await sleepUntil(at, now)
        continue
      }
      await tick(now)
    }
  }

  async function sleepUntil(at: number, now: number): Promise<void> {
    const off = new AbortController()
    pause = { until: at, off }
    await clock.sleep(at - now, AbortSignal.any([off.signal, stop.following]))
    pause = null
  }

  /** Those being looked for have times of their own; the others share the regular tick. */
  function nextDue(now: number): number {
    let due = Number.POSITIVE_INFINITY
    const startedAt: number[] = []
    for (const followed of all) {
      const lookAt = followed.nextLookAt()
      if (lookAt === null) startedAt.push(followed.target.since)
      due = Math.min(due, lookAt ?? followed.deadline)
    }
    if (startedAt.length === 0) return due
    const { durations, pollIntervalMs } = parts
    const regular = nextLookAt({
      startedAt,
      lastLookAt: Math.max(lastLookAt, Math.min(...startedAt)),
      seen: durations.seen(),
      fixedMs: pollIntervalMs,
      now,
    })
    return Math.min(due, regular)
  }

  async function tick(now: number): Promise<void> {
    lastLookAt = now
    const followed = [...all]
    const seen = await look(followed)
    if (seen === null) {
      // The list failed; those whose time is up must end all the same.
      await Promise.all(followed.map((each) => asking(() => each.expire(clock.now()))))
    } else {
      await Promise.all(followed.map((each) => step(each, seen.get(each.key) ?? null)))
    }
    for (const each of followed) {
      const end = each.end()
      if (end !== null) finish(each, end)
    }
  }

  async function step(followed: Followed, instance: ProtectedInstance | null): Promise<void> {
    const ask = followed.see(instance, clock.now())
    if (ask === null) return
    await asking(async () => {
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
    })
  }

  /** By server; null when the list could not be read. */
  async function look(
    followed: readonly Followed[],
  ): Promise<Map<string, ProtectedInstance> | null> {
    const groupIds = [...new Set(followed.map((each) => each.target.groupId))]
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
    if (error.class === 'access') {
      parts.onAccessLost(error)
      stop.stopFollowing()
    }
    return error
  }

  function finish(followed: Followed, end: End): void {
    if (!all.delete(followed)) return
    if (end.kind === 'success') parts.durations.add(clock.now() - followed.target.since)
    followed.resolve(end)
  }

  return {
    size: () => all.size,
    follow(target) {
      if (stop.following.aborted) return Promise.resolve({ kind: 'stopped' })
      return new Promise((resolve) => {
        const followed = createFollowed(target, {
          now: clock.now(),
          jobTimeoutMs: parts.jobTimeoutMs,
          settleWindowMs: parts.settleWindowMs,
          tickMs: parts.pollIntervalMs,
          resolve,
        })
        all.add(followed)
        if (!running) void run()
        else if (pause !== null && nextDue(clock.now()) < pause.until) pause.off.abort()
      })
    },
  }
}

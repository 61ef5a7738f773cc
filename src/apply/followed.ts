import { idKey } from '../inventory/row.ts'
import { UNREADABLE, type ApiError } from '../sdrs/errors.ts'
import { isBroken, type FailureJob, type Job, type ProtectedInstance } from '../sdrs/schema.ts'
import { lookTimes } from './poll-schedule.ts'
import { readJobResult } from './job-result.ts'

/** A create to be followed to its end: by its job, by its instance, or, with neither, by looking for it. */
export interface Target {
  readonly serverId: string
  readonly name: string
  readonly groupId: string
  readonly jobId: string | null
  /** Its instance has been seen. */
  readonly instanceId: string | null
  /** When it was sent, ms. */
  readonly since: number
  /** Called once, when the list first shows the instance of a create that had neither job nor instance. */
  readonly onFound?: (instanceId: string) => void
}

/** How a followed create ended. */
export type End =
  | {
      readonly kind: 'success'
      readonly instance: ProtectedInstance
      readonly targetServerId: string | null
      readonly jobStatus: string | null
    }
  | {
      readonly kind: 'failed'
      readonly code: string | null
      readonly reason: string
      /** What it left behind. */
      readonly instance: ProtectedInstance | null
      readonly jobStatus: string | null
    }
  /** Still running after `--job-timeout`. */
  | {
      readonly kind: 'timeout'
      readonly instance: ProtectedInstance | null
      readonly jobStatus: string | null
    }
  /** The run ends before the job does. */
  | { readonly kind: 'stopped' }
  /** The job succeeded, yet the list does not show the instance. */
  | { readonly kind: 'missing' }
  /** No job to ask, and through the whole settle window not in the list. */
  | { readonly kind: 'vanished' }

/** What to ask besides the list. */
export type Ask =
  | { readonly kind: 'job'; readonly jobId: string }
  | { readonly kind: 'failures'; readonly groupId: string }

/** One followed create: a small state machine, fed with what the looks show. Does no I/O. */
export interface Followed {
  readonly key: string
  readonly target: Target
  /** When it is given up, ms. */
  readonly deadline: number
  /** When to look next for what should be in the list; null: the regular tick will do. */
  nextLookAt(): number | null
  /** A list was read. Returns what to ask now, if anything. */
  see(instance: ProtectedInstance | null, now: number): Ask | null
  answered(job: Job, now: number): void
  explained(failures: readonly FailureJob[]): void
  notAnswered(error: ApiError, now: number): void
  /** Nothing could be read; only the deadline counts. */
  expire(now: number): void
  end(): End | null
  readonly resolve: (end: End) => void
}

/** A job whose instance stays in `creating` is asked for now and then all the same. */
const SANITY_MS = 10 * 60_000
/** A job whose instance is not to be seen is asked for after this, then at doubling intervals. */
const UNSEEN_MS = 8_000
const LONGEST_UNSEEN_MS = 60_000

/** A job whose answers cannot be read so often is as good as unknown. */
const MOST_UNREADABLE = 3

export function createFollowed(
  target: Target,
  options: {
    readonly now: number
    readonly jobTimeoutMs: number
    readonly settleWindowMs: number
    /** `--poll-interval`, or null. */
    readonly tickMs: number | null
    readonly resolve: (end: End) => void
  },
): Followed {
  const looks = lookTimes(options.settleWindowMs)
  const deadline = options.now + options.jobTimeoutMs
  const unseenMs = options.tickMs === null ? UNSEEN_MS : options.tickMs * 2
  let jobId = target.jobId
  let jobStatus: string | null = null
  let instance: ProtectedInstance | null = null
  let seen = target.instanceId !== null
  let succeeded: { readonly at: number; readonly targetServerId: string | null } | null = null
  let lookedFor: { readonly from: number; next: number } | null = null
  let askUnseenAt = options.now + unseenMs
  let unseenPause = unseenMs
  let askAgainAt = options.now + SANITY_MS
  let ended: End | null = null
  let unreadable = 0
  if (jobId === null && !seen) lookFrom(options.now)

  function lookFrom(from: number): void {
    lookedFor ??= { from, next: 0 }
  }

  /** True once the settle window is over. Moves on to the next look. */
  function lookedLongEnough(now: number): boolean {
    if (lookedFor === null) return false
    while (lookedFor.next < looks.length && lookedFor.from + (looks[lookedFor.next] ?? 0) <= now) {
      lookedFor.next += 1
    }
    return lookedFor.next >= looks.length
  }

  function succeed(found: ProtectedInstance): void {
    ended = {
      kind: 'success',
      instance: found,
      targetServerId: succeeded?.targetServerId ?? found.targetServer,
      jobStatus,
    }
  }

  function fail(code: string | null, reason: string): void {
    ended = { kind: 'failed', code, reason, instance, jobStatus }
  }

  function timeOut(now: number): void {
    if (ended === null && now >= deadline) ended = { kind: 'timeout', instance, jobStatus }
  }

  /** The job has succeeded: only the list is still to agree. */
  function seeSucceeded(now: number): void {
    if (instance !== null && isLost(instance.status)) {
      fail(null, `the job succeeded, yet the instance is in ${instance.status}`)
    } else if (instance !== null && instance.status !== 'creating') {
      succeed(instance)
    } else if (lookedLongEnough(now)) {
      if (instance === null) ended = { kind: 'missing' }
      else succeed(instance)
    }
  }

  function seeWithJob(job: string, now: number): Ask | null {
    const ask: Ask = { kind: 'job', jobId: job }
    if (now >= deadline) return ask
    if (instance === null) {
      if (now < askUnseenAt) return null
      unseenPause = Math.min(LONGEST_UNSEEN_MS, unseenPause * 2)
      askUnseenAt = now + unseenPause
      return ask
    }
    if (instance.status !== 'creating') return ask
    if (now < askAgainAt) return null
    askAgainAt = now + SANITY_MS
    return ask
  }

  function seeWithoutJob(now: number): Ask | null {
    if (instance !== null) {
      lookedFor = null
      if (instance.status === 'creating') {
        timeOut(now)
        return null
      }
      if (isLost(instance.status)) return { kind: 'failures', groupId: target.groupId }
      succeed(instance)
      return null
    }
    lookFrom(now)
    if (!lookedLongEnough(now)) return null
    if (seen) return { kind: 'failures', groupId: target.groupId }
    ended = { kind: 'vanished' }
    return null
  }

  return {
    key: idKey(target.serverId),
    target,
    deadline,
    resolve: options.resolve,
    end: () => ended,
    nextLookAt() {
      if (lookedFor === null) return null
      return lookedFor.from + (looks[lookedFor.next] ?? looks.at(-1) ?? 0)
    },
    see(found, now) {
      instance = found
      if (found !== null && !seen) {
        seen = true
        if (jobId === null) target.onFound?.(found.id)
      }
      if (ended !== null) return null
      if (succeeded !== null) {
        seeSucceeded(now)
        return null
      }
      return jobId === null ? seeWithoutJob(now) : seeWithJob(jobId, now)
    },
    answered(job, now) {
      jobStatus = job.status
      const verdict = readJobResult(job)
      if (verdict.kind === 'failed') {
        fail(verdict.code, verdict.reason)
      } else if (verdict.kind === 'success') {
        succeeded = { at: now, targetServerId: verdict.targetServerId }
        lookFrom(now)
        seeSucceeded(now)
      }
      timeOut(now)
    },
    explained,
    notAnswered(error, now) {
      if (error.class === 'access') return
      if (jobId === null) {
        // Only the reason is missing: the end itself is known.
        explained([])
      } else if (error.class === 'row' || isUnreadableForGood(error)) {
        // The service does not know the job (any more), or never says what can be read of it: the
        // instance itself has to tell.
        jobId = null
        lookFrom(now)
      }
      timeOut(now)
    },
    expire: timeOut,
  }

  function isUnreadableForGood({ code }: ApiError): boolean {
    if (code !== UNREADABLE) return false
    unreadable += 1
    return unreadable >= MOST_UNREADABLE
  }

  function explained(failures: readonly FailureJob[]): void {
    const mine = failures.find(
      (failure) =>
        failure.resourceId !== null &&
        (failure.resourceId === instance?.id || failure.resourceId === target.instanceId),
    )
    const known = mine ?? failures.find((failure) => failure.resourceName === target.name)
    fail(
      known?.errorCode ?? null,
      known?.failReason ??
        (instance === null
          ? 'the instance was being created and has disappeared'
          : `the instance is in ${instance.status}`),
    )
  }
}

function isLost(status: string): boolean {
  return isBroken(status) || status === 'deleting'
}

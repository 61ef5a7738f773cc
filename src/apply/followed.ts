import type { LiveState } from '../plan/live-state.ts'
import type { FailureJob, Job, ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import { lookTimes, SHORTEST_TICK } from './poll-schedule.ts'

/** A create to be followed to its end: by its job, by its instance, or, with neither, by looking for it. */
export interface Target {
  readonly serverId: string
  readonly name: string
  readonly groupId: string
  readonly jobId: string | null
  /** What looks before this have shown of its instance. */
  readonly live: LiveState
  /** When it was sent, ms. */
  readonly since: number
  /** Called once, when the list first shows the instance of a create that has neither job nor instance. */
  readonly onFound?: (instanceId: string) => void
  /** Called once, when its job has ended in SUCCESS, before the list may have agreed: its place is free. */
  readonly onJobOver?: () => void
  /** Called once, when its job has ended in FAIL and what it left is still to be seen; with its error code. */
  readonly onJobFailed?: (code: string | null) => void
}

/** How a followed create ended. */
export type End =
  | {
      readonly kind: 'success'
      readonly instance: ProtectedInstance
      readonly targetServerId: string | null
      readonly jobStatus: string | null
      /** The instance is whole, but its job had not ended after `--job-timeout`. */
      readonly late: boolean
    }
  | {
      readonly kind: 'failed'
      readonly code: string | null
      readonly reason: string
      /** What it left behind. */
      readonly instance: ProtectedInstance | null
      /**
       * A job or a failed task of its own says so. Else all that is known is that the instance is broken:
       * nobody has said that its create left it so.
       */
      readonly proven: boolean
      readonly jobStatus: string | null
    }
  /** `--job-timeout` has passed, its instance is broken or being deleted, and nothing says that it has failed. */
  | {
      readonly kind: 'broken'
      readonly instance: ProtectedInstance
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
  /** The list showed it and then left it out through the window, and no failed task says why. */
  | { readonly kind: 'gone'; readonly instanceId: string }
  /** No job to ask, and its group may not be listed: nobody can tell. */
  | { readonly kind: 'unlisted' }

/** What to ask besides the list. */
export type Ask =
  | { readonly kind: 'job'; readonly jobId: string }
  | { readonly kind: 'failures'; readonly groupId: string }

/** What a look or an answer has shown, and when, ms. */
export type Seen =
  /** The list was read; null: it does not show the instance. */
  | { readonly kind: 'list'; readonly instance: ProtectedInstance | null; readonly at: number }
  /** The list could not be read; `refused`: nor will it be, for this group. */
  | { readonly kind: 'no-list'; readonly refused: boolean; readonly at: number }
  | { readonly kind: 'job'; readonly job: Job; readonly at: number }
  /** SDRS itself says that there is no such job. */
  | { readonly kind: 'no-job'; readonly at: number }
  /** No answer about the job; `barred`: one that says nothing and may say so every time. */
  | { readonly kind: 'no-answer'; readonly barred: boolean; readonly at: number }
  /** The failed tasks of the group; null: they could not be read. */
  | {
      readonly kind: 'failures'
      readonly failures: readonly FailureJob[] | null
      readonly at: number
    }

interface About {
  readonly target: Target
  /** When it is given up, ms. */
  readonly deadline: number
  /** When to look within the settle window, ms from its beginning. */
  readonly looks: readonly number[]
  readonly windowMs: number
}

export interface Base {
  readonly about: About
  readonly live: LiveState
  readonly jobStatus: string | null
}

export interface Asking extends Base {
  readonly kind: 'asking'
  readonly jobId: string
  /** Since when the service has denied the job, ms. */
  readonly deniedSince: number | null
  /** Answers in a row that told nothing of the job. */
  readonly barred: number
  /** When to ask for it while its instance is not to be seen, ms, and then how much later again. */
  readonly askUnseenAt: number
  readonly unseenPause: number
  /** When to ask for it although its instance stays in `creating`, ms. */
  readonly askAgainAt: number
  readonly sanityMs: number
  readonly lookedAt: number
}

export interface Succeeded extends Base {
  readonly kind: 'succeeded'
  /** Where the window begins: when the job said so, or with the first list after that, where it came late, ms. */
  readonly from: number
  readonly hasLooked: boolean
  readonly lookedAt: number
  readonly targetServerId: string | null
}

/** Why a create has failed, and whether a job or a failed task of its own says so. */
export interface Failure {
  readonly code: string | null
  readonly reason: string
  readonly proven: boolean
}

/** Its job has failed, and the list has not shown it since: what it has left is looked for. */
export interface Failing extends Base {
  readonly kind: 'failing'
  readonly failure: Failure
  readonly from: number
  readonly hasLooked: boolean
  readonly lookedAt: number
}

/** `retired`: it had a job, which the service no longer knows. */
export interface Looking extends Base {
  readonly kind: 'looking'
  readonly retired: boolean
  readonly from: number
  readonly lookedAt: number
}

export interface Waiting extends Base {
  readonly kind: 'waiting'
  readonly retired: boolean
}

export interface Explaining extends Base {
  readonly kind: 'explaining'
  readonly why: 'broken' | 'gone' | 'whole' | 'late'
}

interface Ended {
  readonly kind: 'ended'
  readonly end: End
}

/**
 * One followed create, as a value. What it is told moves it on, and may make it ask:
 *
 *    with a job            without
 *        │                    │
 *        ▼        no such     ▼        in the list       in `creating`
 *     asking ── job, through looking ─────────────► waiting ◄─┐
 *      │  │     the window ─► │  │ ▲                  │  │ │ └─┘
 *      │  │                   │  │ └── left out ──────┘  │ │
 *      │  │                   │  │ window over:          │ └─ whole, no job ever ──► ended: success
 *      │  │                   │  └─ never seen ──────────┼─────────────────────────► ended: vanished
 *      │  │                   └─ seen before ──┐         │ broken, or whole after
 *      │  │ its job cannot be read, its        ▼         ▼ a job that is denied
 *      │  └─ instance has settled ──────► explaining ◄───┘
 *      │                                       └─ failed tasks ─► ended: failed, gone, broken or success
 *      ├─ FAIL ──► failing ─ what it left is seen, or window over ► ended: failed
 *      └─ SUCCESS ─► succeeded ─ in the list, or window over ───► ended: success, failed or missing
 *
 * Past the deadline whatever comes next ends it: `success` where the instance is whole, `timeout` where it
 * is not to be seen or still being made. Where it is broken the failed tasks are asked: `failed` where one
 * of them is its own, else `broken`. Its job may run on, but to wait for it again in each run would only
 * keep from a person what they have to decide.
 * A list that cannot be read moves nothing but towards the deadline; one that is refused for good ends
 * what has nothing else to ask (`missing`, `unlisted`) once the window is over.
 */
export type Followed = Asking | Succeeded | Failing | Looking | Waiting | Explaining | Ended

/** A job whose instance stays in `creating` is asked for now and then all the same. */
export const SANITY_MS = 10 * 60_000
/** A job whose instance is not to be seen is asked for after this, then at doubling intervals. */
const UNSEEN_MS = 8_000
/** A job that so many answers in a row told nothing of: its instance and the failed tasks must tell. */
export const MOST_BARRED = 3

/** Times in ms; `tickMs` is `--poll-interval`, or null; `unseenMs`: when to ask for what no list shows, if not as usual. */
export function beginFollowing(
  target: Target,
  options: {
    readonly now: number
    readonly jobTimeoutMs: number
    readonly settleWindowMs: number
    readonly tickMs: number | null
    readonly unseenMs?: number
    /** When to ask for one whose instance stays in `creating`, if not as usual, ms. */
    readonly sanityMs?: number
  },
): Followed {
  const { now, settleWindowMs } = options
  const about: About = {
    target,
    deadline: now + options.jobTimeoutMs,
    looks: lookTimes(settleWindowMs),
    windowMs: settleWindowMs,
  }
  const { live, jobId } = target
  const base = { about, live, jobStatus: null }
  if (jobId === null) {
    return live.kind === 'seen'
      ? { ...base, kind: 'waiting', retired: false }
      : { ...base, kind: 'looking', retired: false, from: now, lookedAt: now }
  }
  const { sanityMs = SANITY_MS } = options
  const unseenPause = options.tickMs === null ? (options.unseenMs ?? UNSEEN_MS) : options.tickMs * 2
  return {
    ...base,
    kind: 'asking',
    jobId,
    deniedSince: null,
    barred: 0,
    askUnseenAt: now + unseenPause,
    unseenPause,
    askAgainAt: now + sanityMs,
    sanityMs,
    lookedAt: now,
  }
}

/** When to look next for what should be in the list, ms; null: the regular tick will do. */
export function ownLookAt(state: Followed): number | null {
  switch (state.kind) {
    case 'asking':
      return state.deniedSince === null ? null : lookAfter(state, state.deniedSince)
    case 'failing':
      return state.hasLooked ? lookAfter(state, state.from) : state.from
    case 'succeeded':
    case 'looking':
      return lookAfter(state, state.from)
    case 'waiting':
    case 'explaining':
    case 'ended':
      return null
  }
}

/** Whether it is known to be under way, so that only its age says when it may have ended. */
export function isUnderWay(state: Followed): state is Asking | Waiting {
  return state.kind === 'waiting' || (state.kind === 'asking' && state.deniedSince === null)
}

/** Whether its job can be asked for at any time. */
export function mayBeAsked(state: Followed): state is Asking {
  return state.kind === 'asking' && state.deniedSince === null && state.barred < MOST_BARRED
}

function lookAfter(
  { about, lookedAt }: Base & { readonly lookedAt: number },
  from: number,
): number {
  const next = about.looks.find((look) => from + look > lookedAt)
  return next === undefined ? lookedAt + SHORTEST_TICK : from + next
}

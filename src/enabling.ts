import type { ReasonOf } from './outcome.ts'

/** What comes of switching one group's protection on, each with its closed set of reasons. People script against these words. */
export const ENABLING_REASONS = {
  /** A start that this tool has sent, in this run or an earlier one, has switched it on. */
  enabled: [],
  /** It is on, and nothing says that a start of ours did it. */
  'already-enabled': [],
  failed: ['refused', 'job-failed'],
  refused: ['rows-not-protected', 'group-not-ready', 'group-empty'],
  'in-progress': ['job-running', 'job-timeout', 'interrupted'],
  unknown: ['fate-unknown', 'not-in-list'],
  'not-attempted': [
    'interrupted',
    'failure-limit',
    'access-lost',
    'run-aborted',
    /** `apply --enable-protection`: a row of the run is not protected. */
    'not-protected',
  ],
} as const satisfies Record<string, readonly string[]>

export type EnablingKind = keyof typeof ENABLING_REASONS
export type EnablingReasonOf<K extends EnablingKind> = (typeof ENABLING_REASONS)[K][number]
export type EnablingReason = EnablingReasonOf<EnablingKind>
/** The two outcomes that mean: protection is on. */
export type OnKind = 'enabled' | 'already-enabled'

export interface OnResult<K extends OnKind = OnKind> {
  readonly kind: K
  readonly reason: null
  /** What a person should know of it, or null. */
  readonly message: string | null
  readonly advice: null
}

/** Protection is not known to be on: why, what happened in a sentence, and what to do next. */
export interface OffResult<K extends Exclude<EnablingKind, OnKind>> {
  readonly kind: K
  readonly reason: EnablingReasonOf<K>
  readonly message: string
  readonly advice: string
}

export type EnablingResult =
  | { readonly [K in OnKind]: OnResult<K> }[OnKind]
  | { readonly [K in Exclude<EnablingKind, OnKind>]: OffResult<K> }[Exclude<EnablingKind, OnKind>]

/** How the start of one group ended, with all that is known of it. Absent is null; times are ISO 8601, UTC. */
export type Enabling = EnablingResult & {
  readonly jobId: string | null
  readonly errorCode: string | null
  readonly submittedAt: string | null
  readonly finishedAt: string | null
}

export function isOn(kind: EnablingKind): kind is OnKind {
  return kind === 'enabled' || kind === 'already-enabled'
}

export function onResult<K extends OnKind>(kind: K, message: string | null = null): OnResult<K> {
  return { kind, reason: null, message, advice: null }
}

/** Why a group was not attempted, by what stopped the run. */
const REASON_OF_STOP = {
  interrupted: 'interrupted',
  'failure-limit': 'failure-limit',
  'access-lost': 'access-lost',
  'run-aborted': 'run-aborted',
  'not-protected': 'not-protected',
  // Of creates: a run that is stopped by these has rows that are not protected.
  quota: 'not-protected',
  'wave-stopped': 'not-protected',
  'group-unusable': 'not-protected',
} as const satisfies Record<ReasonOf<'not-attempted'>, EnablingReasonOf<'not-attempted'>>

export function reasonOfStop(reason: ReasonOf<'not-attempted'>): EnablingReasonOf<'not-attempted'> {
  return REASON_OF_STOP[reason]
}

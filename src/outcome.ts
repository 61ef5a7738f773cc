/** The closed set of row outcomes, each with its closed set of reasons. People script against these words. */
export const REASONS = {
  created: [],
  'already-protected': [],
  failed: ['refused', 'job-failed', 'retries-exhausted'],
  conflict: ['other-group', 'broken-instance', 'being-deleted'],
  blocked: [
    'group-not-ready',
    'group-full',
    'az-mismatch',
    'vpc-mismatch',
    'server-missing',
    'server-status',
    'server-locked',
    'no-disk',
    'disk-unsupported',
    'flavor-unsupported',
    'subnet-missing',
    'ip-outside-subnet',
    'ip-taken',
    'pair-quota',
  ],
  'in-progress': ['job-running', 'job-timeout', 'interrupted'],
  unknown: ['fate-unknown', 'not-in-list'],
  'not-attempted': [
    'interrupted',
    'failure-limit',
    'access-lost',
    'group-unusable',
    'quota',
    'wave-stopped',
    'run-aborted',
    'not-protected',
  ],
} as const satisfies Record<string, readonly string[]>

export type OutcomeKind = keyof typeof REASONS
export type ReasonOf<K extends OutcomeKind> = (typeof REASONS)[K][number]
export type Reason = ReasonOf<OutcomeKind>
/** The two outcomes that mean: this server has its instance in the wanted group. */
export type ProtectedKind = 'created' | 'already-protected'
/** The others: something is left to do, and a reason says why. */
export type OpenKind = Exclude<OutcomeKind, ProtectedKind>

export interface Drift {
  readonly field: string
  readonly wanted: string
  readonly actual: string | null
}

/** What a person should know of a row, whatever comes of it. */
export interface RowWarning {
  readonly code: string
  readonly message: string
}

/** What stands in the report about a row whatever came of it. Absent is null. Times are ISO 8601, UTC. */
export interface OutcomeFacts {
  /** Creates sent for this row in this run. */
  readonly attempts: number
  readonly protectedInstanceId: string | null
  readonly targetServerId: string | null
  readonly jobId: string | null
  readonly jobStatus: string | null
  readonly errorCode: string | null
  readonly httpStatus: number | null
  readonly submittedAt: string | null
  readonly finishedAt: string | null
}

/** A row that has its instance: without a reason, with a message only where a person should know something. */
export interface ProtectedResult<K extends ProtectedKind = ProtectedKind> {
  readonly kind: K
  readonly reason: null
  readonly message: string | null
  readonly advice: null
  readonly drift: readonly Drift[]
}

/** Any other row: why, what happened in a sentence, and what to do next. */
export interface OpenResult<K extends OpenKind, R extends ReasonOf<K> = ReasonOf<K>> {
  readonly kind: K
  readonly reason: R
  readonly message: string
  readonly advice: string
  readonly drift: readonly []
}

/** A row of which nobody knows. */
export interface UnknownResult<
  R extends ReasonOf<'unknown'> = ReasonOf<'unknown'>,
> extends OpenResult<'unknown', R> {
  /** A create of ours may be out there: then what shows up late is what that one made, else it was there before. */
  readonly mayBeOurs: boolean
}

/** What came of one row, one shape a kind: `created` cannot carry a reason, `failed` cannot lack one. */
export type RowResult =
  | { readonly [K in Exclude<OpenKind, 'unknown'>]: OpenResult<K> }[Exclude<OpenKind, 'unknown'>]
  | UnknownResult
  | ProtectedResult<'created'>
  | ProtectedResult<'already-protected'>

/** How one row ended, with all that is known of it. */
export type Outcome = RowResult & OutcomeFacts

export function isProtected(kind: OutcomeKind): kind is ProtectedKind {
  return kind === 'created' || kind === 'already-protected'
}

/** Of which outcomes an error that the service gave on the way can be the cause. */
const MAY_BE_CAUSED = {
  created: false,
  'already-protected': false,
  failed: true,
  conflict: true,
  blocked: true,
  // Accepted: whatever was refused before was overcome.
  'in-progress': false,
  unknown: true,
  // The run's own stop is why, unless it was a right that is missing.
  'not-attempted': false,
} as const satisfies Record<OutcomeKind, boolean>

/** Without the code of a refusal that was overcome, or that is not why the row ended so. */
export function withoutOvercome(outcome: Outcome): Outcome {
  const { kind, reason } = outcome
  return MAY_BE_CAUSED[kind] || reason === 'access-lost'
    ? outcome
    : { ...outcome, errorCode: null, httpStatus: null }
}

/** A row that has its instance. `message` is a warning, or null. */
export function protectedResult<K extends ProtectedKind>(
  kind: K,
  about: { readonly message?: string | null; readonly drift?: readonly Drift[] } = {},
): ProtectedResult<K> {
  return {
    kind,
    reason: null,
    message: about.message ?? null,
    advice: null,
    drift: about.drift ?? [],
  }
}

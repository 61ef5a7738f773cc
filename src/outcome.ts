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
  ],
} as const satisfies Record<string, readonly string[]>

export type OutcomeKind = keyof typeof REASONS
export type Reason = (typeof REASONS)[OutcomeKind][number]

export interface Drift {
  readonly field: string
  readonly wanted: string
  readonly actual: string | null
}

/** How one row ended, with all that is known of it. Absent is null, as in the report. Times are ISO 8601, UTC. */
export interface Outcome {
  readonly kind: OutcomeKind
  readonly reason: Reason | null
  /** What happened, in a sentence, for people. */
  readonly message: string | null
  /** What to do next. */
  readonly advice: string | null
  /** Creates sent for this row in this run. */
  readonly attempts: number
  readonly protectedInstanceId: string | null
  readonly targetServerId: string | null
  readonly jobId: string | null
  readonly jobStatus: string | null
  readonly errorCode: string | null
  readonly httpStatus: number | null
  readonly drift: readonly Drift[]
  readonly submittedAt: string | null
  readonly finishedAt: string | null
}

/** The two outcomes that mean: this server is protected in the wanted group. */
export function isProtected(kind: OutcomeKind): boolean {
  return kind === 'created' || kind === 'already-protected'
}

import type { Drift } from '../outcome.ts'

/** What an audit says of a row. People script against these words. */
export const VERDICTS = [
  'as-written',
  'drifted',
  'not-replicating',
  'broken',
  'elsewhere',
  'not-protected',
] as const
export type Verdict = (typeof VERDICTS)[number]

/** Whether the disks of an instance are being copied. `unknown`: nobody could tell, and so not safe. */
export const REPLICATION_STATES = ['off', 'syncing', 'in-sync', 'faulty', 'unknown'] as const
export type ReplicationState = (typeof REPLICATION_STATES)[number]

export interface Replication {
  readonly state: ReplicationState
  /** Null: they could not be read, or were not asked for. */
  readonly pairs: number | null
  /** That of the pair which is least far, in per cent; null: not told. */
  readonly progress: number | null
}

/** A field in which the production server and its DR server differ. */
export interface NotCarriedOver {
  /** `name`, `host_name`, `security_groups`, `agency`, `tag:KEY`. */
  readonly field: string
  /** Null: that server does not have it. */
  readonly production: string | null
  readonly dr: string | null
}

export interface Verification {
  readonly verdict: Verdict
  /** Against the inventory, in its field names and `tag:KEY`. */
  readonly drift: readonly Drift[]
  /** Filled fields that could not be compared: never a difference. */
  readonly unverifiable: readonly string[]
  readonly replication: Replication
  /**
   * Changes of the production server that SDRS does not carry over to the DR server. No difference from the
   * inventory, and nothing that a verdict depends on.
   */
  readonly notCarriedOver: readonly NotCarriedOver[]
}

/** What a row must be for exit 0: `--expect`. */
export const EXPECTATIONS = ['created', 'replicating'] as const
export type Expectation = (typeof EXPECTATIONS)[number]

/** By which expectations a verdict is good enough. */
const GOOD_FOR = {
  'as-written': EXPECTATIONS,
  'not-replicating': ['created'],
  drifted: [],
  broken: [],
  elsewhere: [],
  'not-protected': [],
} as const satisfies Record<Verdict, readonly Expectation[]>

export function isAsExpected(verdict: Verdict, expectation: Expectation): boolean {
  const good: readonly Expectation[] = GOOD_FOR[verdict]
  return good.includes(expectation)
}

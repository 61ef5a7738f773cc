import { pluralize } from '../ui/text.ts'
import {
  EXPECTATIONS,
  isAsExpected,
  type Expectation,
  type Verdict,
} from '../verify/verification.ts'
import { awaitsEnabling, protectionText } from './protection.ts'
import type { Report, ReportRow } from './schema.ts'

/** A row that an audit has looked at. */
export type VerifiedRow = ReportRow & {
  readonly verification: NonNullable<ReportRow['verification']>
}

export function isVerified(row: ReportRow): row is VerifiedRow {
  return row.verification !== null
}

/** An audit's report, `verify`: it says of every row whether it is as written and replicates. */
export function isAudit(report: Pick<Report, 'rows' | 'run'>): boolean {
  return report.rows.length > 0 ? report.rows.every(isVerified) : report.run.command === 'verify'
}

/** What the audit's rows had to be: its `--expect`. */
export function expectationOf({ options }: Pick<Report['run'], 'options'>): Expectation {
  return EXPECTATIONS.find((each) => each === options?.['expect']) ?? 'replicating'
}

/** The rows of an audit that are not as expected. */
export function unexpectedRows(report: Pick<Report, 'rows' | 'run'>): readonly VerifiedRow[] {
  const expectation = expectationOf(report.run)
  return report.rows
    .filter(isVerified)
    .filter(({ verification }) => !isAsExpected(verification.verdict, expectation))
}

/** Each verdict as it is said of several servers, and how it is to be taken; in the order in which they are shown. */
const SHOWN_AS = {
  'as-written': ['as written and in sync', 'good'],
  'not-replicating': ['as written, but not in sync', 'warn'],
  drifted: ['drifted', 'bad'],
  broken: ['broken', 'bad'],
  elsewhere: ['protected elsewhere', 'bad'],
  'not-protected': ['not protected', 'bad'],
} as const satisfies Record<Verdict, readonly [words: string, tone: 'good' | 'bad' | 'warn']>

export function verdictTone(verdict: Verdict): 'good' | 'bad' | 'warn' {
  return SHOWN_AS[verdict][1]
}

/** `as written, but not in sync`: of one server, or of several. */
export function verdictWords(verdict: Verdict): string {
  return SHOWN_AS[verdict][0]
}

/** Verdicts with their rows; those without any are left out. */
export function verdictCounts(
  rows: readonly ReportRow[],
): readonly (readonly [verdict: Verdict, rows: number])[] {
  const inOrder = Object.keys(SHOWN_AS) as Verdict[]
  return inOrder.flatMap((verdict) => {
    const count = rows.filter(({ verification }) => verification?.verdict === verdict).length
    return count === 0 ? [] : [[verdict, count] as const]
  })
}

/** How many an audit has found in sync, whether as written or not. */
export function inSyncRows(rows: readonly ReportRow[]): number {
  return rows.filter(({ verification }) => verification?.replication.state === 'in-sync').length
}

/**
 * The audit in a sentence: `40 servers: 36 as written and in sync, 4 drifted`, and whether protection is off
 * altogether.
 */
export function auditHeadline(report: Report, servers: string): string {
  const counts = verdictCounts(report.rows)
  const parts = counts.map(([verdict, count]) => {
    const [words] = SHOWN_AS[verdict]
    if (counts.length > 1) return `${count.toLocaleString('en-US')} ${words}`
    if (count === 1) return words
    return verdict === 'not-protected' ? 'none is protected' : `all ${words}`
  })
  const said = `${servers}: ${parts.length === 0 ? 'nothing to verify' : parts.join(', ')}`
  return awaitsEnabling(report) ? `${said}; ${protectionText(report)}` : said
}

/** `in-sync, 2 pairs`, `syncing 40 %, 2 pairs`. */
export function replicationText({ verification }: VerifiedRow): string {
  const { state, pairs, progress } = verification.replication
  const far = state === 'syncing' && progress !== null ? ` ${progress} %` : ''
  return `${state}${far}${pairs === null ? '' : `, ${pluralize(pairs, 'pair')}`}`
}

/** `name: production web-1, DR web-01; …`. */
export function notCarriedOverText({ notCarriedOver }: VerifiedRow['verification']): string {
  return notCarriedOver
    .map(
      ({ field, production, dr }) =>
        `${field}: production ${production ?? 'absent'}, DR ${dr ?? 'absent'}`,
    )
    .join('; ')
}

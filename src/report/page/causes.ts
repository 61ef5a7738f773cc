import { groupBy } from '../../group-by.ts'
import { isOn } from '../../enabling.ts'
import { pluralize, sanitize } from '../../ui/text.ts'
import { needsAttention } from '../attention.ts'
import { countedAs, nameList, toneOf, type Tone } from '../columns.ts'
import { switchedGroups } from '../enabling-text.ts'
import type { Report, ReportRow } from '../schema.ts'
import {
  isAudit,
  unexpectedRows,
  verdictTone,
  verdictWords,
  type VerifiedRow,
} from '../verification.ts'

/** One thing to do, however many servers or groups it is about. Safe to show, still to be escaped. */
export interface CauseView {
  readonly title: string
  readonly tone: Tone
  readonly message: string
  readonly advice: string
  /** The first of them, and how many more there are. */
  readonly names: string
  /** The numbers of the rows; none where it is about groups. */
  readonly rows: readonly number[]
}

/** What is left for a person, the worst first: groups that are not on, then rows. */
export function causesOf(report: Report): readonly CauseView[] {
  return [
    ...groupCauses(report),
    ...(isAudit(report) ? auditCauses(report) : needsAttention(report.rows).map(rowCause)),
  ]
}

function rowCause({
  outcome,
  reason,
  errorCode,
  advice,
  message,
  rows,
}: ReturnType<typeof needsAttention>[number]): CauseView {
  const why = [reason, errorCode].filter((part) => part !== null).join(', ')
  return {
    title: titleOf(rows.length, countedAs(outcome), why),
    tone: toneOf(outcome),
    message: sanitize(message ?? ''),
    advice: sanitize(advice ?? ''),
    names: namesOf(rows.map(({ name }) => name)),
    rows: rows.map(({ row }) => row),
  }
}

/** Of an audit the verdict is what is to be done about; what replication says goes with it. */
function auditCauses(report: Report): readonly CauseView[] {
  const alike = groupBy(unexpectedRows(report), ({ advice, reason, verification }) =>
    JSON.stringify([verification.verdict, stateOf(verification), reason, advice]),
  )
  return [...alike.values()].flatMap((rows) => {
    const [first] = rows
    if (first === undefined) return []
    const { verification, reason, message, advice } = first
    const state = stateOf(verification)
    const why = [state, reason === verification.verdict ? null : reason]
    return [
      {
        title: titleOf(
          rows.length,
          verdictWords(verification.verdict),
          why.filter((part) => part !== null).join(', '),
        ),
        tone: verdictTone(verification.verdict),
        message: sanitize(rows.every((row) => row.message === message) ? (message ?? '') : ''),
        advice: sanitize(advice ?? ''),
        names: namesOf(rows.map(({ name }) => name)),
        rows: rows.map(({ row }) => row),
      },
    ]
  })
}

/** `12 servers in conflict: other-group`. */
function titleOf(count: number, words: string, why: string): string {
  return sanitize(`${pluralize(count, 'server')} ${words}${why === '' ? '' : `: ${why}`}`)
}

/** Of a drifted row, too: what replicates, and what is as written, are two things. */
function stateOf({ verdict, replication }: VerifiedRow['verification']): string | null {
  const tells = verdict === 'not-replicating' || verdict === 'drifted'
  return tells && replication.state !== 'in-sync' ? replication.state : null
}

function groupCauses(report: Report): readonly CauseView[] {
  const off = switchedGroups(report).filter(({ enabling }) => !isOn(enabling.outcome))
  const alike = groupBy(off, ({ enabling: { outcome, reason, errorCode, advice } }) =>
    JSON.stringify([outcome, reason, errorCode, advice]),
  )
  return [...alike.values()].flatMap((groups) => {
    const [first] = groups
    if (first === undefined) return []
    const { outcome, reason, errorCode, advice, message } = first.enabling
    const isOneMessage = groups.every(({ enabling }) => enabling.message === message)
    const why = [outcome, reason, errorCode].filter((part) => part !== null).join(', ')
    return [
      {
        title: `${pluralize(groups.length, 'group')} not switched on: ${sanitize(why)}`,
        tone: outcome === 'failed' || outcome === 'refused' ? 'bad' : 'warn',
        message: sanitize(isOneMessage ? (message ?? '') : ''),
        advice: sanitize(advice ?? ''),
        names: namesOf(
          groups.map(({ id, name, enabling }) =>
            isOneMessage ? (name ?? id) : `${name ?? id} (${enabling.message ?? ''})`,
          ),
        ),
        rows: [],
      },
    ]
  })
}

function namesOf(names: readonly string[]): string {
  return sanitize(nameList(names))
}

/** The rows that something is left to do for: of an audit those that are not as expected. */
export function openRows(report: Report): readonly ReportRow[] {
  return isAudit(report)
    ? unexpectedRows(report)
    : needsAttention(report.rows).flatMap(({ rows }) => rows)
}

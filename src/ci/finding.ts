import type { Problem } from '../inventory/problem.ts'
import type { Severity } from '../inventory/problem-codes.ts'
import type { Inventory } from '../inventory/read.ts'
import type { PlannedRow } from '../plan/plan.ts'
import { isProtected, type OutcomeKind } from '../outcome.ts'
import type { Report, ReportRow } from '../report/schema.ts'
import { isAudit, unexpectedRows } from '../report/verification.ts'

/** Something that a CI system is told about a line of the inventory. */
export interface Finding {
  readonly level: Severity
  /** Closed: a problem's code, or outcome and reason of a row. */
  readonly code: string
  readonly message: string
  /** 1-based; null: it is about the file, or the line is not known. */
  readonly line: number | null
  readonly column: number | null
  /** What stays the same when lines move: together with `code`, what the finding is about. */
  readonly about: string
}

/** Pure. */
export function findingsOfProblems(
  problems: readonly Problem[],
  { rows }: Pick<Inventory, 'rows'>,
): readonly Finding[] {
  const servers = new Map(rows.map(({ row, serverId }) => [row, serverId]))
  return problems.map((problem) => {
    const { code, severity: level, line, column, row, field, value, message, hint } = problem
    const server = row === null ? '' : (servers.get(row) ?? '')
    return {
      level,
      code,
      message: hint === null ? message : `${message} (${hint})`,
      line,
      column,
      about: JSON.stringify([server, field, value]),
    }
  })
}

/** How loud a row that is left open is. */
const LEVEL_OF = {
  created: 'info',
  'already-protected': 'info',
  failed: 'error',
  conflict: 'error',
  blocked: 'error',
  'in-progress': 'warning',
  unknown: 'warning',
  'not-attempted': 'warning',
} as const satisfies Record<OutcomeKind, Severity>

/** The rows that are not protected; of an audit those that are not as expected. Pure. */
export function findingsOfReport(
  report: Report,
  inventory: Pick<Inventory, 'locate'>,
): readonly Finding[] {
  if (isAudit(report)) {
    return unexpectedRows(report).map((row) => {
      const { verdict } = row.verification
      const message = row.message === null ? verdict : `${verdict}: ${row.message}`
      return findingOfRow({ ...row, message }, 'error', verdict, inventory)
    })
  }
  return report.rows
    .filter(({ outcome }) => !isProtected(outcome))
    .map((row) => findingOfRow(row, LEVEL_OF[row.outcome], codeOf(row), inventory))
}

/** The rows that a plan leaves out. Pure. */
export function findingsOfPlan(
  rows: readonly PlannedRow[],
  inventory: Pick<Inventory, 'locate'>,
): readonly Finding[] {
  return rows.flatMap(({ row, action }) => {
    if (action.kind !== 'conflict' && action.kind !== 'blocked') return []
    const { kind: outcome, reason, message, advice } = action.result
    const code = codeOf({ outcome, reason })
    return [findingOfRow({ ...row, message, advice }, LEVEL_OF[outcome], code, inventory)]
  })
}

function findingOfRow(
  row: Pick<ReportRow, 'row' | 'line' | 'name' | 'serverId' | 'message' | 'advice'>,
  level: Severity,
  code: string,
  inventory: Pick<Inventory, 'locate'>,
): Finding {
  const { name, serverId, message, advice } = row
  const said = [`${name}: ${message ?? code}`, advice].filter((part) => part !== null)
  const line = row.line > 0 ? row.line : null
  const column = inventory.locate(row.row, 'server_id')?.column ?? null
  return { level, code, message: said.join('. '), line, column, about: serverId }
}

function codeOf({ outcome, reason }: Pick<ReportRow, 'outcome' | 'reason'>): string {
  return reason === null ? outcome : `${outcome}/${reason}`
}

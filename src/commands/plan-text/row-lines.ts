import { messageOf } from '../../plan/plan-document.ts'
import type { PlannedRow } from '../../plan/plan.ts'
import type { DisksOf } from '../../plan/summary.ts'
import { pluralize, sanitize, wrap } from '../../ui/text.ts'
import { rowFields } from '../row-fields.ts'
import { labelOf } from './findings.ts'
import { rowNotes } from './names-text.ts'

const INDENT = '      '

/** Every row for `--verbose`: what is to be done with it, each field that is not the default, and what is said of it. */
export function rowLines(rows: readonly PlannedRow[], disksOf: DisksOf): string[] {
  const digits = String(Math.max(0, ...rows.map(({ row }) => row.row))).length
  return rows.flatMap((planned) => {
    const { row, group, action, warnings } = planned
    const label = labelOf(action)
    const pairs = disksOf(planned)
    const advice = 'result' in action ? action.result.advice : null
    const drift = action.kind === 'keep' ? action.drift : []
    const said = [
      ...rowNotes(row),
      messageOf(action),
      ...(advice === null ? [] : [`→ ${advice}`]),
      ...drift.map(
        ({ field, wanted, actual }) => `${field}: "${wanted}" wanted, "${actual ?? ''}" found`,
      ),
      ...warnings.map(({ code, message }) => `warning ${code}: ${message}`),
    ].filter((text) => text !== null)
    const fields = rowFields({ ...row, serverGroup: group.name })
    const head = `${action.kind} ${row.name}${label === '' ? '' : `: ${label}`}`
    return [
      `  ${String(row.row).padStart(digits)} ${wrap(sanitize(head), ' '.repeat(digits + 3)).trimStart()}`,
      wrap(pairs === null ? fields : `${fields}, ${pluralize(pairs, 'pair')}`, INDENT),
      ...said.map((text) => wrap(sanitize(text), INDENT)),
    ]
  })
}

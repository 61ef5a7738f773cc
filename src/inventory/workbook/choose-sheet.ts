import { nearest } from '../../nearest.ts'
import type { Finding } from '../problem.ts'
import type { SheetEntry } from './workbook-parts.ts'
import { WorkbookProblem } from './workbook-problem.ts'

/** A sheet with how many of its rows have something in them. */
export interface CountedSheet {
  readonly sheet: SheetEntry
  readonly rows: number
}

/** So many sheets are listed. */
const MOST_LISTED = 20

/**
 * The sheets that can be meant: the one that was asked for, by its name or its number, hidden or not; else
 * all that are visible. A sheet whose name is a number is meant by its name.
 *
 * @throws WorkbookProblem when there is no such sheet.
 */
export function candidateSheets(
  sheets: readonly SheetEntry[],
  wanted: string | undefined,
): readonly SheetEntry[] {
  if (wanted === undefined) {
    const visible = sheets.filter(({ isHidden }) => !isHidden)
    return visible.length === 0 ? sheets : visible
  }
  const key = nameKey(wanted)
  const named = sheets.find(({ name }) => nameKey(name) === key)
  const numbered = /^\d+$/.test(key)
    ? sheets.find(({ number }) => number === Number(key))
    : undefined
  const found = named ?? numbered
  if (found !== undefined) return [found]
  const near = nearest(
    wanted,
    sheets.map(({ name }) => name),
  )
  throw new WorkbookProblem({
    code: 'sheet-unknown',
    args: {
      sheet: wanted,
      sheets: list(sheets.map((sheet) => ({ sheet, rows: null }))),
      suggestion: near === null ? 'choose one by its name or number' : `did you mean "${near}"?`,
    },
  })
}

/**
 * Of several visible sheets, the only one with rows.
 *
 * @throws WorkbookProblem with the question, when there are several.
 */
export function onlyFilled(counted: readonly CountedSheet[]): CountedSheet | undefined {
  const filled = counted.filter(({ rows }) => rows > 0)
  const [first, second] = filled
  if (second === undefined) return first ?? counted[0]
  const example = first?.sheet.number ?? 1
  throw new WorkbookProblem({ code: 'sheet-unclear', args: { sheets: list(filled), example } })
}

/** What is not read of a workbook that has more than the sheet which is. */
export function unreadSheets(sheets: readonly SheetEntry[], read: SheetEntry): Finding[] {
  const others = sheets.filter((sheet) => sheet !== read)
  if (others.length === 0) return []
  const args = {
    sheet: read.name,
    others: list(others.map((sheet) => ({ sheet, rows: null }))),
  }
  return [{ code: 'sheet-chosen', args }]
}

function nameKey(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase()
}

/** `1 "Servers" (40 rows), 3 "Old" (hidden)`. */
function list(sheets: readonly { sheet: SheetEntry; rows: number | null }[]): string {
  const shown = sheets.slice(0, MOST_LISTED).map(({ sheet, rows }) => {
    const facts = [
      ...(rows === null ? [] : [`${rows} ${rows === 1 ? 'row' : 'rows'}`]),
      ...(sheet.isHidden ? ['hidden'] : []),
    ]
    const about = facts.length === 0 ? '' : ` (${facts.join(', ')})`
    return `${sheet.number} "${sheet.name}"${about}`
  })
  const more = sheets.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

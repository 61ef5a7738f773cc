import type { Table, Unreadable } from '../table.ts'
import type { CellContext } from './cell-value.ts'
import { candidateSheets, onlyFilled, unreadSheets, type CountedSheet } from './choose-sheet.ts'
import { kindOfOle, OLE_MAGIC } from './file-kind.ts'
import { findParts, type SheetEntry } from './workbook-parts.ts'
import { readSharedStrings } from './shared-strings.ts'
import { readSheetRows, type SheetRows } from './sheet-rows.ts'
import { readStyles } from './styles.ts'
import { damaged, foreignFile, WorkbookProblem } from './workbook-problem.ts'
import { toTable } from './workbook-table.ts'
import { openArchive, type Archive } from './zip.ts'

export interface WorkbookOptions {
  /** `--sheet`: a name, or a number from 1. */
  readonly sheet?: string
  /** Whether a cell names a column of ours: how the header is told from titles. */
  readonly isHeaderCell: (cell: string) => boolean
}

/**
 * XLSX → table of one of its sheets. Read are cells, and the texts and formats they refer to: no macro, no
 * external link, no picture; no formula is calculated. Whatever is in the file, this ends within the
 * bounds of `LIMITS`.
 */
export async function readWorkbook(
  bytes: Uint8Array,
  options: WorkbookOptions,
): Promise<Table | Unreadable> {
  try {
    return await readTable(bytes, options)
  } catch (error) {
    if (error instanceof WorkbookProblem) return { unreadable: [error.finding] }
    throw error
  }
}

async function readTable(
  bytes: Uint8Array,
  { sheet: wanted, isHeaderCell }: WorkbookOptions,
): Promise<Table | Unreadable> {
  const refused = whatElse(bytes)
  if (refused !== null) throw refused
  const archive = await openArchive(bytes)
  const parts = await findParts(archive)
  if (parts.sheets.length === 0) throw damaged('it has no sheet')
  const candidates = candidateSheets(parts.sheets, wanted)
  const context: CellContext = {
    strings: await readSharedStrings(archive, parts.sharedStrings),
    styles: await readStyles(archive, parts.styles),
    isFrom1904: parts.isFrom1904,
  }
  const { sheet, content } = await chooseFilled(archive, candidates, context)
  if (content === null) {
    const hint =
      parts.sheets.length > 1
        ? 'name another one with --sheet'
        : 'the template command prints a starter'
    throw new WorkbookProblem({ code: 'sheet-empty', args: { sheet: sheet.name, hint } })
  }
  const table = toTable(content, parts.sheets.length > 1 ? sheet.name : null, isHeaderCell)
  return 'unreadable' in table
    ? table
    : { ...table, findings: [...unreadSheets(parts.sheets, sheet), ...table.findings] }
}

/** Bytes that nothing here could read; they come where `--format xlsx` says so. */
function whatElse(bytes: Uint8Array): WorkbookProblem | null {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return null
  if (OLE_MAGIC.every((byte, at) => bytes[at] === byte)) {
    const { what, remedy } = kindOfOle(bytes)
    return foreignFile(what, remedy)
  }
  return foreignFile('a text or something else', 'leave --format out')
}

interface Chosen {
  readonly sheet: SheetEntry
  /** Null when nothing is in it. */
  readonly content: SheetRows | null
}

/** Reads the candidates one after the other; of several, only the first with rows is kept. */
async function chooseFilled(
  archive: Archive,
  candidates: readonly SheetEntry[],
  context: CellContext,
): Promise<Chosen> {
  const counted: CountedSheet[] = []
  let content: SheetRows | null = null
  for (const sheet of candidates) {
    const read = await readSheetRows(archive, sheet.part, context)
    counted.push({ sheet, rows: read.rows.length })
    if (read.rows.length > 0) content ??= read
  }
  const chosen = onlyFilled(counted)
  if (chosen === undefined) throw damaged('it has no sheet')
  return { sheet: chosen.sheet, content }
}

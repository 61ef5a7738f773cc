import { cellName, parseReference, type CellReference } from './cell-reference.ts'
import { readCell, type CellContext, type RawCell } from './cell-value.ts'
import { LIMITS } from './workbook-limits.ts'
import { isTrue } from './workbook-parts.ts'
import { collectRichText } from './rich-text.ts'
import { createTextPool } from './text-pool.ts'
import type { CellRefusal } from '../table.ts'
import { damaged, tooLarge } from './workbook-problem.ts'
import { readXml, type Attributes } from './xml.ts'
import type { Archive } from './zip.ts'

/** A row with something in it. */
export interface SheetRow {
  /** As the sheet counts, from 1. */
  readonly row: number
  readonly isHidden: boolean
  /** From column A to the last one with something in it. */
  readonly cells: string[]
  /** By index of the cell; null in nearly all rows. */
  refusals: Map<number, CellRefusal> | null
  /** How many cells have a formula, and the column of the first. */
  formulas: number
  firstFormula: number
}

/** Before the first one. */
const NO_ROW: SheetRow = {
  row: 0,
  isHidden: false,
  cells: [],
  refusals: null,
  formulas: 0,
  firstFormula: 0,
}

export interface MergedRange {
  readonly from: CellReference
  readonly to: CellReference
}

export interface SheetRows {
  readonly rows: readonly SheetRow[]
  /** By column, counted from 1: the last row in which a number stands without a format of its own. */
  readonly numbers: ReadonlyMap<number, number>
  readonly merged: readonly MergedRange[]
}

/**
 * The rows of one sheet, as they are unpacked. Rows and cells without their place stand after the one
 * before; what the sheet says of its own size is not looked at. Empty rows take no memory.
 *
 * @throws WorkbookProblem
 */
export async function readSheetRows(
  archive: Archive,
  part: string,
  context: CellContext,
): Promise<SheetRows> {
  const rows: SheetRow[] = []
  const merged: MergedRange[] = []
  const numbers = new Map<number, number>()
  const pool = createTextPool()
  const rich = collectRichText()
  let isInRows = false
  let row: SheetRow = NO_ROW
  let column = 0
  let slots = 0
  let cell: Attributes | null = null
  let value: string | null = null
  let isInValue = false
  let inline: string | null = null
  let hasFormula = false

  const endCell = (): void => {
    if (cell === null) return
    const raw: RawCell = {
      type: cell['t'] ?? 'n',
      value: value ?? '',
      inline,
      hasFormula,
      style: Number(cell['s'] ?? 0),
    }
    cell = null
    if (value === null && inline === null && !hasFormula) return
    const {
      text,
      refusal,
      isBareNumber = false,
    } = readCell(raw, context, cellName(null, row.row, column))
    if (refusal === null && text.trim() === '') return
    slots += column - row.cells.length
    if (slots > LIMITS.cells) throw tooLarge(`more than ${LIMITS.cells} cells`)
    while (row.cells.length < column - 1) row.cells.push('')
    row.cells.push(raw.type === 's' ? text : pool.keep(text))
    if (isBareNumber) numbers.set(column, row.row)
    if (refusal !== null) (row.refusals ??= new Map()).set(column - 1, refusal)
    if (hasFormula && row.formulas++ === 0) row.firstFormula = column
  }

  await readXml(part, archive.read(part), {
    open(name, attributes) {
      switch (name) {
        case 'sheetData':
          isInRows = true
          break
        case 'row':
          if (!isInRows) break
          row = nextRow(row.row, attributes)
          column = 0
          break
        case 'c':
          if (!isInRows) break
          column = columnOf(attributes['r'], row.row, column)
          cell = attributes
          value = null
          inline = null
          hasFormula = false
          break
        case 'v':
          isInValue = cell !== null
          if (isInValue) value = ''
          break
        case 'f':
          hasFormula = cell !== null
          break
        case 'mergeCell':
          merged.push(mergedRange(attributes['ref'] ?? ''))
          if (merged.length > LIMITS.merged / 10) throw tooLarge('more merged cells than rows')
          break
        default:
          if (cell !== null) rich.open(name)
      }
    },
    text(text) {
      if (isInValue) {
        value += text
        if ((value?.length ?? 0) > LIMITS.cell) throw tooLarge('a cell of more than 64 KiB')
      } else if (cell !== null) rich.text(text)
    },
    close(name) {
      switch (name) {
        case 'v':
          isInValue = false
          break
        case 'is':
          inline = rich.take()
          break
        case 'c':
          endCell()
          break
        case 'row':
          // Copied: arrays that have grown keep room for more.
          if (isInRows && row.cells.length > 0) rows.push({ ...row, cells: row.cells.slice() })
          break
        case 'sheetData':
          isInRows = false
          break
        default:
          if (cell !== null) rich.close(name)
      }
    },
  })
  return { rows, merged, numbers }
}

function nextRow(before: number, { r: written, hidden }: Attributes): SheetRow {
  const row = written === undefined ? before + 1 : Number(written)
  if (!Number.isInteger(row) || row <= before || row > LIMITS.rows) {
    throw damaged(`a row after row ${before} is numbered "${written ?? row}"`)
  }
  return { ...NO_ROW, row, isHidden: isTrue(hidden), cells: [] }
}

function columnOf(written: string | undefined, row: number, before: number): number {
  if (written === undefined && before < LIMITS.columns) return before + 1
  const reference = parseReference(written ?? '')
  if (reference === null || reference.row !== row || reference.column <= before) {
    throw damaged(`a cell in row ${row} stands at "${written ?? 'the end'}"`)
  }
  return reference.column
}

function mergedRange(text: string): MergedRange {
  const [first = '', second = first] = text.split(':')
  const from = parseReference(first)
  const to = parseReference(second)
  if (from === null || to === null || from.row > to.row || from.column > to.column) {
    throw damaged(`merged cells stand at "${text}"`)
  }
  return { from, to }
}

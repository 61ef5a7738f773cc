import { GENERAL, numberText, type CellText, type NumberFormat } from './number-format.ts'
import { unescapeText } from './rich-text.ts'
import { damaged } from './workbook-problem.ts'

/** A cell as it stands in the sheet. */
export interface RawCell {
  /** Of ECMA-376 part 1, 18.18.11; `n` where the file says nothing. */
  readonly type: string
  /** Of the element `v`. */
  readonly value: string
  /** Of the element `is`; null where there is none. */
  readonly inline: string | null
  readonly hasFormula: boolean
  /** Index of its style. */
  readonly style: number
}

export interface CellContext {
  readonly strings: readonly string[]
  readonly styles: readonly NumberFormat[]
  readonly isFrom1904: boolean
}

/**
 * A cell → its text. Of a formula, the value that the workbook was saved with: nothing is calculated.
 *
 * @param at Where it stands, for what cannot be read: `B7`.
 * @throws WorkbookProblem
 */
export function readCell(cell: RawCell, context: CellContext, at: string): CellText {
  const { type, value, inline } = cell
  switch (type) {
    case 's': {
      if (value.trim() === '') return plain('')
      const text = /^\s*\d+\s*$/.test(value) ? context.strings[Number(value)] : undefined
      if (text === undefined) throw damaged(`the text of the cell ${at} is missing`)
      return plain(text)
    }
    case 'inlineStr':
      return plain(inline ?? unescapeText(value))
    case 'str':
      return plain(unescapeText(value))
    case 'b': {
      if (value.trim() === '') return empty(cell)
      const shown = value.trim() === '0' || value.trim() === 'false' ? 'FALSE' : 'TRUE'
      return { text: shown, refusal: { code: 'cell-boolean', args: { shown } } }
    }
    case 'e':
      return { text: value, refusal: { code: 'cell-error', args: { shown: value } } }
    case 'd':
      return { text: value, refusal: { code: 'cell-date', args: { shown: value } } }
    case 'n':
      if (inline !== null) return plain(inline)
      if (value.trim() === '') return empty(cell)
      return numberText(value, context.styles[cell.style] ?? GENERAL, context.isFrom1904)
    default:
      throw damaged(`the cell ${at} is of an unknown type "${type}"`)
  }
}

/** A leading apostrophe is Excel's, not the value's: the same as in CSV, into which the cell may be written again. */
function plain(text: string): CellText {
  return { text: text.startsWith("'") ? text.slice(1) : text, refusal: null }
}

/** Programs that do not calculate write formulas without a value. */
function empty({ hasFormula }: RawCell): CellText {
  return { text: '', refusal: hasFormula ? { code: 'formula-without-value' } : null }
}

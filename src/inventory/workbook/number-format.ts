import { dateFromSerial, format as show, getFormatInfo } from 'numfmt'
import type { CellRefusal } from '../table.ts'

/** The text of a cell; a refusal is told only where a field is taken from it. */
export interface CellText {
  readonly text: string
  readonly refusal: CellRefusal | null
  /** A whole number as it is: whether zeros were typed in front of it is not known any more. */
  readonly isBareNumber?: boolean
}

export interface NumberFormat {
  readonly pattern: string
  readonly kind: 'plain' | 'digits' | 'date' | 'other'
}

export const GENERAL: NumberFormat = { pattern: 'General', kind: 'plain' }

export function formatOf(pattern: string): NumberFormat {
  if (pattern === '' || /^general$/i.test(pattern)) return GENERAL
  const { type, isDate, isText, maxDecimals } = getFormatInfo(pattern)
  // Excel takes a format that it cannot read for General.
  if (isText || type === 'error' || type === 'general') return GENERAL
  if (isDate) return { pattern, kind: 'date' }
  return { pattern, kind: type === 'number' && maxDecimals === 0 ? 'digits' : 'other' }
}

/** Days between the two beginnings of time: 1900-01-00 and 1904-01-01. */
const DAYS_TO_1904 = 1462
/** Numbers are doubles: of more digits the last ones are not what was typed. */
const EXACT_DIGITS = 15

/**
 * The text of a number as it is shown, where that is certainly what was meant: its digits, or its digits in
 * a format such as `000`. All others keep their plain number, for columns that are only carried, with the
 * reason why no field can be taken from it. A date is written as in ISO 8601, which no language changes.
 */
export function numberText(raw: string, format: NumberFormat, isFrom1904: boolean): CellText {
  const trimmed = raw.trim()
  const value = NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN
  if (!Number.isFinite(value)) {
    return { text: raw, refusal: { code: 'cell-number-damaged', args: { shown: raw } } }
  }
  if (format.kind === 'date') {
    const shown = isoDate(isFrom1904 ? value + DAYS_TO_1904 : value) ?? trimmed
    return { text: shown, refusal: { code: 'cell-date', args: { shown } } }
  }
  const plain = Object.is(value, -0) ? '0' : String(value)
  const isExact = /^-?\d+(?:\.\d+)?$/.test(plain) && digitsOf(plain).length <= EXACT_DIGITS
  if (!isExact) {
    const shown = shownIn(format, value) ?? plain
    return { text: trimmed, refusal: { code: 'cell-number-damaged', args: { shown } } }
  }
  if (format.kind === 'plain') {
    return { text: plain, refusal: null, isBareNumber: !plain.includes('.') }
  }
  const shown = shownIn(format, value)
  if (shown === null || shown === plain) return { text: plain, refusal: null }
  const isSame = format.kind === 'digits' && digitsOf(shown) === digitsOf(plain)
  return isSame && !plain.includes('.')
    ? { text: shown, refusal: null }
    : { text: plain, refusal: { code: 'cell-number-shown', args: { number: plain, shown } } }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** Without leading zeros. */
function digitsOf(text: string): string {
  return text.replace(/\D/g, '').replace(/^0+(?=\d)/, '')
}

/** Null where the format cannot be followed. */
function shownIn({ pattern }: NumberFormat, value: number): string | null {
  try {
    return show(pattern, value).trim()
  } catch {
    return null
  }
}

function isoDate(serial: number): string | null {
  // Excel shows ##### for what lies before 1900 or after 9999.
  if (serial < 0 || serial >= 2_958_466) return null
  const [year, month, day, ...time] = dateFromSerial(serial)
  const two = (part: number): string => String(part).padStart(2, '0')
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
  const clock = time.map(two).join(':')
  if (serial < 1) return clock
  return time.some((part) => part > 0) ? `${date} ${clock}` : date
}

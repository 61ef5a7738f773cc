import type { FieldName } from './fields.ts'
import type { ProblemCode } from './problem-codes.ts'

/**
 * What can be told from a value that Excel and its kin have changed it, or written something else in its
 * place. `1E+05` of `100000` or of `1e5`, `4.03E+11` (a comma where the decimal sign is one), the error of a
 * formula, a formula itself, a date made of `MAR1` or `1-3`. Zeros that were dropped (`007` → `7`) leave no
 * trace.
 */

const SCIENTIFIC = /^\d(?:[.,]\d+)?E\+\d{1,3}$/i
/** As a workbook keeps it, or another program writes it; `1e5` may be a name. */
const SCIENTIFIC_WIDE = /^\d(?:[.,]\d+)?E[+-]?\d{1,3}$/i
/** Excel writes two digits; the hyphen may stand in a name. */
const SMALL = /^\d(?:[.,]\d+)?E-\d{2,3}$/
/** More than 15 digits, zeros from the sixteenth on. */
const ROUNDED = /^[1-9]\d{14}0{2,}$/
/** In English and German; Chinese has the English ones. */
const FORMULA_ERROR =
  /^#(?:REF!|N\/A|NAME\?|VALUE!|DIV\/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|GETTING_DATA|BEZUG!|NV|WERT!|ZAHL!|LEER!|ÜBERLAUF!|KALK!|#+)$/iu
/** A reference, a call, a quoted text or sheet, a number: what a formula begins with. */
const FORMULA =
  /^=[-+]?(?:\$?[A-Z]{1,3}\$?\d+\b|[A-ZÄÖÜ_][\wÄÖÜäöüß.]*[(!]|'[^']+'!|"|\(|\d|\[|\{)/iu
const MONTH = 'Jan|Feb|Mar|Mrz|Mär|Apr|May|Mai|Jun|Jul|Aug|Sep|Sept|Oct|Okt|Nov|Dec|Dez'
/** `1-Mar`, `01-Mar`, `Mar-24`; `01. Mrz`, `Mrz 24`; `3月1日`, `2024年3月`. */
const DATE = new RegExp(
  `^(?:\\d{1,2}-(?:${MONTH})|(?:${MONTH})-\\d{2}|\\d{1,2}\\. ?(?:${MONTH})\\.?|(?:${MONTH})\\.? \\d{2}|(?:\\d{4}年)?\\d{1,2}月(?:\\d{1,2}日)?)$`,
  'u',
)
/** Begins as a formula, an error, a number or a month does. */
const MAY_BE_DAMAGED = /^[=#\dJFMASOND]/
const AGAIN =
  'export the list again and do not open the CSV by double-click; import it (Data, From Text/CSV) with this column as Text'

/** What a field's values can be, by which it is told what cannot have stood there. */
type Kind = 'id' | 'address' | 'word' | 'text'

const KINDS = {
  server_id: 'id',
  server_group_id: 'id',
  primary_subnet_id: 'id',
  cluster_id: 'id',
  dedicated_host_id: 'id',
  primary_ip_address: 'address',
  name: 'word',
  server_group: 'word',
  flavor: 'word',
  tenancy: 'word',
  wave: 'text',
  description: 'text',
  tags: 'text',
} as const satisfies Record<FieldName, Kind>

export interface Damage {
  readonly code: Extract<ProblemCode, `excel-${string}`>
  /** False where it may also have been meant: the value is used, with a warning. */
  readonly isCertain: boolean
  /** For the sentence. */
  readonly args: { readonly again: string }
}

/** What was done to the value of a field, or null when nothing can be told. */
export function damageOf(field: FieldName, value: string): Damage | null {
  if (!MAY_BE_DAMAGED.test(value)) return null
  if (FORMULA_ERROR.test(value)) return certain('excel-error')
  const kind: Kind = KINDS[field]
  if (kind === 'text' ? FORMULA.test(value) : value.startsWith('=')) return certain('excel-formula')
  switch (kind) {
    case 'id':
      // A UUID is none of them.
      if (value.length === 36 && value[8] === '-') return null
      if (value.length > 20 && ROUNDED.test(value)) return certain('excel-rounded')
      return SCIENTIFIC_WIDE.test(value) || DATE.test(value) ? certain('excel-number') : null
    case 'address':
      // Where the dot separates thousands, 192.168.100.200 is a number.
      return SCIENTIFIC_WIDE.test(value) || /^\d{8,12}$/.test(value)
        ? certain('excel-number')
        : null
    case 'word':
      if (SCIENTIFIC.test(value)) return certain('excel-number')
      return SMALL.test(value) || ROUNDED.test(value) ? doubtful('excel-number-like') : date(value)
    case 'text':
      return SCIENTIFIC.test(value) || SMALL.test(value)
        ? doubtful('excel-number-like')
        : date(value)
  }
}

function date(value: string): Damage | null {
  return DATE.test(value) ? doubtful('excel-date-like') : null
}

function certain(code: Damage['code']): Damage {
  return { code, isCertain: true, args: { again: AGAIN } }
}

function doubtful(code: Damage['code']): Damage {
  return { code, isCertain: false, args: { again: AGAIN } }
}

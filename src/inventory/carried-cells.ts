import type { Row } from './row.ts'
import type { TableRecord } from './table.ts'

/** Gives a row what it carries along. `cells`: its own, none where nothing of it can be used. */
export type Carrier = (row: { carried: Row['carried'] }, cells: TableRecord['cells']) => void

interface CarriedColumns {
  /** Counted from 0, ascending; no secret among them. */
  readonly carried: readonly number[]
  readonly secret: ReadonlySet<number>
}

/**
 * So many columns are copied for each row at once. An object of thousands of keys is a hash table, of forty bytes
 * a key whether anything stands in its cell or not: a file of a hundred kilobytes would take gigabytes of memory.
 */
const MOST_COPIED = 16

/** @param keys Of all columns, each one's own. */
export function createCarrier(
  { carried, secret }: CarriedColumns,
  keys: readonly string[],
  mostCopied = MOST_COPIED,
): Carrier {
  const names = carried.map((column) => keys[column] ?? '')
  if (carried.length <= mostCopied) {
    const pick = cellPicker(carried, names)
    return (row, cells) => {
      row.carried = pick(cells)
    }
  }
  // In the cells that a row keeps, those of secrets have been left out.
  const pick = cellPicker(placesWithout(secret, carried), names)
  // One for all rows, so that they are of one shape; an own one, so that a copy of the row has the cells too.
  const property: PropertyDescriptor & ThisType<Pick<Row, 'source'>> = {
    enumerable: true,
    configurable: true,
    get() {
      return pick(this.source)
    },
  }
  return (row) => void Object.defineProperty(row, 'carried', property)
}

/** Where columns stand once others have been taken out. Both are looked through once. */
function placesWithout(gone: ReadonlySet<number>, columns: readonly number[]): readonly number[] {
  const before = [...gone].toSorted((one, other) => one - other)
  let passed = 0
  return columns.map((column) => {
    while ((before[passed] ?? column) < column) passed++
    return column - passed
  })
}

export const NOTHING_CARRIED: Readonly<Record<string, string>> = {}

/**
 * Copies some of a row's cells under their columns' keys. All rows are clones of one template: thousands
 * of objects that are grown key by key would each be a hash table, several times as large and slow.
 * `JSON.parse` makes the template, since it takes `__proto__` for a key like any other.
 */
function cellPicker(
  columns: readonly number[],
  names: readonly string[],
): (cells: TableRecord['cells']) => Readonly<Record<string, string>> {
  if (columns.length === 0) return () => NOTHING_CARRIED
  const template: Record<string, string> = JSON.parse(
    `{${names.map((name) => `${JSON.stringify(name)}:""`).join(',')}}`,
  )
  return (cells) => {
    const picked = { ...template }
    for (let index = 0; index < names.length; index++) {
      const cell = cells[columns[index] ?? 0]
      if (cell !== undefined && cell !== '') picked[names[index] ?? ''] = cell
    }
    return picked
  }
}

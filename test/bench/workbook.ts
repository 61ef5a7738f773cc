import { book, escapeXml, rowsOf } from '../inventory/workbook/forge.ts'

type Cells = readonly (readonly string[])[]

/** As Excel writes it: each text once, in a table, and cells that name it by its number. */
export function sharedStringsBook(rows: Cells): Uint8Array {
  const numbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const known = numbers.get(text) ?? numbers.size
    numbers.set(text, known)
    return known
  }
  const lines = rows.map((cells, at) => {
    const written = cells.map(
      (text, column) =>
        `<c r="${String.fromCharCode(65 + column)}${at + 1}" t="s"><v>${numberOf(text)}</v></c>`,
    )
    return `<row r="${at + 1}" spans="1:${cells.length}">${written.join('')}</row>`
  })
  const strings = [...numbers.keys()].map((text) => `<si><t>${escapeXml(text)}</t></si>`).join('')
  return book({ sheets: [{ rows: lines.join('') }], strings })
}

/** As openpyxl writes it: each text in its cell. */
export function inlineStringsBook(rows: Cells): Uint8Array {
  return book({ sheets: [{ rows: rowsOf(rows) }] })
}

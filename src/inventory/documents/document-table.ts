import { createSecretTest } from '../fields.ts'
import { MOST_ROWS } from '../limits.ts'
import type { Finding } from '../problem.ts'
import { createSharing } from '../shared-cells.ts'
import { ROW_START, type Table, type TableRecord, type Unreadable } from '../table.ts'
import { cellText } from './cell-text.ts'
import type { NodeId, ParsedDocument } from './document.ts'
import { createTagPlaces, type TagPlaces } from './tag-places.ts'
import { mergedEntries, type Entry, type RowSource } from './entries.ts'

/** What a spreadsheet may have, too. */
const MOST_COLUMNS = 32_768
/** Rows whose keys all differ would need so many cells that are empty. */
const MOST_CELLS = 32_000_000

export interface DocumentRows {
  readonly rows: readonly RowSource[]
  /** What rows do not have is taken from here; null where there is none. */
  readonly defaults: NodeId | null
  /** The cells of a row; of a key that comes twice the last one counts. */
  readonly entriesOf: (document: ParsedDocument, row: RowSource) => Entry[]
}

/** The row that was asked about last. */
interface LastRow {
  readonly row: number
  readonly entries: readonly (Entry | undefined)[]
  readonly tags: Map<number, TagPlaces>
}

/** A row is a map, and its keys are the headers. */
export const PLAIN_ENTRIES: DocumentRows['entriesOf'] = (document, { node, given }) => [
  ...given,
  ...mergedEntries(document, node),
]

/** Rows of a document → table; its headers are all keys that occur, those of the defaults first. */
export function documentTable(
  document: ParsedDocument,
  { rows, defaults, entriesOf }: DocumentRows,
): Table | Unreadable {
  const findings: Finding[] = [...document.findings]
  const excess = rows[MOST_ROWS]
  if (excess !== undefined) {
    const position = document.placeOf(excess.node)
    return {
      unreadable: [...findings, { code: 'too-many-rows', args: { most: MOST_ROWS }, position }],
    }
  }
  const defaultEntries = defaults === null ? [] : mergedEntries(document, defaults)
  const columns = new Map<string, { readonly column: number; readonly start: number }>()
  const collect = (entries: readonly Entry[]): void => {
    for (const { key, keyStart } of entries) {
      if (!columns.has(key)) columns.set(key, { column: columns.size, start: keyStart })
    }
  }
  const isBroken = ({ node, given }: RowSource): boolean =>
    given.length === 0 && !document.isMap(node)
  const rowEntries = (row: RowSource): Entry[] => (isBroken(row) ? [] : entriesOf(document, row))

  collect(defaultEntries)
  for (const row of rows) {
    collect(rowEntries(row))
    if (columns.size > MOST_COLUMNS || columns.size * rows.length > MOST_CELLS) {
      const args = { columns: columns.size, rows: rows.length }
      const position = document.placeOf(row.node)
      return { unreadable: [...findings, { code: 'too-many-keys', args, position }] }
    }
  }
  const [first, second] = rows
  if (first !== undefined && second !== undefined && rows.every(isBroken)) {
    // A list of IDs, or of lists: that is one slip, not one a row.
    const args = { what: `each of the ${rows.length} rows` }
    const position = document.placeOf(first.node)
    return { unreadable: [...findings, { code: 'not-a-map', args, position }] }
  }
  const headers = [...columns.keys()]
  const isSecret = createSecretTest()
  const secret = headers.map(isSecret)

  const byColumn = (row: RowSource): (Entry | undefined)[] => {
    const entries: (Entry | undefined)[] = Array.from({ length: headers.length })
    if (isBroken(row)) return entries
    const all =
      defaultEntries.length === 0 ? rowEntries(row) : [...defaultEntries, ...rowEntries(row)]
    for (const entry of all) entries[columns.get(entry.key)?.column ?? 0] = entry
    return entries
  }

  const share = createSharing()
  const records = rows.map((row, index): TableRecord => {
    const position = document.placeOf(row.node)
    if (isBroken(row)) {
      findings.push({ code: 'not-a-map', args: { what: 'a row' }, row: index + 1, position })
    }
    const cells = byColumn(row).map((entry, column) => {
      // Nobody may read them, so nobody can pass them on.
      if (entry === undefined || secret[column] === true) return undefined
      if (entry.text !== null || entry.node === null) return entry.text ?? ''
      const cell = cellText(document, entry.node, isSecret)
      if ('text' in cell) return cell.text
      const args = { reason: cell.unusable }
      const place = document.place(startOf(document, entry))
      findings.push({
        code: 'unusable-value',
        args,
        field: entry.key,
        row: index + 1,
        position: place,
      })
      return undefined
    })
    share(cells)
    return { line: position.line, cells, isBroken: isBroken(row) }
  })

  let last: LastRow | null = null
  const entryAt = (row: number, column: number): Entry | undefined => {
    const source = rows[row - 1]
    if (source === undefined || column === ROW_START) return undefined
    document.resetExpansion()
    // Of a row with a fault in it, several things are asked; of one of many columns perhaps one for each.
    if (last?.row !== row) last = { row, entries: byColumn(source), tags: new Map() }
    return last.entries[column]
  }
  const tagPlacesOf = (column: number, node: NodeId): TagPlaces => {
    const before = last?.tags.get(column)
    const places = before ?? createTagPlaces(document, node)
    if (before === undefined) last?.tags.set(column, places)
    return places
  }
  return {
    delimiter: ',',
    headers,
    records,
    findings,
    hasHeaderRow: false,
    isUntyped: false,
    locateHeader: (column) => {
      const start = columns.get(headers[column] ?? '')?.start
      return start === undefined ? undefined : document.place(start)
    },
    locateCell: (row, column, key) => {
      const entry = entryAt(row, column)
      if (entry !== undefined) {
        const { node } = entry
        const tag = key === undefined || node === null ? -1 : tagPlacesOf(column, node)(key)
        return document.place(tag < 0 ? startOf(document, entry) : tag)
      }
      return document.placeOf(rows[row - 1]?.node ?? 0)
    },
    isNested: (row, column) => {
      // The text of a list or a map is its JSON: most cells need no second look.
      if (!/^[[{]/.test(records[row - 1]?.cells[column] ?? '')) return false
      const entry = entryAt(row, column)
      return entry !== undefined && document.isNested(entry.node)
    },
  }
}

/** Of the value. */
function startOf(document: ParsedDocument, { node, keyStart }: Entry): number {
  return node === null ? keyStart : document.startOf(node)
}

import { isCollection, isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { isSecretHeader } from './fields.ts'
import { MOST_LEVELS } from './limits.ts'
import type { Finding } from './problem.ts'
import { ROW_START, type Table, type TableRecord } from './table.ts'
import { scalarText, startOf, type YamlSource } from './yaml-nodes.ts'

interface Entry {
  readonly key: string
  readonly keyStart: number
  readonly node: unknown
}
interface YamlRecord extends TableRecord {
  readonly start: number
  readonly entries: readonly (Entry | undefined)[]
}

/** Rows as maps → table; its headers are all keys that occur, those of `defaults` first. */
export function yamlTable(
  source: YamlSource,
  items: readonly unknown[],
  defaults: YAMLMap | undefined,
): Table {
  const { findings, place } = source
  const columns = new Map<string, { column: number; start: number }>()
  const collect = (map: YAMLMap): Entry[] => {
    const entries = entriesOf(source, map)
    for (const { key, keyStart } of entries) {
      if (!columns.has(key)) columns.set(key, { column: columns.size, start: keyStart })
    }
    return entries
  }
  const defaultEntries = defaults === undefined ? [] : collect(defaults)
  const maps: { start: number; entries: Entry[]; isBroken: boolean }[] = []
  for (const [index, item] of items.entries()) {
    const map = source.target(item)
    const start = startOf(item)
    if (isMap(map)) {
      maps.push({ start, entries: [...defaultEntries, ...collect(map)], isBroken: false })
    } else {
      const args = { what: 'a row' }
      findings.push({ code: 'not-a-map', args, row: index + 1, position: place(start) })
      maps.push({ start, entries: [], isBroken: true })
    }
  }
  const records = maps.map(({ start, entries, isBroken }, index): YamlRecord => {
    const byColumn: (Entry | undefined)[] = Array.from({ length: columns.size })
    for (const entry of entries) byColumn[columns.get(entry.key)?.column ?? 0] = entry
    const cells = byColumn.map((entry) => {
      if (entry === undefined) return undefined
      const cell = cellText(source, entry)
      if (typeof cell === 'string') return cell
      const position = place(startOf(entry.node) || entry.keyStart)
      findings.push({ ...cell, row: index + 1, position })
      return undefined
    })
    return { line: place(start).line, start, cells, entries: byColumn, isBroken }
  })
  return {
    delimiter: ',',
    headers: [...columns.keys()],
    records,
    findings,
    hasHeaderRow: false,
    locateHeader: (column) => {
      const start = [...columns.values()][column]?.start
      return start === undefined ? undefined : place(start)
    },
    locateCell: (row, column, key) => {
      const record = records[row - 1]
      const entry = column === ROW_START ? undefined : record?.entries[column]
      return place(entry === undefined ? (record?.start ?? 0) : entryStart(source, entry, key))
    },
    isNested: (row, column) => isCollection(source.target(records[row - 1]?.entries[column]?.node)),
  }
}

/** The pairs of a map, those merged with `<<` first, so that the map's own win. */
function entriesOf(source: YamlSource, map: YAMLMap, depth = 0): Entry[] {
  const merged: Entry[] = []
  const own: Entry[] = []
  for (const { key: keyNode, value } of map.items) {
    const key = scalarText(keyNode)
    const isMerge = key === '<<' && isScalar(keyNode) && keyNode.type === 'PLAIN' && depth < 10
    const sources = isMerge ? (isSeq(value) ? value.items : [value]) : []
    const maps = sources.map((node) => source.target(node)).filter((node) => isMap(node))
    // Of several merged maps the first wins, so it has to come last.
    if (maps.length > 0)
      merged.push(...maps.toReversed().flatMap((one) => entriesOf(source, one, depth + 1)))
    else own.push({ key, keyStart: startOf(keyNode), node: value })
  }
  return [...merged, ...own]
}

type CellFault = Pick<Finding, 'code' | 'args' | 'field'>

/** Nested values become JSON, without what looks like a secret; that is how tags are read, too. */
function cellText(source: YamlSource, { key, node }: Entry): string | CellFault {
  const budget = { nodes: 10_000 }
  const plain = toPlain(source, node, budget)
  if (budget.nodes < 0) {
    return { code: 'unusable-value', args: { reason: 'it is too large' }, field: key }
  }
  const text = typeof plain === 'string' ? plain : JSON.stringify(plain)
  if (!text.includes('\0')) return text
  return { code: 'unusable-value', args: { reason: 'it holds a NUL character' }, field: key }
}

type Plain = string | Plain[] | { [key: string]: Plain }

/** The budget stops aliases that multiply; those that contain themselves only get deeper and deeper. */
function toPlain(
  source: YamlSource,
  written: unknown,
  budget: { nodes: number },
  level = 0,
): Plain {
  if (level > MOST_LEVELS) budget.nodes = 0
  if (--budget.nodes < 0) return ''
  const node = source.target(written)
  if (isSeq(node)) return node.items.map((item) => toPlain(source, item, budget, level + 1))
  if (!isMap(node)) return scalarText(node)
  const pairs = node.items.map((pair) => [scalarText(pair.key), pair.value] as const)
  // `{key: env, value: prod}` is how APIs write a tag: that key is no secret.
  const isTag = pairs.length === 2 && pairs.some(([key]) => key === 'value')
  return Object.fromEntries(
    pairs
      .filter(([key]) => !isSecretHeader(key) || (isTag && key === 'key'))
      .map(([key, value]) => [key, toPlain(source, value, budget, level + 1)]),
  )
}

function entryStart(source: YamlSource, entry: Entry, key: string | undefined): number {
  const node = source.target(entry.node)
  if (key !== undefined && isMap(node)) {
    const pair = node.items.findLast((item) => scalarText(item.key) === key)
    if (pair !== undefined) return startOf(pair.value) || startOf(pair.key)
  }
  return startOf(entry.node) || entry.keyStart
}

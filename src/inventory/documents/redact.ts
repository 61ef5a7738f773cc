import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { fieldOfHeader, isSecretHeader, tagKeyOfHeader } from '../fields.ts'
import type { Table } from '../table.ts'
import { KEEP_TEXT, scalarText } from './yaml-nodes.ts'

/**
 * Cells that hold a map as text, and in it a key that may stand for a secret, are written again without it:
 * `metadata` of an API, `Properties` of `openstack server list --long`. All other cells stay as they are.
 */
export function redactCells(table: Table): Table {
  const columns = [...table.headers.keys()].filter((column) => {
    const header = table.headers[column] ?? ''
    const field = fieldOfHeader(header)
    return (field === undefined || field === 'description') && tagKeyOfHeader(header) === undefined
  })
  let isChanged = false
  const records = table.records.map((record) => {
    let cells: (string | undefined)[] | null = null
    for (const column of columns) {
      const cell = record.cells[column]
      if (cell === undefined || !mayHoldSecret(cell)) continue
      cells ??= [...record.cells]
      cells[column] = redact(cell)
    }
    if (cells === null) return record
    isChanged = true
    return { ...record, cells }
  })
  return isChanged ? { ...table, records } : table
}

/** A key of a map as text: before `:` or `=`, in quotes or not. */
const KEY = /(?:^|[{,[\s])\s*u?(?:'([^'\n]{1,100})'|"([^"\n]{1,100})"|([\w.:-]{1,100}))\s*[:=]/gu
const MAP_LIKE = /^\s*(?:[[{]|[\w.:-]+\s*=\s*u?['"])/u

function mayHoldSecret(cell: string): boolean {
  if (cell.length < 5 || !MAP_LIKE.test(cell)) return false
  for (const [, single, double, bare] of cell.matchAll(KEY)) {
    if (isSecretHeader(single ?? double ?? bare ?? '')) return true
  }
  // As in a list of names and values.
  return /['"](?:key|name)['"]\s*:\s*u?['"]([^'"]*)['"]/.test(cell) && hasSecretName(cell)
}

function hasSecretName(cell: string): boolean {
  const names = cell.matchAll(/['"](?:key|name)['"]\s*:\s*u?['"]([^'"]*)['"]/g)
  return [...names].some(([, name]) => isSecretHeader(name ?? ''))
}

/** Python's maps are YAML's but for escapes within them; what cannot be read is left out altogether. */
function redact(cell: string): string {
  if (!/^\s*[[{]/.test(cell)) return redactPairs(cell)
  const source = cell.replace(/(?<=[[{,:]\s*)u(?=['"])/g, '')
  const { contents, errors } = parseDocument(source, { ...KEEP_TEXT, uniqueKeys: false })
  if (errors.length > 0 || !(isMap(contents) || isSeq(contents))) return ''
  return JSON.stringify(toPlain(contents, 0))
}

type Plain = string | Plain[] | { [key: string]: Plain }
const MOST_LEVELS = 50

function toPlain(node: unknown, level: number): Plain {
  if (level > MOST_LEVELS) return ''
  if (isSeq(node)) return node.items.map((item) => toPlain(item, level + 1))
  if (!isMap(node)) return isScalar(node) ? scalarText(node) : ''
  const pairs = node.items.map(({ key, value }) => [scalarText(key), value] as const)
  const isTag = pairs.length === 2 && pairs.some(([key]) => key === 'value')
  const named = isTag ? pairs.find(([key]) => key !== 'value')?.[1] : undefined
  if (isTag && isSecretHeader(scalarText(named))) return {}
  return Object.fromEntries(
    pairs
      .filter(([key]) => !isSecretHeader(key) || (isTag && key === 'key'))
      .map(([key, value]) => [key, toPlain(value, level + 1)]),
  )
}

/** `admin_pass='x', charging_mode='0'`, as old clients write a map. */
function redactPairs(cell: string): string {
  const pairs = [
    ...cell.matchAll(/([\w.:-]+)\s*=\s*(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*"|[^,]*)/gu),
  ]
  return pairs
    .filter(([, key]) => !isSecretHeader(key ?? ''))
    .map(([, key, value]) => `${key}=${value?.trim()}`)
    .join(', ')
}

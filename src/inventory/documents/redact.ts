import { createSecretTest, fieldOfHeader, tagKeyOfHeader } from '../fields.ts'
import type { Table, TableRecord } from '../table.ts'

/**
 * Cells that hold a map as text, and in it a key that may stand for a secret, are written again without it:
 * `metadata` of an API, `Properties` of `openstack server list --long`. All other cells stay as they are.
 */
export async function redactCells(table: Table): Promise<Table> {
  const columns = [...table.headers.keys()].filter((column) => {
    const header = table.headers[column] ?? ''
    const field = fieldOfHeader(header)
    return (field === undefined || field === 'description') && tagKeyOfHeader(header) === undefined
  })
  const isSecret = createSecretTest()
  const found = table.records.map(({ cells }) => columnsWithSecrets(cells, columns, isSecret))
  if (found.every((each) => each === null)) return table
  const { redactCell } = await import('./redact-cell.ts')
  const records = table.records.map((record, index) => {
    const secret = found[index]
    if (secret === null || secret === undefined) return record
    const cells = record.cells.map((cell, column) =>
      cell !== undefined && secret.includes(column) ? redactCell(cell) : cell,
    )
    return { ...record, cells }
  })
  return { ...table, records }
}

type SecretTest = (header: string) => boolean

/** Null: there are none. */
function columnsWithSecrets(
  cells: TableRecord['cells'],
  columns: readonly number[],
  isSecret: SecretTest,
): readonly number[] | null {
  let found: number[] | null = null
  for (const column of columns) {
    const cell = cells[column]
    if (cell === undefined || !mayHoldSecret(cell, isSecret)) continue
    found ??= []
    found.push(column)
  }
  return found
}

/** A key of a map as text: before `:` or `=`, in quotes or not. */
const KEY = /(?:^|[{,[\s])\s*u?(?:'([^'\n]{1,100})'|"([^"\n]{1,100})"|([\w.:-]{1,100}))\s*[:=]/gu
const MAP_LIKE = /^\s*(?:[[{]|[\w.:-]+\s*=\s*u?['"])/u

function mayHoldSecret(cell: string, isSecret: SecretTest): boolean {
  if (cell.length < 5 || !MAP_LIKE.test(cell)) return false
  for (const [, single, double, bare] of cell.matchAll(KEY)) {
    if (isSecret(single ?? double ?? bare ?? '')) return true
  }
  // As in a list of names and values.
  return /['"](?:key|name)['"]\s*:\s*u?['"]([^'"]*)['"]/.test(cell) && hasSecretName(cell, isSecret)
}

function hasSecretName(cell: string, isSecret: SecretTest): boolean {
  const names = cell.matchAll(/['"](?:key|name)['"]\s*:\s*u?['"]([^'"]*)['"]/g)
  return [...names].some(([, name]) => isSecret(name ?? ''))
}

import { createHash, type Hash } from 'node:crypto'
import type { z } from 'zod'
import { unifyId } from '../keys.ts'
import type { CreateProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import type { planDocumentSchema, PlanRow } from './plan-schema.ts'

/** How a field of a plan's row counts when two plans are held against each other. */
type Weight =
  /** It decides what is sent, or when: compared as written. */
  | 'text'
  /** The same, but an ID: without case and hyphens. */
  | 'id'
  /** It tells about the rest, and may move while the same is sent. */
  | 'told'

/** A new field of the plan does not compile without an answer here. */
const WEIGHTS = {
  row: 'text',
  line: 'told',
  serverId: 'id',
  name: 'text',
  serverGroupId: 'id',
  serverGroup: 'text',
  wave: 'text',
  action: 'text',
  reason: 'text',
  errorCode: 'text',
  message: 'told',
  advice: 'told',
  // Whoever approved the plan approved it with these.
  warnings: 'text',
  protectedInstanceId: 'text',
  jobId: 'text',
  drift: 'told',
  // The name and the body that come of it are compared, and the ID.
  changes: 'told',
  matched: 'told',
  request: 'text',
} as const satisfies Record<keyof PlanRow, Weight>

export type DecidingField = {
  [F in keyof typeof WEIGHTS]: (typeof WEIGHTS)[F] extends 'told' ? never : F
}[keyof typeof WEIGHTS]

export const DECIDING = (Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[]).filter(
  (field): field is DecidingField => WEIGHTS[field] !== 'told',
)

/** Fields of the body: an ID is taken by the service in any spelling. */
const BODY_WEIGHTS = {
  server_id: 'id',
  server_group_id: 'id',
  name: 'text',
  description: 'text',
  cluster_id: 'id',
  primary_subnet_id: 'id',
  primary_ip_address: 'text',
  flavorRef: 'text',
  tags: 'text',
  tenancy: 'text',
  dedicated_host_id: 'id',
} as const satisfies Record<keyof CreateProtectedInstance, Weight>

function isIdOfBody(name: string): boolean {
  return Object.entries(BODY_WEIGHTS).some(([field, weight]) => field === name && weight === 'id')
}

/** A field's value as text, equal for two values that send the same. */
export function decisionOf(row: PlanRow, field: DecidingField): string {
  if (field === 'request') {
    return JSON.stringify(
      Object.entries(row.request?.protected_instance ?? {})
        .map(([name, value]): [string, unknown] => [
          name,
          typeof value === 'string' && isIdOfBody(name) ? unifyId(value) : value,
        ])
        .toSorted(byName),
    )
  }
  const value = row[field]
  return JSON.stringify(
    WEIGHTS[field] === 'id' && typeof value === 'string' ? unifyId(value) : value,
  )
}

/** Of all rows, in the order in which they are sent; gone through once. Pure. */
export function fingerprintOf(rows: Iterable<PlanRow>): string {
  const hash = createHash('sha256')
  feedList(hash, rows, (row) => DECIDING.map((field) => decisionOf(row, field)))
  return hash.digest('hex')
}

/** What a checksum is of; its rows need not lie in memory together, and are gone through once. */
export interface Checked extends Omit<z.input<typeof planDocumentSchema>, 'checksum' | 'rows'> {
  readonly rows: Iterable<z.input<typeof planDocumentSchema>['rows'][number]>
}

/** Of a document's whole content as it is written, however its file is laid out. Pure. */
export function checksumOf(document: Checked): string {
  const hash = createHash('sha256')
  hash.update('[')
  for (const [at, [key, value]] of Object.entries(document).toSorted(byName).entries()) {
    hash.update(`${at === 0 ? '' : ','}[${JSON.stringify(key)},`)
    if (key === 'rows') feedList(hash, document.rows, sorted)
    else hash.update(JSON.stringify(sorted(value)))
    hash.update(']')
  }
  return hash.update(']').digest('hex')
}

/** The JSON of a list of what `of` makes of each item, without the whole of it in memory. */
function feedList<T>(hash: Hash, items: Iterable<T>, of: (item: T) => unknown): void {
  let separator = '['
  for (const item of items) {
    hash.update(separator + JSON.stringify(of(item)))
    separator = ','
  }
  hash.update(separator === '[' ? '[]' : ']')
}

/** Of entries of one object, of which no two have the same name. */
function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}

/** Objects as lists of their entries in one order: a tool that lays JSON out anew may reorder keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .toSorted(byName)
    .map(([key, each]) => [key, sorted(each)])
}

import { partAt, type Change, type Changes } from './world-changes.ts'
import { SimulatorFileError } from './world-file.ts'
import type { WorldFile } from './world-schema.ts'

/**
 * A world file's text: one JSON document; or, of a large world, that document in one line and after it a line
 * for each change since. A last line without its end was cut off by a death, before its answer had left.
 */
const CHANGE_BEGINS = '{"changes":'
/** So many records are made into text at once: the text of a large world is longer than a string may be. */
const RECORDS_AT_ONCE = 1_000

export function changesText(changes: Changes): string {
  return `${CHANGE_BEGINS}${JSON.stringify(changes)}}\n`
}

/** The document, in pieces. */
export function* worldText(file: WorldFile): Generator<string> {
  let separator = '{'
  for (const [key, value] of Object.entries(file)) {
    if (value === undefined) continue
    yield `${separator}${JSON.stringify(key)}:`
    separator = ','
    if (Array.isArray(value)) yield* listText(value)
    else yield JSON.stringify(value)
  }
  yield '}\n'
}

function* listText(list: readonly unknown[]): Generator<string> {
  yield '['
  for (let at = 0; at < list.length; at += RECORDS_AT_ONCE) {
    const text = JSON.stringify(list.slice(at, at + RECORDS_AT_ONCE))
    yield `${at === 0 ? '' : ','}${text.slice(1, -1)}`
  }
  yield ']'
}

/** The document with its changes made. `path`: for messages. Throws SimulatorFileError. */
export function parseWorldText(text: string, path: string): unknown {
  const end = text.indexOf('\n')
  const rest = end < 0 ? '' : text.slice(end + 1)
  const hasChanges = rest !== '' && CHANGE_BEGINS.startsWith(rest.slice(0, CHANGE_BEGINS.length))
  if (!hasChanges) return parseLine(text, path)
  const file = parseLine(text.slice(0, end), path)
  if (!isRecord(file)) return file
  const lines = rest.split('\n')
  // What follows the last line end was cut off.
  lines.pop()
  const lists = new Map<string, Map<string, unknown>>()
  for (const [at, line] of lines.entries()) {
    const place = `${path}:${at + 2}`
    const parsed = parseLine(line, place)
    const changes = isRecord(parsed) ? parsed['changes'] : undefined
    if (!isRecord(changes)) throw new SimulatorFileError(`${place} is not a change of a world`)
    for (const [part, change] of Object.entries(changes)) {
      if (!make(file, lists, part, change)) {
        throw new SimulatorFileError(`${place} changes ${part} in a way that is not known here`)
      }
    }
  }
  for (const [part, records] of lists) put(file, part, [...records.values()])
  return file
}

type Json = Record<string, unknown>

/** False: it is not a change that can be made. */
function make(
  file: Json,
  lists: Map<string, Map<string, unknown>>,
  path: string,
  change: unknown,
): boolean {
  const part = partAt(path)
  if (part === undefined || !isChange(change)) return false
  if ('whole' in change) {
    put(file, path, change.whole)
    return true
  }
  const old = at(file, path)
  if ('more' in change) {
    const log = Array.isArray(old) ? old : []
    if (log.length !== change.after) return false
    for (const item of change.more) log.push(item)
    put(file, path, log)
    return true
  }
  if (part.keyOf === null) {
    const record = isRecord(old) ? old : {}
    for (const [key, value] of Object.entries(change.put)) {
      if (value === null) delete record[key]
      else record[key] = value
    }
    put(file, path, record)
    return true
  }
  const { keyOf } = part
  const known =
    lists.get(path) ??
    new Map(
      (Array.isArray(old) ? (old as Json[]) : []).map((saved) => [keyOf(saved), saved] as const),
    )
  lists.set(path, known)
  for (const [key, value] of Object.entries(change.put)) {
    if (value === null) known.delete(key)
    else known.set(key, value)
  }
  return true
}

function isChange(value: unknown): value is Change {
  if (!isRecord(value)) return false
  return (
    'whole' in value ||
    isRecord(value['put']) ||
    (typeof value['after'] === 'number' && Array.isArray(value['more']))
  )
}

function at(file: Json, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), file)
}

function put(file: Json, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let inner = file
  for (const key of keys) {
    const next = inner[key]
    const record = isRecord(next) ? next : {}
    inner[key] = record
    inner = record
  }
  inner[last] = value
}

function parseLine(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new SimulatorFileError(
      `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

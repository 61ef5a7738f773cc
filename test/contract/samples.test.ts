import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { ApiError } from '../../src/cloud/errors.ts'
import { mutationsOf, type Json, type Mutation } from './mutate.ts'
import { fieldRead, READ_FIELDS, type FieldRead } from './read-fields.ts'
import { SAMPLE_MEANINGS } from './sample-meanings.ts'
import { READS, type ReadName } from './sample-reads.ts'

/**
 * Answers in the forms that the references of both clouds document (the values are made up), read by the
 * clients that ship: as they are, and with each field absent, null or of another type.
 */
const FOLDER = new URL('samples/', import.meta.url)
const FILES = readdirSync(FOLDER)

/** `list-servers.huawei.json` is read as `list-servers`. */
function readNameOf(file: string): ReadName | null {
  const names = Object.keys(READS) as ReadName[]
  return names.find((name) => file.startsWith(`${name}.`)) ?? null
}

test('there is a sample of each answer that the tool reads, and each is read', () => {
  expect(new Set(FILES.map(readNameOf))).toEqual(new Set(Object.keys(READS)))
  expect(FILES).toEqual(Object.keys(SAMPLE_MEANINGS).toSorted())
})

describe.each(FILES)('%s', (file) => {
  const sample = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Json
  const name = readNameOf(file) ?? 'list-quotas'
  const fields: Readonly<Record<string, FieldRead>> = READ_FIELDS[name]
  const read = (body: Json): Promise<unknown> => READS[name](() => body).read()

  test('means what it says', async () => {
    expect(await read(sample)).toMatchObject(Object(SAMPLE_MEANINGS[file]))
  })

  test('every field that is needed stands in it', () => {
    const paths = new Set([...mutationsOf(sample)].map(({ path }) => path))
    const needed = Object.entries(fields).filter(([, field]) => field.isNeeded)
    const seen = (path: string): boolean => paths.has(path.replace('/**', ''))
    expect(needed.filter(([path]) => !seen(path) && !MAY_BE_MISSING.test(path))).toEqual([])
  })

  test('with any field absent, null or of another type', async () => {
    const good = await read(sample)
    const wrong: string[] = []
    for (const mutation of mutationsOf(sample)) {
      const fault = await faultOf(mutation, fieldRead(fields, mutation.path), good, sample, name)
      if (fault !== null) wrong.push(`${mutation.path}, ${mutation.kind}: ${fault}`)
    }
    expect(wrong).toEqual([])
  })
})

/** A job's entities are those of its type. */
const MAY_BE_MISSING = /^entities/

/** Null: what became of the spoilt answer is as it should be. */
async function faultOf(
  mutation: Mutation,
  field: FieldRead | null,
  good: unknown,
  sample: Json,
  name: ReadName,
): Promise<string | null> {
  let body = mutation.mutated
  const reader = READS[name](() => body)
  let result: unknown
  try {
    result = await reader.read()
  } catch (error) {
    if (!(error instanceof ApiError)) return `crashed with ${String(error)}`
    const mayRefuse = field?.isNeeded === true && !field.but.includes(mutation.kind)
    if (!mayRefuse && field?.either.includes(mutation.kind) !== true) {
      return `refused: ${error.message}`
    }
    // What cannot be read in one answer is that answer's fault alone.
    body = sample
    return isDeepStrictEqual(await reader.read(), good)
      ? null
      : 'the next answer is not read either'
  }
  if (isDeepStrictEqual(result, good)) return null
  const shown = JSON.stringify(result)
  if (field === null) return `is not needed, and reads as ${shown}`
  const mayPass = field.but.includes(mutation.kind) || field.either.includes(mutation.kind)
  if (field.isNeeded && !mayPass) return `is needed, and reads as ${shown}`
  if (!isSameBut(field, good, result)) return `changes more than ${field.decides.join()}: ${shown}`
  const odd = field.decides.find((key) => !isToldOrUnknown(key, mutation, good, result))
  return odd === undefined ? null : `${odd} reads as something else: ${shown}`
}

/** But for what the field decides, all is as it was; an item may be missing where it may be dropped. */
function isSameBut(field: FieldRead, good: unknown, result: unknown): boolean {
  const before = itemsOf(good).map((item) => without(item, field.decides))
  const after = itemsOf(result).map((item) => without(item, field.decides))
  // An ID that is another is another thing.
  if (field.decides.length === 0 && !field.isDropped) return after.length <= before.length
  if (after.length === before.length) return isDeepStrictEqual(after, before)
  return (
    field.isDropped &&
    after.length === before.length - 1 &&
    after.every((item) => before.some((other) => isDeepStrictEqual(item, other)))
  )
}

/** A single value of the result: as it was, not known, or what now stands in the answer. */
function isToldOrUnknown(
  key: string,
  { value }: Mutation,
  good: unknown,
  result: unknown,
): boolean {
  const before = itemsOf(good).map((item) => valueOf(item, key))
  const stands = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return itemsOf(result).every((item) => {
    const now = valueOf(item, key)
    if (typeof now === 'object' && now !== null) return true
    if (UNKNOWN.includes(now) || before.includes(now)) return true
    if (typeof now === 'boolean') return value === true || key === 'isLocked'
    if (key === 'lifetimeMs') return now === 60 * 60_000 || Number(now) >= 0
    return String(now).toLowerCase() === stands.toLowerCase()
  })
}

/** Not known; of what only warns or lets the API refuse: not so. A job of no known status goes on. */
const UNKNOWN: readonly unknown[] = [null, undefined, '', 'unknown', false, 'RUNNING']

function itemsOf(result: unknown): readonly unknown[] {
  return Array.isArray(result) ? result : [result]
}

function without(item: unknown, keys: readonly string[]): unknown {
  if (typeof item !== 'object' || item === null) return item
  return Object.fromEntries(Object.entries(item).filter(([key]) => !keys.includes(key)))
}

function valueOf(item: unknown, key: string): unknown {
  return Object.entries(Object(item)).find(([name]) => name === key)?.[1]
}

import type { Finding } from './problem.ts'
import { put } from './table.ts'

export type Tags = Record<string, string>

/** A finding of this file and the tag it is about, so that its place can be told. */
export interface TagFinding extends Pick<Finding, 'code' | 'args'> {
  readonly key?: string
}

export interface ParsedTags {
  readonly tags: Readonly<Tags>
  readonly findings: readonly TagFinding[]
  /** Tags that the platform itself sets; it refuses them in requests. */
  readonly systemTags: number
}

/** Reads tags that are written as a map or a list in any way but the usual. What is wrong goes to `findings`. */
export type NestedPairs = (text: string, findings: TagFinding[]) => [string, string][]

/** Of an inventory in which no tags can be written so. */
export const NO_NESTED_PAIRS: NestedPairs = () => {
  throw new Error('the reader of nested tags has not been loaded')
}

/** Whether tags may be a map or a list. */
export function mayBeNested(text: string): boolean {
  return text.includes('[') || text.includes('{')
}

/** `k=v;k2=v2` or a JSON object. Keys and values are not judged here, only told apart. */
function parseTags(text: string, nestedPairs: NestedPairs): ParsedTags {
  const findings: TagFinding[] = []
  const pairs = /^[[{]/.test(text)
    ? (plainObjectPairs(text) ?? nestedPairs(text, findings))
    : listPairs(text, findings)
  const tags: Tags = {}
  let systemTags = 0
  for (const [key, value] of pairs) {
    if (isSystemTag(key)) systemTags++
    else if (Object.hasOwn(tags, key)) {
      findings.push({ code: 'tag-duplicate', args: { key }, key })
    } else put(tags, key, value)
  }
  return { tags, findings, systemTags }
}

export type TagReader = (text: string) => ParsedTags

/** So many different texts are remembered: whole fleets have the same few tags. */
const MOST_REMEMBERED = 512

/** Reads each text once, so that rows with the same tags share them. */
export function createTagReader(nestedPairs: NestedPairs): TagReader {
  const known = new Map<string, ParsedTags>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const parsed = parseTags(text, nestedPairs)
    if (known.size < MOST_REMEMBERED) known.set(text, parsed)
    return parsed
  }
}

/** In lower case: TMS's own tags, and those by which ECS tells bare metal from other servers. */
export const SYSTEM_TAG_PREFIXES = ['_sys_', '__type_'] as const

export function isSystemTag(key: string): boolean {
  const lower = key.toLowerCase()
  return SYSTEM_TAG_PREFIXES.some((prefix) => lower.startsWith(prefix))
}

export function listPairs(text: string, findings: TagFinding[]): [string, string][] {
  const pairs: [string, string][] = []
  for (const written of text.split(';')) {
    const item = written.trim()
    if (item === '') continue
    const equals = item.indexOf('=')
    if (equals < 0) findings.push({ code: 'tag-without-equals', args: { item } })
    else pairs.push([item.slice(0, equals).trim(), item.slice(equals + 1).trim()])
  }
  return pairs
}

/** The usual case, at the speed of `JSON.parse`: an object of strings in which no key comes twice. */
function plainObjectPairs(text: string): [string, string][] | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
  const pairs = Object.entries(parsed)
  const keysWritten = text.match(/"(?:[^"\\]|\\.)*"\s*:/g)?.length ?? 0
  const isPlain = pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')
  return isPlain && keysWritten === pairs.length ? pairs : undefined
}

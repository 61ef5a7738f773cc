import ms from 'ms'
import { Failure } from '../failure.ts'
import { compileGlob } from '../glob.ts'
import { parseNameTemplate } from '../inventory/names/name-template.ts'
import { parseEndpoint } from '../cloud/endpoints.ts'

/** Thrown by a value parser; `parseSettings` collects them. The message completes "--option: …". */
export class ValueError extends Error {}

/** Durations are milliseconds. A bare number is refused: nobody should have to guess its unit. */
export function duration(text: string, min = 0, max = ms('7d')): number {
  if (/^\d+(\.\d+)?$/.test(text)) {
    throw new ValueError(`"${text}" has no unit; write ${text}s, ${text}m or ${text}ms`)
  }
  if (!/^\d+(\.\d+)?(ms|s|m|h)$/.test(text)) {
    throw new ValueError(`"${text}" is not a duration; write for example 500ms, 30s, 2m or 1h`)
  }
  const value = Math.round(ms(text as ms.StringValue))
  if (value < min) throw new ValueError(`${text} is too short; at least ${ms(min)}`)
  if (value > max) throw new ValueError(`${text} is too long; at most ${ms(max)}`)
  return value
}

export function integer(text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max)) {
    throw new ValueError(`"${text}" is not a whole number from ${min} to ${max}`)
  }
  return value
}

export function choice<const T extends string>(text: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === text.toLowerCase())
  if (found === undefined) throw new ValueError(`"${text}" is none of ${allowed.join(', ')}`)
  return found
}

export function flag(text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true
  if (/^(0|false|no|off)$/i.test(text)) return false
  throw new ValueError(`"${text}" is neither true nor false`)
}

/** `10` failed rows, or `50%` of the rows that have ended. */
export type FailureLimit =
  | { readonly kind: 'count'; readonly value: number }
  | { readonly kind: 'percent'; readonly value: number }

export function failureLimit(text: string): FailureLimit {
  const [, digits, percent] = /^(\d+)(%?)$/.exec(text) ?? []
  const value = Number(digits)
  if (digits === undefined || (percent === '%' && value > 100)) {
    throw new ValueError(`"${text}" is neither a number of rows (10) nor a share (0% to 100%)`)
  }
  return { kind: percent === '%' ? 'percent' : 'count', value }
}

/** `FIELD=REST`, at the first `=`. One field twice is an error: one of the two would be lost. */
export function assignments(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = new Map<string, string>()
  for (const text of texts) {
    const at = text.indexOf('=')
    if (at < 1) throw new ValueError(`"${text}" is not of the form FIELD=…`)
    const field = text.slice(0, at).trim()
    if (pairs.has(field)) throw new ValueError(`"${field}" is given twice`)
    pairs.set(field, text.slice(at + 1))
  }
  return Object.freeze(Object.fromEntries(pairs))
}

/** A template of names, as it is written; see `parseNameTemplate`. */
export function nameTemplate(text: string): string {
  const parsed = parseNameTemplate(text)
  if ('wrong' in parsed) throw new ValueError(parsed.wrong)
  return text
}

export function globs(texts: readonly string[]): readonly string[] {
  return texts.map((text) => {
    const glob = text.trim()
    if (compileGlob(glob) === null)
      throw new ValueError(`"${text}" is not a glob such as web-* or {db,app}-?`)
    return glob
  })
}

/** `KEY=VALUE`, at the first `=`; one key may have several values, and a value may be empty. */
export function tags(
  texts: readonly string[],
): readonly { readonly key: string; readonly value: string }[] {
  return texts.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw new ValueError(`"${text}" is not of the form KEY=VALUE`)
    return { key: text.slice(0, at).trim(), value: text.slice(at + 1).trim() }
  })
}

/** A base URL as the client uses it; the rules are those of every other source of an endpoint. */
export function baseUrl(text: string): string {
  try {
    return parseEndpoint(text, 'the URL')
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new ValueError([error.message, error.hint].filter((part) => part !== null).join('; '))
  }
}

import { refuse, type Answer } from './answers.ts'
import type { Limits } from './state.ts'

export interface Page {
  readonly limit: number
  readonly offset: number
}

/** Documented as 0–1000, but the service refuses both ends (SDRS.0221); without a limit it answers 1000. */
export function pageOf(
  query: URLSearchParams,
  { mostPerPage }: Pick<Limits, 'mostPerPage'>,
): Page | { readonly refusal: Answer } {
  const limit = wholeNumber(query.get('limit'))
  if (limit !== null && !(limit >= 1 && limit <= 999)) return { refusal: refuse('SDRS.0221') }
  const offset = wholeNumber(query.get('offset'))
  if (offset !== null && !(offset >= 0)) return { refusal: refuse('SDRS.0222') }
  return { limit: Math.min(limit ?? 1000, mostPerPage ?? 1000), offset: offset ?? 0 }
}

/** NaN for anything but digits, so that every comparison refuses it. */
function wholeNumber(text: string | null): number | null {
  if (text === null || text === '') return null
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
}

/** At most 30 IDs as a JSON array; null: the parameter is absent. */
const MOST_IDS = 30
export function idListOf(
  query: URLSearchParams,
  name: string,
): ReadonlySet<string> | null | { readonly refusal: Answer } {
  const text = query.get(name)
  if (text === null || text === '') return null
  const list = parseList(text)
  if (list === null) return { refusal: refuse('SDRS.0201') }
  if (list.length > MOST_IDS) return { refusal: refuse('SDRS.0226') }
  return new Set(list)
}

function parseList(text: string): string[] | null {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.every((id) => typeof id === 'string') ? list : null
  } catch {
    return null
  }
}

export function isRefusal<T extends object>(
  value: T | null | { readonly refusal: Answer },
): value is { readonly refusal: Answer } {
  return value !== null && 'refusal' in value
}

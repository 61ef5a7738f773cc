import { refuse, type Answer } from './answers.ts'
import { parseIdList } from './id-list.ts'
import type { Limits } from './state.ts'

export interface Page {
  readonly limit: number
  readonly offset: number
}

/**
 * Documented as 0–1000, but the service's own error text refuses both ends (SDRS.0221): `limitRange` says which
 * of the two it is. Without a limit it answers 1000. An offset beyond the end is an empty page.
 */
export function pageOf(
  query: URLSearchParams,
  { mostPerPage, limitRange }: Pick<Limits, 'mostPerPage' | 'limitRange'>,
): Page | { readonly refusal: Answer } {
  const [least, most] = LIMITS[limitRange]
  const limit = wholeNumber(query.get('limit'))
  if (limit !== null && !(limit >= least && limit <= most)) return { refusal: refuse('SDRS.0221') }
  const offset = wholeNumber(query.get('offset'))
  if (offset !== null && !(offset >= 0)) return { refusal: refuse('SDRS.0222') }
  return { limit: Math.min(limit ?? 1000, mostPerPage ?? 1000), offset: offset ?? 0 }
}

const LIMITS = {
  '1-999': [1, 999],
  '0-1000': [0, 1000],
} as const satisfies Record<Limits['limitRange'], readonly [number, number]>

/** NaN for anything but digits, so that every comparison refuses it. */
function wholeNumber(text: string | null): number | null {
  if (text === null || text === '') return null
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN
}

/** At most 30 IDs, as `parseIdList` takes them; null: the parameter is absent. */
const MOST_IDS = 30
export function idListOf(
  query: URLSearchParams,
  name: string,
): ReadonlySet<string> | null | { readonly refusal: Answer } {
  const text = query.get(name)
  if (text === null || text === '') return null
  const list = parseIdList(text)
  if (list === null) return { refusal: refuse('SDRS.0201') }
  if (list.length > MOST_IDS) return { refusal: refuse('SDRS.0226') }
  return new Set(list)
}

export function isRefusal<T extends object>(
  value: T | null | { readonly refusal: Answer },
): value is { readonly refusal: Answer } {
  return value !== null && 'refusal' in value
}

import { isRecord, refuse, type Answer } from './answers.ts'
import type { Limits, Tag } from './state.ts'

type Dialect = Limits['dialect']

/** 1–64 bytes of letters, digits, `.`, `_` and `-`; Chinese characters on Huawei Cloud only. */
export function isName(value: unknown, dialect: Dialect): value is string {
  if (typeof value !== 'string' || Buffer.byteLength(value) > 64) return false
  return (dialect === 'huawei' ? /^[A-Za-z0-9._\-\p{Script=Han}]+$/u : /^[A-Za-z0-9._-]+$/).test(
    value,
  )
}

/** At most 64 bytes without angle brackets. */
export function isDescription(value: unknown): value is string {
  return typeof value === 'string' && Buffer.byteLength(value) <= 64 && !/[<>]/.test(value)
}

/** With a create. */
const MOST_NEW_TAGS = 10
/** Of an instance that is there, by the calls for its tags; keys of a search, and values of each. The clouds differ. */
export const MOST_TAGS = { otc: 20, huawei: 10 } as const satisfies Record<Dialect, number>
// oxlint-disable-next-line no-control-regex -- control characters are what the rule is about
const FORBIDDEN_IN_TAG = /[*<>\\=,|/\u0000-\u001f\u007f]/

/** `needsValue`: where a value that is left out is not an empty one. */
export function checkTags(
  tags: unknown,
  { most = MOST_NEW_TAGS, needsValue = false }: { most?: number; needsValue?: boolean } = {},
): Answer | null {
  if (!Array.isArray(tags)) return refuse('SDRS.0201')
  if (tags.length > most) return refuse('SDRS.2203')
  const keys = new Set<string>()
  for (const tag of tags as unknown[]) {
    const { key, value = needsValue ? null : '' } = isRecord(tag) ? tag : {}
    if (isBlank(key)) return refuse('SDRS.2205')
    if (!isTagPart(key, 36)) return refuse('SDRS.2204')
    if (value === null) return refuse('SDRS.2208')
    if (!isTagPart(value, 43)) return refuse('SDRS.2207')
    if (keys.has(key)) return refuse('SDRS.2209')
    keys.add(key)
  }
  return null
}

/** Of tags to be deleted: "The character set of the tags will not be checked", and a key must be there. */
export function checkKeys(tags: unknown): Answer | null {
  if (!Array.isArray(tags)) return refuse('SDRS.0201')
  for (const tag of tags as unknown[]) {
    const key = isRecord(tag) ? tag['key'] : undefined
    if (isBlank(key)) return refuse('SDRS.2205')
    if (typeof key !== 'string') return refuse('SDRS.2204')
  }
  return null
}

function isBlank(key: unknown): boolean {
  return key === undefined || key === null || (typeof key === 'string' && key.trim() === '')
}

function isTagPart(value: unknown, most: number): value is string {
  if (typeof value !== 'string' || FORBIDDEN_IN_TAG.test(value)) return false
  return Array.from(value).length <= most
}

export function tagsOf(tags: unknown): readonly Tag[] {
  if (!Array.isArray(tags) || tags.length === 0) return NO_TAGS
  return tags.filter(isRecord).map((tag) => ({ key: text(tag['key']), value: text(tag['value']) }))
}

/** One for all that have none. */
const NO_TAGS: readonly Tag[] = []

/** '' for anything but text. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

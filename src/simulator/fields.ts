import { isIPv4 } from 'node:net'
import { isRecord, refuse, type Answer } from './answers.ts'
import type { Tag } from './state.ts'

/** A create call's fields, checked one by one as the API reference words them, before anything is looked up. */
export interface CreateFields {
  readonly groupId: string
  readonly serverId: string
  readonly name: string
  readonly description: string
  readonly subnetId: string | null
  readonly address: string | null
  readonly flavor: string | null
  readonly tags: readonly Tag[]
}

const SERVER_ID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

export function readCreateFields(
  body: unknown,
  dialect: 'otc' | 'huawei',
): CreateFields | { readonly refusal: Answer } {
  const wire = isRecord(body) ? body['protected_instance'] : undefined
  if (!isRecord(wire)) return { refusal: refuse('SDRS.0201', 'protected_instance is missing') }
  const refusal =
    checkIdentity(wire, dialect) ??
    checkAddress(wire) ??
    checkHost(wire, dialect) ??
    checkTags(wire['tags'] ?? [])
  if (refusal !== null) return { refusal }
  return {
    groupId: text(wire['server_group_id']),
    serverId: text(wire['server_id']),
    name: text(wire['name']),
    description: text(wire['description']),
    subnetId: text(wire['primary_subnet_id']) || null,
    address: text(wire['primary_ip_address']) || null,
    flavor: text(wire['flavorRef']) || null,
    tags: tagsOf(wire['tags']),
  }
}

function checkIdentity(wire: Record<string, unknown>, dialect: 'otc' | 'huawei'): Answer | null {
  if (text(wire['server_group_id']) === '') return refuse('SDRS.0207')
  if (!SERVER_ID.test(text(wire['server_id']))) return refuse('SDRS.0210')
  if (!isName(wire['name'], dialect)) return refuse('SDRS.0202')
  return isDescription(wire['description'] ?? '') ? null : refuse('SDRS.0212')
}

/** 1–64 bytes of letters, digits, `.`, `_` and `-`; Chinese characters on Huawei Cloud only. */
export function isName(value: unknown, dialect: 'otc' | 'huawei'): value is string {
  if (typeof value !== 'string' || Buffer.byteLength(value) > 64) return false
  return (dialect === 'huawei' ? /^[A-Za-z0-9._\-\p{Script=Han}]+$/u : /^[A-Za-z0-9._-]+$/).test(
    value,
  )
}

/** At most 64 bytes without angle brackets. */
export function isDescription(value: unknown): value is string {
  return typeof value === 'string' && Buffer.byteLength(value) <= 64 && !/[<>]/.test(value)
}

function checkAddress(wire: Record<string, unknown>): Answer | null {
  const subnet = wire['primary_subnet_id'] ?? ''
  const address = wire['primary_ip_address'] ?? ''
  if (typeof subnet !== 'string') return refuse('SDRS.0201', 'primary_subnet_id')
  if (address === '') return null
  if (typeof address !== 'string' || !isIPv4(address)) return refuse('SDRS.0219')
  return subnet === '' ? refuse('SDRS.1380') : null
}

function checkHost(wire: Record<string, unknown>, dialect: 'otc' | 'huawei'): Answer | null {
  if ((wire['flavorRef'] ?? '') !== '' && typeof wire['flavorRef'] !== 'string') {
    return refuse('SDRS.0201', 'flavorRef')
  }
  // OTC knows none of these fields, and passes over what it does not know.
  if (dialect === 'otc') return null
  const tenancy = wire['tenancy'] ?? 'shared'
  if (tenancy !== 'shared' && tenancy !== 'dedicated') return refuse('SDRS.0201', 'tenancy')
  const host = text(wire['dedicated_host_id'])
  return host !== '' && tenancy !== 'dedicated' ? refuse('SDRS.0201', 'dedicated_host_id') : null
}

const MOST_TAGS = 10
// oxlint-disable-next-line no-control-regex -- control characters are what the rule is about
const FORBIDDEN_IN_TAG = /[*<>\\=,|/\u0000-\u001f\u007f]/

export function checkTags(tags: unknown): Answer | null {
  if (!Array.isArray(tags)) return refuse('SDRS.0201', 'tags is not an array')
  if (tags.length > MOST_TAGS) return refuse('SDRS.2203')
  const keys = new Set<string>()
  for (const tag of tags as unknown[]) {
    const key: unknown = isRecord(tag) ? tag['key'] : undefined
    const value: unknown = isRecord(tag) ? (tag['value'] ?? '') : undefined
    if (!isTagPart(key, 1, 36)) return refuse('SDRS.2204')
    if (!isTagPart(value, 0, 43)) return refuse('SDRS.2205')
    if (keys.has(key)) return refuse('SDRS.2206')
    keys.add(key)
  }
  return null
}

function isTagPart(value: unknown, least: number, most: number): value is string {
  if (typeof value !== 'string' || FORBIDDEN_IN_TAG.test(value)) return false
  const length = Array.from(value).length
  return length >= least && length <= most
}

export function tagsOf(tags: unknown): Tag[] {
  if (!Array.isArray(tags)) return []
  return tags.filter(isRecord).map((tag) => ({ key: text(tag['key']), value: text(tag['value']) }))
}

/** '' for anything but text. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

import { isRecord, parseJson } from '../json.ts'
import { isErrorCode, normalizeCode } from './catalogue.ts'
import type { HttpResponse } from './transport.ts'

/** Takes known secrets out of a text: a server may quote whatever it was sent, the credential included. */
export type Redact = (text: string) => string

export const asItIs: Redact = (text) => text

/**
 * Whose word an answer is:
 * - `service`: SDRS itself, by a code of its own or by OpenStack's `itemNotFound`
 * - `gateway`: something in between, by a gateway's code, a page, or no body at all
 * - `unclear`: JSON that names neither
 */
export type AnsweredBy = 'service' | 'gateway' | 'unclear'

export interface ErrorBody {
  readonly code: string | null
  readonly message: string | null
  readonly requestId: string | null
  readonly answeredBy: AnsweredBy
  /** JSON of any form: an API has answered, not a page. */
  readonly isApi: boolean
}

const NOTHING_SAID = {
  code: null,
  message: null,
  requestId: null,
  answeredBy: 'unclear',
  isApi: true,
} as const satisfies ErrorBody

/** The three documented forms: one key holding {code, message}; the gateway's; IAM's. */
export function readErrorBody(body: string, redact: Redact): ErrorBody {
  const parsed = parseJson(body)
  if (parsed === undefined) return { ...NOTHING_SAID, answeredBy: 'gateway', isApi: false }
  if (!isRecord(parsed)) return NOTHING_SAID
  const requestId = asMessage(parsed['request_id'], redact)
  const said = (code: string | null, message: string | null, key: string | null): ErrorBody => ({
    code,
    message,
    requestId,
    answeredBy: answeredBy(code, key),
    isApi: true,
  })
  if (parsed['error_code'] !== undefined || parsed['error_msg'] !== undefined) {
    return said(asCode(parsed['error_code'], redact), asMessage(parsed['error_msg'], redact), null)
  }
  for (const [key, inner] of [...Object.entries(parsed), [null, parsed] as const]) {
    if (!isRecord(inner)) continue
    const code = asCode(inner['code'] ?? inner['error_code'], redact)
    const message = asMessage(inner['message'] ?? inner['error_msg'], redact)
    if (code !== null || message !== null) return said(code, message, key)
  }
  return { ...NOTHING_SAID, requestId }
}

function answeredBy(code: string | null, key: string | null): AnsweredBy {
  if (code?.startsWith('SDRS.') === true) return 'service'
  if (code !== null && /^APIGW?\./.test(code)) return 'gateway'
  return key?.toLowerCase() === 'itemnotfound' ? 'service' : 'unclear'
}

function asText(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

/** Decisions hang on codes, so a password that looks like part of one must not change it. */
export function redactCode(code: string, redact: Redact): string {
  const normalized = normalizeCode(code)
  return isErrorCode(normalized) ? normalized : redact(code)
}

function asCode(value: unknown, redact: Redact): string | null {
  const code = asText(value)
  return code === null ? null : redactCode(code, redact)
}

const LONGEST_MESSAGE = 400

/** One line, of a bearable length: it goes into tables and logs. */
export function asMessage(value: unknown, redact: Redact): string | null {
  const text = redact(asText(value) ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (text === '') return null
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text
}

/** What came instead of an API's answer. */
export function describeBody(response: HttpResponse, host: string, redact: Redact): string {
  const { status, body, headers } = response
  if (status >= 300 && status < 400) return 'a redirect, which is not followed: check the endpoint'
  if (body.trim() === '') return 'an answer without a body'
  const encoding = headers['content-encoding'] ?? ''
  if (encoding !== '') return `an answer from ${host}, packed as ${asMessage(encoding, redact)}`
  return describePage(body, host, redact) ?? 'an answer in no known form'
}

/** An HTML page by its title and host; null for anything else. Looks at the beginning only. */
function describePage(body: string, host: string, redact: Redact): string | null {
  const beginning = body.slice(0, 10_000)
  if (!/^\s*<(?:!doctype html|html|head|title|body)\b/i.test(beginning)) return null
  const title = asMessage(/<title[^>]*>([^<]*)</i.exec(beginning)?.[1], redact)
  const named = title === null ? '' : `, "${title}"`
  return `an HTML page from ${host}${named}: a proxy or a sign-in portal answers in the API's place`
}

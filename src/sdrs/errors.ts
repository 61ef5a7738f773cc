import { CATALOGUE, CLASS_ADVICE, type ErrorClass } from './catalogue.ts'
import type { HttpResponse, TransportError } from './transport.ts'

export type { ErrorClass } from './catalogue.ts'

/** Everything that can go wrong with one request, normalised once, at the edge. */
export class ApiError extends Error {
  readonly class: ErrorClass
  readonly operation: string
  /** Null when there was no answer. */
  readonly httpStatus: number | null
  /** The service's own code, or the transport's failure, or null. */
  readonly code: string | null
  readonly requestId: string | null
  /** As the server asked, not clamped. */
  readonly retryAfterMs: number | null
  readonly advice: string

  constructor(facts: {
    readonly class: ErrorClass
    readonly operation: string
    readonly message: string
    readonly httpStatus?: number | null
    readonly code?: string | null
    readonly requestId?: string | null
    readonly retryAfterMs?: number | null
    readonly advice?: string
  }) {
    super(facts.message)
    this.name = 'ApiError'
    this.class = facts.class
    this.operation = facts.operation
    this.httpStatus = facts.httpStatus ?? null
    this.code = facts.code ?? null
    this.requestId = facts.requestId ?? null
    this.retryAfterMs = facts.retryAfterMs ?? null
    this.advice = facts.advice ?? adviceFor(this.class, this.code)
  }
}

/** The catalogue's advice for a code, else the class's. */
export function adviceFor(errorClass: ErrorClass, code: string | null): string {
  return (code === null ? undefined : CATALOGUE[code]?.advice) ?? CLASS_ADVICE[errorClass]
}

/** Takes known secrets out of a text: a server may quote whatever it was sent, the credential included. */
export type Redact = (text: string) => string

export const asItIs: Redact = (text) => text

/**
 * Any answer that is not a readable success. `nowMs` is needed for a Retry-After given as a date.
 * Texts are redacted as they are read: unescaped already, and not cut off yet.
 */
export function apiErrorFromResponse(
  operation: string,
  response: HttpResponse,
  nowMs: number,
  redact: Redact = asItIs,
): ApiError {
  const said = readErrorBody(response.body, redact)
  const errorClass = classify(response.status, said.code)
  const what = said.message ?? describeBody(response, redact)
  const requestId = response.headers['x-request-id']
  return new ApiError({
    class: errorClass,
    operation,
    message: `${response.status}${said.code === null ? '' : ` ${said.code}`}: ${what}`,
    httpStatus: response.status,
    code: said.code,
    requestId: requestId === undefined ? said.requestId : asMessage(requestId, redact),
    retryAfterMs: parseRetryAfter(response.headers['retry-after'], nowMs),
  })
}

/** The code of a success whose body cannot be read. */
export const UNREADABLE = 'unreadable-answer'

/** A success status whose body cannot be read: for a create, nobody knows what it did. */
export function unreadableAnswer(
  operation: string,
  response: HttpResponse,
  detail: string,
  redact: Redact = asItIs,
): ApiError {
  return new ApiError({
    class: 'unknown-fate',
    operation,
    message: `${response.status}, but the answer cannot be read: ${detail}`,
    httpStatus: response.status,
    code: UNREADABLE,
    requestId: asMessage(response.headers['x-request-id'], redact),
  })
}

export function apiErrorFromTransport(operation: string, error: TransportError): ApiError {
  return new ApiError({
    class: error.failure === 'not-sent' ? 'not-sent' : 'unknown-fate',
    operation,
    message: error.message,
    code: error.causeCode ?? error.failure,
  })
}

/**
 * The status decides where it says whether the request was carried out at all; below 500 the code
 * knows more than the status. A code of the access class with status 500 is an inner failure of
 * unknown fate, not a verdict about us.
 */
function classify(status: number, code: string | null): ErrorClass {
  if (status === 429 || status === 503) return 'throttled'
  if (status === 408 || status >= 500 || status < 400) return 'unknown-fate'
  if (status === 401) return 'access'
  const known = code === null ? undefined : CATALOGUE[code]?.class
  if (known !== undefined) return known
  if (status === 403) return 'access'
  return status === 409 ? 'busy' : 'row'
}

interface Said {
  readonly code: string | null
  readonly message: string | null
  readonly requestId: string | null
}

const NOTHING_SAID: Said = { code: null, message: null, requestId: null }

/** The three documented forms: one key holding {code, message}; the gateway's; IAM's. */
function readErrorBody(body: string, redact: Redact): Said {
  const parsed = parseObject(body)
  if (parsed === null) return NOTHING_SAID
  const requestId = asMessage(parsed['request_id'], redact)
  if (parsed['error_code'] !== undefined || parsed['error_msg'] !== undefined) {
    return {
      code: asCode(parsed['error_code'], redact),
      message: asMessage(parsed['error_msg'], redact),
      requestId,
    }
  }
  for (const inner of [...Object.values(parsed), parsed]) {
    if (!isObject(inner)) continue
    const code = asCode(inner['code'] ?? inner['error_code'], redact)
    const message = asMessage(inner['message'] ?? inner['error_msg'], redact)
    if (code !== null || message !== null) return { code, message, requestId }
  }
  return { ...NOTHING_SAID, requestId }
}

function parseObject(body: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(body)
    return isObject(parsed) ? parsed : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asText(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

/** Decisions hang on codes, so a password that looks like part of one must not change it. */
const ORDINARY_CODE = /^(?:[A-Za-z]{2,12}\.)?\d{1,6}$/

export function redactCode(code: string, redact: Redact): string {
  return ORDINARY_CODE.test(code) ? code : redact(code)
}

function asCode(value: unknown, redact: Redact): string | null {
  const code = asText(value)
  return code === null ? null : redactCode(code, redact)
}

const LONGEST_MESSAGE = 400

/** One line, of a bearable length: it goes into tables and logs. */
function asMessage(value: unknown, redact: Redact): string | null {
  const text = redact(asText(value) ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (text === '') return null
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text
}

function describeBody(response: HttpResponse, redact: Redact): string {
  if (isRedirect(response.status)) return 'a redirect, which is not followed: check the endpoint'
  if (response.body.trim() === '') return 'an answer without a body'
  const title = /<title>([^<]*)<\/title>/i.exec(response.body)?.[1]
  if (title !== undefined)
    return `an HTML page, "${asMessage(title, redact) ?? ''}", perhaps of a proxy`
  return 'an answer in no known form'
}

/** Of a portal or a proxy in between, or of an address that is not the API's: it answers so every time. */
export function isRedirect(status: number | null): boolean {
  return status !== null && status >= 300 && status < 400
}

/** RFC 9110: seconds or an HTTP date. Null when absent or unreadable; never negative. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null
  const trimmed = header.trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000
  const date = Date.parse(trimmed)
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs)
}

import {
  catalogued,
  CLASS_ADVICE,
  CLASS_SCOPE,
  type ErrorClass,
  type ErrorScope,
} from './catalogue.ts'
import {
  asMessage,
  describeBody,
  readErrorBody,
  type AnsweredBy,
  type ErrorBody,
  type Redact,
} from './error-body.ts'
import type { HttpResponse, TransportError } from './transport.ts'

export type { ErrorClass, ErrorScope } from './catalogue.ts'

/**
 * What a failure of class `access` takes away: the whole sign-in (401, a refused token or signature), or
 * one operation or group (403 and its kin), beside which everything else may go on.
 */
export type AccessScope = 'sign-in' | 'operation'

interface Facts {
  readonly class: ErrorClass
  readonly operation: string
  readonly message: string
  readonly httpStatus?: number | null
  readonly code?: string | null
  readonly requestId?: string | null
  readonly retryAfterMs?: number | null
  readonly answeredBy?: AnsweredBy | null
  readonly advice?: string
  /** Of class `access` only; told from status and code where it is not given. */
  readonly accessScope?: AccessScope
}

/** Everything that can go wrong with one request, normalised once, at the edge. */
export class ApiError extends Error {
  readonly class: ErrorClass
  readonly scope: ErrorScope
  /** Null for every class but `access`. */
  readonly accessScope: AccessScope | null
  readonly operation: string
  /** Null when there was no answer. */
  readonly httpStatus: number | null
  /** The service's own code in upper case, or the transport's failure, or null. */
  readonly code: string | null
  /** Whose word it is; null when there was no answer. */
  readonly answeredBy: AnsweredBy | null
  readonly requestId: string | null
  /** As the server asked, not clamped. */
  readonly retryAfterMs: number | null
  readonly advice: string

  constructor(facts: Facts) {
    super(facts.message)
    this.name = 'ApiError'
    this.class = facts.class
    this.operation = facts.operation
    this.httpStatus = facts.httpStatus ?? null
    this.code = facts.code ?? null
    this.answeredBy = facts.answeredBy ?? null
    this.requestId = facts.requestId ?? null
    this.retryAfterMs = facts.retryAfterMs ?? null
    this.advice = facts.advice ?? adviceFor(this.class, this.code)
    const known = catalogued(this.code)
    this.scope = known?.class === this.class ? known.scope : CLASS_SCOPE[this.class]
    this.accessScope =
      this.class === 'access'
        ? (facts.accessScope ?? accessScopeOf(this.httpStatus, this.code))
        : null
  }

  /** The same error with some facts put differently. A new class brings its own advice. */
  amended(changes: Partial<Pick<Facts, 'class' | 'message' | 'advice' | 'accessScope'>>): ApiError {
    return new ApiError({
      class: this.class,
      operation: this.operation,
      message: this.message,
      httpStatus: this.httpStatus,
      code: this.code,
      answeredBy: this.answeredBy,
      requestId: this.requestId,
      retryAfterMs: this.retryAfterMs,
      ...(changes.class === undefined ? { advice: this.advice } : {}),
      ...(this.accessScope === null ? {} : { accessScope: this.accessScope }),
      ...changes,
    })
  }
}

/** Codes that refuse the credential itself: a wrong signature, application key or token. */
const SIGN_IN_REFUSED = /^(?:APIGW?\.030[137]|SDRS\.0002)$/

function accessScopeOf(status: number | null, code: string | null): AccessScope {
  return status === null || status === 401 || SIGN_IN_REFUSED.test(code ?? '')
    ? 'sign-in'
    : 'operation'
}

/** The catalogue's advice for a code, else the class's. */
export function adviceFor(errorClass: ErrorClass, code: string | null): string {
  return catalogued(code)?.advice ?? CLASS_ADVICE[errorClass]
}

/** What is said of the request in an error about its answer. */
export interface Asked {
  readonly operation: string
  /** Host and port that were asked, for messages. */
  readonly host: string
  readonly redact: Redact
}

/**
 * Any answer that is not a readable success. `nowMs` is needed for a Retry-After given as a date.
 * Texts are redacted as they are read: unescaped already, and not cut off yet.
 */
export function apiErrorFromResponse(
  { operation, host, redact }: Asked,
  response: HttpResponse,
  nowMs: number,
): ApiError {
  const said = readErrorBody(response.body, redact)
  const what = said.message ?? describeBody(response, host, redact)
  const requestId = response.headers['x-request-id']
  return new ApiError({
    class: classify(response.status, said),
    operation,
    // IAM's code is the status once more.
    message: `${[...new Set([String(response.status), said.code])].filter((part) => part !== null).join(' ')}: ${what}`,
    httpStatus: response.status,
    code: said.code,
    answeredBy: said.answeredBy,
    requestId: requestId === undefined ? said.requestId : asMessage(requestId, redact),
    retryAfterMs: parseRetryAfter(response.headers['retry-after'], nowMs),
  })
}

/** The code of a success whose body cannot be read. */
export const UNREADABLE = 'unreadable-answer'

/** What to do about one item of an answer that cannot be read, for people. */
const MEND_THE_ITEM =
  'The service answers, but one thing that it says cannot be read. Look at that item in the console, or ask the support of the service, then run again.'

/**
 * A success status whose body cannot be read: for a create, nobody knows what it did. `ofItem`: all but one
 * item of it can be, so that neither the endpoint nor the way to it is to blame.
 */
export function unreadableAnswer(
  { operation, redact }: Asked,
  response: HttpResponse,
  detail: string,
  ofItem = false,
): ApiError {
  return new ApiError({
    class: 'unknown-fate',
    operation,
    message: `${response.status}, but the answer cannot be read: ${detail}`,
    httpStatus: response.status,
    code: UNREADABLE,
    answeredBy: 'unclear',
    requestId: asMessage(response.headers['x-request-id'], redact),
    ...(ofItem ? { advice: MEND_THE_ITEM } : {}),
  })
}

/** More than the advice of its class, which knows nothing of what was asked for. */
export function hasOwnAdvice(error: ApiError): boolean {
  return error.advice !== CLASS_ADVICE[error.class]
}

/** The code of a request that was not sent, because we were told to stop. */
export const STOPPED = 'stopped'

export function stoppedBeforeSent(operation: string): ApiError {
  const message = 'stopped before it was sent'
  return new ApiError({ class: 'not-sent', operation, message, code: STOPPED })
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
 * unknown fate, not a verdict about us. What a gateway refuses with a code of its own has not reached
 * the service; a page or an empty body in the place of an API's refusal says nothing at all.
 */
function classify(status: number, { code, answeredBy, isApi }: ErrorBody): ErrorClass {
  if (status === 429 || status === 503) return 'throttled'
  if (status === 408 || status >= 500 || status < 400) return 'unknown-fate'
  if (status === 401) return 'access'
  const known = catalogued(code)?.class
  if (known !== undefined) return known
  if (status === 403) return 'access'
  if (status === 409) return 'busy'
  if (!isApi) return 'unknown-fate'
  return answeredBy === 'gateway' ? 'not-sent' : 'row'
}

/**
 * Refused in the service's place: by the gateway, or by a page or an empty answer of who knows whom. Never
 * the service's word about what was asked for; at first contact, most likely a wrong address.
 */
export function isFromElsewhere(error: ApiError): boolean {
  const { httpStatus, answeredBy } = error
  if (httpStatus === null || httpStatus < 400 || httpStatus >= 500 || httpStatus === 408)
    return false
  return answeredBy === 'gateway' && (error.class === 'not-sent' || error.class === 'unknown-fate')
}

/**
 * SDRS itself says that there is no such job: 400 or 404 with an SDRS code, or OpenStack's 404
 * `itemNotFound`; the API references name no code for it. Once is no proof: a job may be unknown for a
 * moment after it was accepted.
 */
export function isNoSuchJob(error: ApiError): boolean {
  return error.class === 'row' && isServiceRefusal(error)
}

/**
 * SDRS itself says that there is no such protected instance: `SDRS.1320` or `SDRS.0208` ("Querying Details
 * About a Protected Instance", error codes), or a 404 of its own.
 */
export function isNoSuchInstance(error: ApiError): boolean {
  if (!isServiceRefusal(error)) return false
  return error.code === 'SDRS.1320' || error.code === 'SDRS.0208' || error.httpStatus === 404
}

/**
 * SDRS itself says that there is no such protection group: `SDRS.1013`, `SDRS.0207` (an ID that it calls invalid, as
 * 0208 of an instance), or a 404 of its own.
 */
export function isNoSuchGroup(error: ApiError): boolean {
  if (!isServiceRefusal(error)) return false
  return error.code === 'SDRS.1013' || error.code === 'SDRS.0207' || error.httpStatus === 404
}

function isServiceRefusal({ answeredBy, httpStatus }: ApiError): boolean {
  return answeredBy === 'service' && (httpStatus === 400 || httpStatus === 404)
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

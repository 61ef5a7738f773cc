import type { HttpResponse } from '../cloud/transport.ts'
import { ERROR_TEXTS, statusOf, type SdrsCode } from './error-texts.ts'

/** A handler's view of an answer: `data` becomes the JSON body, null is no body. */
export interface Answer {
  readonly status: number
  readonly data: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export function ok(data: unknown): Answer {
  return { status: 200, data }
}

export function noContent(): Answer {
  return { status: 204, data: null }
}

/**
 * One key names the kind of error: `error` is the general one, `itemNotFound` comes with a 404 ("Returned Values"
 * of the API reference). The text is the code's own and says no more.
 */
export function refuse(code: SdrsCode, status = statusOf(code)): Answer {
  const kind = status === 404 ? 'itemNotFound' : 'error'
  return { status, data: { [kind]: { message: ERROR_TEXTS[code], code } } }
}

/** The API gateway in front of the services has a form of its own. */
export function gatewayRefuse(status: number, code: string, message: string): Answer {
  return { status, data: { error_code: code, error_msg: message } }
}

/** So does IAM, with the status as a number for a code. */
export function iamRefuse(status: number, title: string, message: string): Answer {
  return { status, data: { error: { code: status, title, message } } }
}

/** `requestId` is what a user quotes to support: a header of every answer, and in the gateway's error bodies too. */
export function render(answer: Answer, requestId: string, now: number): HttpResponse {
  const body =
    isRecord(answer.data) && 'error_msg' in answer.data
      ? { ...answer.data, request_id: requestId }
      : answer.data
  return {
    status: answer.status,
    headers: {
      'content-type': 'application/json',
      date: new Date(now).toUTCString(),
      'x-request-id': requestId,
      ...answer.headers,
    },
    body: answer.data === null ? '' : JSON.stringify(body),
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

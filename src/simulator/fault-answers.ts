import type { HttpResponse } from '../cloud/transport.ts'
import { textOf } from './error-texts.ts'
import type { Fault } from './fault-plan.ts'

export type StatusFault = Extract<Fault, { status: number }>

const CODES: Readonly<Record<number, string>> = {
  400: 'SDRS.0201',
  403: 'SDRS.0005',
  404: 'SDRS.1320',
  409: 'SDRS.1018',
}
const GATEWAY_CODES: Readonly<Record<number, string>> = {
  400: 'APIGW.0101',
  401: 'APIGW.0301',
  403: 'APIGW.0302',
  404: 'APIGW.0101',
  429: 'APIGW.0308',
}
const HTML =
  '<html><head><title>Bad Gateway</title></head><body><center><h1>nginx</h1></center></body></html>'

/** A refusal in any of the forms that the cloud and what stands before it have. */
export function errorResponse(fault: StatusFault, now: number): HttpResponse {
  const form = fault.body ?? (fault.status === 429 || fault.status === 401 ? 'gateway' : 'error')
  const codes = form === 'gateway' ? { ...CODES, ...GATEWAY_CODES } : CODES
  const code = fault.code ?? codes[fault.status] ?? 'SDRS.0401'
  const message = fault.message ?? textOf(code) ?? 'Injected by the fault plan'
  const bodies = {
    error: () => JSON.stringify({ error: { message, code } }),
    badRequest: () => JSON.stringify({ badRequest: { message, code } }),
    badrequest: () => JSON.stringify({ badrequest: { message, code } }),
    itemNotFound: () => JSON.stringify({ itemNotFound: { message, code } }),
    gateway: () => JSON.stringify({ error_code: code, error_msg: message, request_id: 'fault' }),
    iam: () => JSON.stringify({ error: { code: fault.status, title: 'Error', message } }),
    html: () => HTML,
    empty: () => '',
    garbage: () => '{"error": {"mess',
  } as const satisfies Record<typeof form, () => string>
  return {
    status: fault.status,
    headers: {
      'content-type': form === 'html' ? 'text/html' : 'application/json',
      date: new Date(now).toUTCString(),
      ...(fault.retryAfter === undefined
        ? {}
        : { 'retry-after': retryAfter(fault, fault.retryAfter, now) }),
    },
    body: bodies[form](),
  }
}

function retryAfter(fault: StatusFault, seconds: number, now: number): string {
  return fault.retryAfterAs === 'date'
    ? new Date(now + seconds * 1000).toUTCString()
    : String(seconds)
}

/** 200, and a body that is not what was asked for. */
export function garbled(
  response: HttpResponse,
  garbage: Extract<Fault, { garbage: unknown }>['garbage'],
): HttpResponse {
  const bodies = {
    html: () => HTML,
    truncated: () => response.body.slice(0, Math.floor(response.body.length / 2)),
    empty: () => '',
    other: () => '{"unexpected": true}',
  } as const satisfies Record<typeof garbage, () => string>
  return { ...response, status: 200, body: bodies[garbage]() }
}

import type { HttpResponse } from '../sdrs/transport.ts'
import { revokeTokens } from './auth.ts'
import type { Fault, FaultPlan } from './fault-plan.ts'
import { decideFault, faultCaseOf } from './faults.ts'
import { routeOf, type Operation, type SimulatorRequest } from './route.ts'
import type { World } from './state.ts'
import { step } from './world.ts'

/** What the network makes of a request: an answer, now or later, or none. */
export type Delivery =
  | { readonly kind: 'answer'; readonly response: HttpResponse; readonly delayMs: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }

export interface Exchange {
  readonly world: World
  readonly operation: Operation
  readonly delivery: Delivery
}

/** One request under a fault plan; pure like `step`. Where a fault hides an answer, the world has moved on all the same. */
export function exchange(
  world: World,
  request: SimulatorRequest,
  now: number,
  plan: FaultPlan,
): Exchange {
  const { operation } = routeOf(request)
  const [fault, faults] = decideFault(plan, world.faults, faultCaseOf(world, operation, request))
  const decided: World = { ...world, faults }
  if (fault === null) {
    const [next, response] = step(decided, request, now)
    return { world: next, operation, delivery: { kind: 'answer', response, delayMs: 0 } }
  }
  const [next, delivery] = suffer(decided, request, now, fault)
  return { world: next, operation, delivery }
}

function suffer(
  world: World,
  request: SimulatorRequest,
  now: number,
  fault: Fault,
): readonly [World, Delivery] {
  const carryOut = (): readonly [World, HttpResponse] => step(world, request, now)
  const answer = (response: HttpResponse, delayMs = 0): Delivery => ({
    kind: 'answer',
    response,
    delayMs,
  })
  if ('status' in fault) {
    const [next] = fault.carriedOut ? carryOut() : [countOnly(world, request)]
    return [next, answer(errorResponse(fault, now))]
  }
  if ('reset' in fault) {
    return [fault.reset === 'after' ? carryOut()[0] : countOnly(world, request), { kind: 'reset' }]
  }
  if ('hang' in fault) {
    return [fault.hang === 'after' ? carryOut()[0] : countOnly(world, request), { kind: 'hang' }]
  }
  if ('revokeTokens' in fault) {
    const [next, response] = step(revokeTokens(world), request, now)
    return [next, answer(response)]
  }
  const [next, response] = carryOut()
  if ('slowMs' in fault) return [next, answer(response, fault.slowMs)]
  if ('contentType' in fault) {
    return [
      next,
      answer({ ...response, headers: { ...response.headers, 'content-type': fault.contentType } }),
    ]
  }
  return [next, answer(garbled(response, fault.garbage))]
}

/** A request that never reached the service is a request all the same. */
function countOnly(world: World, request: SimulatorRequest): World {
  const { operation } = routeOf(request)
  const counters = { ...world.counters, [operation]: (world.counters[operation] ?? 0) + 1 }
  return { ...world, counters }
}

type StatusFault = Extract<Fault, { status: number }>

const CODES: Readonly<Record<number, string>> = {
  400: 'SDRS.0201',
  401: 'APIGW.0301',
  403: 'SDRS.0005',
  404: 'SDRS.0208',
  409: 'SDRS.1018',
  429: 'APIGW.0308',
}
const HTML =
  '<html><head><title>Bad Gateway</title></head><body><center><h1>nginx</h1></center></body></html>'

function errorResponse(fault: StatusFault, now: number): HttpResponse {
  const code = fault.code ?? CODES[fault.status] ?? 'SDRS.0401'
  const message = fault.message ?? 'Injected by the fault plan'
  const form = fault.body ?? (fault.status === 429 || fault.status === 401 ? 'gateway' : 'error')
  const bodies = {
    error: () => JSON.stringify({ error: { message, code } }),
    badRequest: () => JSON.stringify({ badRequest: { message, code } }),
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

function garbled(
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

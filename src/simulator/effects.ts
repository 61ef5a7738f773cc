import type { HttpResponse } from '../cloud/transport.ts'
import { isRecord } from './answers.ts'
import { revokeTokens } from './auth.ts'
import { echoOf } from './echo.ts'
import { errorResponse, garbled } from './fault-answers.ts'
import type { Fault } from './fault-plan.ts'
import { matchesGlob } from './glob.ts'
import { actBySomebodyElse } from './group-actions.ts'
import { groupsOf } from './groups.ts'
import { lowerCaseCodes, poisoned } from './poison.ts'
import { routeOf, type SimulatorRequest } from './route.ts'
import { deleteBefore, earlierPage, pageStart, victimBefore } from './shifted-pages.ts'
import type { World } from './state.ts'
import { step } from './world.ts'

/** What the network makes of a request: an answer, now or later, or none. */
export type Delivery =
  | { readonly kind: 'answer'; readonly response: HttpResponse; readonly delayMs: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }

/** A rule whose effect has nothing to work on leaves the request to the rules after it. */
export function changesAnything(
  world: World,
  request: SimulatorRequest,
  now: number,
  fault: Fault,
): boolean {
  if ('echo' in fault) return echoOf(world, request, now, fault) !== null
  if ('deleteBetweenPages' in fault) {
    return victimBefore(world, request, now, fault.deleteBetweenPages) !== null
  }
  if ('somebodyElse' in fault) return meddled(world, now, fault) !== world
  if ('repeatPage' in fault) return pageStart(world, request) > 0
  return 'notFound' in fault ? routeOf(request).id !== '' : true
}

/** A request that meets `fault`: the world after it, and what the sender gets. */
export function suffer(
  world: World,
  request: SimulatorRequest,
  now: number,
  fault: Fault,
): readonly [World, Delivery] {
  const carryOut = (on = world, as = request): readonly [World, HttpResponse] => step(on, as, now)
  if ('status' in fault) {
    const next = fault.carriedOut ? carryOut()[0] : countOnly(world, request)
    return [next, answered(errorResponse(fault, now))]
  }
  if ('echo' in fault) {
    const echo = echoOf(world, request, now, fault)
    return echo === null
      ? delivered(carryOut())
      : [countOnly(world, request), answered(errorResponse(echo, now))]
  }
  if ('reset' in fault) {
    return [fault.reset === 'after' ? carryOut()[0] : countOnly(world, request), { kind: 'reset' }]
  }
  if ('hang' in fault) {
    return [fault.hang === 'after' ? carryOut()[0] : countOnly(world, request), { kind: 'hang' }]
  }
  if ('revokeTokens' in fault) return delivered(carryOut(revokeTokens(world)))
  if ('deleteBetweenPages' in fault) {
    return delivered(carryOut(deleteBefore(world, request, now, fault.deleteBetweenPages)))
  }
  if ('somebodyElse' in fault) return delivered(carryOut(meddled(world, now, fault)))
  if ('repeatPage' in fault) {
    return delivered(carryOut(world, earlierPage(world, request, fault.repeatPage)))
  }
  if ('notFound' in fault) return delivered(carryOut(world, withUnknownId(request)))
  const [next, response] = carryOut()
  return [next, answered(altered(response, fault), 'slowMs' in fault ? fault.slowMs : 0)]
}

type Alteration = Extract<
  Fault,
  | { slowMs: number }
  | { contentType: string }
  | { lowerCaseCodes: true }
  | { poison: unknown }
  | { garbage: unknown }
>

/** The answer to a request that was carried out, as it arrives. */
function altered(response: HttpResponse, fault: Alteration): HttpResponse {
  if ('slowMs' in fault) return response
  if ('contentType' in fault) {
    return { ...response, headers: { ...response.headers, 'content-type': fault.contentType } }
  }
  if ('lowerCaseCodes' in fault) return { ...response, body: lowerCaseCodes(response.body) }
  if ('poison' in fault) {
    const json = parse(response.body)
    return isRecord(json) ? { ...response, body: poisoned(json, fault) } : response
  }
  return garbled(response, fault.garbage)
}

function answered(response: HttpResponse, delayMs = 0): Delivery {
  return { kind: 'answer', response, delayMs }
}

function delivered([world, response]: readonly [World, HttpResponse]): readonly [World, Delivery] {
  return [world, answered(response)]
}

/** After what somebody else does to groups; the very world where that is nothing. */
function meddled(
  world: World,
  now: number,
  { somebodyElse, group: glob }: Extract<Fault, { somebodyElse: string }>,
): World {
  return groupsOf(world)
    .filter(({ id, name }) => matchesGlob(glob, name) || matchesGlob(glob, id))
    .reduce((next, group) => actBySomebodyElse(next, group, somebodyElse, now), world)
}

/** A request that never reached the service is a request all the same. */
function countOnly(world: World, request: SimulatorRequest): World {
  const { operation } = routeOf(request)
  const counters = { ...world.counters, [operation]: (world.counters[operation] ?? 0) + 1 }
  return { ...world, counters }
}

/** The same request for something that is not there. */
function withUnknownId(request: SimulatorRequest): SimulatorRequest {
  const { id } = routeOf(request)
  const url = request.url.replace(`/${encodeURIComponent(id)}`, '/00000000-not-there')
  return { ...request, url }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}

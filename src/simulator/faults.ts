import { isRecord } from './answers.ts'
import { chance } from './chance.ts'
import type { Fault, FaultPlan, FaultRule } from './fault-plan.ts'
import type { FaultState } from './fault-state.ts'
import { text } from './fields.ts'
import { matchesGlob } from './glob.ts'
import type { Operation, SimulatorRequest } from './route.ts'
import { serverKey, type World } from './state.ts'

/** What a rule may look at. */
export interface FaultCase {
  readonly operation: Operation
  /** A create's server, by key; null for every other request. */
  readonly server: string | null
  /** Names that `server` globs are held against: the server's ID and name, and the instance's. */
  readonly names: readonly string[]
}

export function faultCaseOf(
  world: World,
  operation: Operation,
  request: SimulatorRequest,
): FaultCase {
  if (operation !== 'createProtectedInstance') return { operation, server: null, names: [] }
  const wire = readInstance(request.body)
  const id = text(wire['server_id'])
  const key = serverKey(id)
  const known = world.servers.get(key)
  return { operation, server: key, names: [id, known?.name ?? '', text(wire['name'])] }
}

function readInstance(body: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(body)
    const wire = isRecord(json) ? json['protected_instance'] : undefined
    return isRecord(wire) ? wire : {}
  } catch {
    return {}
  }
}

/**
 * The fault that this request meets, if any, and the state after it. A create's chance depends on its
 * server and on how often that was tried, any other request's on how many of its kind came before:
 * so concurrency, which shuffles arrivals, does not change who is hit.
 */
export function decideFault(
  plan: FaultPlan,
  state: FaultState,
  request: FaultCase,
): readonly [Fault | null, FaultState] {
  if (plan.rules.length === 0) return [null, state]
  let next = countSeen(state, request)
  let decided: { readonly place: number; readonly rule: FaultRule } | null = null
  for (const [place, rule] of plan.rules.entries()) {
    if (!concerns(rule, request)) continue
    const nth = (next.matched.get(String(place)) ?? 0) + 1
    if (rule.nth !== undefined) {
      next = { ...next, matched: next.matched.set(String(place), nth) }
    }
    if (decided === null && fires(plan, rule, place, nth, next, request)) decided = { place, rule }
  }
  if (decided === null) return [null, next]
  const { place, rule } = decided
  const fired = plan.rules.map((_, at) => next.fired[at] ?? 0)
  const after = { ...next, fired: fired.with(place, (fired[place] ?? 0) + 1) }
  if (request.server === null || rule.timesPerServer === undefined) return [rule.do, after]
  const key = `${place}/${request.server}`
  const times = (after.firedByServer.get(key) ?? 0) + 1
  return [rule.do, { ...after, firedByServer: after.firedByServer.set(key, times) }]
}

function fires(
  plan: FaultPlan,
  rule: FaultRule,
  place: number,
  nth: number,
  state: FaultState,
  request: FaultCase,
): boolean {
  if (rule.nth !== undefined && rule.nth !== nth) return false
  if (rule.times !== undefined && (state.fired[place] ?? 0) >= rule.times) return false
  if (rule.timesPerServer !== undefined && request.server !== null) {
    const before = state.firedByServer.get(`${place}/${request.server}`) ?? 0
    if (before >= rule.timesPerServer) return false
  }
  if (rule.probability === undefined) return true
  const turn =
    request.server === null
      ? (state.seen[request.operation] ?? 0)
      : (state.createsSeen.get(request.server) ?? 0)
  return (
    chance(plan.seed, 'fault', place, request.operation, request.server ?? '', turn) <
    rule.probability
  )
}

function concerns(rule: FaultRule, request: FaultCase): boolean {
  if (!matchesGlob(rule.on, request.operation)) return false
  const { server } = rule
  return (
    server === undefined || request.names.some((name) => name !== '' && matchesGlob(server, name))
  )
}

function countSeen(state: FaultState, { operation, server }: FaultCase): FaultState {
  return {
    ...state,
    seen: { ...state.seen, [operation]: (state.seen[operation] ?? 0) + 1 },
    createsSeen:
      server === null
        ? state.createsSeen
        : state.createsSeen.set(server, (state.createsSeen.get(server) ?? 0) + 1),
  }
}

import { chance } from './chance.ts'
import type { FaultCase } from './fault-case.ts'
import type { Fault, FaultPlan, FaultRule } from './fault-plan.ts'
import type { FaultState } from './fault-state.ts'
import { matchesGlob } from './glob.ts'

/**
 * The fault that this request meets, if any, and the state after it. A create's chance depends on its
 * server and on how often that was tried, any other request's on how many of its kind came before:
 * so concurrency, which shuffles arrivals, does not change who is hit. `applies`: whether an effect
 * would change anything about this request.
 */
export function decideFault(
  plan: FaultPlan,
  state: FaultState,
  request: FaultCase,
  applies: (effect: Fault) => boolean,
): readonly [Fault | null, FaultState] {
  if (plan.rules.length === 0) return [null, state]
  let next = countSeen(state, request)
  let decided: { readonly place: number; readonly rule: FaultRule } | null = null
  for (const [place, rule] of plan.rules.entries()) {
    if (!concerns(rule, request) || !isInWindow(rule, next, request) || !applies(rule.do)) continue
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
  const created = createdServer(request)
  const turn =
    created === null ? (state.seen[request.operation] ?? 0) : (state.createsSeen.get(created) ?? 0)
  return (
    chance(plan.seed, 'fault', place, request.operation, created ?? '', turn) < rule.probability
  )
}

function concerns({ on, server, group }: FaultRule, request: FaultCase): boolean {
  return (
    matchesGlob(on, request.operation) &&
    (server === undefined || request.names.some((name) => matchesGlob(server, name))) &&
    (group === undefined || request.groups.some((name) => matchesGlob(group, name)))
  )
}

function isInWindow(
  { fromMs, untilMs }: FaultRule,
  state: FaultState,
  { now }: FaultCase,
): boolean {
  const elapsed = now - (state.startedAt ?? now)
  return elapsed >= fromMs && (untilMs === undefined || elapsed < untilMs)
}

function countSeen(state: FaultState, request: FaultCase): FaultState {
  const { operation, now } = request
  const created = createdServer(request)
  return {
    ...state,
    startedAt: state.startedAt ?? now,
    seen: { ...state.seen, [operation]: (state.seen[operation] ?? 0) + 1 },
    createsSeen:
      created === null
        ? state.createsSeen
        : state.createsSeen.set(created, (state.createsSeen.get(created) ?? 0) + 1),
  }
}

/** The server of a create; null for every other request. */
function createdServer({ operation, server }: FaultCase): string | null {
  return operation === 'createProtectedInstance' ? server : null
}

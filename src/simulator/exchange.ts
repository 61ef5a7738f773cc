import { changesAnything, suffer, type Delivery } from './effects.ts'
import { faultCaseOf } from './fault-case.ts'
import type { FaultPlan } from './fault-plan.ts'
import { decideFault } from './faults.ts'
import { routeOf, type Operation, type SimulatorRequest } from './route.ts'
import type { World } from './state.ts'
import { step } from './world.ts'

export type { Delivery }

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
  const [fault, faults] =
    plan.rules.length === 0
      ? [null, world.faults]
      : decideFault(plan, world.faults, faultCaseOf(world, request, now), (effect) =>
          changesAnything(world, request, now, effect),
        )
  const decided: World = { ...world, faults }
  if (fault === null) {
    const [next, response] = step(decided, request, now)
    return { world: next, operation, delivery: { kind: 'answer', response, delayMs: 0 } }
  }
  const [next, delivery] = suffer(decided, request, now, fault)
  return { world: next, operation, delivery }
}

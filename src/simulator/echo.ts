import { textOf } from './error-texts.ts'
import type { StatusFault } from './fault-answers.ts'
import { faultCaseOf } from './fault-case.ts'
import type { Fault } from './fault-plan.ts'
import { instanceStatusAt } from './lifecycle.ts'
import type { SimulatorRequest } from './route.ts'
import { serverKey, type World } from './state.ts'

type Echo = Extract<Fault, { echo: string }>

/**
 * The refusal of a second create of one server, worded after what the first one uses up: its address,
 * its disks, the room in its group. Null where no first one is in the way.
 */
export function echoOf(
  world: World,
  request: SimulatorRequest,
  now: number,
  fault: Echo,
): StatusFault | null {
  const { operation, server } = faultCaseOf(world, request, now)
  if (operation !== 'createProtectedInstance' || server === null) return null
  const instance = world.instances.get(world.serverUse.get(server) ?? '')
  if (instance === undefined || serverKey(instance.serverId) !== server) return null
  const status = instanceStatusAt(world, instance, now)
  const isInTheWay = fault.while === 'alive' ? status !== null : status === 'creating'
  if (!isInTheWay) return null
  return {
    status: 400,
    code: fault.echo,
    message: textOf(fault.echo) ?? 'The request is refused',
    retryAfterAs: 'seconds',
    carriedOut: false,
  }
}

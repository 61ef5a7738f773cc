import type { Instance, World } from './state.ts'
import { logItems } from './log.ts'

/** Of an instance: whether it belongs into a list at `at`, and when that changes next, ms. */
interface Listed {
  readonly isIn: boolean
  readonly until: number
}

interface Kept<T> {
  readonly from: number
  readonly until: number
  readonly list: T
}

/**
 * A list of instances (or of what is theirs) that is read page after page: made once, and made again only when an
 * instance or a server has changed, or when time has brought one in or out. Whoever reads a fleet's pages must not
 * look at the whole fleet for each.
 */
export function createKeptList<T>(parts: {
  readonly listed: (world: World, instance: Instance, at: number) => Listed
  readonly make: (world: World, instances: readonly Instance[]) => T
}): (world: World, at: number) => T {
  const known = new WeakMap<World['instances'], WeakMap<World['servers'], Kept<T>>>()
  return (world, at) => {
    const ofInstances = known.get(world.instances) ?? new WeakMap<World['servers'], Kept<T>>()
    known.set(world.instances, ofInstances)
    const before = ofInstances.get(world.servers)
    if (before !== undefined && before.from <= at && at < before.until) return before.list
    const instances: Instance[] = []
    let soonest = Infinity
    for (const id of logItems(world.instanceOrder)) {
      const instance = world.instances.get(id)
      if (instance === undefined) continue
      const { isIn, until } = parts.listed(world, instance, at)
      if (isIn) instances.push(instance)
      if (until < soonest) soonest = until
    }
    const list = parts.make(world, instances)
    ofInstances.set(world.servers, { from: at, until: soonest, list })
    return list
  }
}

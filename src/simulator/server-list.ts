import { hasServerAt, targetNameOf, targetOf } from './dr-server.ts'
import { logItems } from './log.ts'
import { serverKey, type Server, type World } from './state.ts'

/**
 * The servers of the project in the order of the list: production servers, then DR servers. What
 * stands on a page is built for that page alone.
 */
export interface ServerList {
  readonly length: number
  /** The place of a server in it, by its ID; −1 where it has none. */
  placeOf(id: string): number
  slice(from: number, to: number): readonly Server[]
}

/** All of the project's own, by the table they are in: whoever reads page after page must not look at all of them for each. */
const known = new WeakMap<World['servers'], readonly string[]>()

function ownServers(world: World, name: string): readonly string[] {
  const all =
    known.get(world.servers) ?? logItems(world.serverOrder).filter((key) => world.servers.has(key))
  known.set(world.servers, all)
  return name === ''
    ? all
    : all.filter((key) => world.servers.get(key)?.name.includes(name) === true)
}

export function listOfServers(world: World, name: string, now: number): ServerList {
  const own = ownServers(world, name)
  // By instance, as a DR server has no record of its own.
  const recovery = logItems(world.instanceOrder).filter((id) => {
    const instance = world.instances.get(id)
    if (instance === undefined || !hasServerAt(world, instance, now)) return false
    if (name === '') return true
    return targetNameOf(world, instance, now).includes(name)
  })
  const at = (place: number): Server | null =>
    place < own.length
      ? (world.servers.get(own[place] ?? '') ?? null)
      : targetOf(world, recovery[place - own.length] ?? '', now)
  const length = own.length + recovery.length
  return {
    length,
    placeOf(id) {
      const key = serverKey(id)
      if (world.servers.has(key)) return own.indexOf(key)
      const place = recovery.indexOf(world.serverUse.get(key) ?? '')
      return place < 0 ? -1 : own.length + place
    },
    slice(from, to) {
      const page: Server[] = []
      for (let place = from; place < Math.min(to, length); place++) {
        const server = at(place)
        if (server !== null) page.push(server)
      }
      return page
    },
  }
}

/** A production server or a DR server. */
export function serverBy(world: World, id: string, now: number): Server | null {
  const key = serverKey(id)
  const server = world.servers.get(key)
  if (server !== undefined) return server
  const instanceId = world.serverUse.get(key)
  return instanceId === undefined ? null : targetOf(world, instanceId, now)
}

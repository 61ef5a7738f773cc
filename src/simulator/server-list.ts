import { hasServerAt, serverChangesAt, targetNameOf, targetOf } from './dr-server.ts'
import { createKeptList } from './kept-list.ts'
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
const known = new WeakMap<World['servers'], Placed>()

function ownServers(world: World, name: string): Placed {
  const all =
    known.get(world.servers) ??
    withPlaces(logItems(world.serverOrder).filter((key) => world.servers.has(key)))
  known.set(world.servers, all)
  if (name === '') return all
  return withPlaces(all.list.filter((key) => world.servers.get(key)?.name.includes(name) === true))
}

/** The instances that have a DR server, by which alone it is known; and the place of each. */
const recoveryServers = createKeptList({
  listed: (world, instance, at) => ({
    isIn: hasServerAt(world, instance, at),
    until: serverChangesAt(world, instance, at),
  }),
  make: (_world, instances) => withPlaces(instances.map(({ id }) => id)),
})

interface Placed {
  readonly list: readonly string[]
  readonly places: ReadonlyMap<string, number>
}

function withPlaces(list: readonly string[]): Placed {
  return { list, places: new Map(list.map((id, place) => [id, place])) }
}

function recoveryOf(world: World, name: string, now: number): Placed {
  const all = recoveryServers(world, now)
  if (name === '') return all
  const named = all.list.filter((id) => {
    const instance = world.instances.get(id)
    return instance !== undefined && targetNameOf(world, instance, now).includes(name)
  })
  return withPlaces(named)
}

export function listOfServers(world: World, name: string, now: number): ServerList {
  const own = ownServers(world, name)
  const recovery = recoveryOf(world, name, now)
  const at = (place: number): Server | null =>
    place < own.list.length
      ? (world.servers.get(own.list[place] ?? '') ?? null)
      : targetOf(world, recovery.list[place - own.list.length] ?? '', now)
  const length = own.list.length + recovery.list.length
  return {
    length,
    placeOf(id) {
      const key = serverKey(id)
      if (world.servers.has(key)) return own.places.get(key) ?? -1
      const place = recovery.places.get(world.serverUse.get(key) ?? '')
      return place === undefined ? -1 : own.list.length + place
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

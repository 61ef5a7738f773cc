import { withDeparture } from './departures.ts'
import { addressKey } from './addresses.ts'
import { serverPageOf } from './ecs.ts'
import { matchesGlob } from './glob.ts'
import { findListed } from './instance-list.ts'
import { instanceStatusAt } from './lifecycle.ts'
import { isRefusal, pageOf } from './paging.ts'
import { findPairs } from './replications.ts'
import { queryOf, routeOf, type Operation, type SimulatorRequest } from './route.ts'
import { listOfServers } from './server-list.ts'
import { serverKey, type Instance, type Server, type World } from './state.ts'

/** What somebody else deletes. */
export type Victim =
  | { readonly kind: 'instance'; readonly instance: Instance }
  | { readonly kind: 'server'; readonly server: Server }

/** Where the page asked for starts; 0 for the first, and for a request that is not for a page. */
export function pageStart(world: World, request: SimulatorRequest): number {
  const query = queryOf(request.url)
  if (routeOf(request).operation === 'listServers') {
    const asked = query.has('marker') ? null : serverPageOf(query, world.limits)
    return asked === null ? 0 : (asked.page - 1) * asked.limit
  }
  const page = pageOf(query, world.limits)
  return isRefusal(page) ? 0 : page.offset
}

/** The page before the one asked for, or the first. Servers are paged by number, from 1. */
export function earlierPage(
  world: World,
  request: SimulatorRequest,
  which: 'previous' | 'first',
): SimulatorRequest {
  if (routeOf(request).operation === 'listServers') {
    const { page } = serverPageOf(queryOf(request.url), world.limits) ?? { page: 1 }
    return withOffset(request, which === 'first' ? 1 : Math.max(1, page - 1))
  }
  const page = pageOf(queryOf(request.url), world.limits)
  if (isRefusal(page)) return request
  return withOffset(request, which === 'first' ? 0 : Math.max(0, page.offset - page.limit))
}

function withOffset(request: SimulatorRequest, offset: number): SimulatorRequest {
  return { ...request, url: request.url.replace(/(?<=[?&]offset=)\d+/, String(offset)) }
}

/** What the pages before this one show first of what `glob` names: by server ID, server name or name. */
export function victimBefore(
  world: World,
  request: SimulatorRequest,
  now: number,
  glob: string,
): Victim | null {
  const start = pageStart(world, request)
  if (start === 0) return null
  const { operation } = routeOf(request)
  const query = queryOf(request.url)
  if (operation === 'listServers') {
    const server = listOfServers(world, query.get('name') ?? '', now)
      .slice(0, start)
      .find((each) => isLonely(world, each) && isAny(glob, [each.id, each.name]))
    return server === undefined ? null : { kind: 'server', server }
  }
  const instance = listedBefore(world, operation, query, now, start).find(
    (each) =>
      // A finished one: what is being created cannot be deleted.
      instanceStatusAt(world, each, now) !== 'creating' && isAny(glob, namesOf(world, each)),
  )
  return instance === undefined ? null : { kind: 'instance', instance }
}

/** Whose items stand on the pages before `start`. */
function listedBefore(
  world: World,
  operation: Operation,
  query: URLSearchParams,
  now: number,
  start: number,
): readonly Instance[] {
  if (operation === 'listReplications') {
    const found = findPairs(world, query, now)
    return 'refusal' in found ? [] : found.slice(0, start).map(({ instance }) => instance)
  }
  const found = operation === 'listProtectedInstances' ? findListed(world, query, now) : []
  return 'refusal' in found ? [] : found.slice(0, start)
}

function isLonely(world: World, server: Server): boolean {
  return !world.serverUse.has(serverKey(server.id))
}

function namesOf(world: World, { serverId, name }: Instance): readonly string[] {
  return [serverId, world.servers.get(serverKey(serverId))?.name ?? '', name]
}

function isAny(glob: string, names: readonly string[]): boolean {
  return names.some((each) => matchesGlob(glob, each))
}

/** That one deleted by somebody else, so long ago that a lagging list knows it too. */
export function deleteBefore(
  world: World,
  request: SimulatorRequest,
  now: number,
  glob: string,
): World {
  const victim = victimBefore(world, request, now, glob)
  if (victim === null) return world
  return victim.kind === 'server'
    ? withoutServer(world, victim.server)
    : withoutInstance(world, victim.instance, now - world.limits.listLagMs)
}

function withoutServer(world: World, server: Server): World {
  let { addressUse } = world
  for (const { subnetId, address } of server.addresses) {
    addressUse = addressUse.delete(addressKey(subnetId, address))
  }
  return { ...world, addressUse, servers: world.servers.delete(serverKey(server.id)) }
}

function withoutInstance(world: World, victim: Instance, at: number): World {
  const deletion = { at, endsAt: at, deletesTarget: true }
  const instances = world.instances.set(victim.id, { ...victim, deletion })
  return withDeparture({ ...world, instances }, { at, instanceId: victim.id })
}

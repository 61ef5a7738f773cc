import { matchesGlob } from './glob.ts'
import { findListed } from './instance-list.ts'
import { instanceStatusAt } from './lifecycle.ts'
import { isRefusal, pageOf } from './paging.ts'
import { queryOf, routeOf, type SimulatorRequest } from './route.ts'
import { serverKey, type Instance, type World } from './state.ts'

/** Where the page asked for starts; 0 for the first, and for a request that is not for a page. */
export function pageStart(world: World, { url }: SimulatorRequest): number {
  const page = pageOf(queryOf(url), world.limits)
  return isRefusal(page) ? 0 : page.offset
}

/** The page before the one asked for, or the first. */
export function earlierPage(
  world: World,
  request: SimulatorRequest,
  which: 'previous' | 'first',
): SimulatorRequest {
  const page = pageOf(queryOf(request.url), world.limits)
  if (isRefusal(page)) return request
  const offset = which === 'first' ? 0 : Math.max(0, page.offset - page.limit)
  return { ...request, url: request.url.replace(/(?<=[?&]offset=)\d+/, String(offset)) }
}

/** The first finished instance of the pages before this one that `glob` names: by server ID, server name or name. */
export function victimBefore(
  world: World,
  request: SimulatorRequest,
  now: number,
  glob: string,
): Instance | null {
  const start = pageStart(world, request)
  if (start === 0 || routeOf(request).operation !== 'listProtectedInstances') return null
  const found = findListed(world, queryOf(request.url), now)
  if ('refusal' in found) return null
  return (
    found
      .slice(0, start)
      .find(
        (instance) =>
          instanceStatusAt(world, instance, now) !== 'creating' && isNamed(world, instance, glob),
      ) ?? null
  )
}

function isNamed(world: World, { serverId, name }: Instance, glob: string): boolean {
  const server = world.servers.get(serverKey(serverId))
  return [serverId, server?.name ?? '', name].some((each) => matchesGlob(glob, each))
}

/** That instance deleted by somebody else, so long ago that a lagging list knows it too. */
export function deleteBefore(
  world: World,
  request: SimulatorRequest,
  now: number,
  glob: string,
): World {
  const victim = victimBefore(world, request, now, glob)
  if (victim === null) return world
  const at = now - world.limits.listLagMs
  const deletion = { at, endsAt: at, deletesTarget: true }
  return {
    ...world,
    instances: world.instances.set(victim.id, { ...victim, deletion }),
    departures: [
      ...world.departures.filter(({ instanceId }) => instanceId !== victim.id),
      { at, instanceId: victim.id },
    ],
  }
}

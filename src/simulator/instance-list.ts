import { ok, type Answer } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { instanceStatusAt, isOmittedAt } from './lifecycle.ts'
import { logItems, type Log } from './log.ts'
import { idListOf, isRefusal, pageOf } from './paging.ts'
import { sidesOf } from './sides.ts'
import type { Instance, World } from './state.ts'
import { instanceOnWire } from './wire.ts'

/**
 * `GET protected-instances`: oldest first, so that a page already read does not shift while instances
 * are being created. There is no filter by server.
 */
export const listProtectedInstances: Handler = reading((world, { query, now }) => {
  const page = pageOf(query, world.limits)
  if (isRefusal(page)) return page.refusal
  const found = findListed(world, query, now)
  if ('refusal' in found) return found.refusal
  return ok({
    protected_instances: found
      .slice(page.offset, page.offset + page.limit)
      .map((instance) => instanceOnWire(world, instance, now - world.limits.listLagMs)),
    count: found.length,
  })
})

/** All that a list with this query shows, over all its pages. */
export function findListed(
  world: World,
  query: URLSearchParams,
  now: number,
): readonly Instance[] | { readonly refusal: Answer } {
  const asked = instancesAskedFor(world, query)
  if ('refusal' in asked) return asked
  const matches = filterOf(world, query, now - world.limits.listLagMs)
  return asked.filter((instance) => matches(instance) && !isOmittedAt(instance, now))
}

/** What a list makes of the IDs of instances that a query names. */
interface InstanceIds {
  /** The parameter for one alone; null: there is none. */
  readonly one: string | null
  /** Beside a filter by groups. */
  readonly besideGroups: 'ignored' | 'narrows'
}

/**
 * All there have ever been of the groups, or of the IDs, that a query names; or of the project. A list of IDs wins
 * over the parameter for one.
 */
export function instancesAskedFor(
  world: World,
  query: URLSearchParams,
  ids: InstanceIds = { one: null, besideGroups: 'ignored' },
): readonly Instance[] | { readonly refusal: Answer } {
  const groups = idsAskedFor(query, 'server_group_ids', 'server_group_id')
  if (isRefusal(groups)) return groups
  const instances = idsAskedFor(query, 'protected_instance_ids', ids.one)
  if (isRefusal(instances)) return instances
  return idsOf(world, groups, instances, ids.besideGroups === 'narrows')
    .map((id) => world.instances.get(id))
    .filter((instance) => instance !== undefined)
}

function idsAskedFor(
  query: URLSearchParams,
  several: string,
  one: string | null,
): ReadonlySet<string> | null | { readonly refusal: Answer } {
  const list = idListOf(query, several)
  const only = one === null ? '' : (query.get(one) ?? '')
  return list === null && only !== '' ? new Set([only]) : list
}

function idsOf(
  world: World,
  groups: ReadonlySet<string> | null,
  instances: ReadonlySet<string> | null,
  narrows: boolean,
): readonly string[] {
  if (groups === null) return instances === null ? logItems(world.instanceOrder) : [...instances]
  const inGroups = [...groups].flatMap((id) => itemsOrNone(world.groups.get(id)?.instances))
  return narrows && instances !== null ? inGroups.filter((id) => instances.has(id)) : inGroups
}

function itemsOrNone(log: Log<string> | undefined): readonly string[] {
  return log === undefined ? [] : logItems(log)
}

function filterOf(
  world: World,
  query: URLSearchParams,
  at: number,
): (instance: Instance) => boolean {
  const wanted = query.get('status') ?? ''
  const name = query.get('name') ?? ''
  const zone = query.get('availability_zone') ?? ''
  const abnormalOnly = query.get('query_type') === 'status_abnormal'
  return (instance) => {
    const status = instanceStatusAt(world, instance, at)
    return (
      status !== null &&
      (wanted === '' || status === wanted) &&
      instance.name.includes(name) &&
      (zone === '' || productionZone(world, instance, at) === zone) &&
      (!abnormalOnly || isAbnormal(status))
    )
  }
}

export function productionZone(world: World, instance: Instance, at: number): string | undefined {
  const group = world.groups.get(instance.groupId)
  return group === undefined ? undefined : sidesOf(group, at).production.zone
}

export function isAbnormal(status: string): boolean {
  return status.startsWith('error') || status === 'invalid' || status === 'fault'
}

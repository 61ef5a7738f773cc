import { ok, type Answer } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { createKeptList } from './kept-list.ts'
import { comesOrGoesAt, instanceStatusAt, isOmittedAt, isThereAt } from './lifecycle.ts'
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

const FILTERS = [
  'server_group_id',
  'server_group_ids',
  'protected_instance_ids',
  'status',
  'name',
  'availability_zone',
  'query_type',
] as const

/** Those of the whole project. */
const allThere = createKeptList({
  listed: (_world, instance, at) => ({
    isIn: isThereAt(instance, at),
    until: comesOrGoesAt(instance, at),
  }),
  make: (_world, instances) => ({
    instances,
    hasOmissions: instances.some(({ anomalies }) => (anomalies?.omissions.length ?? 0) > 0),
  }),
})

/** All that a list with this query shows, over all its pages. */
export function findListed(
  world: World,
  query: URLSearchParams,
  now: number,
): readonly Instance[] | { readonly refusal: Answer } {
  const at = now - world.limits.listLagMs
  if (FILTERS.every((name) => (query.get(name) ?? '') === '')) {
    const { instances, hasOmissions } = allThere(world, at)
    return hasOmissions ? instances.filter((each) => !isOmittedAt(each, now)) : instances
  }
  const mayBe =
    query.get('status') === 'creating'
      ? (chunk: readonly string[]) => mayCreate(world, chunk, at)
      : ANY
  const asked = instancesAskedFor(world, query, undefined, mayBe)
  if ('refusal' in asked) return asked
  const matches = filterOf(world, query, at)
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
  /** Whether any of some may be wanted. */
  mayBe: (chunk: readonly string[]) => boolean = ANY,
): readonly Instance[] | { readonly refusal: Answer } {
  const groups = idsAskedFor(query, 'server_group_ids', 'server_group_id')
  if (isRefusal(groups)) return groups
  const instances = idsAskedFor(query, 'protected_instance_ids', ids.one)
  if (isRefusal(instances)) return instances
  const found: Instance[] = []
  for (const chunk of chunksOf(world, groups, instances)) {
    if (!mayBe(chunk)) continue
    for (const id of chunk) {
      const instance = world.instances.get(id)
      if (instance !== undefined) found.push(instance)
    }
  }
  const isNarrowed = groups !== null && instances !== null && ids.besideGroups === 'narrows'
  return isNarrowed ? found.filter(({ id }) => instances.has(id)) : found
}

const ANY = (): boolean => true

function idsAskedFor(
  query: URLSearchParams,
  several: string,
  one: string | null,
): ReadonlySet<string> | null | { readonly refusal: Answer } {
  const list = idListOf(query, several)
  const only = one === null ? '' : (query.get(one) ?? '')
  return list === null && only !== '' ? new Set([only]) : list
}

/** Until when an instance of some is being created; the IDs are those of a full chunk, which never changes. */
const lastReady = new WeakMap<readonly string[], number>()

/** Whether an instance of these may be in `creating`: a look at those of a large group must not look at all of it. */
function mayCreate(world: World, ids: readonly string[], at: number): boolean {
  let ready = lastReady.get(ids)
  if (ready === undefined) {
    ready = ids.reduce((last, id) => {
      const instance = world.instances.get(id)
      return instance === undefined ? last : Math.max(last, lastCreating(instance))
    }, 0)
    lastReady.set(ids, ready)
  }
  return at < ready
}

/** A filter by groups wins over a list of instances. */
function chunksOf(
  world: World,
  groups: ReadonlySet<string> | null,
  instances: ReadonlySet<string> | null,
): readonly (readonly string[])[] {
  if (groups !== null) {
    return [...groups].flatMap((id) => world.groups.get(id)?.instances.chunks ?? [])
  }
  return instances === null ? world.instanceOrder.chunks : [[...instances]]
}

/** A world file may say of one that it is in `creating` whatever its create has come to. */
function lastCreating({ readyAt, fixedStatus, anomalies }: Instance): number {
  const isSaid =
    fixedStatus === 'creating' || anomalies?.turns.some(({ status }) => status === 'creating')
  return isSaid === true ? Infinity : readyAt
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
    if (!isThereAt(instance, at) || !instance.name.includes(name)) return false
    if (zone !== '' && productionZone(world, instance, at) !== zone) return false
    if (wanted === '' && !abnormalOnly) return true
    const status = instanceStatusAt(world, instance, at) ?? ''
    return (wanted === '' || status === wanted) && (!abnormalOnly || isAbnormal(status))
  }
}

export function productionZone(world: World, instance: Instance, at: number): string | undefined {
  const group = world.groups.get(instance.groupId)
  return group === undefined ? undefined : sidesOf(group, at).production.zone
}

export function isAbnormal(status: string): boolean {
  return status.startsWith('error') || status === 'invalid' || status === 'fault'
}

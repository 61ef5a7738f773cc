import type { LoosePair } from './acts.ts'
import { ok, refuse, type Answer } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { instancesAskedFor, isAbnormal, productionZone } from './instance-list.ts'
import { isOmittedAt, isThereAt } from './lifecycle.ts'
import { isLooseThere, loosePairsOf } from './loose-pairs.ts'
import {
  attachedPairName,
  attachedPairOnWire,
  loosePairName,
  loosePairOnWire,
  type AttachedPair,
} from './pair-wire.ts'
import { idListOf, isRefusal, pageOf } from './paging.ts'
import { loosePairStateAt, pairStateAt } from './replication.ts'
import { sidesOf } from './sides.ts'
import type { World } from './state.ts'

/** "Querying Replication Pairs" of the API reference: one pair a disk, in the order of their instances. */
export const listReplications: Handler = reading((world, { query, now }) => {
  const page = pageOf(query, world.limits)
  if (isRefusal(page)) return page.refusal
  const at = now - world.limits.listLagMs
  const found = findPairs(world, query, now)
  if ('refusal' in found) return found.refusal
  const shown = [...found, ...findLoosePairs(world, query, at)]
  return ok({
    count: shown.length,
    replications: shown
      .slice(page.offset, page.offset + page.limit)
      .map((each) => onWire(world, each, at)),
  })
})

export const showReplication: Handler = reading((world, { id, now }) => {
  const at = world.limits.showLags ? now - world.limits.listLagMs : now
  const found = findPair(world, id, at)
  return found === null ? refuse('SDRS.1608') : ok({ replication: onWire(world, found, at) })
})

/** A pair that is there at that moment, attached or not. */
export function findPair(world: World, id: string, at: number): AttachedPair | LoosePair | null {
  const loose = world.loosePairs.get(id)
  if (loose !== undefined) return isLooseThere(loose, at) ? loose : null
  const found = pairBy(world, id)
  return found !== null && isThereAt(found.instance, at) ? found : null
}

export function onWire(world: World, found: AttachedPair | LoosePair, at: number): object {
  return 'pair' in found ? attachedPairOnWire(world, found, at) : loosePairOnWire(world, found, at)
}

/** The instance of each pair, by the pair's ID. */
const known = new WeakMap<World['instances'], ReadonlyMap<string, string>>()

/** Whether or not it is there (any more). */
export function pairBy(world: World, id: string): AttachedPair | null {
  let instanceOf = known.get(world.instances)
  if (instanceOf === undefined) {
    instanceOf = new Map(
      [...world.instances.values()].flatMap((instance) =>
        instance.pairs.map((pair) => [pair.id, instance.id] as const),
      ),
    )
    known.set(world.instances, instanceOf)
  }
  const instance = world.instances.get(instanceOf.get(id) ?? '')
  const pair = instance?.pairs.find((each) => each.id === id)
  return instance === undefined || pair === undefined ? null : { instance, pair }
}

/** Beside groups, the IDs of instances narrow down; and there is a parameter for one alone. */
const NARROWING = { one: 'protected_instance_id', besideGroups: 'narrows' } as const

/** The pairs of instances that a list with this query shows, over all its pages. */
export function findPairs(
  world: World,
  query: URLSearchParams,
  now: number,
): readonly AttachedPair[] | { readonly refusal: Answer } {
  const at = now - world.limits.listLagMs
  const asked = instancesAskedFor(world, query, NARROWING)
  if ('refusal' in asked) return asked
  const zone = query.get('availability_zone') ?? ''
  return asked
    .filter(
      (instance) =>
        isThereAt(instance, at) &&
        !isOmittedAt(instance, now) &&
        (zone === '' || productionZone(world, instance, at) === zone),
    )
    .flatMap((instance) => instance.pairs.map((pair) => ({ instance, pair })))
    .filter(filterOf(world, query, at))
}

function filterOf(
  world: World,
  query: URLSearchParams,
  at: number,
): (found: AttachedPair) => boolean {
  const wanted = query.get('status') ?? ''
  const name = query.get('name') ?? ''
  const abnormalOnly = query.get('query_type') === 'status_abnormal'
  return (found) => {
    if (!attachedPairName(world, found).includes(name)) return false
    if (wanted === '' && !abnormalOnly) return true
    const status = pairStateAt(world, found.instance, found.pair, at)?.status ?? ''
    return (wanted === '' || status === wanted) && (!abnormalOnly || isAbnormal(status))
  }
}

/** Those of no instance; where instances are asked for there are none. */
function findLoosePairs(world: World, query: URLSearchParams, at: number): readonly LoosePair[] {
  const several = idListOf(query, 'server_group_ids')
  const one = query.get('server_group_id') ?? ''
  // Null: of any group. A list without an ID is of none.
  const only = one === '' ? null : new Set([one])
  const groups = several === null || isRefusal(several) ? only : several
  const byInstance = ['protected_instance_ids', 'protected_instance_id'].some(
    (name) => (query.get(name) ?? '') !== '',
  )
  if (byInstance) return []
  const zone = query.get('availability_zone') ?? ''
  const wanted = query.get('status') ?? ''
  const abnormalOnly = query.get('query_type') === 'status_abnormal'
  return loosePairsOf(world).filter((pair) => {
    const group = world.groups.get(pair.groupId)
    const status = loosePairStateAt(world, pair, at)?.status ?? ''
    return (
      group !== undefined &&
      isLooseThere(pair, at) &&
      (groups === null || groups.has(group.id)) &&
      loosePairName(world, pair).includes(query.get('name') ?? '') &&
      (zone === '' || sidesOf(group, at).production.zone === zone) &&
      (wanted === '' || status === wanted) &&
      (!abnormalOnly || isAbnormal(status))
    )
  })
}

import { ok, refuse } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { pairsInUse } from './create-rules.ts'
import { liveGroups } from './groups.ts'
import { instanceStatusAt } from './lifecycle.ts'
import { logItems } from './log.ts'
import { isRefusal, pageOf } from './paging.ts'
import type { Instance, World } from './state.ts'
import { spaced } from './wire.ts'

interface Pair {
  readonly id: string
  readonly onWire: object
}

export const listReplicationPairs: Handler = reading((world, { query, now }) => {
  const page = pageOf(query, world.limits)
  if (isRefusal(page)) return page.refusal
  const groupId = query.get('server_group_id') ?? ''
  const instanceId = query.get('protected_instance_id') ?? ''
  const pairs = allPairs(
    world,
    now,
    (instance) =>
      (groupId === '' || instance.groupId === groupId) &&
      (instanceId === '' || instance.id === instanceId),
  )
  const shown = pairs.slice(page.offset, page.offset + page.limit)
  return ok({ replication_pairs: shown.map((pair) => pair.onWire), count: pairs.length })
})

export const showReplicationPair: Handler = reading((world, { id, now }) => {
  const pair = allPairs(world, now, () => true).find((each) => each.id === id)
  return pair === undefined ? refuse('SDRS.1608') : ok({ replication_pair: pair.onWire })
})

function allPairs(world: World, now: number, matches: (instance: Instance) => boolean): Pair[] {
  return logItems(world.instanceOrder)
    .map((id) => world.instances.get(id))
    .filter((instance) => instance !== undefined && matches(instance))
    .flatMap((instance) => (instance === undefined ? [] : pairsOf(world, instance, now)))
}

function pairsOf(world: World, instance: Instance, now: number): Pair[] {
  const status = instanceStatusAt(world, instance, now)
  if (status === null) return []
  return instance.pairs.map((pair) => ({
    id: pair.id,
    onWire: {
      id: pair.id,
      name: `${instance.name}-${pair.device.slice(-3)}`,
      description: '',
      replication_model: null,
      status,
      progress: 0,
      replication_status: null,
      server_group_id: instance.groupId,
      volume_ids: pair.diskId,
      priority_station: world.groups.get(instance.groupId)?.priorityStation ?? 'source',
      attachment: [{ protected_instance: instance.id, device: pair.device }],
      fault_level: '0',
      record_metadata: { multiattach: false, bootable: pair.device.endsWith('a'), volume_size: 40 },
      created_at: spaced(instance.createdAt),
      updated_at: spaced(instance.updatedAt),
    },
  }))
}

export const listQuotas: Handler = reading((world, { now }) =>
  ok({
    quotas: {
      resources: [
        {
          type: 'server_groups',
          used: liveGroups(world, now),
          quota: world.limits.groupQuota,
          min: 0,
          max: -1,
        },
        {
          type: 'replications',
          used: pairsInUse(world),
          quota: world.limits.pairQuota,
          min: 0,
          max: -1,
        },
      ],
    },
  }),
)

/** The pairs of availability zones that groups may span. */
export const listDomains: Handler = reading((world) =>
  ok({
    domains: world.activeDomains.map((domain) => ({
      id: domain.id,
      name: domain.name,
      description: 'HyperMetro domain',
      sold_out: domain.soldOut,
      local_replication_cluster: cluster(domain.sourceAvailabilityZone),
      remote_replication_cluster: cluster(domain.targetAvailabilityZone),
    })),
  }),
)

function cluster(zone: string): object {
  return { availability_zone: zone, description: zone }
}

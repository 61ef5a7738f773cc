import { ok, refuse, type Answer } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { PLAIN_DISK } from './defaults.ts'
import { recoveryDiskId } from './dr-server.ts'
import { instancesAskedFor, isAbnormal, productionZone } from './instance-list.ts'
import { isOmittedAt, isThereAt, stationOf } from './lifecycle.ts'
import { isRefusal, pageOf } from './paging.ts'
import { pairStateAt, type PairState } from './replication.ts'
import { serverKey, type Instance, type World } from './state.ts'
import { microseconds } from './wire.ts'

/** "Querying Replication Pairs" of the API reference: one pair a disk, in the order of their instances. */
export const listReplications: Handler = reading((world, { query, now }) => {
  const page = pageOf(query, world.limits)
  if (isRefusal(page)) return page.refusal
  const at = now - world.limits.listLagMs
  const found = findPairs(world, query, now)
  if ('refusal' in found) return found.refusal
  return ok({
    count: found.length,
    replications: found
      .slice(page.offset, page.offset + page.limit)
      .map((each) => onWire(world, each, at)),
  })
})

export const showReplication: Handler = reading((world, { id, now }) => {
  const at = world.limits.showLags ? now - world.limits.listLagMs : now
  const found = pairBy(world, id)
  return found === null || !isThereAt(found.instance, at)
    ? refuse('SDRS.1608')
    : ok({ replication: onWire(world, found, at) })
})

/** Whether or not it is there (any more). */
export function pairBy(world: World, id: string): Found | null {
  for (const instance of world.instances.values()) {
    const pair = instance.pairs.find((each) => each.id === id)
    if (pair !== undefined) return { instance, pair }
  }
  return null
}

/** Beside groups, the IDs of instances narrow down; and there is a parameter for one alone. */
const NARROWING = { one: 'protected_instance_id', besideGroups: 'narrows' } as const

interface Found {
  readonly instance: Instance
  readonly pair: Instance['pairs'][number]
}

/** All that a list with this query shows, over all its pages. */
export function findPairs(
  world: World,
  query: URLSearchParams,
  now: number,
): readonly Found[] | { readonly refusal: Answer } {
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

function filterOf(world: World, query: URLSearchParams, at: number): (found: Found) => boolean {
  const wanted = query.get('status') ?? ''
  const name = query.get('name') ?? ''
  const abnormalOnly = query.get('query_type') === 'status_abnormal'
  return (found) => {
    if (!nameOf(found).includes(name)) return false
    if (wanted === '' && !abnormalOnly) return true
    const status = pairStateAt(world, found.instance, found.pair, at)?.status ?? ''
    return (wanted === '' || status === wanted) && (!abnormalOnly || isAbnormal(status))
  }
}

/** Pairs that a create makes are named after its instance. */
function nameOf({ instance, pair }: Found): string {
  return `${instance.name}-${pair.device.slice(-3)}`
}

function onWire(world: World, found: Found, at: number): object {
  const { instance, pair } = found
  const state = pairStateAt(world, instance, pair, at)
  const server = world.servers.get(serverKey(instance.serverId))
  const disk = server?.disks.find(({ id }) => id === pair.diskId)
  const detail = state === null ? null : failureDetailOf(world, instance, state)
  return {
    id: pair.id,
    name: nameOf(found),
    description: '',
    replication_model: 'hypermetro',
    status: state?.status ?? null,
    progress: state?.progress ?? 0,
    replication_status: state?.replicationStatus ?? null,
    attachment: [{ protected_instance: instance.id, device: pair.device }],
    server_group_id: instance.groupId,
    // Of its server, and of its DR server: they keep their places when the sides are turned.
    volume_ids: `${pair.diskId},${recoveryDiskId(pair.id)}`,
    priority_station: stationOf(world, { ...instance, anomalies: null }, at),
    fault_level: state?.faultLevel ?? '0',
    ...(detail === null ? {} : { failure_detail: detail }),
    record_metadata: {
      multiattach: disk?.shared ?? false,
      bootable: disk?.system ?? pair === instance.pairs[0],
      volume_size: disk?.size ?? PLAIN_DISK.size,
      volume_type: disk?.type ?? PLAIN_DISK.type,
    },
    created_at: microseconds(instance.createdAt),
    updated_at: microseconds(Math.min(instance.updatedAt, at)),
  }
}

/** "The error code returned only when status of a replication pair is error": that of the create which left it so. */
function failureDetailOf(world: World, { jobId }: Instance, state: PairState): string | null {
  if (state.failureDetail !== null || state.status !== 'error') return state.failureDetail
  const job = jobId === null ? undefined : world.jobs.get(jobId)
  const ends = job === undefined ? [] : [job.end, ...job.subJobs.map(({ end }) => end)]
  return ends.find(({ status }) => status === 'FAIL')?.errorCode ?? null
}

import type { LoosePair } from './acts.ts'
import { pairNameIn } from './changes.ts'
import { PLAIN_DISK } from './defaults.ts'
import { recoveryDiskId } from './dr-server.ts'
import { stationAt, stationOf } from './lifecycle.ts'
import { loosePairStateAt, pairStateAt, type PairState } from './replication.ts'
import { serverKey, type Disk, type Instance, type World } from './state.ts'
import { microseconds } from './wire.ts'

/** A pair of an instance. */
export interface AttachedPair {
  readonly instance: Instance
  readonly pair: Instance['pairs'][number]
}

export function attachedPairName(world: World, { instance, pair }: AttachedPair): string {
  return world.pairDetails.get(pair.id)?.name ?? pairNameIn(instance, pair)
}

export function loosePairName(world: World, { id }: LoosePair): string {
  return world.pairDetails.get(id)?.name ?? ''
}

export function attachedPairOnWire(world: World, found: AttachedPair, at: number): object {
  const { instance, pair } = found
  const server = world.servers.get(serverKey(instance.serverId))
  const disk = server?.disks.find(({ id }) => id === pair.diskId)
  const state = pairStateAt(world, instance, pair, at)
  return pairOnWire(world, at, {
    ...pair,
    name: attachedPairName(world, found),
    state,
    failureDetail: state === null ? null : failureDetailOf(world, instance, state),
    attachment: [{ protected_instance: instance.id, device: pair.device }],
    groupId: instance.groupId,
    station: stationOf(world, { ...instance, anomalies: null }, at),
    disk: { ...disk, system: disk?.system ?? pair === instance.pairs[0] },
    createdAt: instance.createdAt,
    updatedAt: instance.updatedAt,
  })
}

export function loosePairOnWire(world: World, pair: LoosePair, at: number): object {
  const group = world.groups.get(pair.groupId)
  return pairOnWire(world, at, {
    ...pair,
    name: loosePairName(world, pair),
    state: loosePairStateAt(world, pair, at),
    failureDetail: null,
    attachment: [],
    station: group === undefined ? 'source' : stationAt(group, at),
    disk: world.volumes.get(pair.diskId)?.disk ?? {},
  })
}

interface PairView {
  readonly id: string
  readonly name: string
  readonly state: PairState | null
  readonly failureDetail: string | null
  readonly attachment: readonly object[]
  readonly groupId: string
  readonly station: string | null
  readonly diskId: string
  readonly disk: Partial<Disk>
  readonly createdAt: number
  readonly updatedAt: number
}

function pairOnWire(world: World, at: number, view: PairView): object {
  const { state, disk } = view
  const details = world.pairDetails.get(view.id)
  return {
    id: view.id,
    name: view.name,
    description: details?.description ?? '',
    replication_model: 'hypermetro',
    status: state?.status ?? null,
    progress: state?.progress ?? 0,
    replication_status: state?.replicationStatus ?? null,
    attachment: view.attachment,
    server_group_id: view.groupId,
    // Of its server, and of its DR server: they keep their places when the sides are turned.
    volume_ids: `${view.diskId},${recoveryDiskId(view.id)}`,
    priority_station: view.station,
    fault_level: state?.faultLevel ?? '0',
    ...(view.failureDetail === null ? {} : { failure_detail: view.failureDetail }),
    record_metadata: {
      multiattach: disk.shared ?? false,
      bootable: disk.system ?? false,
      volume_size: disk.size ?? PLAIN_DISK.size,
      volume_type: disk.type ?? PLAIN_DISK.type,
    },
    created_at: microseconds(details?.createdAt ?? view.createdAt),
    updated_at: microseconds(Math.min(view.updatedAt, at)),
  }
}

/** "The error code returned only when status of a replication pair is error": that of the create which left it so. */
function failureDetailOf(world: World, { jobId }: Instance, state: PairState): string | null {
  if (state.failureDetail !== null || state.status !== 'error') return state.failureDetail
  const job = jobId === null ? undefined : world.jobs.get(jobId)
  const ends = job === undefined ? [] : [job.end, ...job.subJobs.map(({ end }) => end)]
  return ends.find(({ status }) => status === 'FAIL')?.errorCode ?? null
}

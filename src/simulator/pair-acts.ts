import type { LoosePair } from './acts.ts'
import { isRecord, ok, refuse, type Answer } from './answers.ts'
import { beginAct } from './begin-act.ts'
import { newId, type Call, type Handler } from './call.ts'
import { withGroup } from './group-table.ts'
import { recoveryDiskId } from './dr-server.ts'
import { isDescription, isName, text } from './fields.ts'
import { findLiveGroup } from './groups.ts'
import { judgeGroup } from './instance-gate.ts'
import { groupStatusAt } from './lifecycle.ts'
import { isLooseThere } from './loose-pairs.ts'
import { attachedPairName, loosePairName, type AttachedPair } from './pair-wire.ts'
import { loosePairStateAt, pairStateAt } from './replication.ts'
import { findPair, onWire } from './replications.ts'
import { sidesOf } from './sides.ts'
import { serverKey, type Disk, type Group, type Volume, type World } from './state.ts'

/** `POST replications`: a pair of a disk that no server has, attached to nothing yet. */
export const createReplication: Handler = (world, call) => {
  const wire = isRecord(call.body) ? call.body['replication'] : undefined
  if (!isRecord(wire)) return [world, refuse('SDRS.0201')]
  const [groupId, diskId] = [text(wire['server_group_id']), text(wire['volume_id'])]
  if (groupId === '') return [world, refuse('SDRS.0207')]
  if (diskId === '') return [world, refuse('SDRS.0211')]
  const name = wire['name']
  if (!isName(name, world.limits.dialect)) return [world, refuse('SDRS.0202')]
  const description = wire['description'] ?? ''
  if (!isDescription(description)) return [world, refuse('SDRS.0212')]
  const group = findLiveGroup(world, { id: groupId, now: call.now })
  if (group === undefined) return [world, refuse('SDRS.1013')]
  const refusal =
    judgeGroup(group, call.now) ??
    judgeDisk(world, group, diskId, call.now) ??
    (world.limits.pairQuota >= 0 && world.pairsInUse >= world.limits.pairQuota
      ? refuse('SDRS.0306')
      : null)
  if (refusal !== null) return [world, refusal]
  const [withId, id] = newId(world, 'pair')
  const [next, job] = beginAct(withId, call.now, {
    type: 'createReplicationPairNoCG',
    groupId,
    resource: { id, name, type: 'replications' },
    entities: { replication_pair_id: id, volume_ids: `${diskId},${recoveryDiskId(id)}` },
  })
  const made = {
    ...withGroup(next, withPair(next.groups.get(groupId) ?? group)),
    pairDetails: next.pairDetails.set(id, { name, description, createdAt: call.now }),
    loosePairs: next.loosePairs.set(id, {
      id,
      groupId,
      diskId,
      createdAt: call.now,
      readyAt: job.endsAt,
      updatedAt: job.endsAt,
      deletion: null,
    }),
  }
  return [made, ok({ job_id: job.id })]
}

function withPair(group: Group): Group {
  return { ...group, pairCount: group.pairCount + 1 }
}

function judgeDisk(world: World, group: Group, diskId: string, now: number): Answer | null {
  const isPaired =
    world.loosePairs.some((pair) => pair.diskId === diskId && isLooseThere(pair, now)) ||
    world.instances.some(
      (instance) =>
        world.serverUse.get(serverKey(instance.serverId)) === instance.id &&
        instance.pairs.some((pair) => pair.diskId === diskId),
    )
  if (isPaired) return refuse('SDRS.1811')
  const volume: Volume | undefined = world.volumes.get(diskId)
  if (volume === undefined) {
    const isAttached = world.servers.some(({ disks }) => disks.some(({ id }) => id === diskId))
    return refuse(isAttached ? 'SDRS.1801' : 'SDRS.1803')
  }
  if (volume.disk.encrypted) return refuse('SDRS.1802')
  return volume.zone === sidesOf(group, now).production.zone ? null : refuse('SDRS.1810')
}

/** `PUT replications/{id}`: the name is the one thing that an update may change. */
export const updateReplicationName: Handler = (world, call) => {
  const found = findPair(world, call.id, call.now)
  if (found === null) return [world, refuse('SDRS.1608')]
  const wire = isRecord(call.body) ? call.body['replication'] : undefined
  const name = isRecord(wire) ? wire['name'] : undefined
  if (!isName(name, world.limits.dialect)) return [world, refuse('SDRS.0202')]
  const before = world.pairDetails.get(call.id) ?? { description: '', createdAt: null }
  const next = { ...world, pairDetails: world.pairDetails.set(call.id, { ...before, name }) }
  return [next, ok({ replication: onWire(next, found, call.now) })]
}

/** "Deleting a Replication Pair": of its group, and of itself. */
const DELETABLE_IN: readonly string[] = [
  'available',
  'protected',
  'failed-over',
  'error-starting',
  'error-stopping',
  'error-reversing',
  'error-failing-over',
  'error-deleting',
  'error-reprotecting',
]

/** `DELETE replications/{id}`: only of one that is attached to nothing. */
export const deleteReplication: Handler = (world, call) => {
  const { id, now } = call
  const found = findPair(world, id, now)
  if (found === null) return [world, refuse('SDRS.1608')]
  if ('pair' in found) return [world, refuse('SDRS.1605')]
  const wire = isRecord(call.body) ? call.body['replication'] : undefined
  const named = isRecord(wire) ? text(wire['server_group_id']) : ''
  if (named !== '' && named !== found.groupId) return [world, refuse('SDRS.1611')]
  const group = world.groups.get(found.groupId)
  if (group === undefined || !DELETABLE_IN.includes(groupStatusAt(group, now) ?? '')) {
    return [world, refuse('SDRS.1002')]
  }
  if (!DELETABLE_IN.includes(loosePairStateAt(world, found, now)?.status ?? '')) {
    return [world, refuse('SDRS.0214')]
  }
  const keepsDisk = !(isRecord(wire) && wire['delete_target_volume'] === true)
  const [next, job] = beginAct(world, now, {
    type: 'deleteReplicationPairNoCG',
    groupId: found.groupId,
    resource: { id, name: loosePairName(world, found), type: 'replications' },
    entities: { replication_pair_id: id },
    change: (at) => ({ kind: 'delete-pair', at, pairId: id, keepsDisk }),
  })
  const deletion = { at: now, endsAt: job.endsAt }
  return [
    { ...next, loosePairs: next.loosePairs.set(id, { ...found, deletion }) },
    ok({ job_id: job.id }),
  ]
}

const EXPANDABLE_IN: readonly string[] = ['available', 'protected', 'error-extending']

/** `POST replications/{id}/action`: both its disks grow, attached or not. */
export const expandReplication: Handler = (world, call) => {
  const { id, now, body } = call
  const found = findPair(world, id, now)
  if (found === null) return [world, refuse('SDRS.1608')]
  const wire = isRecord(body) ? body['extend-replication'] : undefined
  if (!isRecord(wire)) return [world, refuse('SDRS.0206')]
  const { name, disk, diskId, groupId, instanceId, status } = pairNow(world, found, call)
  if (!EXPANDABLE_IN.includes(status)) return [world, refuse('SDRS.1601')]
  // "If the value has a decimal point, the system takes the integer before it."
  const size = typeof wire['new_size'] === 'number' ? Math.floor(wire['new_size']) : Number.NaN
  if (!(size > (disk?.size ?? 0) && size <= MOST_GIB)) return [world, refuse('SDRS.0201')]
  if (instanceId !== null && disk?.shared === true) return [world, refuse('SDRS.1818')]
  const [next, job] = beginAct(world, now, {
    type: 'expandReplicationPairNew',
    groupId,
    resource: { id, name, type: 'replications' },
    entities: { replication_pair_id: id },
    during: { id, status: 'extending' },
    change: (at) => ({ kind: 'expand', at, instanceId, diskId, size }),
  })
  return [next, ok({ job_id: job.id })]
}

/** The largest data disk of EVS. */
const MOST_GIB = 32_768

interface PairNow {
  readonly name: string
  readonly disk: Disk | undefined
  readonly diskId: string
  readonly groupId: string
  /** Null: it is attached to none. */
  readonly instanceId: string | null
  readonly status: string
}

function pairNow(world: World, found: AttachedPair | LoosePair, { now }: Call): PairNow {
  if (!('pair' in found)) {
    const { diskId, groupId } = found
    return {
      name: loosePairName(world, found),
      disk: world.volumes.get(diskId)?.disk,
      diskId,
      groupId,
      instanceId: null,
      status: loosePairStateAt(world, found, now)?.status ?? '',
    }
  }
  const { instance, pair } = found
  const server = world.servers.get(serverKey(instance.serverId))
  return {
    name: attachedPairName(world, found),
    disk: server?.disks.find(({ id }) => id === pair.diskId),
    diskId: pair.diskId,
    groupId: instance.groupId,
    instanceId: instance.id,
    status: pairStateAt(world, instance, pair, now)?.status ?? '',
  }
}

import { isRecord, ok, refuse } from './answers.ts'
import { beginAct } from './begin-act.ts'
import type { Handler } from './call.ts'
import { text } from './fields.ts'
import { instanceFor } from './instance-gate.ts'
import { findLiveInstance } from './instances.ts'
import { groupStatusAt, instanceStatusAt, isInHand } from './lifecycle.ts'
import { attachedPairName, loosePairName } from './pair-wire.ts'
import { loosePairStateAt, pairStateAt } from './replication.ts'
import { findPair } from './replications.ts'
import { serverKey } from './state.ts'

const OPEN: readonly string[] = ['available', 'protected']
const DEVICE = /^\/dev\/[sv]d[a-z]$/

/** `POST protected-instances/{id}/attachreplication`: its disks become disks of the instance's servers. */
export const attachProtectedInstanceReplication: Handler = (world, call) => {
  const wire = isRecord(call.body) ? call.body['replicationAttachment'] : undefined
  const asked = isRecord(wire) ? text(wire['device']) : ''
  if (!isRecord(wire) || !DEVICE.test(asked)) return [world, refuse('SDRS.0201')]
  const pairId = text(wire['replication_id'])
  if (pairId === '') return [world, refuse('SDRS.0213')]
  const found = instanceFor(world, call, OPEN, 'SDRS.1328')
  if ('refusal' in found) return [world, found.refusal]
  const pair = findPair(world, pairId, call.now)
  if (pair === null) return [world, refuse('SDRS.1608')]
  if ('pair' in pair) return [world, refuse('SDRS.1603')]
  const { instance, group } = found
  if (pair.groupId !== group.id) return [world, refuse('SDRS.1611')]
  if (!OPEN.includes(loosePairStateAt(world, pair, call.now)?.status ?? '')) {
    return [world, refuse('SDRS.1601')]
  }
  // "If you set a device name starting with /dev/sd, the system uses /dev/vd by default": KVM servers.
  const device = asked.replace('/dev/sd', '/dev/vd')
  const disks = world.servers.get(serverKey(instance.serverId))?.disks ?? []
  if ([...disks, ...instance.pairs].some((each) => each.device === device)) {
    return [world, refuse('SDRS.1603')]
  }
  const [next, job] = beginAct(world, call.now, {
    type: 'attachReplicationPairNew',
    groupId: group.id,
    instanceId: instance.id,
    resource: { id: pairId, name: loosePairName(world, pair), type: 'replications' },
    entities: { replication_pair_id: pairId },
    during: { id: pairId, status: 'attaching' },
    change: (at) => ({ kind: 'attach', at, pairId, instanceId: instance.id, device }),
  })
  return [next, ok({ job_id: job.id })]
}

/** "Detaching a Replication Pair from a Protected Instance": of the group, the instance and the pair. */
const GROUP_IN: readonly string[] = [
  'available',
  'protected',
  'failed-over',
  'error-starting',
  'error-stopping',
  'error-reversing',
  'error-failing-over',
]
const INSTANCE_IN: readonly string[] = [
  ...GROUP_IN,
  'error-deleting',
  'error-reprotecting',
  'error-resizing',
  'invalid',
  'fault',
]
const PAIR_IN: readonly string[] = [
  ...GROUP_IN,
  'error-attaching',
  'error-detaching',
  'error-deleting',
  'error-reprotecting',
  'error-extending',
  'invalid',
  'fault',
]

/** `DELETE protected-instances/{id}/detachreplication/{replication_id}` */
export const detachProtectedInstanceReplication: Handler = (world, call) => {
  const { now, part: pairId } = call
  const instance = findLiveInstance(world, call)
  if (instance === undefined) return [world, refuse('SDRS.1320')]
  const found = findPair(world, pairId, now)
  if (found === null) return [world, refuse('SDRS.1608')]
  if (!('pair' in found) || found.instance.id !== instance.id) {
    return [world, refuse('SDRS.1604')]
  }
  const { pair } = found
  const group = world.groups.get(instance.groupId)
  if (group === undefined || !GROUP_IN.includes(groupStatusAt(group, now) ?? '')) {
    return [world, refuse('SDRS.1002')]
  }
  if (!PAIR_IN.includes(pairStateAt(world, instance, pair, now)?.status ?? '')) {
    return [world, refuse('SDRS.0214')]
  }
  const isFree =
    INSTANCE_IN.includes(instanceStatusAt(world, instance, now) ?? '') &&
    !isInHand(world, instance, now)
  if (!isFree) return [world, refuse('SDRS.1328')]
  const server = world.servers.get(serverKey(instance.serverId))
  const isSystem = server?.disks.some(({ id, system }) => system && id === pair.diskId) ?? false
  if (isSystem && server?.status === 'ACTIVE') return [world, refuse('SDRS.1316')]
  const [next, job] = beginAct(world, now, {
    type: 'detachReplicationPairNew',
    groupId: group.id,
    instanceId: instance.id,
    resource: { id: pairId, name: attachedPairName(world, found), type: 'replications' },
    entities: { replication_pair_id: pairId },
    during: { id: pairId, status: 'detaching' },
    change: (at) => ({ kind: 'detach', at, pairId, instanceId: instance.id }),
  })
  return [next, ok({ job_id: job.id })]
}

import { isIPv4 } from 'node:net'
import { addressKey, firstHost, isInside, isReserved, subnetOf } from './addresses.ts'
import { isRecord, ok, refuse, type Answer } from './answers.ts'
import { beginAct } from './begin-act.ts'
import type { Handler } from './call.ts'
import { targetOf } from './dr-server.ts'
import { text } from './fields.ts'
import { instanceFor } from './instance-gate.ts'
import { portIdOf } from './server-wire.ts'
import { sidesOfInstance } from './sides.ts'
import { serverKey, type Instance, type Server, type World } from './state.ts'

const OPEN: readonly string[] = ['available', 'protected']
/** Of one server, as ECS has it. */
const MOST_NICS = 12

/** `POST protected-instances/{id}/nic`: both servers get one, in a subnet of their VPC. */
export const addProtectedInstanceNic: Handler = (world, call) => {
  const found = instanceFor(world, call, OPEN, 'SDRS.1327')
  if ('refusal' in found) return [world, found.refusal]
  const { instance, group } = found
  const server = world.servers.get(serverKey(instance.serverId))
  if (server === undefined) return [world, refuse('SDRS.1326')]
  const wire = isRecord(call.body) ? call.body : {}
  const place = placeOf(world, instance, text(wire['subnet_id']), wire['ip_address'] ?? '')
  if ('refusal' in place) return [world, place.refusal]
  if (server.addresses.length >= MOST_NICS) return [world, refuse('SDRS.1340')]
  const { subnetId, address } = place
  // Taken at once, so that nobody else gets it while the job runs.
  const held = {
    ...world,
    addressUse: world.addressUse.set(addressKey(subnetId, address), server.id),
  }
  const nicId = portIdOf(server.id, subnetId, address)
  const [next, job] = beginAct(held, call.now, {
    ...nicJob('addNicNew', instance, nicId, targetOf(world, instance.id, call.now)),
    groupId: group.id,
    during: { id: instance.id, status: 'nic-creating' },
    change: (at) => ({ kind: 'add-nic', at, serverId: server.id, subnetId, address }),
  })
  return [next, ok({ job_id: job.id })]
}

function placeOf(
  world: World,
  instance: Instance,
  subnetId: string,
  wanted: unknown,
): { readonly subnetId: string; readonly address: string } | { readonly refusal: Answer } {
  const subnet = subnetOf(world, subnetId)
  const vpcId = sidesOfInstance(world, instance)?.production.vpcId
  if (subnet === undefined || subnet.vpcId !== vpcId) return { refusal: refuse('SDRS.1335') }
  const isHeld = (address: string): boolean => world.addressUse.has(addressKey(subnetId, address))
  if (wanted === '') {
    const free = firstHost(subnet.cidr, (each) => isHeld(each) || isReserved(each, subnet))
    return free === null ? { refusal: refuse('SDRS.1334') } : { subnetId, address: free }
  }
  if (
    typeof wanted !== 'string' ||
    !isIPv4(wanted) ||
    !isInside(wanted, subnet.cidr) ||
    isReserved(wanted, subnet)
  ) {
    return { refusal: refuse('SDRS.0219') }
  }
  return isHeld(wanted) ? { refusal: refuse('SDRS.1334') } : { subnetId, address: wanted }
}

/** `POST protected-instances/{id}/nic/delete`: any but the first. */
export const deleteProtectedInstanceNic: Handler = (world, call) => {
  const found = instanceFor(world, call, OPEN, 'SDRS.1327')
  if ('refusal' in found) return [world, found.refusal]
  const { instance, group } = found
  const nicId = isRecord(call.body) ? text(call.body['nic_id']) : ''
  if (nicId === '') return [world, refuse('SDRS.0223')]
  const server = world.servers.get(serverKey(instance.serverId))
  const place = server === undefined ? -1 : nicAt(server, instance.targetServerId, nicId)
  const nic = server?.addresses[place]
  if (server === undefined || nic === undefined) return [world, refuse('SDRS.1310')]
  if (place === 0) return [world, refuse('SDRS.1311')]
  const [next, job] = beginAct(world, call.now, {
    ...nicJob('deleteNicNew', instance, nicId, targetOf(world, instance.id, call.now)),
    groupId: group.id,
    during: { id: instance.id, status: 'nic-deleting' },
    change: (at) => ({ kind: 'delete-nic', at, serverId: server.id, ...nic }),
  })
  return [next, ok({ job_id: job.id })]
}

/** Which NIC of the production server this is; the DR server's own has a port of its own. −1: none. */
function nicAt({ id, addresses }: Server, targetId: string, nicId: string): number {
  return addresses.findIndex(({ subnetId, address }) =>
    [id, targetId].some((each) => portIdOf(each, subnetId, address) === nicId),
  )
}

function nicJob(type: string, instance: Instance, nicId: string, target: Server | null) {
  const entities = { protected_instance_id: instance.id, nic_id: nicId }
  const servers = [instance.serverId, ...(target === null ? [] : [target.id])]
  return {
    type,
    instanceId: instance.id,
    resource: { id: instance.id, name: instance.name, type: 'protected_instances' as const },
    entities,
    parts: servers.map((id) => ({ ...entities, native_server_id: id })),
  }
}

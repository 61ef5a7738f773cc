import { ok, type Answer } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { instanceStatusAt } from './lifecycle.ts'
import { logItems } from './log.ts'
import { serverKey, type Server, type World } from './state.ts'
import { hasTarget } from './wire.ts'

/** `offset` is a page number from 1 here, unlike in SDRS. */
export const listServers: Handler = reading((world, { query, now }) => {
  const limit = whole(query.get('limit'), 25)
  const page = whole(query.get('offset'), 1)
  if (limit < 1 || limit > 1000 || page < 1) {
    return badRequest('Ecs.0005', 'Invalid request parameters: limit and offset')
  }
  const name = query.get('name') ?? ''
  const found = [...serversOf(world), ...targetsOf(world, now)].filter((server) =>
    server.name.includes(name),
  )
  const shown = found.slice((page - 1) * limit, page * limit)
  return ok({ count: found.length, servers: shown.map(serverOnWire) })
})

export const showServer: Handler = reading((world, { id, now }) => {
  const key = serverKey(id)
  const server = world.servers.get(key) ?? targetBy(world, key, now)
  return server === undefined || server === null
    ? {
        status: 404,
        data: { itemNotFound: { message: 'Instance could not be found.', code: 'Ecs.0114' } },
      }
    : ok({ server: serverOnWire(server) })
})

function badRequest(code: string, message: string): Answer {
  return { status: 400, data: { badRequest: { message, code } } }
}

function whole(text: string | null, otherwise: number): number {
  if (text === null || text === '') return otherwise
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : -1
}

function serversOf(world: World): Server[] {
  return logItems(world.serverOrder)
    .map((key) => world.servers.get(key))
    .filter((server) => server !== undefined)
}

function targetsOf(world: World, now: number): Server[] {
  return logItems(world.instanceOrder)
    .map((id) => targetOf(world, id, now))
    .filter((server) => server !== null)
}

function targetBy(world: World, key: string, now: number): Server | null {
  const instanceId = world.serverUse.get(key)
  return instanceId === undefined ? null : targetOf(world, instanceId, now)
}

/** The DR server of an instance: stopped, in the other zone, of the flavor and address that were asked for. */
export function targetOf(world: World, instanceId: string, now: number): Server | null {
  const instance = world.instances.get(instanceId)
  const group = instance === undefined ? undefined : world.groups.get(instance.groupId)
  if (instance === undefined || group === undefined) return null
  if (instanceStatusAt(world, instance, now) === null || !hasTarget(instance, now)) return null
  const source = world.servers.get(serverKey(instance.serverId))
  return {
    id: instance.targetServerId,
    name: source?.name ?? instance.name,
    status: 'SHUTOFF',
    availabilityZone: group.targetAvailabilityZone,
    vpcId: group.targetVpcId,
    flavor: instance.flavor,
    disks: instance.pairs.map((pair) => ({ id: pair.id, device: pair.device })),
    addresses:
      instance.subnetId !== null && instance.address !== null
        ? [{ address: instance.address, subnetId: instance.subnetId }]
        : (source?.addresses ?? []).map((address) => ({
            ...address,
            subnetId: instance.subnetId ?? address.subnetId,
          })),
    tags: [],
    createFails: null,
    anomalies: null,
  }
}

function serverOnWire(server: Server): object {
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    'OS-EXT-AZ:availability_zone': server.availabilityZone,
    metadata: { vpc_id: server.vpcId, os_type: 'Linux', charging_mode: '0' },
    flavor: { id: server.flavor, name: server.flavor },
    addresses: {
      [server.vpcId]: server.addresses.map(({ address, subnetId }) => ({
        addr: address,
        version: '4',
        'OS-EXT-IPS:type': 'fixed',
        'OS-EXT-IPS:port_id': subnetId,
      })),
    },
    'os-extended-volumes:volumes_attached': server.disks.map((disk, index) => ({
      id: disk.id,
      device: disk.device,
      bootIndex: index === 0 ? '0' : null,
    })),
    tags: server.tags,
  }
}

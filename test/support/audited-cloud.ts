import type { Server } from '../../src/cloud/ecs/ecs-schema.ts'
import type { ReplicationPair } from '../../src/cloud/sdrs/pair-schema.ts'
import type { ProtectedInstance, ServerGroup } from '../../src/cloud/sdrs/sdrs-schema.ts'
import type { Subnet } from '../../src/cloud/vpc/vpc-schema.ts'
import type { Row } from '../../src/inventory/row.ts'
import { groupKey, serverKey } from '../../src/keys.ts'
import type { Look } from '../../src/verify/look.ts'
import { FORBIDDEN, ok, type Question, type Reply } from './answering-cloud.ts'
import { group, GROUP, instance, OTHER_GROUP, row, serverId } from '../report/build.ts'

/** A cloud in which everything is as written and in sync, for tests that disturb one thing of it. */
export interface AuditedCloud {
  rows: Row[]
  groups: ServerGroup[]
  instances: ProtectedInstance[]
  pairs: ReplicationPair[]
  servers: Server[] | null
  subnets: Subnet[] | null
}

export const DR_VPC = 'vpc-dr'
export const SUBNET = 'net-dr'

/** Rows 1 to 3, the last one in another group; each with all fields that an audit compares. */
export function soundCloud(): AuditedCloud {
  const numbers = [1, 2, 3]
  const groupOf = (number: number): string => (number === 3 ? OTHER_GROUP : GROUP)
  return {
    rows: numbers.map((number) =>
      row(number, {
        serverGroupId: groupOf(number),
        description: `server ${number}`,
        tags: { env: 'prod' },
        flavor: 's3.large.2',
        primarySubnetId: SUBNET,
        primaryIpAddress: `10.1.0.1${number}`,
      }),
    ),
    groups: [GROUP, OTHER_GROUP].map((id) =>
      group(id, { status: 'protected', sourceVpcId: 'vpc-prod', targetVpcId: DR_VPC }),
    ),
    instances: numbers.map((number) =>
      instance(number, {
        serverGroupId: groupOf(number),
        status: 'protected',
        targetServer: drServer(number),
        description: `server ${number}`,
        tags: { env: 'prod', more: 'x' },
      }),
    ),
    pairs: numbers.flatMap((number) => [
      soundPair(number, 1, groupOf(number)),
      soundPair(number, 2, groupOf(number)),
    ]),
    servers: numbers.flatMap((number) => [
      server({
        id: serverId(number),
        name: `web-${number}`,
        vpcId: 'vpc-prod',
        volumes: [1, 2].map((disk) => ({ id: `disk-${number}-${disk}`, isSystem: disk === 1 })),
      }),
      server({
        id: drServer(number),
        name: `web-${number}`,
        vpcId: DR_VPC,
        status: 'SHUTOFF',
        addresses: [`10.1.0.1${number}`],
      }),
    ]),
    subnets: [subnet(SUBNET, '10.1.0.0/24'), subnet('net-other', '10.2.0.0/24')],
  }
}

export function drServer(number: number): string {
  return `d0000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

export function soundPair(number: number, disk: number, groupId: string): ReplicationPair {
  return {
    id: `pair-${number}-${disk}`,
    name: '',
    status: 'protected',
    progress: 100,
    replicationStatus: 'active',
    instanceIds: [`instance-${number}`],
    serverGroupId: groupId,
    volumeIds: [`disk-${number}-${disk}`, `dr-disk-${number}-${disk}`],
    faultLevel: '0',
  }
}

export function server(over: Partial<Server> & Pick<Server, 'id'>): Server {
  return {
    name: 'a server',
    status: 'ACTIVE',
    availabilityZone: null,
    vpcId: null,
    flavor: 's3.large.2',
    addresses: ['10.0.0.1'],
    volumes: null,
    taskState: null,
    isLocked: false,
    isFrozen: false,
    osType: null,
    keyName: null,
    tenancy: null,
    hostName: 'host',
    securityGroups: ['default'],
    agency: null,
    createdAt: null,
    tags: {},
    ...over,
  }
}

export function subnet(networkId: string, cidr: string): Subnet {
  return { networkId, name: networkId, cidr, gatewayIp: null, vpcId: DR_VPC }
}

/** As an audit that could read all of it sees it. */
export function lookAt(cloud: AuditedCloud): Look {
  return {
    groups: cloud.groups,
    instances: cloud.instances,
    pairs: cloud.pairs,
    pairGroups: new Set(cloud.groups.map(({ id }) => groupKey(id))),
    servers: cloud.servers && new Map(cloud.servers.map((each) => [serverKey(each.id), each])),
    // By the VPC's ID without hyphens.
    subnets: new Map(cloud.subnets === null ? [] : [['vpcdr', cloud.subnets]]),
  }
}

/** The rows as an inventory. */
export function inventoryCsv({ rows }: AuditedCloud): string {
  const lines = rows.map((each) =>
    [
      each.serverId,
      each.name,
      each.serverGroupId,
      each.description,
      each.flavor,
      each.primarySubnetId,
      each.primaryIpAddress,
      each.tags['env'],
    ].join(','),
  )
  const header =
    'server_id,name,server_group_id,description,flavor,primary_subnet_id,primary_ip_address,tag:env'
  return `${[header, ...lines].join('\n')}\n`
}

/** The same cloud on the wire. `forbidden`: the beginning of paths that answer 403. */
export function wireOf(
  cloud: AuditedCloud,
  forbidden: readonly string[] = [],
): (question: Pick<Question, 'what' | 'query'>) => Reply {
  const servers = (cloud.servers ?? []).map((each) => ({
    id: each.id,
    name: each.name,
    status: each.status,
    flavor: { id: each.flavor },
    metadata: { vpc_id: each.vpcId },
    addresses: { [each.vpcId ?? '']: each.addresses.map((addr) => ({ addr })) },
    'os-extended-volumes:volumes_attached': (each.volumes ?? []).map(({ id }) => ({ id })),
    'OS-EXT-SRV-ATTR:hostname': each.hostName,
    security_groups: (each.securityGroups ?? []).map((name) => ({ name })),
    tags: Object.entries(each.tags).map(([key, value]) => `${key}=${value}`),
  }))
  const groups = cloud.groups.map((each) => ({
    id: each.id,
    name: each.name,
    status: each.status,
    source_vpc_id: each.sourceVpcId,
    target_vpc_id: each.targetVpcId,
    priority_station: each.priorityStation,
  }))
  const instances = cloud.instances.map((each) => ({
    id: each.id,
    name: each.name,
    description: each.description,
    server_group_id: each.serverGroupId,
    status: each.status,
    source_server: each.sourceServer,
    target_server: each.targetServer,
    priority_station: each.priorityStation,
    ...(each.pairs === null
      ? {}
      : { attachment: Array.from({ length: each.pairs }, () => ({ device: '/dev/vda' })) }),
    tags: Object.entries(each.tags ?? {}).map(([key, value]) => ({ key, value })),
  }))
  const pairs = cloud.pairs.map((each) => ({
    id: each.id,
    status: each.status,
    progress: each.progress,
    replication_status: each.replicationStatus,
    attachment: each.instanceIds.map((id) => ({ device: '/dev/vda', protected_instance: id })),
    server_group_id: each.serverGroupId,
    volume_ids: each.volumeIds.join(','),
    fault_level: each.faultLevel,
  }))
  const subnets = (cloud.subnets ?? []).map((each) => ({
    id: each.networkId,
    name: each.name,
    cidr: each.cidr,
    vpc_id: each.vpcId,
    neutron_network_id: each.networkId,
  }))
  return ({ what, query }) => {
    const path = what.split('/').slice(2).join('/')
    if (forbidden.some((each) => path.startsWith(each))) return FORBIDDEN
    const limit = Number(query.get('limit'))
    const from = Number(query.get('offset') ?? 0)
    switch (path) {
      case 'server-groups':
        return ok({ server_groups: groups.slice(from, from + limit), count: groups.length })
      case 'protected-instances':
        return ok({
          protected_instances: instances.slice(from, from + limit),
          count: instances.length,
        })
      case 'replications': {
        const asked: unknown = JSON.parse(query.get('server_group_ids') ?? '[]')
        const named: unknown = JSON.parse(query.get('protected_instance_ids') ?? '[]')
        const of = pairs.filter(
          ({ server_group_id: id, attachment }) =>
            (Array.isArray(asked) && asked.includes(id)) ||
            (Array.isArray(named) && named.includes(attachment[0]?.protected_instance)),
        )
        return ok({ replications: of.slice(from, from + limit), count: of.length })
      }
      case 'cloudservers/detail': {
        const first = (Math.max(1, from) - 1) * limit
        return ok({ servers: servers.slice(first, first + limit), count: servers.length })
      }
      case 'subnets':
        return ok({ subnets: subnets.filter((each) => each.vpc_id === query.get('vpc_id')) })
      default:
        return { status: 404, body: { error: { code: 'SDRS.0001', message: path } } }
    }
  }
}

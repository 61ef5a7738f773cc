import type { Flavor, Server } from '../../../src/cloud/ecs/ecs-schema.ts'
import type { Volume } from '../../../src/cloud/evs/evs-schema.ts'
import type { Subnet } from '../../../src/cloud/vpc/vpc-schema.ts'
import { serverKey, unifyId } from '../../../src/keys.ts'
import type { PreflightFacts } from '../../../src/plan/preflight/facts.ts'
import type { ServerGroup } from '../../../src/cloud/sdrs/sdrs-schema.ts'
import { serverId } from '../../report/build.ts'

/** Every service was asked, and none answered. */
export const NOTHING_TOLD: PreflightFacts = {
  servers: null,
  flavors: null,
  subnets: null,
  subnetVpcs: new Set(),
  addresses: null,
  volumes: null,
  pairs: null,
  soldOutDomains: null,
  unchecked: [],
}

export const PRODUCTION_VPC = '11111111-0000-4000-8000-000000000001'
export const DR_VPC = '22222222-0000-4000-8000-000000000002'
export const SUBNET = '33333333-0000-4000-8000-000000000003'
export const DOMAIN = '44444444-0000-4000-8000-000000000004'

/** Where the group of these tests is. */
export const SITES: Partial<ServerGroup> = {
  sourceAvailabilityZone: 'eu-de-01',
  targetAvailabilityZone: 'eu-de-02',
  sourceVpcId: PRODUCTION_VPC,
  targetVpcId: DR_VPC,
  domainId: DOMAIN,
}

export function server(number: number, over: Partial<Server> = {}): Server {
  return {
    id: serverId(number),
    name: `web-${number}`,
    status: 'ACTIVE',
    availabilityZone: 'eu-de-01',
    vpcId: PRODUCTION_VPC,
    flavor: 's3.large.2',
    addresses: [`192.168.0.${number}`],
    volumes: [
      { id: `vol-${number}-a`, isSystem: true },
      { id: `vol-${number}-b`, isSystem: false },
    ],
    taskState: null,
    isLocked: false,
    isFrozen: false,
    osType: 'Linux',
    keyName: null,
    tenancy: null,
    hostName: null,
    securityGroups: null,
    agency: null,
    createdAt: null,
    tags: {},
    ...over,
  }
}

export function volume(id: string, over: Partial<Volume> = {}): Volume {
  return {
    id,
    status: 'in-use',
    isEncrypted: false,
    isShared: false,
    type: null,
    sizeGb: 10,
    ...over,
  }
}

export function flavor(id: string, over: Partial<Flavor> = {}): Flavor {
  return { id, status: 'normal', byZone: new Map(), specs: {}, ...over }
}

export function subnet(over: Partial<Subnet> = {}): Subnet {
  return {
    networkId: SUBNET,
    name: 'dr-net',
    cidr: '10.0.0.0/24',
    gatewayIp: '10.0.0.1',
    vpcId: DR_VPC,
    ...over,
  }
}

/** What the services tell, as lists; what is left out is not told. */
export function told(facts: {
  readonly servers?: readonly Server[]
  readonly flavors?: readonly Flavor[]
  readonly subnets?: readonly Subnet[]
  readonly subnetVpcs?: readonly string[]
  readonly addresses?: readonly string[]
  readonly volumes?: readonly Volume[]
  readonly pairs?: PreflightFacts['pairs']
  readonly soldOutDomains?: readonly string[]
}): PreflightFacts {
  const { servers, flavors, subnets, subnetVpcs, addresses, volumes, pairs, soldOutDomains } = facts
  const mapOf = <T, K>(list: readonly T[] | undefined, key: (item: T) => K): Map<K, T> | null =>
    list === undefined ? null : new Map(list.map((item) => [key(item), item]))
  return {
    servers: mapOf(servers, ({ id }) => serverKey(id)),
    flavors: mapOf(flavors, ({ id }) => id),
    subnets: mapOf(subnets, ({ networkId }) => unifyId(networkId)),
    subnetVpcs: new Set((subnetVpcs ?? (subnets === undefined ? [] : [DR_VPC])).map(unifyId)),
    addresses: addresses === undefined ? null : new Map([[unifyId(SUBNET), new Set(addresses)]]),
    volumes: mapOf(volumes, ({ id }) => unifyId(id)),
    pairs: pairs ?? null,
    soldOutDomains: soldOutDomains === undefined ? null : new Set(soldOutDomains.map(unifyId)),
    unchecked: [],
  }
}

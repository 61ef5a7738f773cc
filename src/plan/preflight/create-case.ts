import type { Dialect } from '../../inventory/row-schema.ts'
import type { Row } from '../../inventory/row.ts'
import type { Flavor, Server } from '../../cloud/ecs/ecs-schema.ts'
import type { ProtectedInstance, ServerGroup } from '../../cloud/sdrs/sdrs-schema.ts'
import type { Subnet } from '../../cloud/vpc/vpc-schema.ts'
import { serverKey, unifyId } from '../../keys.ts'
import type { PreflightFacts } from './facts.ts'
import type { Sites } from './sites.ts'

/** What the rows that are sent before this one will have taken. */
export interface Ahead {
  /** By `addressKey`: which row has it. */
  readonly addresses: ReadonlyMap<string, Row>
  /** Replication pairs. */
  readonly pairs: number
}

/** One row's create, with all that decides whether the API would take it. What nobody tells is null. */
export interface CreateCase extends Sites {
  readonly row: Row
  readonly group: ServerGroup
  readonly dialect: Dialect
  readonly facts: PreflightFacts
  /** Null as well where ECS was read and does not have it: `facts.servers` tells the two apart. */
  readonly server: Server | null
  /** Which server holds an address, by `addressKey` of its VPC. */
  readonly holders: ReadonlyMap<string, Server>
  /** A failed create has left it; it is deleted before this create goes, and all that it holds with it. */
  readonly replaced: ProtectedInstance | null
  readonly ahead: Ahead
  /** Every row's disks are known that could need a pair: else the quota cannot be counted. */
  readonly countsPairs: boolean
  /** None of so many rows' servers is in this project; null where that is not so. */
  readonly noServerKnown: number | null
}

/** Of a network or a VPC by its ID, and an address in it. */
export function addressKey(id: string, address: string): string {
  return `${unifyId(id)} ${address}`
}

/** Where the row's DR server shall be; null: it names no subnet, or the subnet is not among those that were read. */
export function subnetOf({ row, facts }: CreateCase): Subnet | null {
  if (row.primarySubnetId === undefined) return null
  return facts.subnets?.get(unifyId(row.primarySubnetId)) ?? null
}

/** The flavor that the DR server would get: the row's, else the production server's. */
export function drFlavorOf({ row, server }: CreateCase): string | null {
  return row.flavor ?? server?.flavor ?? null
}

/** How a flavor is on sale in a zone: `abandon`, `sellout` …; a zone that it does not name takes its status. */
export function saleIn(flavor: Flavor, zone: string | null): string | null {
  return zone === null ? null : (flavor.byZone.get(zone) ?? flavor.status)
}

export function serverOf(facts: PreflightFacts, row: Row): Server | null {
  return facts.servers?.get(serverKey(row.serverId)) ?? null
}

/** ECS was read, and does not have it. */
export function isMissing(facts: PreflightFacts, row: Row): boolean {
  return facts.servers !== null && serverOf(facts, row) === null
}

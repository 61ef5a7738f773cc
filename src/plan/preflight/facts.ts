import type { Flavor, Server } from '../../cloud/ecs/ecs-schema.ts'
import type { Volume } from '../../cloud/evs/evs-schema.ts'
import type { Subnet } from '../../cloud/vpc/vpc-schema.ts'
import type { ServerKey } from '../../keys.ts'

/** A service that the preflight could not ask, once a service: nothing is blocked for what it would have told. */
export interface Unchecked {
  readonly service: 'ecs' | 'vpc' | 'evs' | 'sdrs'
  /** In words: no endpoint, or what it answered and which permission is missing. */
  readonly reason: string
}

/**
 * What the services tell of what the rows name, as plain data. Null: it could not be read, or nobody
 * needed it; nothing that depends on it is blocked. IDs in maps and sets are unified (`unifyId`).
 */
export interface PreflightFacts {
  /** All servers of the project. */
  readonly servers: ReadonlyMap<ServerKey, Server> | null
  /** All flavors, by ID as written. */
  readonly flavors: ReadonlyMap<string, Flavor> | null
  /** The subnets of the DR VPCs that rows need, by network ID. A VPC that could not be read is not in `subnetVpcs`. */
  readonly subnets: ReadonlyMap<string, Subnet> | null
  /** The VPCs whose subnets are all in `subnets`. */
  readonly subnetVpcs: ReadonlySet<string>
  /** Addresses in use, by network ID, of the subnets in which rows want an address of their own. */
  readonly addresses: ReadonlyMap<string, ReadonlySet<string>> | null
  /** The volumes of the rows' servers, by ID. */
  readonly volumes: ReadonlyMap<string, Volume> | null
  /** Replication pairs; a quota of −1 is unlimited. */
  readonly pairs: { readonly used: number; readonly quota: number } | null
  /** The domains that are sold out, by ID. */
  readonly soldOutDomains: ReadonlySet<string> | null
  readonly unchecked: readonly Unchecked[]
}

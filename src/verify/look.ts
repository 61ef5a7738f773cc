import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { ReplicationPair } from '../cloud/sdrs/pair-schema.ts'
import type { ProtectedInstance, ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import type { Subnet } from '../cloud/vpc/vpc-schema.ts'
import { onceEach } from '../plan/snapshot.ts'
import { isSameServer, serverKey, unifyId, type GroupKey, type ServerKey } from '../keys.ts'

/** What one audit has read of the cloud, as plain data. */
export interface Look {
  readonly groups: readonly ServerGroup[]
  /** All of the project. */
  readonly instances: readonly ProtectedInstance[]
  /** Those of the groups in `pairGroups`. */
  readonly pairs: readonly ReplicationPair[]
  /** The groups whose pairs are all in `pairs`. */
  readonly pairGroups: ReadonlySet<GroupKey>
  /** All servers of the project; null: they could not be read, or nobody needed them. */
  readonly servers: ReadonlyMap<ServerKey, Server> | null
  /** The subnets of each VPC that could be read, by the VPC's ID (`unifyId`). */
  readonly subnets: ReadonlyMap<string, readonly Subnet[]>
}

/** Pairs by the instance that they are attached to. */
export type PairIndex = ReadonlyMap<string, readonly ReplicationPair[]>

export function indexPairs(pairs: readonly ReplicationPair[]): PairIndex {
  const index = new Map<string, ReplicationPair[]>()
  // Two lists may show one pair.
  for (const pair of onceEach(pairs)) {
    for (const key of new Set(pair.instanceIds.map(unifyId))) {
      index.set(key, [...(index.get(key) ?? []), pair])
    }
  }
  return index
}

/** The other server of the row's instance: after a failover it is undocumented which of the two is called target. */
export function drServerId(instance: ProtectedInstance, serverId: string): string | null {
  return isSameServer(instance.targetServer, serverId)
    ? instance.sourceServer
    : instance.targetServer
}

/** Null: it is not listed, or nothing could be read. */
export function serverOf({ servers }: Pick<Look, 'servers'>, id: string | null): Server | null {
  return id === null ? null : (servers?.get(serverKey(id)) ?? null)
}

/** In which VPC the DR server is, as itself or its group tells. */
export function drVpcOf(server: Server, group: ServerGroup): string | null {
  return server.vpcId ?? group.targetVpcId
}

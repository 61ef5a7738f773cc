import type { OtherClients } from '../cloud/clients.ts'
import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { ReplicationPair } from '../cloud/sdrs/pair-schema.ts'
import {
  MOST_GROUPS_A_LIST,
  MOST_INSTANCES_A_LIST,
  type SdrsClient,
} from '../cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import type { Clock } from '../clock.ts'
import { groupKey, serverKey, unifyId, type GroupKey, type ServerKey } from '../keys.ts'
import { indexInstances, locateInstance } from '../plan/locate-instance.ts'
import { createAttempts, type Attempts, type Reading } from '../plan/preflight/attempts.ts'
import type { Unchecked } from '../plan/preflight/facts.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import { drServerId, drVpcOf, indexPairs, serverOf, type Look } from '../verify/look.ts'
import type { WantedRow } from '../verify/verify-rows.ts'

export interface AuditReads {
  readonly sdrs: Pick<SdrsClient, 'listReplicationPairs' | 'listPairsOfInstances'>
  readonly others: OtherClients
  readonly clock: Clock
  /** Ends the wait at once. */
  readonly signal?: AbortSignal | undefined
  readonly onReading?: ((reading: Reading) => void) | undefined
}

/** How long all of it may take, and how much longer for a larger fleet. */
const PATIENCE_MS = 2 * 60_000
const PATIENCE_PER_ROW_MS = 30

/**
 * What an audit reads beside groups and instances, side by side and never a request a row: the pairs of the
 * groups in which rows have instances (30 groups a call), all servers, and the subnets of the DR VPCs where a
 * row names one. What may not be read is missing in the look and told in `unchecked`. Rejects with
 * ApiError where the sign-in is refused or `signal` has aborted.
 */
export async function readAudit(
  parts: AuditReads,
  snapshot: Snapshot,
  wanted: readonly WantedRow[],
): Promise<{ readonly look: Look; readonly unchecked: readonly Unchecked[] }> {
  const { groups, instances } = snapshot
  const index = indexInstances(instances)
  const inGroup = wanted.flatMap(({ row, group }) => {
    const located = locateInstance(index, { serverId: row.serverId, groupId: group.id })
    if (located === null || located.asDrServer || !located.inGroup) return []
    const { instance } = located
    return [{ row, group, instance, drServerId: drServerId(instance, row.serverId) }]
  })
  const attempts = createAttempts({
    ...parts,
    patienceMs: PATIENCE_MS + wanted.length * PATIENCE_PER_ROW_MS,
  })
  try {
    const [ofPairs, ofServers] = await Promise.all([
      readPairs(attempts, parts.sdrs, inGroup),
      readServers(attempts, parts.others, inGroup),
    ])
    const look = { groups, instances, ...ofPairs, ...ofServers }
    return { look, unchecked: attempts.unchecked() }
  } finally {
    attempts.end()
  }
}

type RowInGroup = WantedRow & {
  readonly instance: ProtectedInstance
  readonly drServerId: string | null
}

async function readPairs(
  attempts: Attempts,
  sdrs: AuditReads['sdrs'],
  rows: readonly RowInGroup[],
): Promise<Pick<Look, 'pairs' | 'pairGroups'>> {
  const ids = [...new Map(rows.map(({ group: { id } }) => [groupKey(id), id] as const)).values()]
  const pairs: ReplicationPair[] = []
  const pairGroups = new Set<GroupKey>()
  for (let from = 0; from < ids.length; from += MOST_GROUPS_A_LIST) {
    const asked = ids.slice(from, from + MOST_GROUPS_A_LIST)
    const found = await attempts.make('listReplicationPairs', (signal) =>
      sdrs.listReplicationPairs(asked, signal),
    )
    if (found === null) continue
    pairs.push(...found)
    for (const id of asked) pairGroups.add(groupKey(id))
  }
  const lacking = rows
    .filter(({ group }) => pairGroups.has(groupKey(group.id)))
    .map(({ instance }) => instance)
    .filter(lacksPairs(pairs))
  return { pairs: [...pairs, ...(await readLackingPairs(attempts, sdrs, lacking))], pairGroups }
}

/** Instances that name more pairs than were listed for them: a list that was cut short, and does not say so. */
function lacksPairs(pairs: readonly ReplicationPair[]): (instance: ProtectedInstance) => boolean {
  const index = indexPairs(pairs)
  return ({ id, pairs: named }) => (index.get(unifyId(id))?.length ?? 0) < (named ?? 0)
}

/** Asked for by their instances, so that each list is short. */
async function readLackingPairs(
  attempts: Attempts,
  sdrs: AuditReads['sdrs'],
  instances: readonly ProtectedInstance[],
): Promise<readonly ReplicationPair[]> {
  const pairs: ReplicationPair[] = []
  for (let from = 0; from < instances.length; from += MOST_INSTANCES_A_LIST) {
    const asked = instances.slice(from, from + MOST_INSTANCES_A_LIST).map(({ id }) => id)
    const found = await attempts.make('listReplicationPairs', (signal) =>
      sdrs.listPairsOfInstances(asked, signal),
    )
    // What the first list has told stands: of these the rest stays unknown.
    if (found === null) break
    pairs.push(...found)
  }
  return pairs
}

/** The servers, and then the subnets of the VPCs in which those DR servers are whose rows name one. */
async function readServers(
  attempts: Attempts,
  { ecs, vpc }: OtherClients,
  rows: readonly RowInGroup[],
): Promise<Pick<Look, 'servers' | 'subnets'>> {
  const nothing = { servers: null, subnets: new Map() }
  if (rows.length === 0) return nothing
  if (ecs === null) attempts.leave('ecs', noEndpoint('ecs'))
  const expected = rows.flatMap((each) => [each.row.serverId, each.drServerId ?? []].flat())
  const listed =
    ecs === null
      ? null
      : await attempts.make('listServers', (signal, onRead) =>
          ecs.listServers(signal, { expected, onRead }),
        )
  const withSubnet = rows.filter(({ row }) => row.primarySubnetId !== undefined)
  if (withSubnet.length > 0 && vpc === null) attempts.leave('vpc', noEndpoint('vpc'))
  if (listed === null) return nothing
  const servers: ReadonlyMap<ServerKey, Server> = new Map(
    listed.map((server) => [serverKey(server.id), server]),
  )
  if (vpc === null) return { servers, subnets: new Map() }
  const vpcs = new Map(
    withSubnet.flatMap(({ group, drServerId: id }) => {
      const server = serverOf({ servers }, id)
      const vpcId = server === null ? null : drVpcOf(server, group)
      return vpcId === null ? [] : [[unifyId(vpcId), vpcId] as const]
    }),
  )
  const lists = await Promise.all(
    [...vpcs].map(async ([key, id]) => {
      const found = await attempts.make('listSubnets', (signal) => vpc.listSubnets(id, signal))
      return found === null ? null : ([key, found] as const)
    }),
  )
  return { servers, subnets: new Map(lists.filter((list) => list !== null)) }
}

function noEndpoint(service: 'ecs' | 'vpc'): string {
  return `where it is reached is not known; --${service}-endpoint names it`
}

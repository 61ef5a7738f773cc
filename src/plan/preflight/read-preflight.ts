import type { OtherClients } from '../../cloud/clients.ts'
import type { Server } from '../../cloud/ecs/ecs-schema.ts'
import type { ProjectService } from '../../cloud/endpoints.ts'
import type { SdrsClient } from '../../cloud/sdrs/sdrs-client.ts'
import type { ServerGroup } from '../../cloud/sdrs/sdrs-schema.ts'
import type { Clock } from '../../clock.ts'
import type { Row } from '../../inventory/row.ts'
import { serverKey, unifyId, type ServerKey } from '../../keys.ts'
import { createAttempts, type Attempts, type Reading } from './attempts.ts'
import type { PreflightFacts } from './facts.ts'
import { sitesOf } from './sites.ts'

export interface PreflightParts {
  readonly sdrs: Pick<SdrsClient, 'listQuotas' | 'listDomains'>
  readonly others: OtherClients
  readonly clock: Clock
  /** Ends the wait at once. */
  readonly signal?: AbortSignal | undefined
  /** Hears what is being read. */
  readonly onReading?: ((reading: Reading) => void) | undefined
}

/** A row that may need a create, and its group. */
export interface WantedRow {
  readonly row: Row
  readonly group: ServerGroup
}

/** Of so many subnets the addresses in use are asked for: it takes a request each. */
export const MOST_SUBNETS = 20
/** How long all of it may take, and how much longer for a larger fleet. */
const PATIENCE_MS = 2 * 60_000
const PATIENCE_PER_ROW_MS = 30

/**
 * What the services tell of what these rows name, read side by side in as few requests as there are, never
 * one a row. What may not or cannot be read is in `unchecked`, and null in the facts. Rejects with ApiError
 * where the sign-in is refused or `signal` has aborted: at once.
 */
export async function readPreflight(
  parts: PreflightParts,
  wanted: readonly WantedRow[],
): Promise<PreflightFacts> {
  const attempts = createAttempts({
    ...parts,
    patienceMs: PATIENCE_MS + wanted.length * PATIENCE_PER_ROW_MS,
  })
  try {
    const [ofServers, flavors, ofSubnets, quotas, domains] = await Promise.all([
      readServers(attempts, parts.others, wanted),
      readFlavors(attempts, parts.others),
      readSubnets(attempts, parts.others, wanted),
      attempts.make('listQuotas', (signal) => parts.sdrs.listQuotas(signal)),
      attempts.make('listDomains', (signal) => parts.sdrs.listDomains(signal)),
    ])
    const pairs = quotas?.find(({ type }) => type === 'replications') ?? null
    return {
      ...ofServers,
      flavors,
      ...ofSubnets,
      pairs: pairs && { used: pairs.used, quota: pairs.quota },
      soldOutDomains:
        domains &&
        new Set(domains.flatMap(({ id, isSoldOut }) => (isSoldOut ? [unifyId(id)] : []))),
      unchecked: attempts.unchecked(),
    }
  } finally {
    attempts.end()
  }
}

/** The servers, and then the volumes of those that rows name. */
async function readServers(
  attempts: Attempts,
  { ecs, evs }: OtherClients,
  wanted: readonly WantedRow[],
): Promise<Pick<PreflightFacts, 'servers' | 'volumes'>> {
  const servers = ecs === null ? null : await readAllServers(attempts, ecs, wanted)
  if (ecs === null) attempts.leave('ecs', noEndpoint('ecs'))
  if (evs === null) attempts.leave('evs', noEndpoint('evs'))
  else if (servers === null) {
    attempts.leave('evs', 'not asked: which volumes the servers have is not known without ECS')
  }
  if (servers === null || evs === null) return { servers, volumes: null }
  const ids = wanted.flatMap(
    ({ row }) => servers.get(serverKey(row.serverId))?.volumes?.map(({ id }) => id) ?? [],
  )
  if (ids.length === 0) return { servers, volumes: new Map() }
  const volumes = await attempts.make('listVolumes', (signal, onRead) =>
    evs.listVolumes([...new Set(ids)], signal, onRead),
  )
  return {
    servers,
    volumes: volumes && new Map(volumes.map((volume) => [unifyId(volume.id), volume])),
  }
}

async function readAllServers(
  attempts: Attempts,
  ecs: NonNullable<OtherClients['ecs']>,
  wanted: readonly WantedRow[],
): Promise<ReadonlyMap<ServerKey, Server> | null> {
  const expected = wanted.map(({ row }) => row.serverId)
  const servers = await attempts.make('listServers', (signal, onRead) =>
    ecs.listServers(signal, { expected, onRead }),
  )
  return servers && new Map(servers.map((server) => [serverKey(server.id), server]))
}

async function readFlavors(
  attempts: Attempts,
  { ecs }: OtherClients,
): Promise<PreflightFacts['flavors']> {
  if (ecs === null) return null
  const flavors = await attempts.make('listFlavors', (signal) => ecs.listFlavors(signal))
  return flavors && new Map(flavors.map((flavor) => [flavor.id, flavor]))
}

/** The subnets of the DR VPCs of rows that name one, and then the addresses where rows want their own. */
async function readSubnets(
  attempts: Attempts,
  { vpc }: OtherClients,
  wanted: readonly WantedRow[],
): Promise<Pick<PreflightFacts, 'subnets' | 'subnetVpcs' | 'addresses'>> {
  const nothing = { subnets: null, subnetVpcs: new Set<string>(), addresses: null }
  const inSubnets = wanted.filter(({ row }) => row.primarySubnetId !== undefined)
  if (inSubnets.length === 0) return nothing
  if (vpc === null) {
    attempts.leave('vpc', noEndpoint('vpc'))
    return nothing
  }
  const vpcIds = unique(inSubnets.map(({ group }) => sitesOf(group).dr.vpc))
  const lists = await Promise.all(
    [...vpcIds].map(async ([key, id]) => ({
      key,
      found: await attempts.make('listSubnets', (signal) => vpc.listSubnets(id, signal)),
    })),
  )
  const subnetVpcs = new Set(lists.flatMap(({ key, found }) => (found === null ? [] : [key])))
  const subnets = new Map(
    lists
      .flatMap(({ found }) => found ?? [])
      .map((subnet) => [unifyId(subnet.networkId), subnet] as const),
  )
  // One that is not there has no addresses in use, and asking for them would only be refused.
  const mayBeThere = ({ row, group }: WantedRow): boolean =>
    subnets.has(unifyId(row.primarySubnetId ?? '')) ||
    !subnetVpcs.has(unifyId(sitesOf(group).dr.vpc ?? ''))
  const networks = unique(
    inSubnets
      .filter((one) => one.row.primaryIpAddress !== undefined && mayBeThere(one))
      .map(({ row }) => row.primarySubnetId ?? null),
  )
  return {
    subnets: subnetVpcs.size === 0 ? null : subnets,
    subnetVpcs,
    addresses: await readAddresses(attempts, vpc, [...networks]),
  }
}

async function readAddresses(
  attempts: Attempts,
  vpc: NonNullable<OtherClients['vpc']>,
  networks: readonly (readonly [key: string, id: string])[],
): Promise<PreflightFacts['addresses']> {
  const left = networks.length - MOST_SUBNETS
  if (left > 0) {
    attempts.leave(
      'vpc',
      `the addresses in use were asked for in ${MOST_SUBNETS} subnets only, and not in ${left} more`,
    )
  }
  const lists = await Promise.all(
    networks.slice(0, MOST_SUBNETS).map(async ([key, id]) => {
      const found = await attempts.make('listPrivateIps', (signal) =>
        vpc.listPrivateIps(id, signal),
      )
      return found === null ? null : ([key, new Set(found)] as const)
    }),
  )
  const readable = lists.filter((list) => list !== null)
  return readable.length === 0 ? null : new Map(readable)
}

/** Each ID once, however it is spelled, by its unified form. */
function unique(ids: readonly (string | null)[]): ReadonlyMap<string, string> {
  return new Map(ids.flatMap((id) => (id === null ? [] : [[unifyId(id), id] as const])))
}

/** A service that cannot be asked, in words. */
export function noEndpoint(service: Exclude<ProjectService, 'sdrs'>): string {
  return `where it is reached is not known; --${service}-endpoint names it`
}

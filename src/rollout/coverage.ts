import type { OtherClients } from '../cloud/clients.ts'
import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance, ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import type { Clock } from '../clock.ts'
import {
  coverServers,
  sortServers,
  type Candidate,
  type CoveredServer,
} from '../coverage/coverage.ts'
import type { Exclusion } from '../coverage/exclusion.ts'
import { withoutProduction } from '../coverage/nameless-sides.ts'
import { Failure } from '../failure.ts'
import { isWhole } from '../instance-status.ts'
import type { Dialect } from '../inventory/row-schema.ts'
import { serverKey, unifyId } from '../keys.ts'
import { createAttempts, type Attempts, type Reading } from '../plan/preflight/attempts.ts'
import type { PreflightFacts, Unchecked } from '../plan/preflight/facts.ts'
import { noEndpoint } from '../plan/preflight/read-preflight.ts'
import { onceEach, readSnapshot, type Snapshot } from '../plan/snapshot.ts'

export interface CoverageParts {
  readonly client: SdrsClient
  readonly others: OtherClients
  readonly clock: Clock
  readonly exclusion: Exclusion
  /** Whose rules for flavors and hosts. */
  readonly dialect: Dialect
  readonly signal?: AbortSignal
  /** Hears what is being read. */
  readonly onReading?: (reading: Reading) => void
}

/** Every server of the project in its class, and what that was made from. */
export interface Coverage {
  readonly servers: readonly CoveredServer[]
  readonly groups: readonly ServerGroup[]
  /** How many instances do not tell their production server: those may be among the servers without one. */
  readonly nameless: number
  /** What could not be read: nothing speaks against a server for it. */
  readonly unchecked: readonly Unchecked[]
}

/** How long what is read beside SDRS may take. */
const PATIENCE_MS = 10 * 60_000

/**
 * Reads what is protected and what could be, in pages and never one call a server: groups, instances, servers,
 * flavors, and the volumes of the servers without an instance. No subnets and no quotas: no row names a subnet, and
 * a quota speaks against none of the servers. Sends nothing but reads. Rejects with Failure (`access`) where the
 * servers may not be listed, with ApiError where SDRS cannot be read.
 */
export async function readCoverage(parts: CoverageParts): Promise<Coverage> {
  const { client, others, clock, exclusion, dialect, signal, onReading } = parts
  const reading = { service: 'sdrs', what: 'groups and instances', read: null } as const
  onReading?.({ ...reading, isDone: false })
  const snapshot = await readSnapshot(client, clock, {
    withFailures: false,
    ...(signal === undefined ? {} : { signal }),
  }).finally(() => onReading?.({ ...reading, isDone: true }))
  const attempts = createAttempts({ clock, patienceMs: PATIENCE_MS, signal, onReading })
  try {
    // Of a sound instance both servers are there, so that a list which lacks one has shifted.
    const expected = snapshot.instances.flatMap(({ status, sourceServer, targetServer }) =>
      isWhole(status) ? [sourceServer, targetServer].filter((id) => id !== null) : [],
    )
    const { ecs } = others
    const [servers, flavors] = await Promise.all([
      ecs === null
        ? null
        : attempts.make('listServers', (stop, onRead) =>
            ecs.listServers(stop, { expected, onRead }),
          ),
      ecs === null ? null : attempts.make('listFlavors', (stop) => ecs.listFlavors(stop)),
    ])
    if (servers === null) throw withoutServers(attempts.unchecked())
    const shown = await withLaterInstances(parts, snapshot, servers, exclusion)
    const sorted = sortServers(servers, shown, exclusion)
    const facts: PreflightFacts = {
      servers: new Map(servers.map((server) => [serverKey(server.id), server])),
      flavors: flavors && new Map(flavors.map((flavor) => [flavor.id, flavor])),
      volumes: await readVolumes(attempts, others, sorted),
      subnets: null,
      subnetVpcs: new Set(),
      addresses: null,
      pairs: null,
      soldOutDomains: null,
      unchecked: attempts.unchecked(),
    }
    return {
      servers: coverServers(sorted, shown.groups, facts, dialect),
      groups: shown.groups,
      nameless: withoutProduction(shown.instances),
      unchecked: facts.unchecked,
    }
  } finally {
    attempts.end()
  }
}

/** Clocks of two services may differ by so much. */
const SKEW_MS = 15 * 60_000

/**
 * The servers were listed after the instances: where one of them is so young that its instance may have been made
 * in between, that list is read again. What either of the two shows is there.
 */
async function withLaterInstances(
  { client, signal }: CoverageParts,
  { groups, instances, takenAt }: Snapshot,
  servers: readonly Server[],
  exclusion: Exclusion,
): Promise<{
  readonly groups: readonly ServerGroup[]
  readonly instances: readonly ProtectedInstance[]
}> {
  const isYoung = ({ createdAt }: Server): boolean =>
    createdAt !== null && createdAt > takenAt - SKEW_MS
  const sorted = sortServers(servers, { groups, instances }, exclusion)
  const isOpen = sorted.some((each) => each.class === null && isYoung(each.server))
  if (!isOpen) return { groups, instances }
  const later = await client.listProtectedInstances(null, signal)
  return { groups, instances: onceEach([...later, ...instances]) }
}

async function readVolumes(
  attempts: Attempts,
  { evs }: OtherClients,
  sorted: readonly (CoveredServer | Candidate)[],
): Promise<PreflightFacts['volumes']> {
  if (evs === null) {
    attempts.leave('evs', noEndpoint('evs'))
    return null
  }
  const ids = sorted.flatMap((each) =>
    each.class === null ? (each.server.volumes ?? []).map(({ id }) => id) : [],
  )
  if (ids.length === 0) return new Map()
  const volumes = await attempts.make('listVolumes', (stop, onRead) =>
    evs.listVolumes([...new Set(ids)], stop, onRead),
  )
  return volumes && new Map(volumes.map((volume) => [unifyId(volume.id), volume]))
}

/** Without the servers nothing can be said about them. */
function withoutServers(unchecked: readonly Unchecked[]): Failure {
  const reason = unchecked.find(({ service }) => service === 'ecs')?.reason ?? noEndpoint('ecs')
  return new Failure(
    'access',
    `The servers of the project could not be read from ECS: ${reason}.`,
    'coverage needs the list of the servers (ecs:cloudServers:list).',
  )
}

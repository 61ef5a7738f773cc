import type { OtherClients } from '../cloud/clients.ts'
import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { Clock } from '../clock.ts'
import { Failure } from '../failure.ts'
import { isWhole } from '../instance-status.ts'
import type { Problem } from '../inventory/problem.ts'
import type { Inventory } from '../inventory/read.ts'
import type { Row } from '../inventory/row.ts'
import { serverKey } from '../keys.ts'
import { matchNames, sameServerProblems } from '../plan/match-names.ts'
import { createAttempts, type Reading } from '../plan/preflight/attempts.ts'
import { noEndpoint } from '../plan/preflight/read-preflight.ts'
import type { Snapshot } from '../plan/snapshot.ts'

/** How rows without a server ID come to one: see `matchNames`. */
export interface NameResolution {
  readonly ecs: OtherClients['ecs']
  readonly identify: Inventory['identify']
}

export interface ResolvedNames {
  /** All rows, those that were matched with their server. */
  readonly rows: readonly Row[]
  readonly problems: readonly Problem[]
  /** All servers of the project; null: no row wanted them. */
  readonly servers: readonly Server[] | null
}

/** How long the list of the servers may take. */
const PATIENCE_MS = 10 * 60_000

/**
 * Matches the rows that have no server ID by their name, from one list of all servers and never one call a row. Where
 * every row has its ID nothing is asked. Rejects with Failure (`access`) where the servers cannot be read, with
 * ApiError where the sign-in is refused or `signal` has aborted.
 */
export async function resolveNames(
  rows: readonly Row[],
  snapshot: Pick<Snapshot, 'instances'>,
  parts: {
    readonly resolution: NameResolution | null
    readonly clock: Clock
    readonly signal?: AbortSignal | undefined
    readonly onReading?: ((reading: Reading) => void) | undefined
  },
): Promise<ResolvedNames> {
  const { resolution } = parts
  if (rows.every(({ serverId }) => serverId !== '')) return { rows, problems: [], servers: null }
  if (resolution === null) throw new Error('a row has no server ID, and nobody is to match it')
  const servers = await readServers(resolution.ecs, snapshot, parts)
  const { byRow, problems } = matchNames(rows, servers, snapshot.instances)
  const ofNames: Problem[] = []
  const resolved = rows.map((row) => {
    const server = byRow.get(row.row)
    if (server === undefined) return row
    const identified = resolution.identify(row, server)
    ofNames.push(...identified.problems)
    return identified.row
  })
  return {
    rows: resolved,
    problems: [...problems, ...ofNames, ...sameServerProblems(resolved)],
    servers,
  }
}

/** The same services, of which ECS is not asked again for a list that is at hand and lacks nothing. */
export function withServers(others: OtherClients, servers: ResolvedNames['servers']): OtherClients {
  const { ecs } = others
  if (servers === null || ecs === null) return others
  const known = new Set(servers.map(({ id }) => serverKey(id)))
  return {
    ...others,
    ecs: {
      ...ecs,
      async listServers(signal, more) {
        const lacksNone = (more?.expected ?? []).every((id) => known.has(serverKey(id)))
        return lacksNone ? [...servers] : ecs.listServers(signal, more)
      },
    },
  }
}

async function readServers(
  ecs: OtherClients['ecs'],
  { instances }: Pick<Snapshot, 'instances'>,
  { clock, signal, onReading }: Parameters<typeof resolveNames>[2],
): Promise<readonly Server[]> {
  if (ecs === null) throw withoutServers(noEndpoint('ecs'))
  const attempts = createAttempts({ clock, patienceMs: PATIENCE_MS, signal, onReading })
  try {
    // Of a sound instance both servers are there: a list that lacks one has shifted, and may lack a namesake too.
    const expected = instances.flatMap(({ status, sourceServer, targetServer }) =>
      isWhole(status) ? [sourceServer, targetServer].filter((id) => id !== null) : [],
    )
    const servers = await attempts.make('listServers', (stop, onRead) =>
      ecs.listServers(stop, { expected, onRead }),
    )
    if (servers !== null) return servers
    throw withoutServers(attempts.unchecked()[0]?.reason ?? noEndpoint('ecs'))
  } finally {
    attempts.end()
  }
}

/** Without the servers no row can be matched. */
function withoutServers(reason: string): Failure {
  return new Failure(
    'access',
    `Rows have no server ID, and the servers could not be read from ECS to match them by name: ${reason}. Nothing was sent.`,
    'Get the permission to list servers (ecs:cloudServers:list), or write the IDs into server_id.',
  )
}

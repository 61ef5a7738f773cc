import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import { groupBy } from '../group-by.ts'
import { toProblem, type Finding, type Problem } from '../inventory/problem.ts'
import { inventoryName, type NameMatch, type Row } from '../inventory/row.ts'
import { serverKey, type ServerKey } from '../keys.ts'
import { nearest } from '../nearest.ts'
import { isTurnedRound } from './locate-instance.ts'

/** Of an instance, which servers it is about and which is which. */
type InstanceSides = Pick<
  ProtectedInstance,
  'sourceServer' | 'targetServer' | 'priorityStation' | 'status'
>

/** Instances by their production servers; null: those of which the list does not tell it. */
type BySource = ReadonlyMap<ServerKey | null, readonly InstanceSides[]>

/** The server that a row without an ID was matched to. */
export interface MatchedServer {
  /** In lower case, hyphens as ECS writes them. */
  readonly serverId: string
  readonly matched: NameMatch
}

export interface MatchedNames {
  /** By row number. Rows with a problem have none, and so have rows with an ID of their own. */
  readonly byRow: ReadonlyMap<number, MatchedServer>
  readonly problems: readonly Problem[]
}

/** Near misses are looked for among all servers, for so many names: of many that are unknown the cause is another. */
const MOST_SUGGESTIONS = 25

/**
 * The one server that each row without an ID names, by exact name with case, as the inventory itself has it. A DR server
 * is never taken: it has its production server's name. Several servers of a name are a problem, and never one of
 * them is chosen. Pure.
 */
export function matchNames(
  rows: readonly Row[],
  servers: readonly Server[],
  instances: readonly InstanceSides[],
): MatchedNames {
  const drServers = drServersOf(instances)
  const bySource = groupBy(instances, ({ sourceServer: id }) =>
    id === null ? null : serverKey(id),
  )
  const byName = groupBy(servers, ({ name }) => name)
  const suggest = suggestionsAmong([...byName.keys()])
  const byRow = new Map<number, MatchedServer>()
  const problems: Problem[] = []
  for (const row of rows) {
    if (row.serverId !== '') continue
    const name = inventoryName(row)
    const named = name === '' ? [] : (byName.get(name) ?? [])
    const isDrServer = ({ id }: Server): boolean => drServers.has(serverKey(id))
    const candidates = named.filter((server) => !isDrServer(server))
    const [server] = candidates
    if (server !== undefined && candidates.length === 1) {
      const leftOut = named.filter(isDrServer).map(({ id }) => id)
      const { availabilityZone, status } = server
      byRow.set(row.row, {
        serverId: server.id.toLowerCase(),
        matched: { name, availabilityZone, status, leftOut },
      })
    } else problems.push(problemOf(row, name, { named, candidates, bySource, suggest }))
  }
  return { byRow, problems }
}

/**
 * Rows that name one server, of which at least one was matched by name: the later one carries the problem, and names the
 * first. Where both have the ID in the inventory it is told already. Pure.
 */
export function sameServerProblems(rows: readonly Row[]): Problem[] {
  const firsts = new Map<ServerKey, Row>()
  return rows.flatMap((row) => {
    if (row.serverId === '') return []
    const key = serverKey(row.serverId)
    const first = firsts.get(key)
    if (first === undefined) {
      firsts.set(key, row)
      return []
    }
    if (row.matched === undefined && first.matched === undefined) return []
    return [
      problem(row, {
        code: 'duplicate-server',
        field: row.matched === undefined ? 'server_id' : 'name',
        value: row.matched?.name ?? row.serverId,
        args: { row: first.row, line: first.line },
      }),
    ]
  })
}

/**
 * Servers that are the DR server of an instance, and the production server of none. After a failover it is undocumented
 * which is which, so that neither is left out.
 */
function drServersOf(instances: readonly InstanceSides[]): ReadonlySet<ServerKey> {
  const keysOf = (ids: readonly (string | null)[]): ServerKey[] =>
    ids.flatMap((id) => (id === null ? [] : [serverKey(id)]))
  const plain = instances.filter((instance) => !isTurnedRound(instance))
  const targets = new Set(keysOf(plain.map(({ targetServer }) => targetServer)))
  for (const key of keysOf(instances.map(({ sourceServer }) => sourceServer))) targets.delete(key)
  return targets
}

function problemOf(
  row: Row,
  name: string,
  found: {
    readonly named: readonly Server[]
    readonly candidates: readonly Server[]
    readonly bySource: BySource
    readonly suggest: (name: string) => string
  },
): Problem {
  const { named, candidates, bySource, suggest } = found
  const about = { field: 'name', value: name } as const
  if (candidates.length > 1) {
    const more = whySeveral(candidates, bySource)
    const servers = candidates.map(serverText).join(', ')
    const args = { count: candidates.length, name, servers, more }
    return problem(row, { code: 'server-name-ambiguous', ...about, args })
  }
  if (named.length > 0) {
    const servers = named.map(serverText).join(', ')
    return problem(row, { code: 'server-name-of-dr-server', ...about, args: { name, servers } })
  }
  const args = { name, suggestion: suggest(name) }
  return problem(row, { code: 'server-name-unknown', ...about, args })
}

/** What is known of why there are several, as the end of a sentence. */
function whySeveral(candidates: readonly Server[], bySource: BySource): string {
  const keys = new Set(candidates.map(({ id }) => serverKey(id)))
  const targets = [...keys]
    .flatMap((key) => bySource.get(key) ?? [])
    .map(({ targetServer }) => targetServer)
  if (targets.some((id) => id !== null && keys.has(serverKey(id)))) {
    return '; two of these are the servers of one protected instance, after a failover'
  }
  // The service tells of a DR server once it is whole; until then it is a server like any other.
  return targets.includes(null)
    ? '; one may be the DR server of an instance that is being created: then wait until that has ended'
    : ''
}

/** `00000000-… (eu-de-01, ACTIVE)`. */
function serverText({ id, availabilityZone, status }: Server): string {
  return `${id} (${availabilityZone ?? 'zone unknown'}, ${status ?? 'status unknown'})`
}

function suggestionsAmong(names: readonly string[]): (name: string) => string {
  let asked = 0
  const sameLetters = new Map(names.map((name) => [name.toLowerCase(), name]))
  return (name) => {
    asked += 1
    const near =
      sameLetters.get(name.toLowerCase()) ??
      (asked > MOST_SUGGESTIONS ? null : nearest(name, names))
    return near === null
      ? 'check the spelling, the project and the region'
      : `did you mean "${near}"?`
  }
}

/** The row's line is known here, its cells are not. */
function problem(row: Row, finding: Finding): Problem {
  return { ...toProblem({ ...finding, row: row.row }), line: row.line }
}

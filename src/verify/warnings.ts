import type { Server } from '../cloud/ecs/ecs-schema.ts'
import type { ReplicationPair } from '../cloud/sdrs/pair-schema.ts'
import { unifyId } from '../keys.ts'
import type { RowWarning } from '../outcome.ts'

/** What a person should know of a protected server whatever its verdict, from the same look. */
interface Seen {
  readonly production: Server | null
  readonly drServer: Server | null
  readonly drServerId: string | null
  /** All servers were read: one that is missing is not there. */
  readonly areServersRead: boolean
  /** Null: they could not be read. */
  readonly pairs: readonly ReplicationPair[] | null
}

/** What the fault levels of pairs mean (API reference, replication pairs). */
const FAULTS: Readonly<Record<string, string>> = {
  '2': 'the production disk cannot be read: fail over',
  '5': 'the link between the zones is broken: a failover is not allowed',
}

export function warningsOf(seen: Seen): readonly RowWarning[] {
  return [...faults(seen), ...missingDrServer(seen), ...disksWithoutPair(seen)]
}

function faults({ pairs }: Seen): readonly RowWarning[] {
  const levels = new Set((pairs ?? []).flatMap(({ faultLevel }) => faultLevel ?? []))
  return [...levels]
    .filter((level) => level !== '0')
    .map((level) => ({
      code: 'pair-fault',
      message: `a replication pair has fault level ${level}${FAULTS[level] === undefined ? '' : `: ${FAULTS[level]}`}`,
    }))
}

function missingDrServer({ areServersRead, drServer, drServerId }: Seen): readonly RowWarning[] {
  return areServersRead && drServer === null && drServerId !== null
    ? [{ code: 'dr-server-missing', message: `ECS does not list its DR server ${drServerId}` }]
    : []
}

/** A disk that was attached after the server was protected is not replicated, and nothing else says so. */
function disksWithoutPair({ production, pairs }: Seen): readonly RowWarning[] {
  const disks = production?.volumes ?? []
  if (pairs === null || pairs.some(({ volumeIds }) => volumeIds.length === 0)) return []
  const copied = new Set(pairs.flatMap(({ volumeIds }) => volumeIds.map(unifyId)))
  const left = disks.filter(({ id }) => !copied.has(unifyId(id)))
  return left.length === 0
    ? []
    : [
        {
          code: 'disk-not-replicated',
          message: `${left.length} of its ${disks.length} disks ${left.length === 1 ? 'has' : 'have'} no replication pair: ${left.map(({ id }) => id).join(', ')}`,
        },
      ]
}

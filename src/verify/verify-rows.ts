import { isBroken, type ProtectedInstance, type ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import type { Row } from '../inventory/row.ts'
import { isUnsettled } from '../instance-status.ts'
import { groupKey, unifyId } from '../keys.ts'
import { protectedResult, type RowResult, type RowWarning } from '../outcome.ts'
import { openResult } from '../outcome-sentences.ts'
import { asBeforeFailedStart } from '../plan/failed-start.ts'
import { indexInstances, locateInstance, type Located } from '../plan/locate-instance.ts'
import { statusWarning } from '../plan/rules.ts'
import { notCarriedOver } from './carried-over.ts'
import { compareRow } from './compare.ts'
import { drServerId, indexPairs, serverOf, type Look, type PairIndex } from './look.ts'
import { replicationOf } from './replication.ts'
import type { Replication, Verdict, Verification } from './verification.ts'
import { warningsOf } from './warnings.ts'

/** A row, and the group that it wants. */
export interface WantedRow {
  readonly row: Row
  readonly group: ServerGroup
}

export interface VerifiedRow extends WantedRow {
  readonly result: RowResult
  readonly verification: Verification
  readonly warnings: readonly RowWarning[]
  /** Null: the server has none. */
  readonly instance: ProtectedInstance | null
}

/**
 * Each row held against one look at the cloud. `wasHealthy`: the IDs of instances that earlier runs have seen
 * whole. Pure.
 */
export function verifyRows(
  wanted: readonly WantedRow[],
  look: Look,
  wasHealthy: ReadonlySet<string>,
): readonly VerifiedRow[] {
  const index = indexInstances(asBeforeFailedStart(look.groups, look.instances))
  const pairs = indexPairs(look.pairs)
  const names = new Map(look.groups.map(({ id, name }) => [groupKey(id), name]))
  const facts: Facts = { look, pairs, wasHealthy, names }
  return wanted.map(({ row, group }) => {
    const located = locateInstance(index, { serverId: row.serverId, groupId: group.id })
    return { row, group, instance: located?.instance ?? null, ...judge(row, group, located, facts) }
  })
}

interface Facts {
  readonly look: Look
  readonly pairs: PairIndex
  readonly wasHealthy: ReadonlySet<string>
  readonly names: ReadonlyMap<string, string>
}

type Judged = Pick<VerifiedRow, 'result' | 'verification' | 'warnings'>

const NOT_LOOKED_AT: Replication = { state: 'unknown', pairs: null, progress: null }
/** A server without an instance, or one whose instance is still being made. */
const NOTHING_REPLICATES: Replication = { state: 'off', pairs: 0, progress: null }

function judge(row: Row, group: ServerGroup, located: Located | null, facts: Facts): Judged {
  if (located === null) {
    const result = openResult('not-attempted', 'not-protected', null)
    return open('not-protected', result, NOTHING_REPLICATES)
  }
  const { instance, asDrServer, inGroup } = located
  if (asDrServer || !inGroup) {
    return open('elsewhere', elsewhere(row, located, facts), NOT_LOOKED_AT)
  }
  const pairs = pairsOf(instance, group, facts)
  const replication = replicationOf(instance, group, pairs)
  if (instance.status === 'deleting') {
    const result = openResult('conflict', 'being-deleted', { why: 'found', instance })
    return open('broken', result, replication)
  }
  if (isBroken(instance.status)) {
    const wasProtected = facts.wasHealthy.has(instance.id)
    const result = openResult('conflict', 'broken-instance', {
      why: 'found',
      instance,
      wasProtected,
    })
    return open('broken', result, replication)
  }
  if (isUnsettled(instance.status)) {
    const result = openResult('not-attempted', 'not-protected', { instance })
    return open('not-protected', result, replication)
  }
  return protectedRow({ row, group }, instance, { pairs, replication }, facts.look)
}

function protectedRow(
  { row, group }: WantedRow,
  instance: ProtectedInstance,
  { pairs, replication }: Replicating,
  look: Look,
): Judged {
  const production = serverOf(look, row.serverId)
  const drId = drServerId(instance, row.serverId)
  const drServer = serverOf(look, drId)
  const { subnets, servers } = look
  const { drift, unverifiable } = compareRow({ row, group, instance, drServer, subnets })
  const isReplicating = replication.state === 'in-sync'
  const verdict = drift.length > 0 ? 'drifted' : isReplicating ? 'as-written' : 'not-replicating'
  return {
    result: protectedResult('already-protected', { message: statusWarning(instance), drift }),
    verification: {
      verdict,
      drift,
      unverifiable,
      replication,
      notCarriedOver: notCarriedOver(production, drServer),
    },
    warnings: warningsOf({
      production,
      drServer,
      drServerId: drId,
      areServersRead: servers !== null,
      pairs,
    }),
  }
}

interface Replicating {
  readonly pairs: ReturnType<typeof pairsOf>
  readonly replication: Replication
}

/** A row that is not protected as it should be: there is nothing to compare. */
function open(verdict: Verdict, result: RowResult, replication: Replication): Judged {
  const verification = { verdict, drift: [], unverifiable: [], replication, notCarriedOver: [] }
  return { result, verification, warnings: [] }
}

function elsewhere(row: Row, { instance, asDrServer }: Located, { names }: Facts): RowResult {
  const { serverId } = row
  if (asDrServer) {
    return openResult('conflict', 'other-group', { why: 'dr-server', serverId, instance })
  }
  const { serverGroupId: id } = instance
  const group = id === null ? '(unknown)' : `"${names.get(groupKey(id)) ?? id}"`
  return openResult('conflict', 'other-group', { why: 'group', group, instance })
}

/** Null: the pairs of its group could not be read. */
function pairsOf(instance: ProtectedInstance, group: ServerGroup, { look, pairs }: Facts) {
  return look.pairGroups.has(groupKey(group.id)) ? (pairs.get(unifyId(instance.id)) ?? []) : null
}

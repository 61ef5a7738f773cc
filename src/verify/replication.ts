import type { ReplicationPair } from '../cloud/sdrs/pair-schema.ts'
import { isBroken, type ProtectedInstance, type ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import type { Replication, ReplicationState } from './verification.ts'

/** In these nothing is copied: protection is off, is being switched off, or a failover has ended it. */
const OFF: readonly string[] = [
  'creating',
  'available',
  'stopping',
  'error-starting',
  'failing-over',
  'failed-over',
  'error-failing-over',
  'error-reprotecting',
]

/** In these it is being switched on or turned round: on the way, and not there yet. */
const ON_THE_WAY: readonly string[] = ['starting', 'reversing', 'reprotecting']

/** Instances in these replicate as long as their group is on: what is done to them leaves their disks alone. */
const ON: readonly string[] = ['protected', 'resizing', 'nic-creating', 'nic-deleting']

/** The state of several pairs is that of the worst of them. */
const WORST_FIRST = ['faulty', 'off', 'unknown', 'syncing', 'in-sync'] as const

/**
 * Whether an instance replicates: in sync are all its pairs, each of them protected, `active`, at 100 % and
 * without a fault (API reference, replication pairs; the health fields of groups are null on newer ones). What
 * is not told is never taken for good. `pairs`: null where they could not be read. Pure.
 */
export function replicationOf(
  instance: Pick<ProtectedInstance, 'status' | 'pairs'>,
  group: Pick<ServerGroup, 'status'>,
  pairs: readonly ReplicationPair[] | null,
): Replication {
  return {
    state: stateOf(instance, group, pairs),
    pairs: pairs?.length ?? null,
    progress: pairs === null ? null : leastProgress(pairs),
  }
}

function stateOf(
  instance: Pick<ProtectedInstance, 'status' | 'pairs'>,
  group: Pick<ServerGroup, 'status'>,
  pairs: readonly ReplicationPair[] | null,
): ReplicationState {
  const statuses = [instance.status, group.status]
  if (statuses.some((status) => OFF.includes(status))) return 'off'
  if (pairs === null || pairs.length === 0) return 'unknown'
  const states = pairs.map(pairState)
  const worst = WORST_FIRST.find((state) => states.includes(state)) ?? 'unknown'
  if (worst === 'faulty') return worst
  // Its pairs may not be switched on yet, or not any more the way round that they were.
  if (statuses.some((status) => ON_THE_WAY.includes(status))) return 'syncing'
  const isOn = group.status === 'protected' && ON.includes(instance.status)
  // A pair that the instance names and the list does not show may be the one that does not replicate.
  return isOn && pairs.length >= (instance.pairs ?? 0) ? worst : 'unknown'
}

function pairState({
  status,
  replicationStatus,
  progress,
  faultLevel,
}: ReplicationPair): ReplicationState {
  if (isBroken(status) || (faultLevel !== null && faultLevel !== '0')) return 'faulty'
  if (OFF.includes(status)) return 'off'
  if (ON_THE_WAY.includes(status)) return 'syncing'
  if (status !== 'protected') return 'unknown'
  switch (replicationStatus) {
    case 'copying':
      return 'syncing'
    case 'inactive':
    case 'active-stopped':
      // Protection is on, and yet nothing is copied.
      return 'faulty'
    case 'active':
      if (progress === null || faultLevel === null) return 'unknown'
      return progress < 100 ? 'syncing' : 'in-sync'
    case null:
    default:
      return 'unknown'
  }
}

function leastProgress(pairs: readonly ReplicationPair[]): number | null {
  const told = pairs.flatMap(({ progress }) => progress ?? [])
  return told.length === 0 || told.length < pairs.length ? null : Math.min(...told)
}

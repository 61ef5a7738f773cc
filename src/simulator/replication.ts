import type { LoosePair } from './acts.ts'
import { chanceMs } from './chance.ts'
import type { PairFault } from './group-acts.ts'
import { matchesGlob } from './glob.ts'
import { actAt, instanceStatusAt, protectedSince, shareDone, statusByGroup } from './lifecycle.ts'
import { isLooseThere } from './loose-pairs.ts'
import { serverKey, type Group, type Instance, type World } from './state.ts'

type Pair = Instance['pairs'][number]

/** A pair as the API tells it, at one moment. */
export interface PairState {
  readonly status: string
  /** `active`, `inactive`, `copying`, `active-stopped`; null: there is nothing to replicate yet. */
  readonly replicationStatus: string | null
  /** Percent. */
  readonly progress: number
  readonly faultLevel: string
  readonly failureDetail: string | null
}

/**
 * What a pair is doing at `at`, computed from the instants at which its instance was ready and its
 * group's protection was switched on: from the later of the two it copies, and is `active` once its
 * time to sync has passed. Null: it is not there.
 */
export function pairStateAt(
  world: World,
  instance: Instance,
  pair: Pair,
  at: number,
): PairState | null {
  const own = instanceStatusAt(world, instance, at)
  if (own === null) return null
  const group = world.groups.get(instance.groupId)
  const act = actAt(world, pair.id, at)
  const status =
    act?.status ?? (group !== undefined && OF_THE_SERVER.has(own) ? statusByGroup(group, at) : own)
  const since = group === undefined ? null : syncsSince(group, instance.readyAt, at)
  const state: PairState = {
    status,
    ...replicationOf(world, group, pair, status, since, at),
    // A pair out of sync makes its instance `fault`, and of such an instance nothing more is known.
    faultLevel: status === 'fault' ? '5' : '0',
    failureDetail: null,
  }
  const fault = world.servers.get(serverKey(instance.serverId))?.pairFault ?? null
  return fault !== null && isBrokenAt(fault, instance, pair, since, at)
    ? broken(state, fault)
    : state
}

/** What is done to an instance's servers is not done to its pairs. */
const OF_THE_SERVER: ReadonlySet<string> = new Set([
  'resizing',
  'error-resizing',
  'nic-creating',
  'nic-deleting',
])

/** The same of a pair that is attached to no instance: it follows its group. */
export function loosePairStateAt(world: World, pair: LoosePair, at: number): PairState | null {
  const group = world.groups.get(pair.groupId)
  if (group === undefined || !isLooseThere(pair, at)) return null
  const since = syncsSince(group, pair.readyAt, at)
  const status = looseStatusAt(world, group, pair, at)
  return {
    status,
    ...replicationOf(world, group, pair, status, since, at),
    faultLevel: '0',
    failureDetail: null,
  }
}

function looseStatusAt(world: World, group: Group, pair: LoosePair, at: number): string {
  if (pair.deletion !== null && at >= pair.deletion.at) return 'deleting'
  if (at < pair.readyAt) return 'creating'
  return actAt(world, pair.id, at)?.status ?? statusByGroup(group, at)
}

/** When it began to copy; null: it does not. */
function syncsSince(group: Group, readyAt: number, at: number): number | null {
  const since = protectedSince(group, at)
  return since === null || at < readyAt ? null : Math.max(since, readyAt)
}

const NOTHING_YET: ReadonlySet<string> = new Set(['creating', 'error'])
const CUT_OFF = /^(failed-over|reprotecting|error-reprotecting)$/
/** Of these the instance has parted from its group. */
const STANDS_STILL = /^(invalid|fault|deleting|error-starting)$/

function replicationOf(
  world: World,
  group: Group | undefined,
  pair: Pick<Pair, 'id'>,
  status: string,
  since: number | null,
  at: number,
): Pick<PairState, 'replicationStatus' | 'progress'> {
  if (NOTHING_YET.has(status)) return { replicationStatus: null, progress: 0 }
  if (CUT_OFF.test(status)) return { replicationStatus: 'active-stopped', progress: 0 }
  if (since === null || STANDS_STILL.test(status)) {
    return { replicationStatus: 'inactive', progress: 0 }
  }
  const range = group?.syncTimeMs ?? world.limits.syncTimeMs
  const share = shareDone(since, since + chanceMs(range, world.seed, 'sync', pair.id, since), at)
  return share < 1
    ? { replicationStatus: 'copying', progress: Math.floor(100 * share) }
    : { replicationStatus: 'active', progress: 100 }
}

function isBrokenAt(
  fault: PairFault,
  instance: Instance,
  pair: Pair,
  since: number | null,
  at: number,
): boolean {
  if (!matchesGlob(fault.device, pair.device)) return false
  const from = fault.from === 'ready' ? instance.readyAt : since
  if (from === null) return false
  const start = from + fault.afterMs
  return at >= start && (fault.forMs === null || at < start + fault.forMs)
}

function broken(state: PairState, fault: PairFault): PairState {
  return {
    status: fault.status ?? state.status,
    replicationStatus: fault.replicationStatus ?? state.replicationStatus,
    progress: fault.progress ?? state.progress,
    faultLevel: fault.faultLevel,
    failureDetail: fault.failureDetail,
  }
}

import { chanceMs } from './chance.ts'
import type { PairFault } from './group-acts.ts'
import { matchesGlob } from './glob.ts'
import { instanceStatusAt, protectedSince, shareDone } from './lifecycle.ts'
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
  const status = instanceStatusAt(world, instance, at)
  if (status === null) return null
  const group = world.groups.get(instance.groupId)
  const since = group === undefined ? null : syncsSince(group, instance, at)
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

/** When it began to copy; null: it does not. */
function syncsSince(group: Group, instance: Instance, at: number): number | null {
  const since = protectedSince(group, at)
  return since === null || at < instance.readyAt ? null : Math.max(since, instance.readyAt)
}

const NOTHING_YET: ReadonlySet<string> = new Set(['creating', 'error'])
const CUT_OFF = /^(failed-over|reprotecting|error-reprotecting)$/
/** Of these the instance has parted from its group. */
const STANDS_STILL = /^(invalid|fault|deleting|error-starting)$/

function replicationOf(
  world: World,
  group: Group | undefined,
  pair: Pair,
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

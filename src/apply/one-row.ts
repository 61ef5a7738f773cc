import type { OpenCreate } from '../journal/replay.ts'
import type { PlannedRow } from '../plan/plan.ts'
import type { ApiError } from '../cloud/errors.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import type { RowResult } from '../outcome.ts'
import type { Account } from './account.ts'
import type { RunContext } from './context.ts'
import type { Creation } from './creation.ts'

/**
 * For so long at least, ms, a run must have gone on before it takes an earlier run's create for one that
 * came to nothing: jobs take minutes, 30 at most as documented. One that has run its course by then, and
 * four times over, the live list must have shown.
 */
const LONGEST_OUT_MS = 2 * 60 * 60_000

/** A row's end, or null: its way is clear to be sent (again). */
export type Step = RowResult | null

/** One row on its way through a run. */
export interface OneRow {
  readonly context: RunContext
  readonly planned: PlannedRow
  readonly account: Account
  readonly creation: Creation
  /** Creates of this run whose answer was lost. */
  lost: number
  /** When the first of these was sent, ms. */
  outSince: number | null
  lastLost: ApiError | null
  /** A create of an earlier run, until its end is known. */
  earlier: OpenCreate | null
  /** In which status a create left its instance; `proven`: its job or a failed task says that it has failed. */
  left: { readonly status: string; readonly proven: boolean } | null
  /** Instances of the server that journals know, and of which nobody can tell whether they are there. */
  unproven: readonly string[]
  /** SDRS.1350 has been tried once more. */
  triedFailed: boolean
}

export function isUnknown(creation: Creation): boolean {
  const { kind } = creation.fate()
  return kind === 'unknown' || kind === 'intended' || kind === 'sent'
}

/**
 * When the first create was sent that may still be out there, of this run or of one before, ms; null:
 * none. What the service refuses meanwhile may be refused because of it.
 */
export function openSince({ outSince, earlier }: OneRow): number | null {
  return outSince ?? earlier?.intendedAt ?? null
}

/**
 * All that may be out there is an earlier run's create, and this run itself has gone on for two hours and
 * for as long as a job may take. When it was sent says nothing: that was told by another clock, perhaps of
 * another machine, and one that is wrong by hours would make `failed` of what has just been created.
 */
export function isLongOut({ context, outSince, earlier }: OneRow): boolean {
  if (outSince !== null || earlier === null) return false
  return context.clock.now() - context.startedAt >= Math.max(LONGEST_OUT_MS, context.patienceMs)
}

export function canBeFound(creation: Creation): boolean {
  return isUnknown(creation) || creation.fate().kind === 'accepted'
}

export function noteInstance(account: Account, instance: ProtectedInstance): void {
  account.protectedInstanceId = instance.id
  account.targetServerId = instance.targetServer ?? account.targetServerId
}

import type { PlannedRow } from '../plan/plan.ts'
import type { ApiError } from '../sdrs/errors.ts'
import type { ProtectedInstance } from '../sdrs/schema.ts'
import type { RowResult } from '../outcome.ts'
import type { Account } from './account.ts'
import type { RunContext } from './context.ts'
import type { Creation } from './creation.ts'

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
  lastLost: ApiError | null
  /** SDRS.1350 has been tried once more. */
  triedFailed: boolean
}

export function isUnknown(creation: Creation): boolean {
  const { kind } = creation.fate()
  return kind === 'unknown' || kind === 'intended' || kind === 'sent'
}

export function canBeFound(creation: Creation): boolean {
  return isUnknown(creation) || creation.fate().kind === 'accepted'
}

export function noteInstance(account: Account, instance: ProtectedInstance): void {
  account.protectedInstanceId = instance.id
  account.targetServerId = instance.targetServer ?? account.targetServerId
}

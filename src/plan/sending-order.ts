import { compareWaves } from '../inventory/waves.ts'
import type { Row } from '../inventory/row.ts'
import type { ActionKind } from './action.ts'

/**
 * Rows in the order in which what they want of the cloud is theirs: what runs already before all others,
 * whatever its wave; then wave by wave, as the file has them within one. Pure.
 */
export function inSendingOrder<
  T extends { readonly row: Row; readonly action: { readonly kind: ActionKind } },
>(rows: readonly T[]): T[] {
  const isRunning = ({ action }: T): boolean => action.kind === 'resume'
  return rows.toSorted(
    (one, other) =>
      Number(isRunning(other)) - Number(isRunning(one)) ||
      (isRunning(one) ? 0 : compareWaves(one.row.wave, other.row.wave)),
  )
}

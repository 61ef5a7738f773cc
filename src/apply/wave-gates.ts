import { groupBy } from '../group-by.ts'
import { compareWaves, waveKey } from '../inventory/waves.ts'
import type { PlannedRow } from '../plan/plan.ts'

/** The waves of a plan, in their order, each with a gate that its creates wait at. */
export interface Wave {
  /** As its first row writes it; null: of the rows without one. */
  readonly name: string | null
  readonly rows: readonly PlannedRow[]
  /** Opens the gate: its creates may go, or, with false, they may not. */
  open(mayGo: boolean): void
  readonly opened: Promise<boolean>
}

export function wavesOf(rows: readonly PlannedRow[]): readonly Wave[] {
  return [...groupBy(rows, ({ row: { wave } }) => (wave === undefined ? wave : waveKey(wave)))]
    .toSorted(([one], [other]) => compareWaves(one, other))
    .map(([, planned]) => {
      let open: (mayGo: boolean) => void = () => {}
      const opened = new Promise<boolean>((resolve) => {
        open = resolve
      })
      return {
        name: planned[0]?.row.wave ?? null,
        rows: planned,
        open: (mayGo) => open(mayGo),
        opened,
      }
    })
}

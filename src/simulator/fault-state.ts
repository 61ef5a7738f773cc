import { tableOf, type Table } from './table.ts'

/** What has happened so far as far as faults care. It lives in the world, so a saved world carries on where it stopped. */
export interface FaultState {
  /** When the plan saw its first request: what its windows of time count from. */
  readonly startedAt: number | null
  /** Requests seen, by operation. */
  readonly seen: Readonly<Record<string, number>>
  /** Requests that each rule with an `nth` concerns, by its place in the plan. */
  readonly matched: Table<number>
  /** How often each rule fired, by its place in the plan. */
  readonly fired: readonly number[]
  /** The same by rule and server: `place/serverKey`. */
  readonly firedByServer: Table<number>
  /** Creates seen by server, carried out or not. */
  readonly createsSeen: Table<number>
}

export const noFaultsYet: FaultState = {
  startedAt: null,
  seen: {},
  matched: tableOf(),
  fired: [],
  firedByServer: tableOf(),
  createsSeen: tableOf(),
}

import type { Clock } from '../clock.ts'
import type { Problem } from '../inventory/problem.ts'
import type { Dialect } from '../inventory/row-schema.ts'
import type { Row } from '../inventory/row.ts'
import type { Selection } from '../inventory/select.ts'
import type { OpenWork } from '../journal/replay.ts'
import { groupKey } from '../keys.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import type { PreflightFacts } from '../plan/preflight/facts.ts'
import type { ActionKind } from '../plan/action.ts'
import type { Reading } from '../plan/preflight/attempts.ts'
import { readPreflight } from '../plan/preflight/read-preflight.ts'
import { asBeforeFailedStart } from '../plan/failed-start.ts'
import { planEnabling, type EnablingPlan } from '../plan/enabling-plan.ts'
import { readSnapshot, type Snapshot } from '../plan/snapshot.ts'
import type { OtherClients } from '../cloud/clients.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import type { ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import { withServers, type NameResolution } from './resolve-names.ts'
import { findRowsInCloud } from './rows-in-cloud.ts'
import { CREATES_ONLY, type Work } from './work.ts'

export interface PlanRolloutInput {
  /** All rows of the inventory, checked. */
  readonly rows: readonly Row[]
  /** How rows without a server ID are matched; left out: every row has one. */
  readonly resolution?: NameResolution
  /** The part of them that the run is about; `{}` is all of it. */
  readonly selection: Selection
  /** What earlier runs of this project left open; see `replay`. */
  readonly openWork: OpenWork
  readonly client: SdrsClient
  /** What is asked beside SDRS before anything is created; null (`--no-preflight`): nothing. */
  readonly others: OtherClients | null
  readonly clock: Clock
  /** Delete what a failed create left in `error`, then create again. */
  readonly replaceFailed: boolean
  /** Whose rules the rows were read by, and their flavors are judged by. */
  readonly dialect: Dialect
  /** Left out: creates alone. Without creates the other services are not asked. */
  readonly work?: Work
  readonly signal?: AbortSignal
  /** Hears what is being read. */
  readonly onReading?: (reading: Reading) => void
}

/** A plan, with what it was made from. */
export interface PlannedRollout {
  readonly kind: 'planned'
  readonly plan: Plan
  readonly openWork: OpenWork
  /** What of SDRS the plan was made from. */
  readonly snapshot: Snapshot
  /** Which groups are to be switched on, as they stand now; null: none are to be. */
  readonly enabling: EnablingPlan | null
  /** What the other services told; null: they were not to be asked. */
  readonly preflight: PreflightFacts | null
  /** The server IDs of the whole inventory: what they name is managed, whatever is selected. */
  readonly inventoryServers: readonly string[]
  /** All rows of the inventory, selected or not, that are in a group of the selected ones. */
  readonly rowsOfGroups: readonly { readonly row: Row; readonly group: ServerGroup }[]
}

/**
 * Reads the cloud once, and plans the selected rows. Sends nothing but reads. What SDRS shows decides which
 * rows may need a create, and only of those the other services are asked. `problems`: the inventory
 * names groups or servers that are not there, or not one only; `nothing-selected`: rows there are, but the selection
 * leaves none (a shard may be empty). Rejects with ApiError when the cloud cannot be read.
 */
export async function planRollout(
  input: PlanRolloutInput,
): Promise<
  | PlannedRollout
  | { readonly kind: 'problems'; readonly problems: readonly Problem[] }
  | { readonly kind: 'nothing-selected' }
> {
  const { selection, openWork, client, others, clock, replaceFailed, dialect } = input
  const { signal, onReading, work = CREATES_ONLY } = input
  const reading = { service: 'sdrs', what: 'groups and instances', read: null } as const
  onReading?.({ ...reading, isDone: false })
  const snapshot = await readSnapshot(client, clock, {
    withFailures: replaceFailed,
    ...(signal === undefined ? {} : { signal }),
  }).finally(() => onReading?.({ ...reading, isDone: true }))
  const { resolution = null } = input
  const parts = { resolution, clock, signal, onReading }
  const found = await findRowsInCloud(input.rows, selection, snapshot, parts)
  if (found.kind !== 'found') return found
  const { all, rows, groups } = found
  // What a group whose start has failed holds is whole: it only does not replicate.
  const counted = {
    ...snapshot,
    instances: asBeforeFailedStart(snapshot.groups, snapshot.instances),
  }
  const known = { rows, groups, snapshot: counted, openWork, replaceFailed, dialect }
  const plan = makePlan(known)
  const wanted = plan.rows.filter(({ action }) => MAY_CREATE[action.kind])
  const preflight =
    others === null || !work.creates || wanted.length === 0
      ? null
      : await readPreflight(
          {
            sdrs: client,
            others: withServers(others, found.servers),
            clock,
            signal,
            onReading,
          },
          wanted,
        )
  const chosen = new Set(plan.rows.map(({ group }) => groupKey(group.id)))
  const rowsOfGroups = all.flatMap((row) => {
    const group = groups.get(row.row)
    return group !== undefined && chosen.has(groupKey(group.id)) ? [{ row, group }] : []
  })
  return {
    kind: 'planned',
    plan: preflight === null ? plan : makePlan({ ...known, snapshot: { ...counted, preflight } }),
    openWork,
    snapshot,
    enabling:
      work.enable === null
        ? null
        : planEnabling({
            rows: rowsOfGroups,
            snapshot,
            open: openWork.openEnablings,
            partial: work.enable.partial,
          }),
    preflight,
    inventoryServers: all.map(({ serverId }) => serverId),
    rowsOfGroups,
  }
}

/** Whether a row may need a create by what SDRS alone tells. What is followed has had its own. */
const MAY_CREATE = {
  create: true,
  look: true,
  replace: true,
  resume: false,
  keep: false,
  conflict: false,
  blocked: false,
} as const satisfies Record<ActionKind, boolean>

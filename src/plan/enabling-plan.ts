import { groupBy } from '../group-by.ts'
import { groupKey } from '../keys.ts'
import { isMoved, isWhole } from '../instance-status.ts'
import type { OffResult } from '../enabling.ts'
import { offResult } from '../enabling-sentences.ts'
import type { Row } from '../inventory/row.ts'
import type { OpenEnabling } from '../journal/open-enablings.ts'
import type { ProtectedInstance, ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import { asBeforeFailedStart } from './failed-start.ts'
import { indexInstances, locateInstance } from './locate-instance.ts'
import type { Snapshot } from './snapshot.ts'
import { isStartable } from './start-guard.ts'

/**
 * What is to be done about one group:
 * - `keep`: its protection is on
 * - `follow`: somebody is starting it: see it to its end
 * - `resume`: an earlier run's start of ours is open: see it to its end; should it have come to nothing,
 *   `refusal` says why it is not started again (null: it is)
 * - `start`: it is off, and may be started
 * - `refuse`: a person must decide, or rows are to be created first
 */
export type EnablingAction =
  | { readonly kind: 'keep' }
  | { readonly kind: 'follow' }
  | {
      readonly kind: 'resume'
      readonly open: OpenEnabling
      readonly refusal: OffResult<'refused'> | null
    }
  | { readonly kind: 'start' }
  | { readonly kind: 'refuse'; readonly result: OffResult<'refused'> }

/** One group of the selection, or one in which an earlier run left a start open. */
export interface PlannedEnabling {
  readonly group: Pick<ServerGroup, 'id' | 'name' | 'status'>
  /** Rows of the inventory in it, selected or not: a group is switched on as a whole; 0: it is only taken up. */
  readonly rows: number
  /** Those of them that are created and healthy. */
  readonly healthy: number
  /** Replication pairs in it, as the service counts them; null: it does not tell. */
  readonly pairs: number | null
  readonly action: EnablingAction
}

export interface EnablingPlan {
  readonly groups: readonly PlannedEnabling[]
}

export interface EnablingPlanInput {
  /** All rows of the groups that are selected, each with its group. */
  readonly rows: readonly { readonly row: Row; readonly group: ServerGroup }[]
  readonly snapshot: Pick<Snapshot, 'groups' | 'instances'>
  /** By `groupKey`; see `OpenWork`. */
  readonly open: ReadonlyMap<string, OpenEnabling>
  /** Also groups in which some rows are not created. */
  readonly partial: boolean
}

/** Decides for every group, from data alone; in the order of the inventory. Pure. */
export function planEnabling(input: EnablingPlanInput): EnablingPlan {
  const { snapshot, open, partial } = input
  const live = new Map(snapshot.groups.map((group) => [groupKey(group.id), group]))
  const instances = asBeforeFailedStart(snapshot.groups, snapshot.instances)
  const index = indexInstances(instances)
  const held = groupBy(instances, ({ serverGroupId: id }) => (id === null ? null : groupKey(id)))
  const byGroup = groupBy(input.rows, ({ group }) => groupKey(group.id))
  const ofRows = [...byGroup].flatMap(([key, rows]): PlannedEnabling[] => {
    const group = live.get(key) ?? rows[0]?.group
    if (group === undefined) return []
    const healthy = rows.filter(({ row: { serverId } }) => {
      const located = locateInstance(index, { serverId, groupId: group.id })
      return (
        located !== null &&
        !located.asDrServer &&
        located.inGroup &&
        isWhole(located.instance.status)
      )
    }).length
    const counts = { rows: rows.length, healthy }
    const refusal = refusalOf(group, { ...counts, partial, held: held.get(key) ?? [] })
    const action = actionOf(group, open.get(key) ?? null, refusal)
    return [{ group, ...counts, pairs: group.replicationNum, action }]
  })
  const ofOthers = [...open.values()].flatMap((each): PlannedEnabling[] => {
    if (byGroup.has(groupKey(each.groupId))) return []
    const { groupId: id, name, before: status } = each
    const group = live.get(groupKey(id)) ?? { id, name, status, replicationNum: null }
    const refusal = offResult('refused', 'rows-not-protected', NO_ROWS)
    const action = { kind: 'resume', open: each, refusal } as const
    return [{ group, rows: 0, healthy: 0, pairs: group.replicationNum, action }]
  })
  return { groups: [...ofRows, ...ofOthers] }
}

const NO_ROWS = { rows: 0, open: 0, partial: true, partialHelps: false }

/** Why the group may not be started, or null. `held`: all instances in it, of whatever server. */
function refusalOf(
  { status }: ServerGroup,
  facts: {
    readonly rows: number
    readonly healthy: number
    readonly partial: boolean
    readonly held: readonly ProtectedInstance[]
  },
): OffResult<'refused'> | null {
  const { rows, healthy, partial, held } = facts
  if (!isStartable(status)) return offResult('refused', 'group-not-ready', { status })
  if (held.length === 0) return offResult('refused', 'group-empty', null)
  // A group is switched on as a whole, and may itself be shown as it was before the failover.
  const moved = held.find((instance) => mayRunOnDrSide(instance.status))
  const isEnough = partial ? healthy > 0 : healthy === rows
  if (!isEnough) {
    const partialHelps = !partial && healthy > 0 && moved === undefined
    const counts = { rows, open: rows - healthy }
    return offResult('refused', 'rows-not-protected', { ...counts, partial, partialHelps })
  }
  return moved === undefined ? null : offResult('refused', 'group-not-ready', { moved })
}

/** Failed over or being turned round, or that has failed half way: a start would overwrite one of the two sides. */
function mayRunOnDrSide(status: string): boolean {
  return isMoved(status) || ERRORS_OF_MOVING.includes(status)
}

const ERRORS_OF_MOVING: readonly string[] = [
  'error-failing-over',
  'error-reversing',
  'error-reprotecting',
]

function actionOf(
  { status }: ServerGroup,
  open: OpenEnabling | null,
  refusal: OffResult<'refused'> | null,
): EnablingAction {
  if (open !== null) return { kind: 'resume', open, refusal }
  if (status === 'protected') return { kind: 'keep' }
  if (status === 'starting') return { kind: 'follow' }
  return refusal === null ? { kind: 'start' } : { kind: 'refuse', result: refusal }
}

/** Whether a start may be sent for it: these want an approval. What is taken up has had its own. */
export function mayBeStarted({ action }: PlannedEnabling): boolean {
  return action.kind === 'start' || (action.kind === 'resume' && action.refusal === null)
}

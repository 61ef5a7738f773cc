import { enableGroups, type Enabled, type EnableParts } from '../apply/enable/enable-groups.ts'
import { notAttempted } from '../apply/enable/enable-group.ts'
import { reasonOfStop } from '../enabling.ts'
import { groupKey } from '../keys.ts'
import { planEnabling, type EnablingPlan } from '../plan/enabling-plan.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import type { PlannedRollout } from './plan-rollout.ts'
import type { Work } from './work.ts'

/** Nothing is said of any group: the run was not to switch anything on. */
export const NOTHING_SWITCHED: Enabled = { enablings: new Map(), troubles: [] }

/**
 * Switches protection on: as it was planned and approved or, where creates went before, as the cloud is after
 * them (`snapshot`; null: it could not be read), and then only if every row of theirs is protected. Never rejects.
 */
export async function switchOn(
  planned: PlannedRollout,
  parts: EnableParts & {
    readonly work: Work & { readonly enable: NonNullable<Work['enable']> }
    readonly snapshot: Snapshot | null
    readonly areRowsProtected: boolean
  },
): Promise<Enabled> {
  const { work, snapshot, areRowsProtected } = parts
  if (!work.creates && planned.enabling !== null) return enableGroups(planned.enabling, parts)
  const plan = planEnabling({
    rows: planned.rowsOfGroups,
    snapshot: snapshot ?? planned.snapshot,
    open: planned.openWork.openEnablings,
    partial: work.enable.partial,
  })
  return areRowsProtected && snapshot !== null ? enableGroups(plan, parts) : untouched(plan, parts)
}

/** What is open stays open, and is taken up by the next run that switches on. */
function untouched(
  { groups }: EnablingPlan,
  { stop, clock }: Pick<EnableParts, 'stop' | 'clock'>,
): Enabled {
  const result = notAttempted(reasonOfStop(stop.reason() ?? 'not-protected'), stop)
  const finishedAt = new Date(clock.now()).toISOString()
  const facts = { jobId: null, errorCode: null, submittedAt: null, finishedAt }
  const enablings = new Map(
    groups.flatMap(({ group: { id: groupId }, rows }) =>
      rows === 0 ? [] : [[groupKey(groupId), { ...result, ...facts, groupId }] as const],
    ),
  )
  return { enablings, troubles: [] }
}

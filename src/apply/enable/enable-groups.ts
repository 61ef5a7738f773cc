import type { Enabling } from '../../enabling.ts'
import { isOn } from '../../enabling.ts'
import { offResult } from '../../enabling-sentences.ts'
import { groupKey } from '../../keys.ts'
import type { EnablingPlan, PlannedEnabling } from '../../plan/enabling-plan.ts'
import type { ApplyParts } from '../apply.ts'
import { createDispatcher } from '../dispatch.ts'
import { isOverLimit, limitText } from '../failure-limit.ts'
import { createSlots } from '../slots.ts'
import type { EnableContext } from './enable-context.ts'
import { enableGroup } from './enable-group.ts'
import { createGroupWatch } from './group-watch.ts'

export type EnableParts = Pick<
  ApplyParts,
  'client' | 'journal' | 'clock' | 'random' | 'stop' | 'limits' | 'onEvent'
>

/** What came of one group. */
export type GroupEnabling = Enabling & { readonly groupId: string }

export interface Enabled {
  /** By `groupKey`: exactly one for each group of the plan. */
  readonly enablings: ReadonlyMap<string, GroupEnabling>
  /** Bugs, a full disk: what must not happen, and must be told. */
  readonly troubles: readonly unknown[]
}

/**
 * Switches protection on in the groups of a plan. Decides nothing that the plan decided, but that each group is
 * looked at right before its start; never rejects: whatever happens to one group, every group gets its outcome.
 */
export async function enableGroups(plan: EnablingPlan, parts: EnableParts): Promise<Enabled> {
  const { client, journal, clock, random, stop, limits, onEvent } = parts
  const enablings = new Map<string, GroupEnabling>()
  const troubles: unknown[] = []
  const answered = new Set<PlannedEnabling>()
  const failed = new Set<PlannedEnabling>()
  const lostBefore = stop.accessError()
  const names = new Map(plan.groups.map(({ group }) => [group.id, group.name]))

  function trouble(error: unknown): void {
    troubles.push(error)
    stop.stopSending('run-aborted')
  }

  function holdToLimit(): void {
    const counts = { failed: failed.size, answered: answered.size }
    if (stop.sending.aborted || !isOverLimit(limits.maxFailures, counts)) return
    const limit = limitText(limits.maxFailures)
    onEvent({ type: 'failure-limit', ...counts, limit, of: 'groups' })
    stop.stopSending(
      'failure-limit',
      `${counts.failed} of ${counts.answered}, the limit is ${limit}`,
    )
  }

  function fail(planned: PlannedEnabling): void {
    answered.add(planned)
    failed.add(planned)
    holdToLimit()
  }

  const slots = createSlots(limits.concurrency)
  const watch = createGroupWatch({
    client,
    clock,
    stop,
    pollIntervalMs: limits.pollIntervalMs,
    jobTimeoutMs: limits.jobTimeoutMs,
    settleWindowMs: limits.settleWindowMs,
    onBug: trouble,
  })
  const context: EnableContext = {
    client,
    journal,
    dispatcher: createDispatcher({
      slots,
      maxJobs: limits.maxJobs,
      clock,
      stop,
      onLane: (groupId, facts) =>
        onEvent({ type: 'lane', groupId, group: names.get(groupId) ?? groupId, ...facts }),
    }),
    slots,
    watch,
    stop,
    clock,
    random,
    patienceMs: limits.jobTimeoutMs,
    onJournalFailure: trouble,
    onAnswered: (planned) => void answered.add(planned),
    onFailing: fail,
    onProgress: tellProgress,
    onEvent,
  }

  function tellProgress(): void {
    const ended: Partial<Record<Enabling['kind'], number>> = {}
    for (const { kind } of enablings.values()) ended[kind] = (ended[kind] ?? 0) + 1
    onEvent({ type: 'groups-progress', groups: plan.groups.length, ended, running: watch.size() })
  }

  async function one(planned: PlannedEnabling): Promise<void> {
    const { id: groupId, name: group } = planned.group
    const enabling = await enableGroup(context, planned).catch((error: unknown) => {
      trouble(error)
      return crashed(error, clock.now())
    })
    enablings.set(groupKey(groupId), { ...enabling, groupId })
    const { kind: outcome, reason } = enabling
    onEvent({ type: 'group-ended', groupId, group, outcome, reason, isOn: isOn(outcome) })
    tellProgress()
  }

  onEvent({
    type: 'groups-begun',
    maxJobs: limits.maxJobs,
    groups: plan.groups.map(({ group: { id: groupId, name: group }, rows }) => ({
      groupId,
      group,
      rows,
    })),
  })
  await Promise.all(plan.groups.map(one))
  const lost = stop.accessError()
  if (lost !== null && lost !== lostBefore) {
    const { operation, message, httpStatus: status, code, requestId } = lost
    onEvent({ type: 'access-lost', operation, message, status, code, requestId })
  }
  return { enablings, troubles }
}

/** A bug in a group's own code: whether its start went out is for the next run to find. */
function crashed(error: unknown, now: number): Enabling {
  const name = error instanceof Error ? error.name : 'it threw no error'
  const cause = `the tool failed on this group: ${name}`
  return {
    ...offResult('unknown', 'fate-unknown', { why: 'bug', cause }),
    jobId: null,
    errorCode: null,
    submittedAt: null,
    finishedAt: new Date(now).toISOString(),
  }
}

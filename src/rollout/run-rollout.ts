import { applyPlan, type Applied, type ApplyParts } from '../apply/apply.ts'
import { createHealthNotes, noticingHealthy } from '../apply/noticed-healthy.ts'
import type { Plan } from '../plan/plan.ts'
import type { Snapshot } from '../plan/snapshot.ts'
import { isProtected } from '../outcome.ts'
import { isOn } from '../enabling.ts'
import type { Wanted } from '../plan/locate-instance.ts'
import type { Report, RequestCounts } from '../report/schema.ts'
import type { StopReason } from '../apply/stop.ts'
import type { RunEnd, StopSignal } from '../run-end.ts'
import { lookLast } from './last-look.ts'
import { lookedRows } from './looked-rows.ts'
import type { PlannedRollout } from './plan-rollout.ts'
import { reportOf, type RunFacts } from './report-of.ts'
import { settleLate } from './settle-late.ts'
import { NOTHING_SWITCHED, switchOn } from './switch-on.ts'
import { createTimelines } from './timelines.ts'
import { CREATES_ONLY, type Work } from './work.ts'

/** What a run needs besides its plan; everything that touches the world is a port. */
export interface RunRolloutParts extends Omit<
  ApplyParts,
  'knownInstances' | 'seenHealthy' | 'noteHealthy'
> {
  /** What looks before this run have shown healthy, by the instance's ID, each with its server's. */
  readonly seenBefore: ReadonlyMap<string, string>
  /** What the report says of the run itself. */
  readonly about: RunFacts
  /** Left out: creates alone. */
  readonly work?: Work
  /** What has been sent, counted by whoever sends. */
  readonly requests: () => RequestCounts
  /** The signal that stopped the run, or null. */
  readonly interruptedBy: () => StopSignal | null
}

export interface RolloutResult {
  readonly report: Report
  readonly end: RunEnd
  /** Bugs, a full disk: what must not happen, and must be told. */
  readonly troubles: readonly unknown[]
}

/**
 * One run from its plan to its report: the journal's first line, the plan carried out, a fresh look,
 * every row's last word, and what that look settled late in the journal; then, where that is asked for,
 * protection switched on in its groups, and another look. The journal stays open: its
 * `end` is written by whoever has kept the report. Rejects with JournalFailure when not even the first
 * line could be written; apart from that it never rejects, whatever happens to one row.
 */
export async function runRollout(
  planned: PlannedRollout,
  parts: RunRolloutParts,
): Promise<RolloutResult> {
  const { about, clock, journal, work = CREATES_ONLY } = parts
  await journal.append({
    type: 'run',
    at: about.startedAt,
    runId: about.runId,
    command: about.command,
    endpoint: about.endpoint,
    projectId: about.projectId,
    source: about.inventory.source,
    sha256: about.inventory.sha256,
    resumes: [...planned.openWork.openRuns],
  })
  const seenHealthy = new Map(parts.seenBefore)
  const known = planned.openWork.healthyInstances
  const noteHealthy = createHealthNotes({ journal, clock, known })
  // What a failed create had left is nobody's to delete any more, once it has been seen healthy: written
  // down at once, since a run may be killed.
  const telling = perhapsDeletable(planned)
  const client = noticingHealthy(parts.client, seenHealthy, (seen) => {
    if (telling.has(seen.instanceId)) void noteHealthy([seen]).catch(() => undefined)
  })
  await noteHealthy([...planned.plan.healthy, ...seenOf(telling, seenHealthy)])
  const troubles: unknown[] = []
  const timelines = createTimelines(clock.now())
  const tell = guarded(parts.onEvent, troubles)
  const onEvent: typeof tell = (event) => {
    timelines.see(event, clock.now())
    tell(event)
  }
  const common = { ...parts, client, onEvent }
  const { stop } = parts
  const tellStop = (): void => onEvent({ type: 'stopping', reason: stop.reason() ?? 'run-aborted' })
  if (stop.sending.aborted) tellStop()
  else stop.sending.addEventListener('abort', tellStop, { once: true })
  const applied = work.creates
    ? await applyPlan(planned.plan, {
        ...common,
        seenHealthy,
        noteHealthy,
        knownInstances: planned.openWork.knownInstances,
      })
    : lookedAt(planned, planned.snapshot)
  troubles.unshift(...applied.troubles)
  const look = async (on: readonly string[] = []): Promise<Snapshot | null> => {
    const { settleWindowMs } = parts.limits
    onEvent({ type: 'looking' })
    const looking = { client, clock, settleWindowMs, signal: stop.following }
    const believed = believedProtected(planned.plan, applied)
    return lookLast(looking, believed, on).catch((error: unknown) => {
      troubles.push(error)
      return null
    })
  }
  const reportWith = (
    facts: Pick<
      Parameters<typeof reportOf>[0],
      'applied' | 'fresh' | 'isBeforeEnabling' | 'enablings'
    >,
  ) =>
    reportOf({
      ...facts,
      about,
      planned,
      work,
      end: endOf(parts, troubles),
      finishedAt: clock.now(),
      requests: parts.requests(),
      timelines: timelines.until(clock.now()),
    })
  const fresh = work.creates ? await look() : planned.snapshot
  let report = reportWith({
    applied,
    fresh,
    isBeforeEnabling: false,
    enablings: NOTHING_SWITCHED.enablings,
  })
  if (work.creates) await settleLate(journal, applied, report, clock.now())
  // Of what was created the journal says so already. What a row's own looks have not found the last one may have.
  const left = [
    ...[...applied.outcomes.values()].map(({ kind, protectedInstanceId: id }) => ({ kind, id })),
    ...report.rows.map(({ outcome: kind, protectedInstanceId: id }) => ({ kind, id })),
  ].flatMap(({ kind, id }) => (isProtected(kind) || id === null ? [] : [id]))
  await noteHealthy(seenOf(new Set(left), seenHealthy)).catch(() => undefined)
  if (work.enable !== null) {
    const areRowsProtected = !work.creates || report.run.outcome === 'complete'
    const { enable } = work
    const snapshot = fresh
    const switched = await switchOn(planned, {
      ...common,
      work: { ...work, enable },
      snapshot,
      areRowsProtected,
    })
    troubles.push(...switched.troubles)
    const after = await look(
      [...switched.enablings.values()].flatMap(({ kind, groupId }) => (isOn(kind) ? groupId : [])),
    )
    const last = after ?? fresh
    report = reportWith({
      applied: work.creates ? applied : lookedAt(planned, last ?? planned.snapshot),
      fresh: last,
      isBeforeEnabling: after === null,
      enablings: switched.enablings,
    })
  }
  stop.sending.removeEventListener('abort', tellStop)
  return { report, end: endOf(parts, troubles), troubles }
}

/** For a run that creates nothing. */
function lookedAt({ plan }: PlannedRollout, snapshot: Snapshot): Applied {
  return { outcomes: lookedRows(plan.rows, snapshot), carriedOver: [], troubles: [] }
}

/** A listener that throws is told as a trouble, once, and costs no row anything. */
function guarded(onEvent: ApplyParts['onEvent'], troubles: unknown[]): ApplyParts['onEvent'] {
  let hasFailed = false
  const failed = (error: unknown): void => {
    if (!hasFailed) troubles.push(error)
    hasFailed = true
  }
  return (event) => {
    if (hasFailed) return
    try {
      // A listener in JavaScript may be asynchronous, and reject: nobody else would hear of it.
      void Promise.resolve<unknown>(onEvent(event)).catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}

/** Instances that a later run might delete, as far as is known before this one: of what it leaves itself its end tells. */
function perhapsDeletable({ plan, openWork }: PlannedRollout): ReadonlySet<string> {
  const ofRows = plan.rows.flatMap(({ action }) =>
    action.kind === 'conflict' || action.kind === 'replace' ? [action.instance.id] : [],
  )
  return new Set([...openWork.failedInstances, ...ofRows])
}

function seenOf(
  instances: ReadonlySet<string>,
  seenHealthy: ReadonlyMap<string, string>,
): Plan['healthy'] {
  return [...seenHealthy].flatMap(([instanceId, server]) =>
    instances.has(instanceId) ? [{ server, instanceId }] : [],
  )
}

/** Whose instances the last look should show. */
function believedProtected({ rows }: Plan, { outcomes, carriedOver }: Applied): Wanted[] {
  const ofRows = rows.flatMap(({ row: { row, serverId }, group }) => {
    const outcome = outcomes.get(row)
    return outcome === undefined ? [] : [{ serverId, groupId: group.id, outcome }]
  })
  const ofOthers = carriedOver.map(({ open, outcome }) => ({ ...open, outcome }))
  return [...ofRows, ...ofOthers].filter(({ outcome }) => isProtected(outcome.kind))
}

function endOf({ stop, interruptedBy }: RunRolloutParts, troubles: Applied['troubles']): RunEnd {
  if (troubles.length > 0) return { kind: 'aborted', cause: 'crash' }
  const signal = interruptedBy()
  if (signal !== null) return { kind: 'interrupted', signal }
  const reason = stop.reason()
  const end = reason === null ? ENDED : END_OF[reason]
  // Access lost for one group alone: what needs it was not done.
  return end.kind === 'ended' && stop.accessError() !== null ? ACCESS_LOST : end
}

const ENDED: RunEnd = { kind: 'ended' }
const ACCESS_LOST: RunEnd = { kind: 'aborted', cause: 'access' }

/** How a run ends that stopped sending for a reason. */
const END_OF = {
  // Of a caller that interrupts without a signal.
  interrupted: { kind: 'interrupted', signal: 'SIGINT' },
  'failure-limit': { kind: 'aborted', cause: 'failure-limit' },
  'access-lost': ACCESS_LOST,
  // The row that met the quota has failed, and the others say why they were not attempted.
  quota: ENDED,
  'wave-stopped': ENDED,
  // The lock is gone, or the disk: a trouble says more where there is one.
  'run-aborted': { kind: 'aborted', cause: 'crash' },
} as const satisfies Record<StopReason, RunEnd>

import type { Outcome } from '../../src/outcome.ts'
import type { PlannedRow } from '../../src/plan/plan.ts'
import type { Report } from '../../src/report/schema.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { rollOut, type Rollout } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import type { RandomFleet } from './random-fleet.ts'

type ReportRow = Report['rows'][number]

/** What an action of the plan comes to in a cloud without faults. */
const COMES_TO = {
  create: ['created'],
  keep: ['already-protected'],
  conflict: ['conflict'],
  blocked: ['blocked'],
  // Nothing is under way, lost or to be replaced in a fleet that nobody has worked on.
  resume: [],
  look: [],
  replace: [],
} as const satisfies Record<PlannedRow['action']['kind'], readonly Outcome['kind'][]>

/**
 * Plays a fleet twice from the same world, as it ships: as planned, and with the other services not asked. Gives
 * a line for everything in which what was planned and what came of it differ.
 */
export async function brokenPredictions(fleet: RandomFleet): Promise<string[]> {
  const asPlanned = await play(fleet, true)
  const unasked = await play(fleet, false)
  const { rows } = asPlanned.plan
  const isQuotaShort = rows.some(({ action }) => codeOf(action) === 'SDRS.0306')
  return rows.flatMap((planned) => [
    ...comesToAsPlanned(planned, rowOf(asPlanned, planned)),
    ...isRefusedAsPredicted(planned, unasked, isQuotaShort),
  ])
}

/** Groups take turns, so that of several it is not the file's order that decides who gets the last pairs. */
function isTakenByAnotherGroup({ report }: Rollout, code: string, { outcome }: ReportRow): boolean {
  const groups = new Set(report.rows.map(({ serverGroupId }) => serverGroupId))
  const isQuotaMet = report.rows.some(({ errorCode }) => errorCode === 'SDRS.0306')
  return code === 'SDRS.0306' && groups.size > 1 && isQuotaMet && outcome === 'created'
}

async function play(fleet: RandomFleet, preflight: boolean): Promise<Rollout> {
  const clock = virtualClock(FLEET_NOW)
  return clock.run(
    rollOut({
      transport: simulatorTransport({ initial: fleet.world, clock }),
      clock,
      rows: fleet.rows,
      dialect: fleet.dialect,
      projectId: fleet.world.project.id,
      preflight,
      // One after another: then the order of sending is the order in which they arrive.
      limits: { concurrency: 1, maxFailures: { kind: 'percent', value: 100 } },
    }),
  )
}

export const FLEET_NOW = Date.UTC(2026, 0, 1)

function rowOf({ report }: Rollout, { row }: PlannedRow): ReportRow {
  const found = report.rows.find((each) => each.row === row.row)
  if (found === undefined) throw new Error(`the report has no row ${row.row}`)
  return found
}

/** Created if and only if planned to be created; whatever is blocked is reported with its reason and code. */
function comesToAsPlanned({ row, action }: PlannedRow, came: ReportRow): string[] {
  const wanted: readonly string[] = COMES_TO[action.kind]
  if (!wanted.includes(came.outcome)) {
    return [`row ${row.row}: planned ${action.kind}, came to ${told(came)}`]
  }
  if (action.kind !== 'blocked') return []
  const isSame = came.reason === action.result.reason && came.errorCode === action.errorCode
  return isSame ? [] : [`row ${row.row}: blocked by ${action.errorCode}, reported ${told(came)}`]
}

/** The first row beyond the quota closes it for all that come after, whatever else is wrong with those. */
function isRefusedAsPredicted(
  planned: PlannedRow,
  unasked: Rollout,
  isQuotaShort: boolean,
): string[] {
  const { row, action } = planned
  const code = codeOf(action)
  if (code === null || action.kind !== 'blocked') return []
  const came = rowOf(unasked, planned)
  const isSame = came.errorCode === code
  // A locked server is busy, which may pass: it is asked again until the patience is at its end.
  const reason = code === 'SDRS.1359' ? 'retries-exhausted' : 'refused'
  const isRefused = came.outcome === 'failed' && came.reason === reason && isSame
  const isBlocked = came.outcome === 'blocked' && isSame
  const isClosed = isQuotaShort && came.outcome === 'not-attempted' && came.reason === 'quota'
  return isRefused || isBlocked || isClosed || isTakenByAnotherGroup(unasked, code, came)
    ? []
    : [`row ${row.row}: predicted ${code} (${action.result.reason}), got ${told(came)}`]
}

function codeOf(action: PlannedRow['action']): string | null {
  return action.kind === 'blocked' ? action.errorCode : null
}

function told({ outcome, reason, errorCode, message }: ReportRow): string {
  return `${outcome}/${reason ?? ''} ${errorCode ?? ''} ${message ?? ''}`.trim()
}

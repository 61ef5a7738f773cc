import { isOn } from '../../src/enabling.ts'
import { groupKey } from '../../src/keys.ts'
import { JournalFailure } from '../../src/journal/journal.ts'
import {
  acceptedStarts,
  doubleCreates,
  doubleStarts,
  hastyStarts,
  healthyDeletes,
  reprotects,
  type AcceptedStart,
} from '../../src/simulator/audit.ts'
import type { GroupActEntry } from '../../src/simulator/group-acts.ts'
import { groupStatusAt } from '../../src/simulator/lifecycle.ts'
import { groupIdAt, groupIdOfRow, isCreatedIn, isInSync } from './switched-world.ts'
import { isSlowOfSight } from './switched-history.ts'
import type { Place, SwitchedPlay } from './switched-play.ts'
import { outcomesAreTrue, startsOf } from './switched-truths.ts'
import { violation, type Violation } from './violation.ts'

/**
 * What holds of every history in which apply, enable and verify, deaths, failovers and deletions by
 * somebody else are mixed.
 */
const PROMISES: readonly ((played: SwitchedPlay) => readonly Violation[])[] = [
  worksToItsEnd,
  nothingTwice,
  nothingDestroyed,
  intentFirst,
  onlyWholeGroups,
  everyGroupAccountedFor,
  outcomesAreTrue,
  verifyReadsAlone,
  inSyncIsTrue,
  allIsSwitchedOn,
]

export function violationsOfSwitched(played: SwitchedPlay): Violation[] {
  return PROMISES.flatMap((promise) => promise(played))
}

function worksToItsEnd({ runs, unreadable }: SwitchedPlay): Violation[] {
  const bugs = runs.flatMap(({ run, end, isFinal }) => {
    if (end.kind === 'bug') return [`run ${run}: ${told(end.error)}`]
    if (end.kind === 'report') {
      // A disk that takes no more lines is the machine's trouble, and is told.
      const troubles = end.troubles.filter((each) => !(each instanceof JournalFailure))
      if (troubles.length > 0) return [`run ${run}: ${troubles.map(told).join('; ')}`]
    }
    return isFinal && (end.kind === 'refused' || end.kind === 'died')
      ? [`run ${run}: ${end.kind}`]
      : []
  })
  return [...bugs, ...unreadable].map((detail) =>
    violation('no bug, and journals read back', detail),
  )
}

function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/**
 * Where lags are shorter than settle windows, nobody may even send a start while an earlier one of the same folder
 * runs. Where they are longer, or others are at work, the service alone can refuse it, and must.
 */
function nothingTwice(played: SwitchedPlay): Violation[] {
  const { world, history } = played
  const hasty = isSlowOfSight(history.cloud) ? [] : hastyStarts(world)
  return [
    ...hasty
      .filter((entry) => isOfOneFolder(played, entry))
      .map(({ name, at }) =>
        violation('no start while the first may run', `${name} at ${time(at)}`),
      ),
    ...doubleStarts(world)
      .filter(({ second }) => !isUndoneByOthers(played, second))
      .map(({ second: { name, at } }) =>
        violation('no group started twice', `${name} at ${time(at)}`),
      ),
    ...reprotects(world).map(({ name, at }) =>
      violation('never reprotected', `${name} at ${time(at)}`),
    ),
    ...doubleCreates(world).map(({ second }) =>
      violation('no server created twice', `${second.name} at ${time(second.at)}`),
    ),
  ]
}

/** What was on may have been switched off by somebody, which the ledger does not hold. */
function isUndoneByOthers({ meddled, history }: SwitchedPlay, start: AcceptedStart): boolean {
  return meddled.some(
    ({ at, by }) =>
      by.kind !== 'delete' &&
      at <= start.at &&
      groupIdAt(history, by.group) === start.serverGroupId,
  )
}

/** Whoever sent it could know of the start that ran. */
function isOfOneFolder(played: SwitchedPlay, { at, serverGroupId }: GroupActEntry): boolean {
  const { world } = played
  const placeAt = (arrivedAt: number): Place | undefined => {
    const sent = startsOf(played.sightings).find(
      (each) => each.arrivedAt === arrivedAt && each.subject === serverGroupId,
    )
    return played.runs.find(({ run }) => run === sent?.run)?.place
  }
  const running = (acceptedStarts(world).get(serverGroupId) ?? []).filter(
    (first) => first.at < at && at < first.endsAt,
  )
  return running.some((first) => placeAt(first.at) === placeAt(at))
}

function nothingDestroyed({ world }: SwitchedPlay): Violation[] {
  return healthyDeletes(world).map(({ name, at }) =>
    violation('nothing healthy is deleted', `${name} at ${time(at)}`),
  )
}

function intentFirst({ uncovered }: SwitchedPlay): Violation[] {
  return uncovered.map(({ run, subject }) =>
    violation('the intent is on disk first', `${subject} in run ${run}`),
  )
}

/** Without `--partial`: in each group that a run starts it has seen every row of its inventory created. */
function onlyWholeGroups(played: SwitchedPlay): Violation[] {
  const { sightings, runs, world, history } = played
  return runs.flatMap((each) => {
    if (each.step.command === 'partial') return []
    const own = sightings.filter(({ run }) => run === each.run)
    const looks = own.flatMap(({ operation, arrivedAt }) =>
      operation.startsWith('list') && arrivedAt !== null
        ? [arrivedAt - history.cloud.listLagMs]
        : [],
    )
    const started = new Set(startsOf(own).map(({ subject }) => subject))
    return each.rows
      .filter((row) => started.has(groupIdOfRow(history, row)))
      .filter(
        (row) =>
          !looks.some((at) => isCreatedIn(world, row.serverId, groupIdOfRow(history, row), at)),
      )
      .map(({ name }) =>
        violation('only whole groups are started', `${name} was not created, run ${each.run}`),
      )
  })
}

function everyGroupAccountedFor({ runs, history }: SwitchedPlay): Violation[] {
  return runs.flatMap(({ run, end, step, rows }) => {
    if (end.kind !== 'report' || step.command === 'apply') return []
    const said = new Set(
      end.report.groups.flatMap(({ id, enabling }) => (enabling === null ? [] : [groupKey(id)])),
    )
    const wanted = new Set(rows.map((row) => groupIdOfRow(history, row)))
    return [...wanted]
      .filter((id) => !said.has(groupKey(id)))
      .map((id) => violation('every group is accounted for', `${id} in run ${run}`))
  })
}

function verifyReadsAlone({ runs, sightings }: SwitchedPlay): Violation[] {
  const audits = new Set(runs.flatMap(({ run, step }) => (step.command === 'verify' ? [run] : [])))
  return sightings
    .filter(({ run, operation }) => audits.has(run) && !/^(list|show)/.test(operation))
    .map(({ run, operation }) => violation('verify reads alone', `${operation} in run ${run}`))
}

function inSyncIsTrue({ runs, sightings, world, history }: SwitchedPlay): Violation[] {
  return runs.flatMap(({ run, end, isFinal, endedAt }) => {
    if (end.kind !== 'verified') return []
    const looks = sightings.flatMap((each) =>
      each.run === run && each.operation === 'listReplications' && each.arrivedAt !== null
        ? [each.arrivedAt - history.cloud.listLagMs]
        : [],
    )
    return end.rows.flatMap(({ row, verification }) => {
      const said = verification.replication.state === 'in-sync'
      const groupId = groupIdOfRow(history, row)
      const was = looks.some((at) => isInSync(world, row.serverId, groupId, at))
      const is = isInSync(world, row.serverId, groupId, endedAt)
      const detail = `${row.name} in run ${run}: ${verification.replication.state}`
      if (said && !was) return [violation('in sync is said only of what is', detail)]
      return isFinal && is && !said ? [violation('what is in sync is seen to be', detail)] : []
    })
  })
}

/** Of the last runs of enable, in fair weather: whatever can be switched on is on after them. */
function allIsSwitchedOn({ runs, world, history }: SwitchedPlay): Violation[] {
  const fair = runs.filter(({ isFinal, step }) => isFinal && step.command === 'enable')
  const first = fair[0]
  const last = fair.at(-1)
  if (first === undefined || last === undefined) return []
  return history.groups.flatMap((_, place) => {
    const id = groupIdAt(history, place)
    const group = world.groups.get(id)
    const rows = first.rows.filter((row) => groupIdOfRow(history, row) === id)
    const before = group === undefined ? null : groupStatusAt(group, first.startedAt)
    const canBe = before === 'available' || before === 'error-starting' || before === 'protected'
    const isWhole = rows.every(({ serverId }) => isCreatedIn(world, serverId, id, first.startedAt))
    if (group === undefined || rows.length === 0 || !canBe || !isWhole) return []
    const after = groupStatusAt(group, last.endedAt)
    const said =
      last.end.kind === 'report'
        ? last.end.report.groups.find((each) => groupKey(each.id) === groupKey(id))?.enabling
        : null
    const isSaid = said !== null && said !== undefined && isOn(said.outcome)
    if (after === 'protected' && isSaid) return []
    const detail = `${group.name} is ${after}, and ${said?.outcome ?? 'nothing'} is said of it`
    return [violation('what can be switched on is on in the end', detail)]
  })
}

function time(at: number): string {
  return new Date(at).toISOString().slice(11, 23)
}

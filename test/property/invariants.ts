import { serverKey } from '../../src/keys.ts'
import { JournalFailure } from '../../src/journal/journal.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { expectedOutcomes } from './expected.ts'
import { journalsReadBack, openCreatesAreRemembered, whatIsLeftOpenIsRemembered } from './memory.ts'
import type { Played, PlayedRun } from './play.ts'
import { deletesNothingSeenHealthy, deletesOnlyFailedCreates, noHealthyDelete } from './deletes.ts'
import { locksNameTheLiving, noLivingLockIsTaken, onlyTheHolderSends } from './locks.ts'
import {
  acceptedIsNotSentAgain,
  intentsPrecedeRequests,
  looksBeforeSendingAgain,
  noSecondInstance,
} from './sends.ts'
import { reportsTellTheTruth } from './truths.ts'
import { violation, type Violation } from './violation.ts'

type Check = (played: Played) => readonly Violation[]

/** What must hold of every history, whatever befell its runs. Pure. */
export function violationsOf(played: Played): Violation[] {
  return CHECKS.flatMap((check) => check(played))
}

const CHECKS: readonly Check[] = [
  runsEndAsTheyMay,
  noSecondInstance,
  noHealthyDelete,
  deletesOnlyFailedCreates,
  deletesNothingSeenHealthy,
  looksBeforeSendingAgain,
  acceptedIsNotSentAgain,
  intentsPrecedeRequests,
  onlyTheHolderSends,
  locksNameTheLiving,
  noLivingLockIsTaken,
  journalsReadBack,
  openCreatesAreRemembered,
  whatIsLeftOpenIsRemembered,
  everyRowHasOneOutcome,
  carriedOverIsAccounted,
  requestsAddUp,
  reportsTellTheTruth,
  noRowPaysForAnother,
  fairRunsReachTheGoal,
]

/** No bug, no trouble but a full disk; a run in fair weather always reports. */
function runsEndAsTheyMay({ runs }: Played): Violation[] {
  return runs.flatMap(({ run, end, plan }) => {
    if (end.kind === 'bug')
      return [violation('runs do not crash', `run ${run}: ${stackOf(end.error)}`)]
    if (end.kind === 'report') {
      return end.troubles
        .filter((trouble) => !(trouble instanceof JournalFailure))
        .map((trouble) => violation('runs do not crash', `run ${run}: ${stackOf(trouble)}`))
    }
    if (plan !== null) return []
    return [violation('a fair run reports', `run ${run}: ${JSON.stringify(end)}`)]
  })
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function everyRowHasOneOutcome({ runs }: Played): Violation[] {
  return runs.flatMap(({ run, end, rows }) => {
    if (end.kind !== 'report') return []
    const { totals, rows: reported } = end.report
    const { rows: all, ...counts } = totals
    const sum = Object.values(counts).reduce((one, other) => one + other, 0)
    const wanted = rows.map(({ row, serverId }) => `${row} ${serverId}`).join()
    const found = reported.map(({ row, serverId }) => `${row} ${serverId}`).join()
    return wanted === found && all === rows.length && sum === all
      ? []
      : [violation('every row has one outcome', `run ${run}: ${JSON.stringify(totals)}`)]
  })
}

/** What earlier runs left open of servers that no row names is in the report, once each. */
function carriedOverIsAccounted({ runs }: Played): Violation[] {
  return runs.flatMap(({ run, end, rows, remembered }) => {
    if (end.kind !== 'report') return []
    const named = new Set<string>(rows.map(({ serverId }) => serverKey(serverId)))
    const wanted = [...remembered.open.keys()].filter((key) => !named.has(key)).toSorted()
    const found = end.report.carriedOver.map(({ serverId }) => serverKey(serverId)).toSorted()
    return wanted.join() === found.join()
      ? []
      : [violation('what is carried over is accounted for', `run ${run}: ${found.join()}`)]
  })
}

function requestsAddUp({ runs, sightings }: Played): Violation[] {
  return runs.flatMap(({ run, end }) => {
    if (end.kind !== 'report') return []
    const { total, byStatus, byOperation } = end.report.requests
    const sum = (counts: Readonly<Record<string, number>>): number =>
      Object.values(counts).reduce((one, other) => one + other, 0)
    const mine = sightings.filter((each) => each.run === run)
    const attempts = end.report.rows.flatMap((row) => {
      const sent = mine.filter(({ server }) => server === serverKey(row.serverId)).length
      return sent === row.attempts
        ? []
        : [
            violation(
              'attempts are creates sent',
              `run ${run}, row ${row.row}: ${row.attempts} for ${sent}`,
            ),
          ]
    })
    return total === mine.length && sum(byStatus) === total && sum(byOperation) === total
      ? attempts
      : [...attempts, violation('requests add up', `run ${run}: ${total}, seen ${mine.length}`)]
  })
}

/** Where all trouble is the other groups', the rows of the first end as in fair weather. */
function noRowPaysForAnother({ runs, history }: Played): Violation[] {
  if (!history.firstGroupIsQuiet) return []
  return runs.flatMap((run) =>
    unexpectedOf(run, groupIdFor('g1')).map((detail) =>
      violation('no row pays for the trouble of another', detail),
    ),
  )
}

function fairRunsReachTheGoal({ runs }: Played): Violation[] {
  return runs
    .filter(({ plan }) => plan === null)
    .flatMap((run) =>
      unexpectedOf(run, null).map((detail) =>
        violation('in fair weather every server that can be protected is', detail),
      ),
    )
}

/** Rows of a group, or of all, that do not end as they would if nothing went wrong. */
function unexpectedOf(run: PlayedRun, groupId: string | null): string[] {
  const { end } = run
  if (end.kind !== 'report') return []
  const expected = expectedOutcomes(run)
  return end.report.rows.flatMap((row) => {
    if (groupId !== null && row.serverGroupId !== groupId) return []
    const said = row.reason === null ? row.outcome : `${row.outcome}:${row.reason}`
    const allowed = expected.get(serverKey(row.serverId)) ?? []
    return allowed.includes(said)
      ? []
      : [`run ${run.run}, ${row.name}: ${said}, not ${allowed.join(' or ')} (${row.message ?? ''})`]
  })
}

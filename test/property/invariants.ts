import { groupBy } from '../../src/group-by.ts'
import { serverKey } from '../../src/keys.ts'
import { JournalFailure } from '../../src/journal/journal.ts'
import type { ReportRow } from '../../src/report/schema.ts'
import { isBroken } from '../../src/sdrs/schema.ts'
import { instanceStatusAt } from '../../src/simulator/lifecycle.ts'
import { logItems } from '../../src/simulator/log.ts'
import { expectedOutcomes } from './expected.ts'
import type { History } from './history.ts'
import type { Played, PlayedRun } from './play.ts'
import { allOf, jobOf, presentOf } from './world.ts'

/** A promise that a played history breaks: which one, and where. */
export interface Violation {
  readonly promise: string
  readonly detail: string
}

/** Of the settle windows that histories choose from. */
const SHORTEST_WINDOW_MS = 10_000

type Check = (played: Played) => readonly Violation[]

/** What must hold of every history, whatever befell its runs. Pure. */
export function violationsOf(played: Played): Violation[] {
  return CHECKS.flatMap((check) => check(played))
}

const CHECKS: readonly Check[] = [
  runsEndAsTheyMay,
  noSecondInstance,
  deletesOnlyFailedCreates,
  looksBeforeSendingAgain,
  intentsPrecedeRequests,
  journalsReadBack,
  openCreatesAreRemembered,
  everyRowHasOneOutcome,
  requestsAddUp,
  reportsTellTheTruth,
  fairRunsReachTheGoal,
]

function violation(promise: string, detail: string): Violation {
  return { promise, detail }
}

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

/** The one promise. Each accepted create finds no other instance of its server alive. */
function noSecondInstance({ runs, history }: Played): Violation[] {
  const world = runs.at(-1)?.after
  if (world === undefined) return []
  return logItems(world.ledger).flatMap((entry) => {
    if (entry.kind !== 'create') return []
    const others = allOf(world, serverKey(entry.serverId)).filter(
      (instance) =>
        instance.id !== entry.instanceId &&
        instance.createdAt <= entry.at &&
        instanceStatusAt(world, instance, entry.at) !== null,
    )
    return others.map(({ id }) =>
      violation(
        'never twice',
        `${entry.name}: created (${entry.instanceId}) while ${id} existed${history.cloud.forgetful ? ', in a cloud without SDRS.1305' : ''}`,
      ),
    )
  })
}

function deletesOnlyFailedCreates({ runs }: Played): Violation[] {
  const world = runs.at(-1)?.after
  if (world === undefined) return []
  return logItems(world.ledger).flatMap((entry) => {
    const instance = world.instances.get(entry.instanceId)
    if (entry.kind !== 'delete' || instance?.ends === 'error') return []
    return [violation('only what a failed create left is deleted', entry.name)]
  })
}

/** How a create may end so that it was certainly not carried out. */
function isCertain(answer: string): boolean {
  const status = Number.parseInt(answer, 10)
  if (answer === 'not-sent') return true
  return status === 429 || status === 503 || (status >= 400 && status < 500 && status !== 408)
}

/**
 * After a create of unknown fate no other goes out for its server before a list was read; and where
 * the journal tells of it, not before the settle window has passed.
 */
function looksBeforeSendingAgain({ sightings, runs }: Played): Violation[] {
  const creates = groupBy(
    sightings.filter(({ server }) => server !== null),
    ({ server }) => server,
  )
  return [...creates.values()].flatMap((ofServer) =>
    ofServer.slice(1).flatMap((next, index) => {
      const last = ofServer[index]
      if (last === undefined || isCertain(last.answer) || last.readable) return []
      // A run that died learnt nothing: what counts is when its request left.
      const since = last.run === next.run ? (last.endedAt ?? last.sentAt) : last.sentAt
      const looked = sightings.some(
        (each) =>
          each.operation === 'listProtectedInstances' &&
          each.readable &&
          each.run === next.run &&
          each.sentAt >= since &&
          (each.endedAt ?? Number.POSITIVE_INFINITY) <= next.sentAt,
      )
      const where = `${next.server ?? ''}: run ${last.run} (${last.answer}), then run ${next.run}`
      if (!looked) return [violation('an unknown fate is looked into', where)]
      if (!isRemembered(runs, last.run, next)) return []
      const window = runs.find(({ run }) => run === next.run)?.plan?.settleWindowMs ?? 30_000
      return next.sentAt - last.sentAt < window
        ? [violation('an unknown fate is looked into through the settle window', where)]
        : []
    }),
  )
}

function isRemembered(
  runs: readonly PlayedRun[],
  lastRun: number,
  next: { readonly run: number; readonly server: string | null },
): boolean {
  if (lastRun === next.run) return true
  const { remembered } = runs.find(({ run }) => run === next.run) ?? {}
  return remembered?.open.has(next.server ?? '') ?? false
}

function intentsPrecedeRequests({ uncovered, sightings, runs }: Played): Violation[] {
  const refused = sightings.filter(
    ({ run, server }) =>
      server !== null && runs.some((each) => each.run === run && each.journal.refused.has(server)),
  )
  return [
    ...uncovered.map(({ server, run }) =>
      violation('an intent is on disk before its request', `${server ?? ''} in run ${run}`),
    ),
    ...refused
      .filter((sighting) => uncovered.includes(sighting))
      .map(({ server, run }) =>
        violation('nothing is sent once the disk is full', `${server ?? ''} in run ${run}`),
      ),
  ]
}

function journalsReadBack({ unreadable }: Played): Violation[] {
  return unreadable.map((detail) => violation('a journal reads back', detail))
}

/**
 * What a run of ours created and nobody has seen to its end is open for the next run: as long as its
 * instance is being created, and lists lag less than the tool looks.
 */
function openCreatesAreRemembered({ runs, sightings, history }: Played): Violation[] {
  if (!lagsLess(history)) return []
  const found: Violation[] = []
  let kept: PlayedRun[] = []
  for (const played of runs) {
    kept.push(played)
    for (const key of played.after === undefined
      ? []
      : new Set(sightings.map(({ server }) => server))) {
      if (key === null) continue
      const running = presentOf(played.after, key, played.endedAt).filter(
        ({ instance, status }) => status === 'creating' && instance.jobId !== null,
      )
      const ours = sightings.some(
        (each) => each.server === key && each.accepted && kept.some(({ run }) => run === each.run),
      )
      if (running.length > 0 && ours && !played.left.open.has(key)) {
        found.push(violation('what runs is remembered', `${key} after run ${played.run}`))
      }
    }
    if (played.plan?.journals === 'deleted') kept = []
  }
  return found
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

/** A report is held against the world itself, which it has no way to see. */
function reportsTellTheTruth(played: Played): Violation[] {
  return played.runs.flatMap((run) =>
    run.end.kind === 'report'
      ? run.end.report.rows.flatMap((row) => untruthOf(played, run, row) ?? [])
      : [],
  )
}

function untruthOf(
  { sightings, history }: Played,
  run: PlayedRun,
  row: ReportRow,
): Violation | null {
  const key = serverKey(row.serverId)
  const present = presentOf(run.after, key, run.endedAt)
  const here = present.filter(({ instance }) => instance.groupId === row.serverGroupId)
  const healthy = here.filter(({ status }) => !isBroken(status) && status !== 'creating')
  const creates = sightings.filter((each) => each.run === run.run && each.server === key)
  const created = creates.some(({ accepted }) => accepted)
  const alive = here.filter(({ status }) => !isBroken(status) && status !== 'deleting')
  const said = `run ${run.run}, ${row.name}: ${row.outcome} ${row.reason ?? ''} ${row.errorCode ?? ''}`
  // A list that lags longer than the tool looks may show it the ghost of an earlier, failed create.
  const mayBeHaunted = !lagsLess(history) && jobOf(history, row.serverId) !== 'succeeds'
  switch (row.outcome) {
    case 'created':
    case 'already-protected':
      if (healthy.length !== 1) return violation('protected means protected', said)
      return created && row.outcome === 'already-protected'
        ? violation('what this run created is reported as created', said)
        : null
    case 'failed':
      return alive.length > 0 && !mayBeHaunted
        ? violation('failed means not protected', said)
        : null
    case 'conflict':
      return created && row.reason === 'broken-instance' && !mayBeHaunted
        ? violation('what this run broke is reported as failed', said)
        : null
    case 'not-attempted':
    case 'blocked':
      return created && alive.length > 0
        ? violation('what this run created is not reported as untouched', said)
        : null
    case 'in-progress':
    case 'unknown':
      return null
  }
}

function fairRunsReachTheGoal({ runs }: Played): Violation[] {
  return runs
    .filter(({ plan }) => plan === null)
    .flatMap((run) => {
      const { end } = run
      if (end.kind !== 'report') return []
      const expected = expectedOutcomes(run)
      return end.report.rows.flatMap((row) => {
        const said = row.reason === null ? row.outcome : `${row.outcome}:${row.reason}`
        const allowed = expected.get(serverKey(row.serverId)) ?? []
        return allowed.includes(said)
          ? []
          : [
              violation(
                'in fair weather every server that can be protected is',
                `run ${run.run}, ${row.name}: ${said}, not ${allowed.join(' or ')} (${row.message ?? ''})`,
              ),
            ]
      })
    })
}

/** A list shows what was created before the tool stops looking. */
function lagsLess({ cloud }: History): boolean {
  return cloud.listLagMs + cloud.latencyMs < SHORTEST_WINDOW_MS
}

import { groupBy } from '../../src/group-by.ts'
import { serverKey } from '../../src/keys.ts'
import { doubleCreates } from '../../src/simulator/audit.ts'
import { instanceStatusAt } from '../../src/simulator/lifecycle.ts'
import { logItems } from '../../src/simulator/log.ts'
import type { World } from '../../src/simulator/state.ts'
import type { Sighting } from './cloud.ts'
import type { Played, PlayedRun } from './play.ts'
import { isOvertaken } from './shared-folder.ts'
import { violation, type Violation } from './violation.ts'
import { allOf } from './world.ts'

/** What runs may send, held against what the cloud did and what they could know. Pure. */

export function lastWorld({ runs }: Played): World | undefined {
  return runs.at(-1)?.after
}

/** The one promise. Each accepted create finds no other instance of its server alive. */
export function noSecondInstance(played: Played): Violation[] {
  const world = lastWorld(played)
  if (world === undefined) return []
  const where = played.history.cloud.forgetful ? ', in a cloud without SDRS.1305' : ''
  const besides = logItems(world.ledger).flatMap((entry) => {
    if (entry.kind !== 'create') return []
    const others = allOf(world, serverKey(entry.serverId)).filter(
      (instance) =>
        instance.id !== entry.instanceId &&
        instance.createdAt <= entry.at &&
        instanceStatusAt(world, instance, entry.at) !== null,
    )
    return others.map(({ id }) => `${entry.name}: created while ${id} existed${where}`)
  })
  const twice = doubleCreates(world).map(
    ({ first, second }) => `${second.name}: ${first.jobId}, then ${second.jobId}${where}`,
  )
  return [...besides, ...twice].map((detail) => violation('never twice', detail))
}

/** How a create may end so that it was certainly not carried out. */
function isCertain(answer: string): boolean {
  const status = Number.parseInt(answer, 10)
  if (answer === 'not-sent') return true
  return status === 429 || status === 503 || (status >= 400 && status < 500 && status !== 408)
}

function createsByServer(sightings: readonly Sighting[]): Sighting[][] {
  const creates = sightings.filter(({ server }) => server !== null)
  return [...groupBy(creates, ({ server }) => server).values()]
}

/**
 * After a create of unknown fate no other goes out for its server before a list was read; and where
 * the journal tells of it, not before the settle window has passed.
 */
export function looksBeforeSendingAgain({ sightings, runs, tenures }: Played): Violation[] {
  return createsByServer(sightings).flatMap((ofServer) =>
    ofServer.slice(1).flatMap((next, index) => {
      const last = ofServer[index]
      if (last === undefined || isCertain(last.answer) || last.readable) return []
      if (isOvertaken(tenures, next)) return []
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
      return next.sentAt - last.sentAt < windowOf(runs, next.run)
        ? [violation('an unknown fate is looked into through the settle window', where)]
        : []
    }),
  )
}

function windowOf(runs: readonly PlayedRun[], run: number): number {
  return runs.find((each) => each.run === run)?.plan?.settleWindowMs ?? 30_000
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

/**
 * A create whose job ID is known is not sent again while that job runs, unless SDRS itself has denied
 * the job, and more than once.
 */
export function acceptedIsNotSentAgain(played: Played): Violation[] {
  const { sightings, runs, tenures } = played
  const world = lastWorld(played)
  if (world === undefined) return []
  const jobIds = new Map(
    logItems(world.ledger).map(({ serverId, at, jobId }) => [
      `${serverKey(serverId)} ${at}`,
      jobId,
    ]),
  )
  return createsByServer(sightings).flatMap((ofServer) =>
    ofServer.slice(1).flatMap((next, index) => {
      const last = ofServer.slice(0, index + 1).findLast(({ accepted }) => accepted)
      const jobId = jobIds.get(`${last?.server} ${last?.arrivedAt}`)
      if (last === undefined || jobId === undefined) return []
      const isKnown =
        last.run === next.run
          ? last.readable
          : runs.find(({ run }) => run === next.run)?.remembered.open.get(next.server ?? '')
              ?.jobId === jobId
      const isRunning = next.sentAt < (world.jobs.get(jobId)?.endsAt ?? 0)
      if (!isKnown || !isRunning || isDenied(sightings, jobId, next)) return []
      if (isOvertaken(tenures, next)) return []
      const where = `${next.server ?? ''}: run ${last.run}, then run ${next.run}`
      return [violation('an accepted create is not sent again while its job runs', where)]
    }),
  )
}

const MORE_THAN_ONCE = 3

function isDenied(sightings: readonly Sighting[], jobId: string, next: Sighting): boolean {
  const denials = sightings.filter(
    ({ operation, subject, answer, run, sentAt }) =>
      operation === 'showJob' &&
      subject === jobId &&
      run === next.run &&
      sentAt < next.sentAt &&
      /^40[04] SDRS/i.test(answer),
  )
  return denials.length >= MORE_THAN_ONCE
}

export function intentsPrecedeRequests({ uncovered, sightings, runs }: Played): Violation[] {
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

import { healthyDeletes } from '../../src/simulator/audit.ts'
import { instanceStatusAt } from '../../src/simulator/lifecycle.ts'
import { logItems } from '../../src/simulator/log.ts'
import type { DeleteEntry, World } from '../../src/simulator/state.ts'
import type { Sighting } from './cloud.ts'
import type { Played, PlayedRun } from './play.ts'
import { lastWorld } from './sends.ts'
import { violation, type Violation } from './violation.ts'
import { hasFailed } from './world.ts'

/** What may be deleted, held against what the cloud did and what runs could know. Pure. */

function deletesIn(world: World): DeleteEntry[] {
  return logItems(world.ledger).filter((entry): entry is DeleteEntry => entry.kind === 'delete')
}

/** Between a look and the request that follows it nothing but the journal may stand, ms. */
const AT_ONCE_MS = 1_000

/**
 * The API has no delete on a condition: what a look showed in `error` may be repaired while its answer and
 * then the DELETE are on the wire. That look must be of that very instance, and the DELETE must follow at once.
 */
function becameHealthyOnTheWay({ sightings }: Played, world: World, entry: DeleteEntry): boolean {
  const { instanceId, at } = entry
  const instance = world.instances.get(instanceId)
  const sent = sightings.findLast(
    ({ operation, subject, arrivedAt }) =>
      operation === 'deleteProtectedInstance' && subject === instanceId && arrivedAt === at,
  )
  if (instance === undefined || sent === undefined) return false
  const look = sightings.findLast(
    ({ run, operation, subject, sentAt }) =>
      run === sent.run &&
      operation === 'showProtectedInstance' &&
      subject === instanceId &&
      sentAt <= sent.sentAt,
  )
  if (look === undefined || look.arrivedAt === null || look.endedAt === null) return false
  return (
    sent.sentAt - look.endedAt <= AT_ONCE_MS &&
    instanceStatusAt(world, instance, look.arrivedAt) === 'error'
  )
}

export function noHealthyDelete(played: Played): Violation[] {
  const world = lastWorld(played)
  if (world === undefined) return []
  return [
    ...healthyDeletes(world)
      .filter((entry) => !becameHealthyOnTheWay(played, world, entry))
      .map(({ name, status }) =>
        violation('no healthy instance is deleted', `${name}, in ${status ?? 'no status'}`),
      ),
    ...deletesIn(world)
      .filter(({ station }) => station !== 'source')
      .map(({ name, station }) =>
        violation('nothing is deleted but on its source station', `${name}: "${station ?? ''}"`),
      ),
  ]
}

/** Of what the ledger shows no create was somebody else's; and a create that has succeeded has left nothing. */
export function deletesOnlyFailedCreates(played: Played): Violation[] {
  const world = lastWorld(played)
  if (world === undefined) return []
  const jobs = new Map(
    logItems(world.ledger).flatMap(({ kind, instanceId, jobId }) =>
      kind === 'create' ? [[instanceId, jobId] as const] : [],
    ),
  )
  return deletesIn(world).flatMap(({ name, instanceId, at }) => {
    const jobId = jobs.get(instanceId)
    if (jobId !== undefined && hasFailed(world, jobId, at)) return []
    const why = jobId === undefined ? 'not of a create of ours' : 'its create has succeeded'
    return [violation('only what a failed create left is deleted', `${name}: ${why}`)]
  })
}

/**
 * What any run has seen healthy is nobody's to delete: seen by a run that has a row for it and came to
 * its report, could not begin for an answer of the cloud, or died a while after, in a folder that the deleting run could read; or by
 * that run itself.
 */
export function deletesNothingSeenHealthy(played: Played): Violation[] {
  const { runs, sightings } = played
  const world = lastWorld(played)
  if (world === undefined) return []
  return deletesIn(world).flatMap(({ name, serverId, instanceId, at }) => {
    const sent = sightings.findLast(
      ({ operation, subject, arrivedAt }) =>
        operation === 'deleteProtectedInstance' && subject === instanceId && arrivedAt === at,
    )
    const own = runs.find(({ run }) => run === sent?.run)
    const seen = sightings.find(
      (each) =>
        each.healthy.includes(instanceId) &&
        (each.endedAt ?? Number.POSITIVE_INFINITY) <= at &&
        (each.run === own?.run ||
          (own?.read.includes(each.run) && isWrittenDown(runs, each, serverId))),
    )
    return seen === undefined
      ? []
      : [violation('what was seen healthy is not deleted', `${name}, seen by run ${seen.run}`)]
  })
}

/** After so long a run that dies has written down what it has seen, ms. */
const SOON_MS = 1_000

function isWrittenDown(runs: readonly PlayedRun[], seen: Sighting, serverId: string): boolean {
  const played = runs.find(({ run }) => run === seen.run)
  if (played === undefined || !played.rows.some((row) => row.serverId === serverId)) return false
  const { end, plan, journal, endedAt } = played
  switch (end.kind) {
    case 'report':
      return end.troubles.length === 0
    case 'refused':
      return end.by === 'cloud'
    case 'died': {
      const hadTime = journal.text !== '' && endedAt - (seen.endedAt ?? endedAt) >= SOON_MS
      return hadTime && plan?.diskFull === null && plan.crowd.suspended === null
    }
    case 'bug':
      return false
  }
}

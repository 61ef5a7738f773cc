import { serverKey } from '../../src/keys.ts'
import type { ReportRow } from '../../src/report/schema.ts'
import { isBroken } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { acceptedCreates } from '../../src/simulator/audit.ts'
import { groupStatusAt, instanceStatusAt } from '../../src/simulator/lifecycle.ts'
import { neverReady } from '../../src/plan/rules.ts'
import type { Instance, World } from '../../src/simulator/state.ts'
import type { Sighting } from './cloud.ts'
import { parseJournal } from '../../src/journal/journal.ts'
import { showsInTime } from './memory.ts'
import type { Played, PlayedRun } from './play.ts'
import { violation, type Violation } from './violation.ts'
import { allOf, hasFailed, presentOf, serverPlanOf, type Present } from './world.ts'

/** A report is held against the world itself, which it has no way to see. */
export function reportsTellTheTruth(played: Played): Violation[] {
  return played.runs.flatMap((run) =>
    run.end.kind === 'report'
      ? [...run.end.report.rows, ...run.end.report.carriedOver].flatMap(
          (row) => untruthOf(factsOf(played, run, row)) ?? [],
        )
      : [],
  )
}

const MINUTE = 60_000

interface Facts {
  readonly played: Played
  readonly run: PlayedRun
  readonly row: ReportRow
  readonly said: string
  /** Its instances in the row's group at the end. */
  readonly here: readonly Present[]
  /** A create of this run was carried out. */
  readonly created: boolean
}

function factsOf(played: Played, run: PlayedRun, row: ReportRow): Facts {
  const key = serverKey(row.serverId)
  return {
    played,
    run,
    row,
    said: `run ${run.run}, ${row.name}: ${row.outcome} ${row.reason ?? ''} ${row.errorCode ?? ''}`,
    here: presentOf(run.after, key, run.endedAt).filter(
      ({ instance }) => instance.groupId === row.serverGroupId,
    ),
    created: played.sightings.some(
      (each) => each.run === run.run && each.server === key && each.accepted,
    ),
  }
}

function untruthOf(facts: Facts): Violation | null {
  const { row, said, here, created } = facts
  switch (row.outcome) {
    case 'created':
    case 'already-protected':
      return untruthOfProtected(facts)
    case 'failed':
      return untruthOfFailed(facts)
    case 'conflict':
      return created &&
        row.reason === 'broken-instance' &&
        !mayBeHaunted(facts) &&
        !isJobEndless(facts)
        ? violation('what this run broke is reported as failed', said)
        : null
    case 'not-attempted':
    case 'blocked':
      if (isClosedByEcho(facts)) return violation('no echo closes a group or the quota', said)
      return created && here.some(isAlive)
        ? violation('what this run created is not reported as untouched', said)
        : null
    case 'in-progress':
    case 'unknown':
      return null
  }
}

/** Nobody is ever told that it has failed. */
function isJobEndless({ run, row }: Facts): boolean {
  return (run.after.jobs.get(row.jobId ?? '')?.endsAt ?? 0) > run.endedAt
}

function isAlive({ status }: Present): boolean {
  return !isBroken(status) && status !== 'deleting'
}

function untruthOfProtected(facts: Facts): Violation | null {
  const { run, row, said, created } = facts
  const since = seenSince(facts)
  const healthy = allOf(run.after, serverKey(row.serverId)).filter(
    (instance) =>
      instance.groupId === row.serverGroupId &&
      statusesOf(run.after, instance, since, run.endedAt).some(
        (status) => !isBroken(status) && status !== 'creating' && status !== 'deleting',
      ),
  )
  if (healthy.length !== 1) return violation('protected means protected', said)
  if (row.outcome !== 'created') {
    return created ? violation('what this run created is reported as created', said) : null
  }
  const job = run.after.jobs.get(row.jobId ?? '')
  const isOfIt = job !== undefined && job.instanceId === row.protectedInstanceId
  const wasToldInTime = (run.plan?.jobTimeoutMs ?? Infinity) > MINUTE || wasTold(facts, job?.endsAt)
  // A job that never ends has failed in nothing: `--job-timeout` ends the wait for it.
  const hasEnded = job !== undefined && job.endsAt <= run.endedAt
  return isOfIt && hasEnded && hasFailed(run.after, job.id, run.endedAt) && wasToldInTime
    ? violation('created is not said of what a job failed', said)
    : null
}

/** The run has read the job after its end. */
function wasTold({ played, run, row }: Facts, endsAt = Infinity): boolean {
  return played.sightings.some(
    ({ run: by, subject, readable, arrivedAt }) =>
      by === run.run && subject === row.jobId && readable && (arrivedAt ?? 0) >= endsAt,
  )
}

/**
 * What the service says of a group, or of the quota, to a create that another of ours has made impossible.
 * Where nobody else has made anything there, nothing but that can have closed it.
 */
function isClosedByEcho({ played, run, row }: Facts): boolean {
  if (row.reason !== 'quota' && row.reason !== 'group-unusable') return false
  const isOurs = ({ run: by, accepted }: Sighting): boolean =>
    !accepted || by === run.run || run.read.includes(by)
  const group = run.after.groups.get(row.serverGroupId ?? '')
  return (
    played.sightings.every(isOurs) &&
    (row.reason === 'quota' ||
      (group?.capacity === null &&
        ![run.startedAt, run.endedAt].some((at) => neverReady(groupStatusAt(group, at) ?? ''))))
  )
}

function untruthOfFailed(facts: Facts): Violation | null {
  const { run, row, said } = facts
  const key = serverKey(row.serverId)
  const creates = acceptedCreates(run.after).get(key) ?? []
  const since = run.startedAt - facts.played.history.cloud.listLagMs
  const isWell = ({ instance, status }: Present): boolean =>
    isAlive({ instance, status }) &&
    !statusesOf(run.after, instance, since, run.endedAt).some((each) => isBroken(each))
  const ours = presentOf(run.after, key, run.endedAt)
    .filter(isWell)
    .filter(({ instance }) => {
      const create = creates.find(({ instanceId }) => instanceId === instance.id)
      if (create === undefined || hasFailed(run.after, create.jobId, run.endedAt)) return false
      return facts.played.sightings.some(
        (each) =>
          each.accepted &&
          each.arrivedAt === create.at &&
          knowsOf(run, each, instance.id, facts.played),
      )
    })
  if (ours.length > 0 && !(row.reason === 'job-failed' && mayBeHaunted(facts))) {
    return violation('failed means not protected', said)
  }
  if (
    row.reason !== 'job-failed' &&
    facts.here.some(({ instance }) => isShownWell(facts, instance))
  ) {
    return violation('failed is not said of what the last look shows well', said)
  }
  if (row.reason !== 'job-failed') return null
  const hasCause =
    creates.some(({ jobId }) => hasFailed(run.after, jobId, run.endedAt)) ||
    allOf(run.after, key).some((instance) =>
      statusesOf(run.after, instance, since, run.endedAt).some(
        (each) => isBroken(each) || each === 'deleting',
      ),
    )
  return hasCause ? null : violation('job-failed means that a job has failed', said)
}

/**
 * Its own create, or one that its journals tell of: left open, however old their clocks make it, or seen to
 * its end as created and not deleted since.
 */
function knowsOf(run: PlayedRun, sighting: Sighting, instanceId: string, all: Played): boolean {
  if (sighting.run === run.run) return true
  if (!run.read.includes(sighting.run)) return false
  const isOpen = run.remembered.open.has(sighting.server ?? '')
  return isOpen || isSettledAsCreated(run, sighting, instanceId, all)
}

function isSettledAsCreated(
  { read }: PlayedRun,
  { server }: Sighting,
  instanceId: string,
  { runs }: Played,
): boolean {
  return runs
    .filter(({ run }) => read.includes(run))
    .flatMap(({ journal }) => parseJournal(journal.text))
    .some(
      (event) =>
        event.type === 'settled' &&
        event.outcome === 'created' &&
        event.instanceId === instanceId &&
        serverKey(event.server) === server,
    )
}

/** All through the run's last look, of which every answer was read, lists show it healthy. */
function isShownWell({ played, run, row }: Facts, instance: Instance): boolean {
  const mine = played.sightings.filter((each) => each.run === run.run)
  const begun = mine.findLastIndex(({ operation }) => operation === 'listServerGroups')
  const last = mine.slice(begun)
  const from = last[0]?.sentAt ?? 0
  return (
    begun > mine.findIndex(({ operation }) => operation === 'listServerGroups') &&
    last.length > 1 &&
    last.every(({ readable }) => readable) &&
    showsInTime(played.history, serverKey(row.serverId)) &&
    instance.createdAt < from - played.history.cloud.listLagMs &&
    statusesOf(run.after, instance, from - played.history.cloud.listLagMs, run.endedAt).every(
      (status) => isAlive({ instance, status }) && status !== 'creating',
    )
  )
}

/** A list that shows things late or not at all may show it the ghost of an earlier, failed create. */
function mayBeHaunted({ played: { history }, row }: Facts): boolean {
  const { job } = serverPlanOf(history, row.serverId) ?? { job: 'succeeds' }
  return job !== 'succeeds' && !showsInTime(history, serverKey(row.serverId))
}

/** From when on the run can have seen what its report says: its last look, if that could be read. */
function seenSince({ played, run }: Facts): number {
  const mine = played.sightings.filter((each) => each.run === run.run)
  const begun = mine.findLastIndex(({ operation }) => operation === 'listServerGroups')
  const last = mine.slice(begun)
  const isWhole =
    mine.findIndex(({ operation }) => operation === 'listServerGroups') < begun &&
    last.length > 1 &&
    last.every(({ readable }) => readable)
  return (isWhole ? (last[0]?.sentAt ?? 0) : run.startedAt) - played.history.cloud.listLagMs
}

/** In which an instance was at any time of a span. */
function statusesOf(world: World, instance: Instance, from: number, to: number): string[] {
  const { createdAt, readyAt, deletion, anomalies } = instance
  const moments = [
    createdAt,
    readyAt,
    ...(deletion === null ? [] : [deletion.at, deletion.endsAt]),
    ...(anomalies?.turns.map(({ at }) => at) ?? []),
  ]
  return [from, ...moments.filter((at) => from < at && at < to), to].flatMap(
    (at) => instanceStatusAt(world, instance, at) ?? [],
  )
}

import { serverKey } from '../../src/keys.ts'
import type { ReportRow } from '../../src/report/schema.ts'
import { isBroken } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { acceptedCreates } from '../../src/simulator/audit.ts'
import { instanceStatusAt } from '../../src/simulator/lifecycle.ts'
import type { Instance, World } from '../../src/simulator/state.ts'
import type { Sighting } from './cloud.ts'
import { LONGEST_OUT_MS } from './expected.ts'
import { showsInTime } from './memory.ts'
import type { Played, PlayedRun } from './play.ts'
import { violation, type Violation } from './violation.ts'
import { allOf, hasFailed, presentOf, serverPlanOf, type Present } from './world.ts'

/** A report is held against the world itself, which it has no way to see. */
export function reportsTellTheTruth(played: Played): Violation[] {
  return played.runs.flatMap((run) =>
    run.end.kind === 'report'
      ? run.end.report.rows.flatMap((row) => untruthOf(factsOf(played, run, row)) ?? [])
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
      return created && row.reason === 'broken-instance' && !mayBeHaunted(facts)
        ? violation('what this run broke is reported as failed', said)
        : null
    case 'not-attempted':
    case 'blocked':
      return created && here.some(isAlive)
        ? violation('what this run created is not reported as untouched', said)
        : null
    case 'in-progress':
    case 'unknown':
      return null
  }
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
        (each) => each.accepted && each.arrivedAt === create.at && knowsOf(run, each),
      )
    })
  if (ours.length > 0 && !(row.reason === 'job-failed' && mayBeHaunted(facts))) {
    return violation('failed means not protected', said)
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
 * Its own create, or one that its journals left open, for as long as it may be out there by the clocks of
 * both runs (`openSince` in src/apply/one-row.ts). What has ended counts for nobody any more.
 */
function knowsOf(run: PlayedRun, sighting: Sighting): boolean {
  if (sighting.run === run.run) return true
  const open = run.remembered.open.get(sighting.server ?? '')
  if (open === undefined || !run.read.includes(sighting.run)) return false
  const now = run.endedAt + (run.plan?.clockOffMs ?? 0)
  return now - open.intendedAt < LONGEST_OUT_MS
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

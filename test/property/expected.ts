import { serverKey } from '../../src/keys.ts'
import { neverReady } from '../../src/plan/rules.ts'
import { isBroken } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { groupStatusAt, instanceStatusAt } from '../../src/simulator/lifecycle.ts'
import type { Group, Job } from '../../src/simulator/state.ts'
import type { PlayedRun } from './play.ts'
import { hasFailed, presentOf, type Present } from './world.ts'

/**
 * What a run in fair weather may say of each server, by `serverKey`: `outcome` or `outcome:reason`. Told
 * from the world as it was before the run, in which everything had come to rest.
 */
export function expectedOutcomes(run: PlayedRun): Map<string, string[]> {
  return new Map(
    run.rows.map((row) => {
      const key = serverKey(row.serverId)
      return [key, expectedOf(run, key, groupIdFor(row.serverGroup ?? ''))]
    }),
  )
}

function expectedOf(run: PlayedRun, key: string, groupId: string): string[] {
  const { before, startedAt, remembered } = run
  const open = remembered.open.get(key) ?? null
  const present = presentOf(before, key, startedAt)
  const here = present.find(({ instance }) => instance.groupId === groupId)
  const other = present.find(({ instance }) => instance.groupId !== groupId)
  // A create that an earlier run left open is seen to its end first, however that was.
  const job = before.jobs.get(open?.jobId ?? '') ?? null
  if (open?.fate.kind === 'accepted' && job !== null) {
    return ofOpenJob(run, key, groupId, job, here ?? other ?? null)
  }
  if (open?.fate.kind === 'accepted' && (here ?? other) !== undefined) {
    if (isBroken((here ?? other)?.status ?? '')) return ['failed:job-failed']
    return [here === undefined ? 'conflict:other-group' : 'created']
  }
  if (here !== undefined) {
    if (here.status === 'deleting') return ['conflict:being-deleted']
    if (open === null) {
      return [isBroken(here.status) ? 'conflict:broken-instance' : 'already-protected']
    }
    return [isBroken(here.status) ? 'failed:job-failed' : 'created']
  }
  if (other !== undefined) return ['conflict:other-group']
  // It was seen and is gone: its failed task says so, if it is on the one page of them that is read.
  if (open?.fate.kind === 'accepted') {
    const fails = before.servers.get(key)?.createFails ?? null
    const isRetried = fails?.errorCode === 'SDRS.1350' && !fails.leavesInstance
    const told = isRetried ? ofSending(run, key, groupId) : ['failed:job-failed']
    return [...told, 'unknown:not-in-list']
  }
  return ofSending(run, key, groupId)
}

/** The create that is open has a job, which may be asked. */
function ofOpenJob(
  run: PlayedRun,
  key: string,
  groupId: string,
  job: Job,
  there: Present | null,
): string[] {
  const { before, startedAt } = run
  if (job.endsAt > startedAt) {
    if (there === null) return ['in-progress:job-timeout']
    if (isBroken(there.status)) {
      // A part of it may have failed, and then its failed task says so.
      const isTold = hasFailed(before, job.id, startedAt)
      return [isTold ? 'failed:job-failed' : 'conflict:broken-instance']
    }
    return [there.instance.groupId === groupId ? 'created' : 'conflict:other-group']
  }
  if (hasFailed(before, job.id, startedAt)) {
    const left = before.instances.get(job.instanceId ?? '')
    const isRetried =
      job.end.errorCode === 'SDRS.1350' &&
      (left === undefined || instanceStatusAt(before, left, startedAt) === null)
    return isRetried ? ofSending(run, key, groupId) : ['failed:job-failed']
  }
  if (there === null) return ['unknown:not-in-list']
  if (isBroken(there.status)) return ['failed:job-failed']
  return [there.instance.groupId === groupId ? 'created' : 'conflict:other-group']
}

function ofSending(run: PlayedRun, key: string, groupId: string): string[] {
  const { before, startedAt, remembered } = run
  const group = before.groups.get(groupId)
  if (group === undefined) return []
  if (neverReady(groupStatusAt(group, startedAt) ?? '')) {
    // Looked for first and not found, the first one sent finds out, and closes the group for the others.
    const closed = remembered.open.has(key) ? ['not-attempted:group-unusable'] : []
    return ['blocked:group-not-ready', ...closed, ...ofEcho(run, key)]
  }
  return [...outcomeOfCreate(run, key), ...(hasRoom(run, group) ? [] : ofFullGroup(run, key))]
}

/** For all rows of this run that may be sent. */
function hasRoom({ before, rows, startedAt }: PlayedRun, group: Group): boolean {
  if (group.capacity === null) return true
  const wanted = rows.filter(
    ({ serverId, serverGroup }) =>
      groupIdFor(serverGroup ?? '') === group.id &&
      presentOf(before, serverKey(serverId), startedAt).length === 0,
  ).length
  return group.instanceCount + wanted <= group.capacity
}

function ofFullGroup(run: PlayedRun, key: string): string[] {
  return ['failed:refused', 'not-attempted:group-unusable', ...ofEcho(run, key)]
}

function outcomeOfCreate({ before }: PlayedRun, key: string): string[] {
  const { createFails: fails, anomalies } = before.servers.get(key) ?? NO_TROUBLE
  let made = before.createsByServer.get(key) ?? 0
  if (anomalies !== null && anomalies.jobNeverEnds && made < (anomalies.times ?? Infinity)) {
    // Nobody is ever told how it ended; what is whole counts as created after `--job-timeout`.
    const isWhole =
      fails === null ||
      made >= (fails.times ?? Infinity) ||
      fails.leavesInstance === 'healthy' ||
      fails.repairedAfterMs !== null
    if (isWhole) return ['created']
    // Parts of it fail, and then its failed task says so.
    return [fails.leavesInstance ? 'failed:job-failed' : 'in-progress:job-timeout']
  }
  if (fails !== null) {
    const isRetried = fails.errorCode === 'SDRS.1350' && !fails.leavesInstance
    const lastTry = made + (isRetried ? 1 : 0)
    if (fails.times === null || lastTry < fails.times) {
      // Tried once more where nothing was to be seen, it meets what the first has left.
      const meets = fails.errorCode === 'SDRS.1350' && (anomalies?.omissions.length ?? 0) > 0
      return ['failed:job-failed', ...(meets ? ['unknown:not-in-list'] : [])]
    }
    made = lastTry
  }
  if (anomalies === null || made >= (anomalies.times ?? Number.POSITIVE_INFINITY)) {
    return ['created']
  }
  // It is there, and lists do not say so: who says that it is unknown says the truth.
  const omitted = anomalies.omissions.length > 0 ? ['unknown:not-in-list'] : []
  const breaks = anomalies.turns.map(() => 'failed:job-failed')
  return anomalies.turns.some(({ afterMs }) => afterMs === 0)
    ? breaks
    : ['created', ...omitted, ...breaks]
}

/** However old the clocks make an open create, any refusal of another may be its echo. */
function ofEcho({ remembered }: PlayedRun, key: string): string[] {
  return remembered.open.has(key) ? ['unknown:fate-unknown'] : []
}

const NO_TROUBLE = { createFails: null, anomalies: null }

import { serverKey } from '../../src/keys.ts'
import { neverReady } from '../../src/plan/rules.ts'
import { isBroken } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { groupStatusAt } from '../../src/simulator/lifecycle.ts'
import type { World } from '../../src/simulator/state.ts'
import type { PlayedRun } from './play.ts'
import { presentOf } from './world.ts'

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
  const isOpen = remembered.open.has(key)
  const present = presentOf(before, key, startedAt)
  const here = present.find(({ instance }) => instance.groupId === groupId)
  const other = present.find(({ instance }) => instance.groupId !== groupId)
  // A create that an earlier run left open is seen to its end first, however that was.
  // What failed and left nothing may be beyond the one page of failed tasks that is read.
  const ofOpen = isOpen
    ? ['failed:job-failed', 'unknown:not-in-list', ...ofEndlessJob(before, key)]
    : []
  if (here !== undefined) {
    if (here.status === 'deleting') return ['conflict:being-deleted']
    if (isBroken(here.status)) return ['conflict:broken-instance', ...ofOpen]
    if (!isOpen) return ['already-protected']
    return hasFailedCreate(before, key) ? ['created', ...ofOpen] : ['created']
  }
  if (other !== undefined) return ['conflict:other-group', ...ofOpen]
  const group = before.groups.get(groupId)
  if (group === undefined) return []
  if (neverReady(groupStatusAt(group, startedAt) ?? '')) {
    // Looked for first and not found, the first one sent finds out, and closes the group for the others.
    const closed = isOpen ? ['not-attempted:group-unusable'] : []
    return ['blocked:group-not-ready', ...closed, ...ofOpen]
  }
  const full =
    group.capacity === null
      ? []
      : ['failed:refused', 'not-attempted:group-unusable', ...ofEcho(run, key)]
  return [...outcomeOfCreate(run, key), ...full, ...ofOpen]
}

function outcomeOfCreate({ before }: PlayedRun, key: string): string[] {
  const { createFails: fails, anomalies } = before.servers.get(key) ?? NO_TROUBLE
  let made = before.createsByServer.get(key) ?? 0
  if (fails !== null) {
    const isRetried = fails.errorCode === 'SDRS.1350' && !fails.leavesInstance
    const lastTry = made + (isRetried ? 1 : 0)
    if (fails.times === null || lastTry < fails.times) {
      // Its second create may meet what the first has left and lists do not show.
      const omitted = (anomalies?.omissions.length ?? 0) > 0 ? ['unknown:not-in-list'] : []
      return ['failed:job-failed', ...omitted, ...ofEndlessJob(before, key)]
    }
    made = lastTry
  }
  if (anomalies === null || made >= (anomalies.times ?? Number.POSITIVE_INFINITY)) {
    return ['created']
  }
  // It is there, and lists do not say so: who says that it is unknown says the truth.
  const omitted = anomalies.omissions.length > 0 ? ['unknown:not-in-list'] : []
  if (anomalies.jobNeverEnds) return ofEndlessJob(before, key)
  const breaks = anomalies.turns.map(() => 'failed:job-failed')
  return anomalies.turns.some(({ afterMs }) => afterMs === 0)
    ? breaks
    : ['created', ...omitted, ...breaks]
}

/** Whatever became of its instance: whole, it counts as created after `--job-timeout`. */
function ofEndlessJob(world: World, key: string): string[] {
  return world.servers.get(key)?.anomalies?.jobNeverEnds === true
    ? ['created', 'in-progress:job-timeout']
    : []
}

/** Written by a clock that was ahead, an old create looks young, and so a full group like its echo. */
function ofEcho({ remembered, startedAt }: PlayedRun, key: string): string[] {
  const open = remembered.open.get(key)
  return open !== undefined && startedAt - open.intendedAt < LONGEST_OUT_MS
    ? ['unknown:fate-unknown']
    : []
}

/** For so long a lost create of an earlier run may be out there (`openSince` in src/apply/one-row.ts). */
export const LONGEST_OUT_MS = 2 * 60 * 60_000

const NO_TROUBLE = { createFails: null, anomalies: null }

/** Repaired since, perhaps: whoever follows its job to the end is told that it failed. */
function hasFailedCreate(world: World, key: string): boolean {
  return (world.servers.get(key)?.createFails ?? null) !== null
}

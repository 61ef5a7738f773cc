import { serverKey } from '../../src/keys.ts'
import { neverReady } from '../../src/plan/rules.ts'
import { isBroken } from '../../src/sdrs/schema.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { groupStatusAt } from '../../src/simulator/lifecycle.ts'
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
  const ofOpen = isOpen ? ['failed:job-failed'] : []
  if (here !== undefined) {
    if (here.status === 'deleting') return ['conflict:being-deleted']
    return isBroken(here.status)
      ? ['conflict:broken-instance', ...ofOpen]
      : isOpen
        ? ['created']
        : ['already-protected']
  }
  if (other !== undefined) return ['conflict:other-group', ...ofOpen]
  const group = before.groups.get(groupId)
  if (group === undefined) return []
  if (neverReady(groupStatusAt(group, startedAt) ?? ''))
    return ['blocked:group-not-ready', ...ofOpen]
  const full = group.capacity === null ? [] : ['failed:refused', 'not-attempted:group-unusable']
  return [...outcomeOfCreate(run, key), ...full, ...ofOpen]
}

function outcomeOfCreate({ before }: PlayedRun, key: string): string[] {
  const fails = before.servers.get(key)?.createFails ?? null
  if (fails === null) return ['created']
  const made = before.createsByServer.get(key) ?? 0
  const isRetried = fails.errorCode === 'SDRS.1350' && !fails.leavesInstance
  const lastTry = made + (isRetried ? 1 : 0)
  return fails.times === null || lastTry < fails.times ? ['failed:job-failed'] : ['created']
}

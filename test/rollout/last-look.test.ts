import { describe, expect, test } from 'vitest'
import { createStopControl } from '../../src/apply/stop.ts'
import { serverKey } from '../../src/keys.ts'
import { replay } from '../../src/journal/replay.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { makeRows } from '../support/rollout.ts'
import { apiError, fates, PROJECT, refusing, smallCloud } from '../support/small-cloud.ts'

/**
 * A cloud whose lists a test holds: `shown` is asked at every read of the project's instances, with how
 * many of them the last look has made before (null: it has not begun).
 */
function listing(
  shown: (all: readonly ProtectedInstance[], look: number | null) => readonly ProtectedInstance[],
) {
  let groupReads = 0
  let look = 0
  const client = (real: SdrsClient): SdrsClient => ({
    ...real,
    listServerGroups(signal) {
      // The plan reads the groups once, and the last look does.
      groupReads += 1
      return real.listServerGroups(signal)
    },
    async listProtectedInstances(groupIds, signal) {
      const all = await real.listProtectedInstances(groupIds, signal)
      if (groupReads < 2) return [...shown(all, null)]
      look += 1
      return [...shown(all, look - 1)]
    },
  })
  return { client, looks: () => look }
}

const withoutFirst = (all: readonly ProtectedInstance[]) =>
  all.filter(({ name }) => name !== 'server-1')

describe('what the last list leaves out is looked for again', () => {
  test('one list that omits a row just created costs a longer look, and nobody anything', async () => {
    const cloud = smallCloud(makeRows(3, 1))
    const { client, looks } = listing((all, look) => (look === 0 ? withoutFirst(all) : all))
    const result = await cloud.run({ spoil: { client } })
    expect(fates(result)).toEqual(['created', 'created', 'created'])
    expect(looks()).toBe(2)
    expect(result.journal.map(({ type }) => type)).not.toContain('missing')
  })

  test('one empty list costs rows that were protected before nothing', async () => {
    const cloud = smallCloud(makeRows(2, 1))
    await cloud.run()
    const { client, looks } = listing((all, look) => (look === 0 ? [] : all))
    const result = await cloud.run({ spoil: { client } })
    expect(fates(result)).toEqual(['already-protected', 'already-protected'])
    expect(result.report.run.outcome).toBe('complete')
    expect(looks()).toBe(2)
  })

  test('rows that are never in one list together were seen all the same', async () => {
    const cloud = smallCloud(makeRows(2, 1))
    const { client, looks } = listing((all, look) =>
      look === null ? all : all.filter(({ name }) => name === `server-${look + 1}`),
    )
    expect(fates(await cloud.run({ spoil: { client } }))).toEqual(['created', 'created'])
    expect(looks()).toBe(2)
  })

  test('where nothing is missing, it is one look', async () => {
    const cloud = smallCloud(makeRows(2, 1))
    const { client, looks } = listing((all) => all)
    await cloud.run({ spoil: { client } })
    expect(looks()).toBe(1)
  })

  test('what stays away through the window is unknown, and open for the next run', async () => {
    const rows = makeRows(2, 1)
    const cloud = smallCloud(rows)
    const { client, looks } = listing((all, look) => (look === null ? all : withoutFirst(all)))
    const began: number[] = []
    const result = await cloud.run({
      spoil: { client },
      onEvent: ({ type }) => {
        if (type === 'row-ended') began.push(cloud.clock.now())
      },
    })
    expect(fates(result)).toEqual(['unknown/not-in-list', 'created'])
    expect(looks()).toBe(6)
    expect(cloud.clock.now() - Math.max(...began)).toBeGreaterThanOrEqual(30_000)
    const { open } = replay(cloud.runs, { projectId: PROJECT })
    expect([...open.keys()]).toEqual([serverKey(rows[0]?.serverId ?? '')])
    expect(fates(await cloud.run())).toEqual(['created', 'already-protected'])
  })

  test('a look that fails in between ends nothing', async () => {
    const cloud = smallCloud(makeRows(1, 1))
    const { client } = listing((all, look) => {
      if (look === 1) throw apiError('unknown-fate', 500, null)
      return look === 0 ? [] : all
    })
    expect(fates(await cloud.run({ spoil: { client } }))).toEqual(['created'])
  })

  test('an interruption ends it', async () => {
    const cloud = smallCloud(makeRows(1, 1))
    const stop = createStopControl()
    const { client, looks } = listing((all, look) => {
      if (look === 1) stop.interrupt()
      return look === null ? all : []
    })
    const result = await cloud.run({ stop, spoil: { client } })
    expect(fates(result)).toEqual(['unknown/not-in-list'])
    expect(looks()).toBe(2)
    expect(result.end.kind).toBe('interrupted')
  })

  test('a create that no row names any more is looked for like any other', async () => {
    const [first, second] = makeRows(2, 1)
    if (first === undefined || second === undefined) throw new Error('two rows')
    const cloud = smallCloud([first, second])
    const stop = createStopControl()
    void cloud.clock.sleep(5_000).then(() => stop.interrupt())
    await cloud.run({ rows: [first], stop })
    const { client } = listing((all, look) => (look === 0 ? withoutFirst(all) : all))
    const { report } = await cloud.run({ rows: [second], spoil: { client } })
    expect(report.carriedOver.map(({ outcome }) => outcome)).toEqual(['created'])
  })

  test('and stays open where it is not to be seen through the window', async () => {
    const [first, second] = makeRows(2, 1)
    if (first === undefined || second === undefined) throw new Error('two rows')
    const cloud = smallCloud([first, second])
    const stop = createStopControl()
    void cloud.clock.sleep(5_000).then(() => stop.interrupt())
    await cloud.run({ rows: [first], stop })
    const { client } = listing((all, look) => (look === null ? all : withoutFirst(all)))
    const { report } = await cloud.run({ rows: [second], spoil: { client } })
    expect(report.carriedOver.map(({ outcome }) => outcome)).toEqual(['unknown'])
    const { open } = replay(cloud.runs, { projectId: PROJECT })
    expect([...open.keys()]).toEqual([serverKey(first.serverId)])
  })

  test('what any of its looks shows healthy is nobody’s to delete', async () => {
    const cloud = smallCloud(makeRows(2, 1), {
      faults: { jobs: [{ server: 'server-1', errorCode: 'X', failReason: 'r', times: 1 }] },
    })
    const { client } = listing((all, look) =>
      look === 0
        ? all.flatMap((each) =>
            each.name === 'server-1' ? [{ ...each, status: 'available' }] : [],
          )
        : all,
    )
    const result = await cloud.run({ spoil: { client } })
    expect(fates(result)).toEqual(['failed/job-failed', 'created'])
    expect(result.journal.map(({ type }) => type)).toContain('healthy')
    await cloud.run({ replaceFailed: true })
    expect(cloud.deletes()).toEqual([])
  })
})

describe('an instance that only the last list shows', () => {
  /** Somebody else's, of whom our journals know nothing. */
  async function foreign(
    seenAs: (instance: ProtectedInstance) => ProtectedInstance,
    ours: (client: SdrsClient) => SdrsClient = (client) => client,
  ) {
    const rows = makeRows(1, 1)
    const cloud = smallCloud(rows)
    await cloud.run({ runs: [] })
    const { client } = listing((all, look) => (look === null ? [] : all.map(seenAs)))
    const wanted = rows.map((row) => ({ ...row, description: 'wanted' }))
    const result = await cloud.run({
      rows: wanted,
      spoil: { client: (real) => client(ours(real)) },
    })
    const { failedInstances, open } = replay(cloud.runs, { projectId: PROJECT })
    return { result, failedInstances, open }
  }

  test('after SDRS.1305 to our first create it was there before', async () => {
    const { result, open } = await foreign((instance) => instance)
    expect(result.events).toContainEqual(
      expect.objectContaining({ type: 'row-ended', outcome: 'unknown', reason: 'not-in-list' }),
    )
    expect(fates(result)).toEqual(['already-protected'])
    expect(result.report.rows[0]?.drift.map(({ field }) => field)).toEqual(['description'])
    expect(open.size).toBe(0)
    expect(result.journal.map(({ type }) => type)).not.toContain('settled')
  })

  test.for([
    ['error', { status: 'error' }, 'conflict/broken-instance'],
    ['being deleted', { status: 'deleting' }, 'conflict/being-deleted'],
    ['in another group', { serverGroupId: 'another' }, 'conflict/other-group'],
  ] as const)('nor did a create of ours leave it: %s', async ([, change, fate]) => {
    const { result, failedInstances } = await foreign((instance) => ({ ...instance, ...change }))
    expect(fates(result)).toEqual([fate])
    expect(failedInstances.size).toBe(0)
  })

  test('found in the making, then left out until the last look: not made by a create of ours', async () => {
    const cloud = smallCloud(makeRows(1, 1))
    await cloud.run({ runs: [] })
    let reads = 0
    const { client } = listing((all, look) => {
      reads += 1
      if (reads === 1) return all.map((each) => ({ ...each, status: 'creating' }))
      return look === null ? [] : all
    })
    const result = await cloud.run({ spoil: { client } })
    expect(result.plan.rows[0]?.action.kind).toBe('resume')
    expect(result.events).toContainEqual(
      expect.objectContaining({ type: 'row-ended', outcome: 'unknown' }),
    )
    expect(fates(result)).toEqual(['already-protected'])
  })

  test('after a create of ours whose answer was lost, SDRS.1305 is its echo: created', async () => {
    const cloud = smallCloud(makeRows(1, 1), {
      faults: {
        rules: [{ on: 'createProtectedInstance', times: 1, do: { reset: 'after' as const } }],
      },
    })
    const { client } = listing((all, look) => (look === null ? [] : all))
    const echo = refusing(2, apiError('exists', 400, 'SDRS.1305'))
    const result = await cloud.run({ spoil: { client: (real) => echo(client(real)) } })
    expect(result.events).toContainEqual(
      expect.objectContaining({ type: 'row-ended', outcome: 'unknown', reason: 'not-in-list' }),
    )
    expect(fates(result)).toEqual(['created'])
    expect(result.journal).toContainEqual(
      expect.objectContaining({ type: 'settled', outcome: 'created' }),
    )
    expect(cloud.creates()).toHaveLength(1)
  })
})

describe('SDRS.1305 to our first create, and the instance is still being made', () => {
  async function joined(
    end: (instance: ProtectedInstance) => ProtectedInstance | null,
    failed = false,
  ) {
    const rows = makeRows(1, 1)
    const cloud = smallCloud(rows)
    const theirs = await cloud.run({ runs: [] })
    const made = theirs.report.rows[0]?.protectedInstanceId ?? null
    let reads = 0
    const client = (real: SdrsClient): SdrsClient => ({
      ...real,
      async listProtectedInstances(groupIds, signal) {
        reads += 1
        const all = await real.listProtectedInstances(groupIds, signal)
        if (reads === 1) return []
        return all
          .map((each) => (reads < 4 ? { ...each, status: 'creating' } : end(each)))
          .filter((each) => each !== null)
      },
      listFailureJobs: () =>
        Promise.resolve(
          !failed
            ? []
            : [
                {
                  failureStatus: 'createFail',
                  jobId: 'theirs',
                  jobType: null,
                  resourceId: made,
                  resourceName: null,
                  errorCode: 'EVS.2024',
                  failReason: 'no volume',
                  beginTime: null,
                },
              ],
        ),
    })
    return cloud.run({ spoil: { client } })
  }

  test('somebody else’s: protected already once it is whole', async () => {
    expect(fates(await joined((instance) => instance))).toEqual(['already-protected'])
  })

  test('and a conflict once it is broken', async () => {
    const result = await joined((instance) => ({ ...instance, status: 'error' }))
    expect(fates(result)).toEqual(['conflict/broken-instance'])
    expect(result.report.rows[0]?.message).toMatch(/is in error/)
  })

  test('and unknown once it is gone: nothing of ours has failed', async () => {
    const result = await joined(() => null, true)
    expect(fates(result)).toEqual(['unknown/not-in-list'])
    expect(result.report.rows[0]?.message).toMatch(/not there any more/)
  })
})

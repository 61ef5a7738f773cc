import { describe, expect, test } from 'vitest'
import { createStopControl } from '../../src/apply/stop.ts'
import { replay } from '../../src/journal/replay.ts'
import type { Job, ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { makeRows } from '../support/rollout.ts'
import { apiError, fates, MINUTE, PROJECT, showing, smallCloud } from '../support/small-cloud.ts'

const inError = (each: ProtectedInstance): ProtectedInstance => ({ ...each, status: 'error' })

function answeringJobs(answer: (job: Job) => Job): (client: SdrsClient) => SdrsClient {
  return (client) => ({
    ...client,
    showJob: async (id, signal) => answer(await client.showJob(id, signal)),
  })
}

describe('an instance in error, of which nothing says that its create failed', () => {
  const cases: Readonly<Record<string, (client: SdrsClient) => SdrsClient>> = {
    'its job has succeeded': showing(inError),
    'its job is not known any more': (client) => ({
      ...showing(inError)(client),
      async showJob() {
        throw apiError('row', 404, 'SDRS.0201')
      },
    }),
    'its job cannot be read': (client) => ({
      ...showing(inError)(client),
      async showJob() {
        throw apiError('access', 403, null)
      },
    }),
  }

  test.for(Object.keys(cases))('is not deleted by any later run: %s', async (name) => {
    const cloud = smallCloud(makeRows(1, 1))
    const client = cases[name] ?? showing(inError)
    const first = await cloud.run({ spoil: { client } })
    expect(fates(first)).toEqual(['failed/job-failed'])
    expect(first.report.rows[0]?.protectedInstanceId).not.toBeNull()
    expect(replay(cloud.runs, { projectId: PROJECT }).failedInstances.size).toBe(0)
    const later = await cloud.run({ replaceFailed: true, spoil: { client: showing(inError) } })
    expect(fates(later)).toEqual(['conflict/broken-instance'])
    expect(later.requests.byOperation['deleteProtectedInstance']).toBeUndefined()
    expect(cloud.deletes()).toEqual([])
  })

  test('is deleted where a failed task is its own, though its job is lost', async () => {
    const cloud = smallCloud(makeRows(1, 1), {
      faults: { jobs: [{ server: '*', errorCode: 'X', failReason: 'r', times: 1 }] },
    })
    const client = (bare: SdrsClient): SdrsClient => ({
      ...bare,
      showJob: () => Promise.reject(apiError('row', 404, 'SDRS.0201')),
    })
    expect(fates(await cloud.run({ spoil: { client } }))).toEqual(['failed/job-failed'])
    expect(replay(cloud.runs, { projectId: PROJECT }).failedInstances.size).toBe(1)
    expect(fates(await cloud.run({ replaceFailed: true }))).toEqual(['created'])
    expect(cloud.deletes()).toEqual(['server-1'])
  })

  test('whose create had succeeded is nobody’s to replace: no advice says so', async () => {
    const cloud = smallCloud(makeRows(1, 1))
    let isCreated = false
    const client = showing((each) => (isCreated ? inError(each) : each))
    const result = await cloud.run({
      spoil: { client },
      onEvent: (event) => {
        if (event.type === 'row-ended') isCreated = true
      },
    })
    expect(fates(result)).toEqual(['failed/job-failed'])
    const later = await cloud.run({ replaceFailed: true, spoil: { client } })
    expect(fates(later)).toEqual(['conflict/broken-instance'])
    for (const { report } of [result, later]) {
      expect(report.rows[0]?.advice).toMatch(/--replace-failed does not delete it/)
    }
    expect(cloud.deletes()).toEqual([])
  })
})

describe('a job that never ends beside an instance in error', () => {
  const limits = { jobTimeoutMs: 5 * MINUTE }
  const running = answeringJobs((job) => ({ ...job, status: 'RUNNING' }))

  test('is a person’s to decide once --job-timeout has passed, and waited for once', async () => {
    const cloud = smallCloud(makeRows(1, 1))
    const client = (bare: SdrsClient) => running(showing(inError)(bare))
    const first = await cloud.run({ limits, spoil: { client } })
    expect(fates(first)).toEqual(['conflict/broken-instance'])
    expect(first.report.rows[0]).toMatchObject({ jobStatus: 'RUNNING' })
    const before = cloud.clock.now()
    const second = await cloud.run({ limits, replaceFailed: true, spoil: { client } })
    expect(fates(second)).toEqual(['conflict/broken-instance'])
    expect(cloud.clock.now() - before).toBeLessThan(MINUTE)
    expect(cloud.deletes()).toEqual([])
    // Whoever mends it finds it protected.
    expect(fates(await cloud.run())).toEqual(['already-protected'])
    expect(cloud.creates()).toHaveLength(1)
  })

  test('has failed where a failed task is its own', async () => {
    const cloud = smallCloud(makeRows(1, 1), {
      faults: { jobs: [{ server: '*', errorCode: 'X', failReason: 'r', times: 1 }] },
    })
    const result = await cloud.run({ limits, spoil: { client: running } })
    expect(fates(result)).toEqual(['failed/job-failed'])
    expect(result.report.rows[0]?.errorCode).toBe('X')
  })

  const onlyFirst = (bare: SdrsClient): SdrsClient =>
    running(showing((each) => (each.name === 'server-1' ? inError(each) : each))(bare))

  test('is no other row’s trouble', async () => {
    const cloud = smallCloud(makeRows(2, 1))
    const result = await cloud.run({ limits, spoil: { client: onlyFirst } })
    expect(fates(result)).toEqual(['conflict/broken-instance', 'created'])
  })

  test('ends so too where no row names it any more, and nothing deletes it', async () => {
    const rows = makeRows(2, 1)
    const cloud = smallCloud(rows)
    const stop = createStopControl()
    void cloud.clock.sleep(5_000).then(() => stop.interrupt())
    await cloud.run({ rows: rows.slice(0, 1), stop })
    const { report } = await cloud.run({
      rows: rows.slice(1),
      limits,
      spoil: { client: onlyFirst },
    })
    expect(report.carriedOver.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['conflict', 'broken-instance'],
    ])
    expect(replay(cloud.runs, { projectId: PROJECT }).open.size).toBe(0)
    const client = showing(inError)
    const again = await cloud.run({
      rows: rows.slice(0, 1),
      replaceFailed: true,
      spoil: { client },
    })
    expect(fates(again)).toEqual(['conflict/broken-instance'])
    expect(cloud.deletes()).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { createStopControl } from '../../src/apply/stop.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { makeRows } from '../support/rollout.ts'
import { apiError, fates, MINUTE, showing, smallCloud } from '../support/small-cloud.ts'

/** The first `count` questions about jobs are answered with this. */
function denyingJobs(count: number, error: Error) {
  let denied = 0
  return (client: SdrsClient): SdrsClient => ({
    ...client,
    async showJob(id, signal) {
      denied += 1
      if (denied <= count) throw error
      return client.showJob(id, signal)
    },
  })
}

describe('one answer that there is no such job', () => {
  const answers = [
    apiError('not-sent', 404, 'APIGW.0101'),
    apiError('unknown-fate', 404, null),
    apiError('row', 400, 'SDRS.0201'),
    apiError('access', 403, null),
  ]

  test.for(answers)('does not hide a failed sub-job: $message', async (error) => {
    const jobs = [{ server: '*', errorCode: 'X', failReason: 'r', subJobOnly: true }]
    const cloud = smallCloud(makeRows(1, 1), { faults: { jobs } })
    const whole = showing((each) => ({ ...each, status: 'available' }))
    const client = (bare: SdrsClient) => denyingJobs(1, error)(whole(bare))
    const result = await cloud.run({ spoil: { client } })
    expect(fates(result)).toEqual(['failed/job-failed'])
    expect(result.report.rows[0]?.errorCode).toBe('X')
  })

  test.for(answers)('does not send a create with a living job again: $message', async (error) => {
    const cloud = smallCloud(makeRows(1, 1), {
      limits: { listLagMs: 90_000, jobTimeMs: { min: 3 * MINUTE, max: 3 * MINUTE } },
    })
    const result = await cloud.run({ spoil: { client: denyingJobs(1, error) } })
    expect(fates(result)).toEqual(['created'])
    expect(result.requests.byOperation['createProtectedInstance']).toBe(1)
  })

  test('a gateway that goes on saying so retires nothing', async () => {
    const cloud = smallCloud(makeRows(1, 1), { limits: { listLagMs: 60 * MINUTE } })
    const error = apiError('not-sent', 404, 'APIGW.0101')
    const result = await cloud.run({
      spoil: { client: denyingJobs(Number.POSITIVE_INFINITY, error) },
    })
    expect(fates(result)).toEqual(['in-progress/job-timeout'])
    expect(result.requests.byOperation['createProtectedInstance']).toBe(1)
  })

  test('SDRS that goes on saying so leaves the failed tasks to tell', async () => {
    const jobs = [{ server: 'server-1', errorCode: 'X', failReason: 'r', subJobOnly: true }]
    const cloud = smallCloud(makeRows(2, 1), { faults: { jobs } })
    const error = apiError('row', 404, 'SDRS.0201')
    const whole = showing((each) =>
      each.status === 'error' ? { ...each, status: 'available' } : each,
    )
    const client = (bare: SdrsClient) => denyingJobs(Number.POSITIVE_INFINITY, error)(whole(bare))
    const result = await cloud.run({ spoil: { client } })
    expect(fates(result)).toEqual(['failed/job-failed', 'created'])
  })
})

describe('an instance that the list showed and then leaves out', () => {
  /** Found in `creating` by a run without a journal; left out of the lists between these times. */
  async function leftOut(from: number, to: number) {
    const rows = makeRows(1, 1)
    const cloud = smallCloud(rows, {
      limits: { jobTimeMs: { min: 10 * MINUTE, max: 10 * MINUTE } },
    })
    const stop = createStopControl()
    void cloud.clock.sleep(5_000).then(() => stop.interrupt())
    await cloud.run({ stop })
    const begun = cloud.clock.now()
    const result = await cloud.run({
      runs: [],
      spoil: {
        client: (client) => ({
          ...client,
          async listProtectedInstances(groupIds, signal) {
            const age = cloud.clock.now() - begun
            const all = await client.listProtectedInstances(groupIds, signal)
            return age >= from && age < to ? [] : all
          },
        }),
      },
    })
    return { result, cloud }
  }

  test('is not known to have failed', async () => {
    const { result, cloud } = await leftOut(1_000, 60 * MINUTE)
    expect(fates(result)).toEqual(['unknown/not-in-list'])
    expect(cloud.creates()).toHaveLength(1)
  })

  test('and is back within the window: followed to its end', async () => {
    const { result } = await leftOut(1_000, 20_000)
    expect(fates(result)).toEqual(['created'])
  })
})

describe('one group that may not be listed', () => {
  const shut = groupIdFor('g1')

  test.for([apiError('access', 403, null), apiError('group-done', 400, 'SDRS.1013')])(
    'costs the others nothing: $message',
    async (error) => {
      const rows = makeRows(6, 3)
      const cloud = smallCloud(rows)
      const result = await cloud.run({
        spoil: {
          client: (client) => ({
            ...client,
            async listProtectedInstances(groupIds, signal) {
              if (groupIds?.includes(shut) === true) throw error
              const all = await client.listProtectedInstances(groupIds, signal)
              return all.filter(({ serverGroupId }) => serverGroupId !== shut)
            },
          }),
        },
      })
      const of = (group: string) =>
        fates(result).filter((_, index) => rows[index]?.serverGroup === group)
      expect([...of('g2'), ...of('g3')]).toEqual(Array.from({ length: 4 }, () => 'created'))
      // Their jobs have succeeded, and no list may tell.
      expect(of('g1')).toEqual(['unknown/not-in-list', 'unknown/not-in-list'])
      expect(cloud.creates()).toHaveLength(6)
      // It is a missing right that keeps them from being known, or it is not.
      expect(result.end).toEqual(
        error.class === 'access' ? { kind: 'aborted', cause: 'access' } : { kind: 'ended' },
      )
    },
  )

  test('and is seen in the list without a filter where that shows it', async () => {
    const cloud = smallCloud(makeRows(6, 3))
    const result = await cloud.run({
      spoil: {
        client: (client) => ({
          ...client,
          async listProtectedInstances(groupIds, signal) {
            if (groupIds?.includes(shut) === true) throw apiError('access', 403, null)
            return client.listProtectedInstances(groupIds, signal)
          },
        }),
      },
    })
    expect(new Set(fates(result))).toEqual(new Set(['created']))
    expect(result.end).toEqual({ kind: 'ended' })
  })

  test('a 403 for everything that is listed ends the following', async () => {
    const cloud = smallCloud(makeRows(2, 1))
    let isPlanned = false
    const stop = createStopControl()
    const result = await cloud.run({
      stop,
      spoil: {
        client: (client) => ({
          ...client,
          async listProtectedInstances(groupIds, signal) {
            if (isPlanned) throw apiError('access', 403, null)
            isPlanned = true
            return client.listProtectedInstances(groupIds, signal)
          },
        }),
      },
    })
    expect(fates(result)).toEqual(['in-progress/job-running', 'in-progress/job-running'])
    expect(stop.following.aborted).toBe(true)
    expect(result.end).toEqual({ kind: 'aborted', cause: 'access' })
  })

  test('one that refuses creates does not stop the others', async () => {
    const rows = makeRows(6, 3)
    const cloud = smallCloud(rows)
    const result = await cloud.run({
      spoil: {
        client: (client) => ({
          ...client,
          async createProtectedInstance(body, options) {
            if (body.server_group_id !== shut) return client.createProtectedInstance(body, options)
            await options.beforeSend?.()
            options.onSend?.()
            throw apiError('access', 403, null)
          },
        }),
      },
    })
    const of = (group: string) =>
      fates(result).filter((_, index) => rows[index]?.serverGroup === group)
    expect(of('g1')).toEqual(['not-attempted/access-lost', 'not-attempted/access-lost'])
    expect([...of('g2'), ...of('g3')]).toEqual(Array.from({ length: 4 }, () => 'created'))
    expect(result.end).toEqual({ kind: 'aborted', cause: 'access' })
  })
})

test('a job that never ends beside an instance that is available is over at --job-timeout', async () => {
  const cloud = smallCloud(makeRows(1, 1))
  const result = await cloud.run({
    limits: { jobTimeoutMs: 5 * MINUTE },
    spoil: {
      client: (client) => ({
        ...client,
        async showJob(id, signal) {
          return { ...(await client.showJob(id, signal)), status: 'RUNNING' as const }
        },
      }),
    },
  })
  expect(fates(result)).toEqual(['created'])
  expect(result.report.rows[0]?.message).toMatch(/--job-timeout/)
})

describe('--max-failures in percent', () => {
  test('counts creates that were answered, not rows that have ended', async () => {
    // Refusals end in milliseconds, jobs in a minute: every third row is refused.
    const rows = makeRows(60, 6).map((row) =>
      row.row % 3 === 0 ? { ...row, name: `bad-${row.row}` } : row,
    )
    const cloud = smallCloud(rows, {
      faults: {
        rules: [
          {
            on: 'createProtectedInstance',
            server: 'bad-*',
            do: { status: 400, code: 'SDRS.0202' },
          },
        ],
      },
    })
    const result = await cloud.run({
      limits: { maxFailures: { kind: 'percent', value: 60 } },
    })
    const all = fates(result)
    expect(all.filter((fate) => fate === 'failed/refused')).toHaveLength(20)
    expect(all.filter((fate) => fate === 'created')).toHaveLength(40)
  })

  test('says at once what it has counted', async () => {
    const cloud = smallCloud(makeRows(20, 1), {
      faults: { rules: [{ on: 'create*', do: { status: 400, code: 'SDRS.0202' } }] },
    })
    const result = await cloud.run({
      limits: { concurrency: 1, maxJobs: 1, maxFailures: { kind: 'percent', value: 50 } },
    })
    const said = result.events.filter(({ type }) => type === 'failure-limit')
    expect(said).toEqual([
      { type: 'failure-limit', of: 'creates', failed: 10, answered: 10, limit: '50 %' },
    ])
    expect(fates(result).filter((fate) => fate === 'not-attempted/failure-limit')).toHaveLength(10)
  })
})

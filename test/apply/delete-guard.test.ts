import { describe, expect, test } from 'vitest'
import type { SdrsClient } from '../../src/sdrs/client.ts'
import type { ProtectedInstance } from '../../src/sdrs/schema.ts'
import { makeRows } from '../support/rollout.ts'
import { apiError, fates, showing, smallCloud } from '../support/small-cloud.ts'

/** A cloud in which a create of ours has failed and left its instance in `error`. */
async function afterFailure() {
  const cloud = smallCloud(makeRows(1, 1), {
    faults: { jobs: [{ server: 'server-1', errorCode: 'X', failReason: 'r', times: 1 }] },
  })
  expect(fates(await cloud.run())).toEqual(['failed/job-failed'])
  return cloud
}

/** As the plan sees it; from the first look at the one instance on, as `change` has it. */
function changing(change: (instance: ProtectedInstance) => ProtectedInstance | null) {
  return (client: SdrsClient): SdrsClient => {
    let isPlanned = false
    return {
      ...client,
      async listProtectedInstances(groupIds, signal) {
        const all = await client.listProtectedInstances(groupIds, signal)
        if (isPlanned) return all.map(change).filter((each) => each !== null)
        isPlanned = true
        return all
      },
      async showProtectedInstance(id, signal) {
        const shown = change(await client.showProtectedInstance(id, signal))
        if (shown === null) throw apiError('row', 404, 'SDRS.1320')
        return shown
      },
    }
  }
}

describe('a delete, right before it is sent', () => {
  test('goes where everything is as the plan has seen it', async () => {
    const cloud = await afterFailure()
    expect(fates(await cloud.run({ replaceFailed: true }))).toEqual(['created'])
    expect(cloud.deletes()).toEqual(['server-1'])
  })

  test.for<{ over: Partial<ProtectedInstance>; fate: string }>([
    { over: { status: 'available' }, fate: 'already-protected' },
    { over: { status: 'protected' }, fate: 'already-protected' },
    { over: { status: 'deleting' }, fate: 'conflict/being-deleted' },
    { over: { status: 'fault' }, fate: 'conflict/broken-instance' },
    { over: { priorityStation: 'target' }, fate: 'conflict/broken-instance' },
    { over: { priorityStation: 'TARGET' }, fate: 'conflict/broken-instance' },
    { over: { priorityStation: 'Target ' }, fate: 'conflict/broken-instance' },
    { over: { priorityStation: '' }, fate: 'conflict/broken-instance' },
    { over: { priorityStation: null }, fate: 'conflict/broken-instance' },
    { over: { serverGroupId: 'another' }, fate: 'conflict/other-group' },
    { over: { sourceServer: 'another' }, fate: 'conflict/broken-instance' },
  ])('is withheld where it has become $over: $fate', async ({ over, fate }) => {
    const cloud = await afterFailure()
    const result = await cloud.run({
      replaceFailed: true,
      spoil: { client: changing((each) => ({ ...each, ...over })) },
    })
    expect(fates(result)).toEqual([fate])
    expect(cloud.deletes()).toEqual([])
    expect(result.requests.byOperation['deleteProtectedInstance']).toBeUndefined()
    expect(result.journal.map(({ type }) => type)).not.toContain('delete-intent')
  })

  test('is withheld where the station is not told at all, and is not even planned', async () => {
    const cloud = await afterFailure()
    for (const priorityStation of [null, '', 'TARGET', 'Target ']) {
      const spoil = { client: showing((each) => ({ ...each, priorityStation })) }
      const { plan } = await cloud.run({ replaceFailed: true, spoil })
      expect(plan.rows[0]?.action.kind).toBe('conflict')
    }
    expect(cloud.deletes()).toEqual([])
  })

  test('is not needed where the instance is gone: created anew', async () => {
    const cloud = await afterFailure()
    const result = await cloud.run({
      replaceFailed: true,
      spoil: { client: changing((each) => (each.status === 'error' ? null : each)) },
    })
    // The world still has it: SDRS.1305 is what a create then meets.
    expect(result.requests.byOperation['createProtectedInstance']).toBe(1)
    expect(cloud.deletes()).toEqual([])
  })

  test('is withheld where one look says gone and the list says otherwise', async () => {
    const cloud = await afterFailure()
    const result = await cloud.run({
      replaceFailed: true,
      spoil: {
        client: (client) => ({
          ...client,
          showProtectedInstance: async () => {
            throw apiError('row', 404, 'SDRS.1320')
          },
        }),
      },
    })
    expect(fates(result)).toEqual(['conflict/broken-instance'])
    expect(cloud.deletes()).toEqual([])
  })

  test.for([
    apiError('unknown-fate', 500, null),
    apiError('not-sent', 404, 'APIGW.0101'),
    apiError('throttled', 503, null),
  ])('is withheld as long as nobody can look: $message', async (error) => {
    const cloud = await afterFailure()
    const result = await cloud.run({
      replaceFailed: true,
      spoil: {
        client: (client) => ({
          ...client,
          showProtectedInstance: async () => {
            throw error
          },
        }),
      },
    })
    expect(fates(result)).toEqual(['conflict/broken-instance'])
    expect(cloud.deletes()).toEqual([])
  })

  test('goes once it can be looked at again', async () => {
    const cloud = await afterFailure()
    let looks = 0
    const result = await cloud.run({
      replaceFailed: true,
      spoil: {
        client: (client) => ({
          ...client,
          async showProtectedInstance(id, signal) {
            looks += 1
            if (looks <= 2) throw apiError('unknown-fate', 502, null)
            return client.showProtectedInstance(id, signal)
          },
        }),
      },
    })
    expect(fates(result)).toEqual(['created'])
    expect(looks).toBe(3)
  })

  test('is looked at again after every refusal', async () => {
    const cloud = await afterFailure()
    let refusals = 0
    const result = await cloud.run({
      replaceFailed: true,
      spoil: {
        client(client) {
          // Mended while its group is busy.
          const mended = changing((each) => ({
            ...each,
            status: refusals > 0 ? 'available' : each.status,
          }))(client)
          return {
            ...mended,
            async deleteProtectedInstance(_id, options) {
              await options.beforeSend?.()
              refusals += 1
              throw apiError('busy', 400, 'SDRS.1018')
            },
          }
        },
      },
    })
    expect(refusals).toBe(1)
    expect(fates(result)).toEqual(['already-protected'])
  })
})

describe('what a failed create has left', () => {
  test('is nobody’s to delete once any run has seen it healthy', async () => {
    const cloud = await afterFailure()
    const mended = await cloud.run({
      spoil: { client: showing((each) => ({ ...each, status: 'available' })) },
    })
    expect(fates(mended)).toEqual(['already-protected'])
    expect(mended.journal.filter(({ type }) => type === 'healthy')).toHaveLength(1)
    // A month later it is in error, for whatever reason; the failed task is still to be read.
    const later = await cloud.run({ replaceFailed: true })
    expect(fates(later)).toEqual(['conflict/broken-instance'])
    expect(cloud.deletes()).toEqual([])
  })

  test('is nobody’s to delete where only a late sub-job failed: it was left whole', async () => {
    const jobs = [{ server: '*', errorCode: 'X', failReason: 'r', subJobOnly: true }]
    const cloud = smallCloud(makeRows(1, 1), { faults: { jobs } })
    const healthy = { client: showing((each) => ({ ...each, status: 'available' })) }
    expect(fates(await cloud.run({ spoil: healthy }))).toEqual(['failed/job-failed'])
    const later = await cloud.run({
      replaceFailed: true,
      spoil: { client: showing((each) => ({ ...each, status: 'error' })) },
    })
    expect(fates(later)).toEqual(['conflict/broken-instance'])
    expect(later.requests.byOperation['deleteProtectedInstance']).toBeUndefined()
    expect(cloud.deletes()).toEqual([])
  })
})

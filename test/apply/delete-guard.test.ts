import { describe, expect, test } from 'vitest'
import type { JournalEvent } from '../../src/journal/journal.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
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
    { over: { serverGroupId: null }, fate: 'conflict/other-group' },
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
    // Three before it is sent; one to be told that there is no such instance any more.
    expect(looks).toBe(4)
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

describe('after a delete was sent', () => {
  type Answer = 'as it is' | 'left out' | 'unreadable'
  type Shown = 'as it is' | ReturnType<typeof apiError>

  /** The delete is answered 502 and, unless `arrives`, not carried out; then lists and looks by ID go wrong. */
  async function deletedOnce(about: {
    readonly arrives?: boolean
    /** Of the lists after it, by their number from 1. */
    readonly list: (nth: number) => Answer
    readonly show?: (nth: number) => Shown
  }) {
    const cloud = await afterFailure()
    const asked = { deletes: 0, lists: 0, shows: 0 }
    let isLost = false
    let createdAfter: readonly string[] | null = null
    const result = await cloud.run({
      replaceFailed: true,
      spoil: {
        client: (client) => ({
          ...client,
          async deleteProtectedInstance(id, options) {
            asked.deletes += 1
            isLost = false
            if (asked.deletes > 1) return client.deleteProtectedInstance(id, options)
            if (about.arrives === true) await client.deleteProtectedInstance(id, options)
            else await options.beforeSend?.()
            isLost = true
            throw apiError('unknown-fate', 502, null)
          },
          async listProtectedInstances(groupIds, signal) {
            const all = await client.listProtectedInstances(groupIds, signal)
            if (!isLost || createdAfter !== null) return all
            asked.lists += 1
            const answer = about.list(asked.lists)
            if (answer === 'unreadable') throw apiError('unknown-fate', 502, null)
            return answer === 'as it is' ? all : []
          },
          async showProtectedInstance(id, signal) {
            if (!isLost) return client.showProtectedInstance(id, signal)
            asked.shows += 1
            const shown = about.show?.(asked.shows) ?? 'as it is'
            if (shown !== 'as it is') throw shown
            return client.showProtectedInstance(id, signal)
          },
          createProtectedInstance(body, options) {
            createdAfter ??= cloud.deletes()
            return client.createProtectedInstance(body, options)
          },
        }),
      },
    })
    return {
      asked,
      cloud,
      result,
      /** What the cloud had deleted when the first create was sent; null: none was. */
      deletedBefore: createdAfter as readonly string[] | null,
      said: result.journal.map(({ type }) => type),
    }
  }

  test('one list without the instance is no proof: sent again, and created only then', async () => {
    const { asked, deletedBefore, result, said } = await deletedOnce({
      list: (nth) => (nth === 1 ? 'left out' : 'as it is'),
    })
    expect(deletedBefore).toEqual(['server-1'])
    expect(fates(result)).toEqual(['created'])
    expect(said.filter((type) => type === 'deleted')).toHaveLength(1)
    // Once, for the list that left it out; what is looked at before the second delete is not counted.
    expect(asked).toMatchObject({ deletes: 2, shows: 1 })
  })

  test('nor are lists without it, while it can be shown', async () => {
    const { deletedBefore, result } = await deletedOnce({ list: () => 'left out' })
    expect(deletedBefore).toEqual(['server-1'])
    expect(fates(result)).toEqual(['created'])
  })

  test.for([
    apiError('not-sent', 404, 'APIGW.0101'),
    apiError('unknown-fate', 404, null),
    apiError('unknown-fate', 502, null),
  ])('nor is one with a $message from in between', async (error) => {
    const { deletedBefore, result } = await deletedOnce({
      list: (nth) => (nth === 1 ? 'left out' : 'as it is'),
      show: (nth) => (nth === 1 ? error : 'as it is'),
    })
    expect(deletedBefore).toEqual(['server-1'])
    expect(fates(result)).toEqual(['created'])
  })

  test.for<Answer>(['as it is', 'unreadable'])(
    'one list that is %s begins the window anew',
    async (answer) => {
      const { deletedBefore } = await deletedOnce({
        list: (nth) => (nth % 4 === 0 ? answer : 'left out'),
        show: (nth) => (nth < 12 ? apiError('unknown-fate', 502, null) : 'as it is'),
      })
      expect(deletedBefore).toEqual(['server-1'])
    },
  )

  test('gone, where SDRS itself knows no such instance: asked for once', async () => {
    const { asked, deletedBefore, result } = await deletedOnce({
      arrives: true,
      list: () => 'as it is',
    })
    expect(deletedBefore).toEqual(['server-1'])
    expect(fates(result)).toEqual(['created'])
    expect(asked).toMatchObject({ deletes: 1, shows: 1 })
  })

  test('gone, where every list of the settle window leaves it out and nobody can be asked', async () => {
    const { asked, result, said } = await deletedOnce({
      arrives: true,
      list: () => 'as it is',
      show: () => apiError('not-sent', 404, 'APIGW.0101'),
    })
    expect(fates(result)).toEqual(['created'])
    expect(said).toContain('deleted')
    // Every five seconds through a window of thirty, from the first that left it out.
    expect(asked.shows).toBe(7)
  })
})

describe('what a failed create has left', () => {
  test('is nobody’s to delete once a run that knew of no failure has seen it healthy', async () => {
    // Another machine's run: its journal is not among those that follow.
    const elsewhere: JournalEvent[][] = []
    const cloud = smallCloud(makeRows(1, 1), {
      faults: { jobs: [{ server: 'server-1', errorCode: 'X', failReason: 'r', times: 1 }] },
    })
    expect(fates(await cloud.run({ runs: elsewhere }))).toEqual(['failed/job-failed'])
    const healthy = { client: showing((each) => ({ ...each, status: 'available' })) }
    for (const noted of [1, 0]) {
      const mended = await cloud.run({ spoil: healthy })
      expect(fates(mended)).toEqual(['already-protected'])
      expect(mended.journal.filter(({ type }) => type === 'healthy')).toHaveLength(noted)
    }
    // In error again; its failed task is still to be read.
    const later = await cloud.run({ replaceFailed: true })
    expect(fates(later)).toEqual(['conflict/broken-instance'])
    expect(later.requests.byOperation['deleteProtectedInstance']).toBeUndefined()
    expect(cloud.deletes()).toEqual([])
    // Without that memory the failed task alone would have had it deleted.
    const { plan } = await cloud.run({ runs: [], replaceFailed: true, rows: makeRows(1, 1) })
    expect(plan.rows[0]?.action.kind).toBe('replace')
  })

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

  test('is nobody’s to delete once one page has shown it healthy, though its list then failed', async () => {
    const rows = makeRows(2, 1).map((row) => ({ ...row, wave: row.row === 1 ? '2' : '1' }))
    const cloud = smallCloud(rows, {
      faults: { jobs: [{ server: 'server-1', errorCode: 'X', failReason: 'r', times: 1 }] },
    })
    expect(fates(await cloud.run({ rows: rows.slice(0, 1) }))).toEqual(['failed/job-failed'])
    let lists = 0
    const result = await cloud.run({
      replaceFailed: true,
      spoil: {
        client: (client) => ({
          ...client,
          async listProtectedInstances(groupIds, signal, onInstances) {
            lists += 1
            const all = await client.listProtectedInstances(groupIds, signal)
            // While the first wave's job runs.
            if (lists !== 2) return all
            onInstances?.(all.map((each) => ({ ...each, status: 'available' })))
            throw apiError('unknown-fate', 502, null)
          },
        }),
      },
    })
    expect(result.plan.rows[0]?.action.kind).toBe('replace')
    expect(fates(result)).toEqual(['conflict/broken-instance', 'created'])
    expect(cloud.deletes()).toEqual([])
    // At once, since a run may be killed: before the first wave has ended.
    const said = result.journal.map(({ type }) => type)
    expect(said.filter((type) => type === 'healthy')).toHaveLength(1)
    expect(said.indexOf('healthy')).toBeLessThan(said.indexOf('settled'))
    expect(fates(await cloud.run({ replaceFailed: true }))[0]).toBe('conflict/broken-instance')
    expect(cloud.deletes()).toEqual([])
  })

  test('is written down once, however often it is seen', async () => {
    const cloud = await afterFailure()
    const client = showing((each) => ({ ...each, status: 'fault' }))
    for (const noted of [1, 0, 0]) {
      const result = await cloud.run({ spoil: { client } })
      expect(fates(result)).toEqual(['conflict/broken-instance'])
      expect(result.journal.filter(({ type }) => type === 'healthy')).toHaveLength(noted)
    }
  })
})

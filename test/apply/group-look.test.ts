import { describe, expect, test } from 'vitest'
import { createGroupLook, isSignInRefused } from '../../src/apply/group-look.ts'
import { createStopControl } from '../../src/apply/stop.ts'
import type { ApiError } from '../../src/cloud/errors.ts'
import { instance, serverId } from '../report/build.ts'
import { apiError } from '../support/small-cloud.ts'

const IDS = Array.from({ length: 40 }, (_, index) => `g${index}`)
const forbidden = apiError('access', 403, null)

/** A cloud with an instance a group; `refuse` says how a call for these groups fails. */
function looker(refuse: (groupIds: readonly string[] | null) => ApiError | null) {
  const calls: (number | null)[] = []
  const stop = createStopControl()
  const all = IDS.map((id, index) => instance(index, { serverGroupId: id }))
  const look = createGroupLook({
    stop,
    client: {
      async listProtectedInstances(groupIds) {
        calls.push(groupIds?.length ?? null)
        const error = refuse(groupIds)
        if (error !== null) throw error
        return all.filter(
          ({ serverGroupId }) => groupIds === null || groupIds.includes(serverGroupId ?? ''),
        )
      },
    },
  })
  return { look, calls, stop }
}

const wanted = (index: number) => ({ serverId: serverId(index), groupId: `g${index}` })

describe('a look at groups', () => {
  test('takes thirty a call, and shows of each server whether it is there', async () => {
    const { look, calls } = looker(() => null)
    const seen = await look(IDS)
    expect(calls).toEqual([30, 10])
    expect(seen.isBlind).toBe(false)
    expect(seen.of(wanted(7))).toMatchObject({
      kind: 'list',
      instance: { serverGroupId: 'g7' },
    })
    expect(seen.of({ serverId: serverId(99), groupId: 'g7' })).toEqual({
      kind: 'list',
      instance: null,
    })
  })

  test.for([
    forbidden,
    apiError('group-done', 400, 'SDRS.1013'),
    apiError('row', 400, 'SDRS.0207'),
  ])(
    'finds the one culprit once, and looks for it without a filter from then on: $message',
    async (error) => {
      const { look, calls } = looker((ids) => (ids?.includes('g5') === true ? error : null))
      const seen = await look(IDS)
      expect(calls.filter((size) => size === null)).toHaveLength(1)
      expect(calls.length).toBeLessThanOrEqual(13)
      expect(seen.of(wanted(5))).toMatchObject({ kind: 'list' })
      expect(seen.of(wanted(6))).toMatchObject({ kind: 'list' })
      // Not to be there is no proof for a group that may not be listed.
      expect(seen.of({ serverId: serverId(99), groupId: 'g5' })).toEqual({
        kind: 'no-list',
        refused: true,
      })
      calls.splice(0)
      await look(IDS)
      expect(calls).toEqual([30, 9, null])
    },
  )

  test.for([
    apiError('throttled', 503, null),
    apiError('not-sent', 404, 'APIGW.0101'),
    apiError('unknown-fate', 500, null),
    apiError('row', 400, null),
  ])('splits nothing where the answer says nothing of the groups: $message', async (error) => {
    const { look, calls, stop } = looker((ids) => (ids?.includes('g5') === true ? error : null))
    const seen = await look(IDS)
    expect(calls).toEqual([30, 10])
    expect(seen.isBlind).toBe(false)
    expect(seen.of(wanted(5))).toEqual({ kind: 'no-list', refused: false })
    expect(seen.of(wanted(35))).toMatchObject({ kind: 'list', instance: { serverGroupId: 'g35' } })
    expect(stop.following.aborted).toBe(false)
  })

  test('is blind where nothing could be read', async () => {
    const { look } = looker(() => apiError('throttled', 503, null))
    expect((await look(['g1'])).isBlind).toBe(true)
  })

  test('ends the following where nothing at all may be listed, and not before', async () => {
    const some = looker((ids) => (ids === null || ids.includes('g1') ? forbidden : null))
    const seen = await some.look(['g1', 'g2'])
    expect(some.stop.following.aborted).toBe(false)
    expect(seen.of(wanted(1))).toEqual({ kind: 'no-list', refused: true })
    const none = looker(() => forbidden)
    await none.look(['g1', 'g2'])
    expect(none.stop.following.aborted).toBe(true)
    expect(none.stop.accessError()).toBe(forbidden)
    // A group that is gone is no lost right.
    const gone = looker(() => apiError('group-done', 400, 'SDRS.1013'))
    await gone.look(['g1'])
    expect(gone.stop.following.aborted).toBe(false)
  })

  test('ends it at once on a refused sign-in', async () => {
    const { look, calls, stop } = looker(() => apiError('access', 401, null))
    await look(IDS)
    expect(calls).toEqual([30])
    expect(stop.following.aborted).toBe(true)
  })

  test('takes no bug for an answer', async () => {
    const stop = createStopControl()
    const look = createGroupLook({
      stop,
      client: { listProtectedInstances: () => Promise.reject(new TypeError('bug')) },
    })
    await expect(look(['g1'])).rejects.toThrow('bug')
  })
})

test('only a sign-in that is refused is refused for everything', () => {
  expect(isSignInRefused(apiError('access', 401, null))).toBe(true)
  expect(isSignInRefused(forbidden)).toBe(false)
  expect(isSignInRefused(apiError('row', 400, 'SDRS.0201'))).toBe(false)
})

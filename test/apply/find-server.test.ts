import { describe, expect, test } from 'vitest'
import { findServer } from '../../src/apply/find-server.ts'
import { createStopControl } from '../../src/apply/stop.ts'
import { ApiError } from '../../src/cloud/errors.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { GROUP, instance, OTHER_GROUP } from '../report/build.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const SERVER = '00000000-0000-4000-8000-00000000000A'
const WINDOW_MS = 30_000
const down = new ApiError({ class: 'unknown-fate', operation: 'list', message: 'no' })

function listed(id: string, over: Partial<ProtectedInstance>): ProtectedInstance {
  return instance(1, { id, sourceServer: null, targetServer: null, ...over })
}

/** `lists`: what the list shows from so many ms on, or how it fails. */
async function look(
  lists: readonly { readonly from: number; readonly list: readonly ProtectedInstance[] | Error }[],
  options: { readonly patient: boolean; readonly stopAt?: number },
) {
  const clock = virtualClock()
  const startedAt = clock.now()
  const stop = createStopControl()
  const lookedAt: number[] = []
  if (options.stopAt !== undefined) void clock.sleep(options.stopAt).then(() => stop.interrupt())
  const found = await clock.run(
    findServer(
      {
        clock,
        stop,
        settleWindowMs: WINDOW_MS,
        async allInstances() {
          const at = clock.now() - startedAt
          lookedAt.push(at)
          const list = lists.findLast(({ from }) => from <= at)?.list ?? []
          if (list instanceof Error) throw list
          return list
        },
      },
      { serverId: SERVER, groupId: GROUP },
      { patient: options.patient },
    ),
  )
  return { found: found.kind === 'found' ? found.instance.id : found.kind, lookedAt }
}

const there = [listed('mine', { sourceServer: SERVER.toLowerCase().replaceAll('-', '') })]

describe('looking for a server', () => {
  test('finds it at once, however its ID is spelt', async () => {
    const result = await look([{ from: 0, list: there }], { patient: true })
    expect(result).toEqual({ found: 'mine', lookedAt: [0] })
  })

  test('without patience looks once', async () => {
    const result = await look([{ from: 1, list: there }], { patient: false })
    expect(result).toEqual({ found: 'not-found', lookedAt: [0] })
  })

  test('with patience waits for a list that lags', async () => {
    const result = await look([{ from: 7_000, list: there }], { patient: true })
    expect(result).toEqual({ found: 'mine', lookedAt: [0, 2_000, 4_000, 8_000] })
  })

  test('with patience gives up at the end of the settle window', async () => {
    const result = await look([], { patient: true })
    expect(result.found).toBe('not-found')
    expect(result.lookedAt.at(-1)).toBe(WINDOW_MS)
  })

  test.for<{ name: string; lists: Parameters<typeof look>[0]; found: string }>([
    { name: 'never', lists: [{ from: 0, list: down }], found: 'unreadable' },
    { name: 'not at last', lists: [{ from: 20_000, list: down }], found: 'unreadable' },
    {
      name: 'only at first',
      lists: [
        { from: 0, list: down },
        { from: 20_000, list: [] },
      ],
      found: 'not-found',
    },
    {
      name: 'only at first, and it is there',
      lists: [
        { from: 0, list: down },
        { from: 20_000, list: there },
      ],
      found: 'mine',
    },
  ])('a list that can be read $name', async ({ lists, found }) => {
    expect((await look(lists, { patient: true })).found).toBe(found)
  })

  test('a stop ends it without an answer', async () => {
    const result = await look([], { patient: true, stopAt: 3_000 })
    expect(result).toEqual({ found: 'unreadable', lookedAt: [0, 2_000] })
  })

  test('a bug is not taken for an unreadable list', async () => {
    const bug = new TypeError('bug')
    await expect(look([{ from: 0, list: bug }], { patient: true })).rejects.toBe(bug)
  })

  test.for<{ name: string; list: readonly ProtectedInstance[]; found: string }>([
    {
      name: 'as production server before DR server',
      list: [
        listed('dr', { targetServer: SERVER }),
        listed('production', { sourceServer: SERVER, status: 'error' }),
      ],
      found: 'production',
    },
    {
      name: 'a sound instance before a broken one',
      list: [
        listed('broken', { sourceServer: SERVER, status: 'error' }),
        listed('sound', { sourceServer: SERVER, status: 'creating' }),
      ],
      found: 'sound',
    },
    {
      name: 'one in the wanted group before one in another',
      list: [
        listed('elsewhere', { sourceServer: SERVER, serverGroupId: OTHER_GROUP }),
        listed('here', { sourceServer: SERVER, status: 'error' }),
      ],
      found: 'here',
    },
    {
      name: 'as DR server when there is nothing else',
      list: [listed('dr', { targetServer: SERVER })],
      found: 'dr',
    },
  ])('$name', async ({ list, found }) => {
    expect((await look([{ from: 0, list }], { patient: false })).found).toBe(found)
  })
})

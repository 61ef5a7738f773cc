import { describe, expect, test } from 'vitest'
import type { ErrorClass } from '../../src/cloud/errors.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { replay } from '../../src/journal/replay.ts'
import { makeRows } from '../support/rollout.ts'
import { apiError, fates, MINUTE, PROJECT, refusing, smallCloud } from '../support/small-cloud.ts'

type Shown =
  | 'as it is'
  | ReturnType<typeof apiError>
  | ((it: ProtectedInstance) => ProtectedInstance)

/** Lists that leave everything out, and instances that are shown by their ID as a test has it. */
function omitting(shown: (nth: number) => Shown = () => 'as it is') {
  const asked = { lists: 0, shows: 0, creates: 0 }
  const client = (real: SdrsClient): SdrsClient => ({
    ...real,
    async listProtectedInstances() {
      asked.lists += 1
      return []
    },
    async showProtectedInstance(id, signal) {
      asked.shows += 1
      const answer = shown(asked.shows)
      if (answer instanceof Error) throw answer
      const there = await real.showProtectedInstance(id, signal)
      return answer === 'as it is' ? there : answer(there)
    },
    createProtectedInstance(body, options) {
      asked.creates += 1
      return real.createProtectedInstance(body, options)
    },
  })
  return { asked, client }
}

const REFUSALS: readonly [ErrorClass, string][] = [
  ['row', 'SDRS.1334'],
  ['row', 'SDRS.1811'],
  ['row', 'SDRS.1350'],
  ['group-done', 'SDRS.1358'],
  ['quota', 'SDRS.0306'],
  ['exists', 'SDRS.1305'],
]
const BUSY: readonly [ErrorClass, string] = ['busy', 'SDRS.1018']

/** Every create is answered with this, and does not arrive. */
function refusingAll(error: Error): (client: SdrsClient) => SdrsClient {
  return (client) => ({
    ...client,
    async createProtectedInstance(_body, options) {
      await options.beforeSend?.()
      options.onSend?.()
      throw error
    },
  })
}

async function protectedBefore() {
  const cloud = smallCloud(makeRows(1, 1))
  expect(fates(await cloud.run())).toEqual(['created'])
  return cloud
}

describe('a server that journals know to be protected, and that no list shows', () => {
  test('is not sent: its instance is asked for, once', async () => {
    const cloud = await protectedBefore()
    const { asked, client } = omitting()
    const result = await cloud.run({ spoil: { client } })
    expect(result.events).toContainEqual(
      expect.objectContaining({ type: 'row-ended', outcome: 'already-protected' }),
    )
    expect(asked).toMatchObject({ shows: 1, creates: 0 })
    // The list must agree in the end, or nobody says that it is protected.
    expect(fates(result)).toEqual(['unknown/not-in-list'])
  })

  test('is kept where one list alone left it out', async () => {
    const cloud = await protectedBefore()
    let lists = 0
    const result = await cloud.run({
      spoil: {
        client: (real) => ({
          ...real,
          async listProtectedInstances(groupIds, signal) {
            lists += 1
            return lists === 1 ? [] : real.listProtectedInstances(groupIds, signal)
          },
        }),
      },
    })
    expect(result.plan.rows[0]?.action.kind).toBe('create')
    expect(fates(result)).toEqual(['already-protected'])
    expect(result.requests.byOperation['showProtectedInstance']).toBeUndefined()
    expect(result.requests.byOperation['createProtectedInstance']).toBeUndefined()
  })

  test.for<[string, Partial<ProtectedInstance>, string]>([
    ['broken', { status: 'error' }, 'conflict/broken-instance'],
    ['being deleted', { status: 'deleting' }, 'conflict/being-deleted'],
    ['in another group', { serverGroupId: 'another' }, 'conflict/other-group'],
    [
      'turned round',
      {
        sourceServer: 'dr',
        targetServer: '00000000000040008000000000000001',
        status: 'failed-over',
      },
      'already-protected',
    ],
  ])('is judged by what is shown: %s', async ([, over, fate]) => {
    const cloud = await protectedBefore()
    const { asked, client } = omitting(() => (it) => ({ ...it, ...over }))
    const result = await cloud.run({ spoil: { client } })
    const [kind = '', reason = null] = fate.split('/')
    expect(result.events).toContainEqual(
      expect.objectContaining({ type: 'row-ended', outcome: kind, reason }),
    )
    expect(asked.creates).toBe(0)
  })

  test('is sent once SDRS itself says that the instance is gone, and refused at its word', async () => {
    for (const code of ['SDRS.1320', 'SDRS.0208']) {
      const cloud = await protectedBefore()
      const { asked, client } = omitting(() => apiError('row', 400, code))
      const refuse = refusing(1, apiError('row', 400, 'SDRS.1334'))
      const result = await cloud.run({ spoil: { client: (real) => refuse(client(real)) } })
      expect(fates(result)).toEqual(['failed/refused'])
      expect(asked.shows).toBe(1)
    }
  })

  test('is not known by an ID under which another server is protected', async () => {
    const cloud = await protectedBefore()
    const { client } = omitting(() => (it) => ({ ...it, sourceServer: 'x', targetServer: 'y' }))
    const refuse = refusing(1, apiError('row', 400, 'SDRS.1334'))
    const result = await cloud.run({ spoil: { client: (real) => refuse(client(real)) } })
    expect(fates(result)).toEqual(['failed/refused'])
  })

  describe.for([...REFUSALS, BUSY])('where nobody can be asked, %s %s', ([errorClass, code]) => {
    const refusal = apiError(errorClass, 400, code)
    const limits = { jobTimeoutMs: 2 * MINUTE }
    const unreadable = [
      apiError('not-sent', 404, 'APIGW.0101'),
      apiError('unknown-fate', 500, null),
      apiError('access', 403, null),
    ]

    test.for(unreadable)(
      'may be an echo: nobody knows, and it closes nothing ($message)',
      async (error) => {
        const cloud = await protectedBefore()
        const { client } = omitting(() => error)
        const refuse = (real: SdrsClient): SdrsClient => refusingAll(refusal)(client(real))
        const result = await cloud.run({ limits, spoil: { client: refuse } })
        expect(fates(result)).toEqual(['unknown/not-in-list'])
        expect(result.report.rows[0]?.advice).not.toMatch(/remove|choose another|quota/i)
        expect(result.end.kind).toBe('ended')
      },
    )
  })

  describe.for(REFUSALS)('where it can be asked for after the refusal, %s %s', ([kind, code]) => {
    const refusal = apiError(kind, 400, code)

    test('and is gone: the refusal is what it seems', async () => {
      const cloud = await protectedBefore()
      const { client } = omitting((nth) =>
        nth === 1 ? apiError('unknown-fate', 500, null) : apiError('row', 404, 'SDRS.1320'),
      )
      const refuse = (real: SdrsClient): SdrsClient => refusingAll(refusal)(client(real))
      expect(fates(await cloud.run({ spoil: { client: refuse } }))).toEqual([
        kind === 'exists' ? 'unknown/not-in-list' : 'failed/refused',
      ])
    })

    test('and is there: adopted', async () => {
      const cloud = await protectedBefore()
      const { client } = omitting((nth) =>
        nth === 1 ? apiError('unknown-fate', 500, null) : 'as it is',
      )
      const refuse = (real: SdrsClient): SdrsClient => refusingAll(refusal)(client(real))
      const result = await cloud.run({ spoil: { client: refuse } })
      expect(result.events).toContainEqual(
        expect.objectContaining({ type: 'row-ended', outcome: 'already-protected' }),
      )
    })
  })

  test('a 403 for asking does not end the run for others', async () => {
    const rows = makeRows(2, 2)
    const cloud = smallCloud(rows)
    await cloud.run({ rows: rows.slice(0, 1) })
    const { client } = omitting(() => apiError('access', 403, null))
    await cloud.run({ spoil: { client } })
    expect(cloud.creates()).toEqual(['server-1', 'server-2'])
  })
})

test('who was kept by an earlier run is known as well, however often', async () => {
  const cloud = smallCloud(makeRows(1, 1))
  // Somebody else's: of its create our journals know nothing.
  await cloud.run({ runs: [] })
  expect(fates(await cloud.run())).toEqual(['already-protected'])
  const { asked, client } = omitting()
  await cloud.run({ spoil: { client } })
  await cloud.run({ spoil: { client } })
  expect(asked.creates).toBe(0)
  expect(replay(cloud.runs, { projectId: PROJECT }).knownInstances.size).toBe(1)
})

test('one that was deleted since is created anew', async () => {
  const cloud = smallCloud(makeRows(1, 1))
  await cloud.run()
  const gone = omitting(() => apiError('row', 404, 'SDRS.1320'))
  const result = await cloud.run({ spoil: { client: gone.client } })
  // The simulator still has it, and says so.
  expect(gone.asked.creates).toBe(1)
  expect(result.requests.byOperation['showProtectedInstance']).toBeUndefined()
})

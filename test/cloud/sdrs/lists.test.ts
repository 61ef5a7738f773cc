import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../src/clock.ts'
import { createSdrsClient, type SdrsClient } from '../../../src/cloud/sdrs/sdrs-client.ts'
import { ApiError, UNREADABLE } from '../../../src/cloud/errors.ts'
import { createRateGate } from '../../../src/cloud/rate.ts'
import { createRequestLog } from '../../../src/cloud/request-log.ts'
import { tokenAuthenticator } from '../../../src/cloud/sign-in/token.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

/** A client whose list answers come from a function of the offset asked for. */
function listing(answer: (offset: number) => unknown): {
  readonly list: () => Promise<string[]>
  /** What `onInstances` is told, by page. */
  readonly told: string[][]
  readonly failures: () => Promise<(string | null)[]>
  readonly asked: number[]
} {
  const clock = virtualClock()
  const asked: number[] = []
  const client: SdrsClient = createSdrsClient({
    connection: {
      authenticator: tokenAuthenticator('t', 'test'),
      endpoints: { sdrs: 'https://sdrs.test', ecs: null, vpc: null, evs: null },
      projectId: 'p',
      region: null,
    },
    transport: {
      async send({ url }) {
        const offset = Number(new URL(url).searchParams.get('offset'))
        asked.push(offset)
        return { status: 200, headers: {}, body: JSON.stringify(answer(offset)) }
      },
    },
    rate: createRateGate(1_000, clock),
    requests: createRequestLog(),
    clock,
    random: seededRandom(1),
    requestTimeoutMs: 1_000,
  })
  const told: string[][] = []
  const tell = (page: readonly { readonly id: string }[]): void =>
    void told.push(page.map(({ id }) => id))
  return {
    asked,
    told,
    list: async () => {
      const all = await clock.run(client.listProtectedInstances(null, undefined, tell))
      return all.map(({ id }) => id)
    },
    failures: async () => {
      const all = await clock.run(client.listFailureJobs('g'))
      return all.map(({ jobId }) => jobId)
    },
  }
}

const items = (from: number, to: number): { id: string }[] =>
  Array.from({ length: to - from }, (_, index) => ({ id: `i${from + index}` }))

describe('a list', () => {
  test.for<{ name: string; answer: (offset: number) => unknown; found: number; asked: number[] }>([
    {
      name: 'one short page',
      answer: () => ({ protected_instances: items(0, 3), count: 3 }),
      found: 3,
      asked: [0],
    },
    {
      name: 'pages shorter than asked for, as the count tells',
      answer: (at) => ({ protected_instances: items(at, Math.min(at + 100, 250)), count: 250 }),
      found: 250,
      asked: [0, 99, 198],
    },
    {
      name: 'a full last page',
      answer: (at) => ({ protected_instances: items(at, 999), count: 999 }),
      found: 999,
      asked: [0, 998],
    },
    {
      // Read once more: the same again is how this service counts.
      name: 'a count that says too much',
      answer: (at) => ({ protected_instances: items(at, 3), count: 700 }),
      found: 3,
      asked: [0, 2, 0, 2],
    },
    {
      name: 'a count that says too little, beside a full page',
      answer: (at) => ({ protected_instances: items(at, Math.min(at + 999, 1_200)), count: 1 }),
      found: 1_200,
      asked: [0, 998],
    },
    {
      name: 'an offset that the server ignores',
      answer: () => ({ protected_instances: items(0, 999), count: 5_000 }),
      found: 999,
      asked: [0, 998, 0, 998],
    },
    { name: 'null for none', answer: () => ({ protected_instances: null }), found: 0, asked: [0] },
    { name: 'nothing beside a count of 0', answer: () => ({ count: 0 }), found: 0, asked: [0] },
  ])('$name', async ({ answer, found, asked }) => {
    const server = listing(answer)
    expect(await server.list()).toEqual(items(0, found).map(({ id }) => id))
    expect(server.asked).toEqual(asked)
  })

  test('that is empty once, beside a count of some, is read again', async () => {
    let answers = 0
    const server = listing(() => {
      answers += 1
      return { protected_instances: answers === 1 ? [] : items(0, 3), count: 3 }
    })
    expect(await server.list()).toEqual(['i0', 'i1', 'i2'])
  })

  test('that shows fewer than its count once is read again', async () => {
    let answers = 0
    const server = listing(() => {
      answers += 1
      return { protected_instances: items(0, answers === 1 ? 2 : 3), count: 3 }
    })
    expect(await server.list()).toEqual(['i0', 'i1', 'i2'])
  })

  test('that stays empty beside a count of some is unreadable, not "there is none"', async () => {
    const server = listing(() => ({ protected_instances: [], count: 3 }))
    const error = await server.list().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ class: 'unknown-fate', code: UNREADABLE })
    expect(server.asked.length).toBeLessThan(30)
  })

  test('whose pages never end is unreadable, not endless', async () => {
    const server = listing((at) => ({ protected_instances: items(at, at + 999), count: 3_000 }))
    const error = await server.list().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ class: 'unknown-fate', code: UNREADABLE })
    expect(server.asked.length).toBeLessThan(100)
  })

  test('that can be paged by nobody: whole by its count, else unreadable', async () => {
    const first = (count: number) =>
      listing((at) => ({ protected_instances: at === 0 ? items(0, 999) : [], count }))
    expect(await first(999).list()).toHaveLength(999)
    const error = await first(1_500)
      .list()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ class: 'unknown-fate', code: UNREADABLE })
  })

  test.for([{}, { unexpected: true }, [], null, { protected_instances: {} }])(
    'no list at all is unreadable, not empty: %j',
    async (body) => {
      const error = await listing(() => body)
        .list()
        .catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(ApiError)
    },
  )
})

test('whoever listens hears every page, of a list that fails in the end too', async () => {
  const server = listing((at) =>
    at === 0 ? { protected_instances: items(0, 999), count: 1_200 } : { nothing: 'readable' },
  )
  await expect(server.list()).rejects.toThrow(ApiError)
  expect(server.told).toEqual([items(0, 999).map(({ id }) => id)])
})

describe('failed tasks', () => {
  const tasks = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, index) => ({ job_id: `j${from + index}` }))
  const ids = (count: number) => tasks(0, count).map((task) => task.job_id)

  test('are read page by page', async () => {
    const server = listing((at) => ({
      failure_jobs: tasks(at, Math.min(at + 100, 250)),
      count: 250,
    }))
    expect(await server.failures()).toEqual(ids(250))
    expect(server.asked).toEqual([0, 99, 198])
  })

  test('end where the service ignores the offset, and where it tells no count', async () => {
    const stuck = listing(() => ({ failure_jobs: tasks(0, 100), count: 250 }))
    expect(await stuck.failures()).toEqual(ids(100))
    const uncounted = listing((at) => ({ failure_jobs: tasks(at, Math.min(at + 100, 120)) }))
    expect(await uncounted.failures()).toEqual(ids(120))
    expect(await listing(() => ({ failure_jobs: null })).failures()).toEqual([])
  })
})

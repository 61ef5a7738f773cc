import { describe, expect, test } from 'vitest'
import { createStopControl } from '../../src/apply/stop.ts'
import { JournalFailure, type Journal } from '../../src/journal/journal.ts'
import { serverKey } from '../../src/keys.ts'
import { replay } from '../../src/journal/replay.ts'
import type { ErrorClass } from '../../src/cloud/errors.ts'
import { makeRows } from '../support/rollout.ts'
import { apiError, fates, MINUTE, PROJECT, refusing, smallCloud } from '../support/small-cloud.ts'

/** The first create of server-1 is carried out, and its answer is lost. */
const LOST = {
  rules: [
    {
      on: 'createProtectedInstance',
      server: 'server-1',
      times: 1,
      do: { reset: 'after' as const },
    },
  ],
}
const FIRST = makeRows(1, 1)[0]?.serverId ?? ''

const REFUSALS: readonly [ErrorClass, string][] = [
  ['row', 'SDRS.1334'],
  ['row', 'SDRS.1811'],
  ['row', 'SDRS.1350'],
  ['group-done', 'SDRS.1358'],
  ['quota', 'SDRS.0306'],
  ['exists', 'SDRS.1305'],
]

describe.for(REFUSALS)('after a lost answer, %s %s', ([errorClass, code]) => {
  const error = apiError(errorClass, 400, code)

  /** `lagMs`: when the list shows the first create. */
  async function lostAndRefused(lagMs: number) {
    const rows = makeRows(3, 1)
    const cloud = smallCloud(rows, { faults: LOST, limits: { listLagMs: lagMs } })
    const client = refusing(2, error)
    const result = await cloud.run({ spoil: { client }, limits: { maxJobs: 1 } })
    return { cloud, result, rows }
  }

  test('is an echo: what is found is ours', async () => {
    const { cloud, result } = await lostAndRefused(45_000)
    expect(fates(result)).toEqual(['created', 'created', 'created'])
    expect(cloud.creates().toSorted()).toEqual(['server-1', 'server-2', 'server-3'])
  })

  test('where nothing is found, nobody knows: it stays open, and nothing follows for others', async () => {
    const { cloud, result, rows } = await lostAndRefused(60 * MINUTE)
    const [first, ...others] = fates(result)
    expect(first).toBe(code === 'SDRS.1305' ? 'unknown/not-in-list' : 'unknown/fate-unknown')
    // Theirs is that no list shows them; they were all sent.
    expect(others).toEqual(['unknown/not-in-list', 'unknown/not-in-list'])
    expect(cloud.creates()).toHaveLength(rows.length)
    const { open } = replay(cloud.runs, { projectId: PROJECT })
    expect(open.has(serverKey(FIRST))).toBe(true)
    expect(result.report.rows[0]?.advice).not.toMatch(/remove|choose another|quota/i)
  })
})

test.for(REFUSALS)(
  'a lost answer of an earlier run has echoes too: %s %s',
  async ([kind, code]) => {
    const cloud = smallCloud(makeRows(2, 1), { faults: LOST, limits: { listLagMs: 60 * MINUTE } })
    const stop = createStopControl()
    void cloud.clock.sleep(5_000).then(() => stop.interrupt())
    const first = await cloud.run({ rows: makeRows(1, 1), stop })
    expect(fates(first)).toEqual(['unknown/fate-unknown'])
    const spoil = { client: refusing(1, apiError(kind, 400, code)) }
    const second = await cloud.run({ rows: makeRows(1, 1), spoil })
    expect(second.plan.rows[0]?.action.kind).toBe('look')
    expect(fates(second)[0]).toMatch(/^unknown/)
    const third = await cloud.run({ rows: makeRows(1, 1), spoil })
    expect(third.plan.rows[0]?.action.kind).toBe('look')
    expect(fates(third)[0]).toMatch(/^unknown/)
  },
)

test('a refusal without a lost answer before it is a refusal', async () => {
  const cloud = smallCloud(makeRows(2, 1))
  const spoil = { client: refusing(1, apiError('row', 400, 'SDRS.1334')) }
  const result = await cloud.run({ spoil, rows: makeRows(1, 1) })
  expect(fates(result)).toEqual(['failed/refused'])
  const { open } = replay(cloud.runs, { projectId: PROJECT })
  expect(open.size).toBe(0)
})

test('refused without end after a lost answer: unknown, and open for the next run', async () => {
  const cloud = smallCloud(makeRows(1, 1), { faults: LOST, limits: { listLagMs: 60 * MINUTE } })
  let sent = 0
  const result = await cloud.run({
    limits: { jobTimeoutMs: 5 * MINUTE },
    spoil: {
      client: (client) => ({
        ...client,
        async createProtectedInstance(body, options) {
          sent += 1
          if (sent === 1) return client.createProtectedInstance(body, options)
          await options.beforeSend?.()
          options.onSend?.()
          throw apiError('busy', 400, 'SDRS.1018')
        },
      }),
    },
  })
  expect(sent).toBeGreaterThan(3)
  expect(fates(result)).toEqual(['unknown/fate-unknown'])
  const { open } = replay(cloud.runs, { projectId: PROJECT })
  expect(open.has(serverKey(FIRST))).toBe(true)
})

const HOUR = 60 * MINUTE

/** Two hours, and as long as a job may take where that is longer: so long a run looks before it concludes. */
describe.for([
  { jobTimeoutMs: 3_000, boundMs: 2 * HOUR },
  { jobTimeoutMs: 30 * MINUTE, boundMs: 2 * HOUR },
  { jobTimeoutMs: 5 * HOUR, boundMs: 5 * HOUR },
])('an earlier run’s lost answer, with a --job-timeout of $jobTimeoutMs ms', (each) => {
  const limits = { jobTimeoutMs: each.jobTimeoutMs }
  const refusals: readonly [ErrorClass, string][] = [
    ['row', 'SDRS.1334'],
    ['group-done', 'SDRS.1358'],
    ['quota', 'SDRS.0306'],
  ]

  /** Of the first row; it never arrived. Others may follow it. */
  async function lostFirst(rows = makeRows(1, 1), jobMs = MINUTE) {
    const cloud = smallCloud(rows, {
      faults: { rules: [{ on: 'createProtectedInstance', times: 1, do: { reset: 'before' } }] },
      limits: { jobTimeMs: { min: jobMs, max: jobMs } },
    })
    const stop = createStopControl()
    void cloud.clock.sleep(5_000).then(() => stop.interrupt())
    await cloud.run({ rows: rows.slice(0, 1), stop, limits })
    const opened = () => replay(cloud.runs, { projectId: PROJECT }).open.size
    expect(opened()).toBe(1)
    return { cloud, opened }
  }

  test.for(refusals)('has echoes, however old it is by the clocks: %s %s', async ([kind, code]) => {
    const { cloud, opened } = await lostFirst()
    for (const pauseMs of [MINUTE, each.boundMs, 30 * 24 * HOUR]) {
      await cloud.clock.run(cloud.clock.sleep(pauseMs))
      const client = refusing(1, apiError(kind, 400, code))
      const result = await cloud.run({ limits, spoil: { client } })
      expect(fates(result)).toEqual(['unknown/fate-unknown'])
      expect(opened()).toBe(1)
    }
    // Whoever mends the cause has it created.
    expect(fates(await cloud.run({ limits: { jobTimeoutMs: 5 * MINUTE } }))).toEqual(['created'])
  })

  test('closes no group and no quota by what is refused after it', async () => {
    const cloud = smallCloud(makeRows(2, 1), {
      faults: { rules: [{ on: 'createProtectedInstance', times: 1, do: { reset: 'before' } }] },
    })
    const stop = createStopControl()
    void cloud.clock.sleep(5_000).then(() => stop.interrupt())
    await cloud.run({ rows: makeRows(1, 1), stop, limits })
    await cloud.clock.run(cloud.clock.sleep(HOUR))
    const refuse = refusing(1, apiError('group-done', 400, 'SDRS.1358'))
    const result = await cloud.run({
      limits: { ...limits, maxJobs: 1 },
      spoil: {
        client(client) {
          const refused = refuse(client)
          return {
            ...client,
            createProtectedInstance: (body, options) =>
              (body.server_id === FIRST ? refused : client).createProtectedInstance(body, options),
          }
        },
      },
    })
    expect(fates(result)[0]).toBe('unknown/fate-unknown')
    expect(result.report.rows[1]?.reason).not.toBe('group-unusable')
    expect(cloud.creates()).toEqual(['server-2'])
  })
})

test('what has ended has no echo: a refusal after a job that failed is a refusal', async () => {
  const jobs = [
    { server: '*', errorCode: 'SDRS.1350', failReason: 'r', leavesInstance: false, times: 1 },
  ]
  const cloud = smallCloud(makeRows(1, 1), { faults: { jobs } })
  const stop = createStopControl()
  void cloud.clock.sleep(5_000).then(() => stop.interrupt())
  expect(fates(await cloud.run({ stop }))).toEqual(['in-progress/interrupted'])
  const spoil = { client: refusing(1, apiError('quota', 400, 'SDRS.0306')) }
  const second = await cloud.run({ spoil })
  expect(second.plan.rows[0]?.action.kind).toBe('resume')
  expect(fates(second)).toEqual(['failed/refused'])
  const { open } = replay(cloud.runs, { projectId: PROJECT })
  expect(open.size).toBe(0)
})

test.for([-5, 5])('clocks %i hours apart: a look after the refusal decides', async (hours) => {
  // Shown only once the look before the second create is over.
  const cloud = smallCloud(makeRows(1, 1), { faults: LOST, limits: { listLagMs: 50_000 } })
  const stop = createStopControl()
  void cloud.clock.sleep(5_000).then(() => stop.interrupt())
  const clock = { ...cloud.clock, now: () => cloud.clock.now() + hours * HOUR }
  expect(fates(await cloud.run({ stop, clock }))).toEqual(['unknown/fate-unknown'])
  const spoil = { client: refusing(1, apiError('row', 400, 'SDRS.1334')) }
  expect(fates(await cloud.run({ spoil }))).toEqual(['created'])
  expect(cloud.creates()).toHaveLength(1)
})

describe('looked for and not found, and the next intent never reached the disk', () => {
  /** The create of a run before is out there; no list shows it for an hour. */
  async function lostBefore() {
    const cloud = smallCloud(makeRows(1, 1), { faults: LOST, limits: { listLagMs: HOUR } })
    const stop = createStopControl()
    void cloud.clock.sleep(5_000).then(() => stop.interrupt())
    await cloud.run({ stop })
    const sentAt = cloud.runs[0]?.find(({ type }) => type === 'intent')?.at
    const next = async () => {
      const { open } = replay(cloud.runs, { projectId: PROJECT })
      expect(open.get(serverKey(FIRST))).toMatchObject({
        intendedAt: sentAt,
        fate: { kind: 'unknown' },
      })
      const client = refusing(1, apiError('row', 400, 'SDRS.1334'))
      return fates(await cloud.run({ spoil: { client } }))
    }
    return { cloud, next }
  }

  test('the disk is full: the first is open for the next run', async () => {
    const { cloud, next } = await lostBefore()
    const withoutIntents = (journal: Journal): Journal => ({
      ...journal,
      append: (event) =>
        event.type === 'intent'
          ? Promise.reject(new JournalFailure(new Error('ENOSPC')))
          : journal.append(event),
    })
    const full = await cloud.run({ spoil: { journal: withoutIntents } })
    expect(full.journal.map(({ type }) => type)).toContain('absent')
    expect(fates(full)).toEqual(['unknown/fate-unknown'])
    expect(await next()).toEqual(['unknown/fate-unknown'])
  })

  test('the run was killed: the same', async () => {
    const { cloud, next } = await lostBefore()
    await cloud.run()
    const last = cloud.runs.at(-1) ?? []
    last.length = last.findIndex(({ type }) => type === 'absent') + 1
    expect(last.at(-1)).toMatchObject({ type: 'absent' })
    expect(await next()).toEqual(['unknown/fate-unknown'])
  })
})

describe('a run that has gone on for two hours, and for as long as a job may take', () => {
  test.for([
    { ranMs: 110 * MINUTE, jobTimeoutMs: 115 * MINUTE, fate: 'unknown/fate-unknown' },
    { ranMs: 125 * MINUTE, jobTimeoutMs: 125 * MINUTE, fate: 'failed/refused' },
    { ranMs: 125 * MINUTE, jobTimeoutMs: 4 * HOUR, fate: 'unknown/fate-unknown' },
    { ranMs: 4 * HOUR, jobTimeoutMs: 4 * HOUR, fate: 'failed/refused' },
  ])('$ranMs ms of $jobTimeoutMs: $fate', async ({ ranMs, jobTimeoutMs, fate }) => {
    const [first, second] = makeRows(2, 2)
    if (first === undefined || second === undefined) throw new Error('two rows')
    // The other row's job takes so long.
    const rows = [
      { ...first, wave: '2' },
      { ...second, wave: '1' },
    ]
    const cloud = smallCloud(rows, {
      faults: { rules: [{ on: 'createProtectedInstance', times: 1, do: { reset: 'before' } }] },
      limits: { jobTimeMs: { min: ranMs - MINUTE, max: ranMs - MINUTE } },
    })
    const stop = createStopControl()
    void cloud.clock.sleep(5_000).then(() => stop.interrupt())
    await cloud.run({ rows: rows.slice(0, 1), stop })
    const refuse = refusing(1, apiError('row', 400, 'SDRS.1334'))
    const result = await cloud.run({
      limits: { jobTimeoutMs },
      spoil: {
        client(client) {
          const refused = refuse(client)
          return {
            ...client,
            createProtectedInstance: (body, options) =>
              (body.server_id === FIRST ? refused : client).createProtectedInstance(body, options),
          }
        },
      },
    })
    expect(fates(result)).toEqual([fate, 'created'])
    const { open } = replay(cloud.runs, { projectId: PROJECT })
    expect(open.size).toBe(fate === 'failed/refused' ? 0 : 1)
  })
})

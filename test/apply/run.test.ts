import { describe, expect, test } from 'vitest'
import { createStopControl } from '../../src/apply/stop.ts'
import type { Row } from '../../src/inventory/row.ts'
import type { OutcomeKind, Reason } from '../../src/outcome.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { logItems } from '../../src/simulator/log.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import type { Limits } from '../../src/simulator/state.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { makeRows, rollOut, type Rollout, type RolloutOptions } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const PROJECT = '0123456789abcdef0123456789abcdef'
const JOB_MS = 60_000

/** A cloud for these rows, and runs against it. */
function cloudFor(
  rows: readonly Row[],
  options: { readonly faults?: FaultPlanInput; readonly limits?: Partial<Limits> } = {},
) {
  const clock = virtualClock()
  const transport = simulatorTransport({
    initial: seedWorld({
      rows,
      projectId: PROJECT,
      now: clock.now(),
      limits: { jobTimeMs: { min: JOB_MS, max: JOB_MS }, ...options.limits },
    }),
    faults: loadFaultPlan(options.faults ?? {}),
    clock,
    latencyMs: 100,
  })
  return {
    clock,
    run: (more: Partial<RolloutOptions> = {}) =>
      clock.run(rollOut({ transport, clock, rows, projectId: PROJECT, ...more })),
    /** Servers of accepted creates, in their order. */
    creates: () =>
      logItems(transport.world().ledger)
        .filter(({ kind }) => kind === 'create')
        .map(({ name }) => name),
  }
}

/** `created` or `failed/refused`: what became of each row, in their order. */
function fates({ report }: Rollout): string[] {
  return report.rows.map(({ outcome, reason }) =>
    reason === null ? outcome : `${outcome}/${reason}`,
  )
}

function times(count: number, kind: OutcomeKind, reason?: Reason): string[] {
  return Array.from({ length: count }, () => (reason === undefined ? kind : `${kind}/${reason}`))
}

function tally(all: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const each of all) counts[each] = (counts[each] ?? 0) + 1
  return counts
}

function inWaves(rows: readonly Row[], waves: readonly (string | undefined)[]): Row[] {
  return rows.map((row, index) => {
    const wave = waves[index % waves.length]
    return wave === undefined ? row : { ...row, wave }
  })
}

const ONE_BY_ONE = { concurrency: 1, maxJobs: 1 }

describe('waves', () => {
  test('go in their order, each when all jobs of the one before have ended', async () => {
    const order = ['1', '2', '10', 'late', undefined]
    const rows = inWaves(makeRows(20, 2), ['10', undefined, '2', 'late', '1'])
    const { report } = await cloudFor(rows, {
      limits: { jobTimeMs: { min: 30_000, max: 90_000 } },
    }).run()
    expect(report.totals.created).toBe(20)
    const spans = order.map((wave) => {
      const numbers = rows.filter((row) => row.wave === wave).map(({ row }) => row)
      const mine = report.rows.filter(({ row }) => numbers.includes(row))
      expect(mine).toHaveLength(4)
      return {
        from: Math.min(...mine.map(({ submittedAt }) => Date.parse(submittedAt ?? ''))),
        to: Math.max(...mine.map(({ finishedAt }) => Date.parse(finishedAt ?? ''))),
      }
    })
    for (const [index, { from }] of spans.entries()) {
      if (index > 0) expect(from).toBeGreaterThanOrEqual(spans[index - 1]?.to ?? Infinity)
    }
  })

  test('the next one starts while the failures are within the limit', async () => {
    const rows = inWaves(makeRows(4, 1), ['1', '1', '2', '2'])
    const cloud = cloudFor(rows, {
      faults: { jobs: [{ server: 'server-1', errorCode: 'X', failReason: 'r' }] },
    })
    const result = await cloud.run({ limits: { maxFailures: { kind: 'count', value: 1 } } })
    expect(fates(result)).toEqual(['failed/job-failed', ...times(3, 'created')])
  })

  test('a wave over the limit stops itself, and those that come after are not started', async () => {
    const rows = inWaves(makeRows(6, 1), ['1', '1', '1', '1', '2', '3'])
    const cloud = cloudFor(rows, {
      faults: { jobs: [{ server: 'server-[12]', errorCode: 'X', failReason: 'r' }] },
    })
    const result = await cloud.run({
      limits: { ...ONE_BY_ONE, maxFailures: { kind: 'count', value: 1 } },
    })
    expect(fates(result)).toEqual([
      ...times(2, 'failed', 'job-failed'),
      ...times(2, 'not-attempted', 'failure-limit'),
      ...times(2, 'not-attempted', 'wave-stopped'),
    ])
    expect(cloud.creates()).toEqual(['server-1', 'server-2'])
  })

  test('what is settled without a request stays so in a wave that is not started', async () => {
    const rows = inWaves(makeRows(4, 2), ['1', '2', '2', '2'])
    const cloud = cloudFor(rows, {
      faults: { jobs: [{ server: 'server-1', errorCode: 'X', failReason: 'r' }] },
    })
    await cloud.run({ rows: rows.slice(1, 3) })
    const moved = rows.map((row) => (row.row === 3 ? { ...row, serverGroup: 'g2' } : row))
    const { report } = await cloud.run({
      rows: moved,
      limits: { maxFailures: { kind: 'count', value: 0 } },
    })
    expect(report.rows.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['failed', 'job-failed'],
      ['already-protected', null],
      ['conflict', 'other-group'],
      ['not-attempted', 'wave-stopped'],
    ])
  })
})

describe('the failure limit', () => {
  test('lets jobs that run come to their end', async () => {
    const rows = makeRows(6, 1)
    const cloud = cloudFor(rows, {
      faults: {
        jobs: [{ server: 'server-1', errorCode: 'X', failReason: 'r' }],
      },
    })
    const result = await cloud.run({
      limits: { concurrency: 1, maxJobs: 3, maxFailures: { kind: 'count', value: 0 } },
    })
    expect(fates(result)).toEqual([
      'failed/job-failed',
      ...times(2, 'created'),
      ...times(3, 'not-attempted', 'failure-limit'),
    ])
  })

  test.for<{ name: string; faults: FaultPlanInput; fate: string }>([
    {
      name: 'a job',
      faults: { jobs: [{ server: '*', errorCode: 'X', failReason: 'r' }] },
      fate: 'failed/job-failed',
    },
    {
      name: 'a refusal',
      faults: { rules: [{ on: 'create*', do: { status: 400, code: 'SDRS.0202' } }] },
      fate: 'failed/refused',
    },
  ])('sends nothing more after $name, however slow the disk', async ({ faults, fate }) => {
    const cloud = cloudFor(makeRows(5, 1), { faults })
    const { clock } = cloud
    const result = await cloud.run({
      limits: { ...ONE_BY_ONE, maxFailures: { kind: 'count', value: 0 } },
      spoil: {
        journal: (journal) => ({
          ...journal,
          async append(event) {
            if (event.type === 'settled') await clock.sleep(200)
            await journal.append(event)
          },
        }),
      },
    })
    expect(fates(result)).toEqual([fate, ...times(4, 'not-attempted', 'failure-limit')])
    expect(result.requests.byOperation['createProtectedInstance']).toBe(1)
  })

  test.for<{ value: number; failed: number }>([
    // Of the first ten rows that ended, more than so many percent.
    { value: 50, failed: 10 },
    { value: 100, failed: 20 },
  ])('in percent counts from ten ended rows on: $value %', async ({ value, failed }) => {
    const cloud = cloudFor(makeRows(20, 1), {
      faults: { jobs: [{ server: '*', errorCode: 'X', failReason: 'r' }] },
    })
    const result = await cloud.run({
      limits: { ...ONE_BY_ONE, maxFailures: { kind: 'percent', value } },
    })
    expect(tally(fates(result))).toEqual({
      'failed/job-failed': failed,
      ...(failed === 20 ? {} : { 'not-attempted/failure-limit': 20 - failed }),
    })
  })

  test('in percent counts rows of this run, not those that were protected before', async () => {
    const rows = makeRows(30, 1)
    const cloud = cloudFor(rows, {
      faults: { jobs: [{ server: 'server-[12]?', errorCode: 'X', failReason: 'r' }] },
    })
    const before = await cloud.run({ rows: rows.slice(0, 9) })
    expect(before.report.totals.created).toBe(9)
    const result = await cloud.run({
      limits: { ...ONE_BY_ONE, maxFailures: { kind: 'percent', value: 50 } },
    })
    expect(tally(fates(result))).toEqual({
      'already-protected': 9,
      'failed/job-failed': 10,
      'not-attempted/failure-limit': 11,
    })
  })
})

describe('a limit of the cloud', () => {
  test('a quota that is used up fails one row and stops the rest; what runs is followed', async () => {
    const cloud = cloudFor(makeRows(8, 2), { limits: { pairQuota: 3 } })
    const result = await cloud.run({ limits: { concurrency: 1 } })
    const used = cloud.creates().length
    expect(used).toBeGreaterThan(0)
    expect(tally(fates(result))).toEqual({
      created: used,
      'failed/refused': 1,
      'not-attempted/quota': 7 - used,
    })
    const failed = result.report.rows.find(({ outcome }) => outcome === 'failed')
    expect(failed).toMatchObject({ errorCode: 'SDRS.0306', httpStatus: 400, attempts: 1 })
  })

  test('a full group fails one row and spares its others the request; other groups go on', async () => {
    const rows = makeRows(16, 2)
    const cloud = cloudFor(rows, { faults: { groups: [{ name: 'g1', capacity: 2 }] } })
    const result = await cloud.run({ limits: { concurrency: 1 } })
    const of = (group: string) =>
      fates(result).filter((_, index) => rows[index]?.serverGroup === group)
    expect(of('g2')).toEqual(times(8, 'created'))
    expect(tally(of('g1'))).toEqual({
      created: 2,
      'failed/refused': 1,
      'not-attempted/group-unusable': 5,
    })
    expect(result.report.rows.find(({ outcome }) => outcome === 'failed')?.errorCode).toBe(
      'SDRS.1358',
    )
    expect(result.requests.byOperation['createProtectedInstance']).toBe(11)
  })

  test('a group that breaks after the plan was made blocks its row at the first refusal', async () => {
    const rows = makeRows(8, 2)
    const cloud = cloudFor(rows, { faults: { groups: [{ name: 'g1', status: 'error' }] } })
    const result = await cloud.run({
      limits: { concurrency: 1 },
      spoil: {
        client: (client) => ({
          ...client,
          // As it stood when the plan was made.
          listServerGroups: async (signal) =>
            (await client.listServerGroups(signal)).map((group) => ({
              ...group,
              status: 'available',
            })),
        }),
      },
    })
    const of = (group: string) =>
      fates(result).filter((_, index) => rows[index]?.serverGroup === group)
    expect(of('g2')).toEqual(times(4, 'created'))
    expect(tally(of('g1'))).toEqual({
      'blocked/group-not-ready': 1,
      'not-attempted/group-unusable': 3,
    })
    expect(result.requests.byOperation['createProtectedInstance']).toBe(5)
  })

  test('the same refusal by a group that is sound passes by waiting', async () => {
    const cloud = cloudFor(makeRows(4, 1), {
      faults: {
        rules: [
          { on: 'createProtectedInstance', times: 3, do: { status: 400, code: 'SDRS.1325' } },
        ],
      },
    })
    const result = await cloud.run()
    expect(fates(result)).toEqual(times(4, 'created'))
    expect(result.requests.byOperation['createProtectedInstance']).toBe(7)
  })
})

describe('what another run has left', () => {
  /** Two of three rows are accepted, and then the run is interrupted. */
  async function interrupted() {
    const rows = makeRows(3, 1)
    const cloud = cloudFor(rows)
    const stop = createStopControl()
    void cloud.clock.sleep(10_000).then(() => stop.interrupt())
    const runs: NonNullable<RolloutOptions['runs']> = []
    const first = await cloud.run({ rows: rows.slice(0, 2), stop, runs })
    expect(fates(first)).toEqual(times(2, 'in-progress', 'interrupted'))
    return { rows, cloud, runs }
  }

  test.for([{ journal: true }, { journal: false }])(
    'is followed to its end and not sent again; with its journal: $journal',
    async ({ journal }) => {
      const { cloud, runs } = await interrupted()
      const second = await cloud.run(journal ? { runs } : {})
      expect(second.plan.rows.map(({ action }) => action.kind)).toEqual([
        'resume',
        'resume',
        'create',
      ])
      expect(fates(second)).toEqual(times(3, 'created'))
      expect(second.report.rows.map(({ attempts }) => attempts)).toEqual([0, 0, 1])
      expect(second.report.rows[0]?.jobId === null).toBe(!journal)
      expect(cloud.creates()).toEqual(['server-1', 'server-2', 'server-3'])
    },
  )

  test('is followed where no row names it any more', async () => {
    const { rows, cloud, runs } = await interrupted()
    const second = await cloud.run({ rows: rows.slice(2), runs })
    expect(fates(second)).toEqual(['created'])
    expect(second.report.carriedOver.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['server-1', 'created'],
      ['server-2', 'created'],
    ])
    expect(cloud.creates()).toEqual(['server-1', 'server-2', 'server-3'])
    const third = await cloud.run({ rows: rows.slice(2), runs })
    expect(third.plan.carriedOver).toEqual([])
  })

  test('takes a place: no more than --max-jobs run at once', async () => {
    const { cloud, runs } = await interrupted()
    const second = await cloud.run({ runs, limits: { maxJobs: 2 } })
    const [first, other, last] = second.report.rows
    const firstEnd = Math.min(
      Date.parse(first?.finishedAt ?? ''),
      Date.parse(other?.finishedAt ?? ''),
    )
    expect(Date.parse(last?.submittedAt ?? '')).toBeGreaterThanOrEqual(firstEnd)
  })

  test('is followed at once, whatever its wave', async () => {
    const rows = inWaves(makeRows(2, 1), ['1', '2'])
    const cloud = cloudFor(rows)
    const stop = createStopControl()
    void cloud.clock.sleep(10_000).then(() => stop.interrupt())
    await cloud.run({ rows: rows.slice(1), stop })
    const second = await cloud.run()
    expect(fates(second)).toEqual(times(2, 'created'))
    const [first, resumed] = second.report.rows
    expect(Date.parse(resumed?.finishedAt ?? '')).toBeLessThan(Date.parse(first?.finishedAt ?? ''))
  })
})

describe('access that is lost in the middle', () => {
  const refuse = (status: number): FaultPlanInput => ({
    rules: [{ on: 'createProtectedInstance', server: 'server-3', do: { status } }],
  })

  test('for creates only: accepted jobs are seen to their end', async () => {
    const cloud = cloudFor(makeRows(5, 1), { faults: refuse(403) })
    const stop = createStopControl()
    const result = await cloud.run({ stop, limits: { concurrency: 1 } })
    expect(fates(result)).toEqual([
      ...times(2, 'created'),
      ...times(3, 'not-attempted', 'access-lost'),
    ])
    // That group alone: others would have gone on.
    expect(stop.reason()).toBeNull()
    expect(stop.accessError()).toMatchObject({ httpStatus: 403 })
    expect(result.end).toEqual({ kind: 'aborted', cause: 'access' })
    expect(stop.following.aborted).toBe(false)
    expect(result.requests.byOperation['createProtectedInstance']).toBe(3)
  })

  test('altogether: accepted jobs are left for the next run, and nothing more is asked', async () => {
    const cloud = cloudFor(makeRows(5, 1), { faults: refuse(401) })
    const result = await cloud.run({ limits: { concurrency: 1 } })
    expect(fates(result)).toEqual([
      ...times(2, 'in-progress', 'job-running'),
      ...times(3, 'not-attempted', 'access-lost'),
    ])
    expect(result.requests.byStatus['401']).toBe(1)
    expect(result.requests.byOperation['showJob']).toBeUndefined()
  })

  test('an inner failure with a code of that kind is none: the fate is looked up', async () => {
    const cloud = cloudFor(makeRows(3, 1), {
      faults: {
        rules: [
          {
            on: 'createProtectedInstance',
            server: 'server-2',
            times: 1,
            do: { status: 500, code: 'SDRS.0003', carriedOut: true },
          },
        ],
      },
    })
    const result = await cloud.run()
    expect(fates(result)).toEqual(times(3, 'created'))
    expect(cloud.creates().toSorted()).toEqual(['server-1', 'server-2', 'server-3'])
  })
})

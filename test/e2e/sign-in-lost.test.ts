import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import type { Report } from '../../src/report/schema.ts'
import { DEFAULT_PROJECT_ID } from '../../src/simulator/defaults.ts'
import { logItems } from '../../src/simulator/log.ts'
import { makeFleet } from '../support/fleet.ts'
import {
  KNOWN,
  keyVariables,
  openStrictBench,
  passwordVariables,
  tokenVariables,
  type StrictBench,
  type StrictOptions,
} from '../support/strict-cloud.ts'
import { outcomesOf } from '../support/workbench.ts'

let bench: StrictBench
afterEach(() => bench.close())

async function open(rows: number, options: StrictOptions = {}): Promise<void> {
  bench = await openStrictBench(makeFleet(rows, ['g1', 'g2', 'g3', 'g4']), options)
}

function countOutcomes(report: Report): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of Object.values(outcomesOf(report))) {
    counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  return counts
}

/** Accepted creates by server: what is billed. */
function creates(): number[] {
  const counts = new Map<string, number>()
  for (const { kind, serverId } of logItems(bench.cloud.world().ledger)) {
    if (kind === 'create') counts.set(serverId, (counts.get(serverId) ?? 0) + 1)
  }
  return [...counts.values()]
}

const WIDE = ['--concurrency', '50', '--max-jobs', '200', '--rate', '1000']

describe('a token that ends', () => {
  test('in the middle, with 50 requests in flight: one renewal, and no row suffers', async () => {
    let ahead = 0
    let arrived = 0
    await open(150, {
      clock: { ...systemClock, now: () => Date.now() + ahead },
      limits: { latencyMs: 200 },
      onRequest({ operation }) {
        if (operation !== 'createProtectedInstance') return
        arrived += 1
        // Tokens live for a day: all that are in flight behind this one come too late.
        if (arrived === 60) ahead = 25 * 3_600_000
      },
    })
    const { code } = await bench.apply(passwordVariables(bench.url), WIDE)
    const report = bench.report()
    expect(code).toBe(0)
    expect(report.totals).toMatchObject({ rows: 150, created: 150 })
    expect(report.requests.byStatus['401']).toBeGreaterThan(10)
    expect(report.requests.retries).toBe(report.requests.byStatus['401'])
    expect(bench.asked('createToken')).toBe(2)
    expect(creates()).toEqual(Array.from({ length: 150 }, () => 1))
  })

  test('soon: it is renewed before its end, and nothing is ever refused', async () => {
    const jobTimeMs = { min: 11_000, max: 11_000 }
    await open(2, { limits: { tokenTtlMs: 10_000, jobTimeMs } })
    const { code } = await bench.apply(passwordVariables(bench.url))
    const { requests } = bench.report()
    expect(code).toBe(0)
    expect(requests.byStatus).toEqual({ 200: requests.total })
    expect(bench.asked('createToken')).toBe(2)
  })

  test('for good: exit 4, every row in the report, and a rerun with another sign-in finishes', async () => {
    await open(12, {
      limits: { jobTimeMs: { min: 4000, max: 4000 } },
      faults: {
        rules: [{ on: 'createProtectedInstance', nth: 7, do: { revokeTokens: true } }],
      },
    })
    const { code, stderr } = await bench.apply(tokenVariables(bench.url), ['--concurrency', '1'])
    expect(code).toBe(4)
    expect(stderr).not.toContain(KNOWN.token)
    const report = bench.report()
    expect(report.run.outcome).toBe('aborted')
    expect(countOutcomes(report)).toEqual({
      'in-progress/job-running': 6,
      'not-attempted/access-lost': 6,
    })
    expect(report.requests.byStatus['401']).toBeLessThanOrEqual(2)
    expect(bench.asked('createProtectedInstance')).toBe(7)

    expect((await bench.apply(passwordVariables(bench.url))).code).toBe(0)
    expect(bench.report().totals).toMatchObject({ rows: 12, created: 12 })
    expect(creates()).toEqual(Array.from({ length: 12 }, () => 1))
  })

  test('and a password that is refused meanwhile: one try, for five would lock the user', async () => {
    await open(12, {
      limits: { latencyMs: 40 },
      faults: {
        rules: [
          { on: 'createProtectedInstance', nth: 5, do: { revokeTokens: true } },
          { on: 'createToken', nth: 2, do: { status: 401, body: 'iam', message: 'wrong' } },
        ],
      },
    })
    const { code } = await bench.apply(passwordVariables(bench.url), ['--concurrency', '8'])
    expect(code).toBe(4)
    expect(bench.asked('createToken')).toBe(2)
    const { totals, run } = bench.report()
    expect(run.outcome).toBe('aborted')
    expect(totals.rows).toBe(12)
    expect(totals.notAttempted).toBeGreaterThanOrEqual(4)
    expect(totals.unknown + totals.failed).toBe(0)
  })
})

describe('a refused signature', () => {
  const wrong = { OS_SECRET_KEY: 'not-the-secret-key' }

  test.each([
    ['when the project is looked up', {}, 'listProjects'],
    ['at the first read', { OS_PROJECT_ID: DEFAULT_PROJECT_ID }, 'listServerGroups'],
  ])('%s: exit 4 after one request, with its ID', async (_, more, operation) => {
    await open(4)
    for (const command of ['plan', 'apply'] as const) {
      const before = bench.requests.length
      const env = { ...keyVariables(bench.url), ...wrong, ...more }
      const { code, stdout, stderr } = await bench[command](env)
      expect([code, stdout]).toEqual([4, ''])
      expect(stderr).toMatch(/401 APIGW\.0301: .*\(request [\w-]+\)/)
      expect(bench.requests.slice(before).map((request) => request.operation)).toEqual([operation])
    }
    expect(bench.refusedSignatures()).toBe(2)
  })

  test('in the middle: nothing new is sent, and the report is whole', async () => {
    let arrived = 0
    let seenBefore = 0
    await open(60, {
      limits: { latencyMs: 100, jobTimeMs: { min: 60_000, max: 60_000 } },
      onRequest({ operation }) {
        if (operation !== 'createProtectedInstance') return
        arrived += 1
        if (arrived !== 20) return
        bench.deleteKey()
        seenBefore = bench.requests.length
      },
    })
    const { code, stderr } = await bench.apply(keyVariables(bench.url), ['--concurrency', '8'])
    expect(code).toBe(4)
    expect(stderr).not.toContain(KNOWN.secretKey)
    const report = bench.report()
    const after = bench.requests.slice(seenBefore)
    // Those in flight at the first refusal, and no more: seven other creates, a list, a job or two.
    expect(after.length).toBeLessThanOrEqual(16)
    expect(report.requests.byStatus['401']).toBeGreaterThanOrEqual(1)
    expect(report.run.outcome).toBe('aborted')
    expect(report.totals.rows).toBe(60)
    expect(countOutcomes(report)).toMatchObject({ 'in-progress/job-running': 20 })
    const { inProgress, unknown, notAttempted } = report.totals
    expect(inProgress + unknown + notAttempted).toBe(60)
    expect(unknown).toBeLessThanOrEqual(8)
    const refused = report.rows.filter(({ httpStatus }) => httpStatus === 401)
    for (const row of refused) expect(row.outcome).toBe('not-attempted')
  })

  test('with one create at a time is the only one', async () => {
    let arrived = 0
    await open(12, {
      limits: { jobTimeMs: { min: 60_000, max: 60_000 } },
      onRequest({ operation }) {
        arrived += operation === 'createProtectedInstance' ? 1 : 0
        if (arrived === 5) bench.deleteKey()
      },
    })
    const { code } = await bench.apply(keyVariables(bench.url), [
      '--concurrency',
      '1',
      '--poll-interval',
      '5s',
    ])
    const report = bench.report()
    expect(code).toBe(4)
    expect(report.requests.byStatus['401']).toBe(1)
    expect(countOutcomes(report)).toEqual({
      'in-progress/job-running': 5,
      'not-attempted/access-lost': 7,
    })
  })
})

test.each([
  ['ahead', -23],
  ['behind', 23],
])('a clock that is %s is named, with the minutes', async (direction, minutes) => {
  await open(2, { clock: { ...systemClock, now: () => Date.now() + minutes * 60_000 } })
  for (const more of [{}, { OS_PROJECT_ID: DEFAULT_PROJECT_ID }]) {
    const { code, stderr } = await bench.plan({ ...keyVariables(bench.url), ...more })
    expect(code).toBe(4)
    expect(stderr).toContain(`this machine's clock is 23 minutes ${direction}`)
  }
  expect(bench.requests).toHaveLength(2)
  // A token is judged by the server's clock alone.
  expect((await bench.plan(passwordVariables(bench.url))).code).toBe(0)
})

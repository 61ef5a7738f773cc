import { expect, test } from 'vitest'
import { seededRandom, type Random } from '../../src/clock.ts'
import type { FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { createdTwice, openCloud, PROJECT } from '../bench/measure.ts'
import { makeRows, rollOut } from '../support/rollout.ts'

/**
 * Rollouts in virtual time whose looks come to little: lists that lag, jobs that do not answer, failed tasks that
 * nobody may read. Whatever it is, no burst of requests, every row has its end, and the run its own.
 */
const WINDOW_MS = 10_000
/** In any ten seconds, lists of instances and lists of groups. */
const MOST_LISTS = 20
const MOST_GROUP_LISTS = 12
/** In ten minutes, up to `--job-timeout`, of one server whose job nobody may ask for. */
const JOB_TIMEOUT_MS = 600_000
const MOST_REQUESTS = 100

const RULES = [
  [],
  [],
  [{ on: 'showJob', do: { status: 403 } }],
  [
    { on: 'showJob', do: { status: 403 } },
    { on: 'listFailureJobs', do: { status: 403 } },
  ],
  [{ on: 'showJob', probability: 0.3, do: { garbage: 'html' } }],
  [{ on: 'showJob', fromMs: 60_000, untilMs: 160_000, do: { status: 503 } }],
  [{ on: 'listProtectedInstances', fromMs: 60_000, untilMs: 160_000, do: { status: 503 } }],
  [{ on: 'listServerGroups', fromMs: 90_000, untilMs: 190_000, do: { status: 500 } }],
] as const satisfies readonly FaultPlanInput['rules'][]

function pick<T>(random: Random, all: readonly T[]): T {
  const one = all[Math.floor(random() * all.length)]
  if (one === undefined) throw new Error('nothing to draw from')
  return one
}

function mostIn(times: readonly number[]): number {
  let from = 0
  return times.reduce((most, at, nth) => {
    while (at - (times[from] ?? at) >= WINDOW_MS) from += 1
    return Math.max(most, nth - from + 1)
  }, 0)
}

async function play(seed: number, rules: FaultPlanInput['rules'] = []) {
  const random = seededRandom(seed * 104_729)
  const rows = makeRows(20 + Math.floor(random() * 40), pick(random, [1, 2, 6, 25]))
  const shortest = 15_000 + random() * 90_000
  const faults = {
    seed,
    rules,
    limits: {
      listLagMs: pick(random, [0, 5_000, 20_000, 60_000]),
      groupParallel: pick(random, [null, null, 2]),
      otherJobTimeMs: { min: shortest, max: shortest * 3 },
    },
  }
  const jobTimeMs = { min: shortest, max: shortest * (1 + 2 * random()) }
  const { clock, transport } = openCloud({ rows, seed, faults, jobTimeMs })
  const instances: number[] = []
  const groups: number[] = []
  const rollout = await clock.run(
    rollOut({
      clock,
      rows,
      projectId: PROJECT,
      seed,
      work: { creates: true, enable: { partial: true } },
      limits: { maxJobs: pick(random, [5, 20, 100]), jobTimeoutMs: JOB_TIMEOUT_MS },
      transport: {
        send(request) {
          const { pathname } = new URL(request.url)
          if (request.method === 'GET' && pathname.endsWith('/protected-instances')) {
            instances.push(clock.now())
          }
          if (request.method === 'GET' && pathname.endsWith('/server-groups')) {
            groups.push(clock.now())
          }
          return transport.send(request)
        },
      },
    }),
  )
  return { rollout, rows, twice: createdTwice(transport.world()), instances, groups }
}

test.for(Array.from({ length: 16 }, (_, nth) => nth))('no storm, world %i', async (seed) => {
  const { rollout, rows, twice, instances, groups } = await play(seed, RULES[seed % RULES.length])
  expect(twice).toBe(0)
  const { created, unknown } = rollout.report.totals
  expect(created + unknown).toBe(rows.length)
  expect(mostIn(instances)).toBeLessThanOrEqual(MOST_LISTS)
  expect(mostIn(groups)).toBeLessThanOrEqual(MOST_GROUP_LISTS)
  expect(rollout.requests.total / rows.length).toBeLessThan(MOST_REQUESTS)
})

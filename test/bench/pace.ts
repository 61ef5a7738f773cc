import type { FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { makeRows } from '../support/rollout.ts'
import { createdTwice, measure, type Measured, type Scenario } from './measure.ts'
import { measureNaive } from './naive.ts'
import { atMost, count, duration, held, type Figure, type Section } from './table.ts'

/** Rollouts in virtual time: how close to a perfect tool, and with how many requests. */

const FLEET: Scenario = { rows: makeRows(500, 10) }

export async function fleet(): Promise<Section> {
  const plain = await measure(FLEET)
  const lagging = await measure({ ...FLEET, faults: { limits: { listLagMs: 5_000 } } })
  return {
    title: '500 servers in 10 groups, jobs of 270–330 s, 100 at once',
    figures: [
      held('makespan', plain.makespanMs, plain.boundMs, 1.05, duration),
      atMost('requests a server, all kinds', requestsAServer(plain), 2.2, count),
      held('makespan, the list lags by 5 s', lagging.makespanMs, lagging.boundMs, 1.05, duration),
      atMost('requests a server', requestsAServer(lagging), 2.2, count),
    ],
  }
}

export async function naive(): Promise<Section> {
  const figures: Figure[] = []
  for (const workers of [1, 10]) {
    const loop = await measureNaive(FLEET, workers)
    const what = workers === 1 ? 'one after another' : `${workers} side by side`
    figures.push(held(`${what}: makespan`, loop.makespanMs, loop.boundMs, null, duration), {
      what: 'requests a server',
      measured: count(loop.requests / FLEET.rows.length),
    })
  }
  return { title: 'The same 500 by a plain loop that asks for each job every 6 s', figures }
}

function narrow(parallel: number): FaultPlanInput {
  return { groups: [{ name: 'g1', parallel }] }
}

export async function narrowGroups(): Promise<Section> {
  const serial = await measure({ rows: makeRows(20, 1), faults: narrow(1) })
  const four = await measure({ rows: makeRows(40, 1), faults: narrow(4) })
  return {
    title: 'Groups that take few creates at once; the bound is back to back',
    figures: [
      held('20 servers, one at a time: makespan', serial.makespanMs, serial.boundMs, 1.1, duration),
      { what: 'refusals met', measured: count(refusals(serial)) },
      held('40 servers, 4 at a time: makespan', four.makespanMs, four.boundMs, 1.1, duration),
      { what: 'refusals met', measured: count(refusals(four)) },
    ],
  }
}

/** Nine groups with and without a serial tenth: when the last of the nine is done. */
export async function besideSerial(): Promise<Section> {
  const rows = makeRows(500, 10)
  const nine = rows.filter(({ serverGroup }) => serverGroup !== 'g1')
  // One place more, for the serial group's own: what is measured is what its refusals cost the others.
  const alone = await measure({ rows: nine, limits: { maxJobs: 99 } })
  const beside = await measure({
    rows: [...nine, ...rows.filter(({ serverGroup }) => serverGroup === 'g1').slice(0, 6)],
    faults: narrow(1),
    limits: { maxJobs: 100 },
  })
  const lastEnd = endOfOthers(beside)
  return {
    title: '9 parallel groups of 50 beside a serial one; the bound is the 9 alone',
    figures: [
      held('makespan of the 9', lastEnd, endOfOthers(alone), 1.05, duration),
      { what: 'refusals of the serial group', measured: count(refusals(beside)) },
    ],
  }
}

function endOfOthers({ rollout, startedAt }: Measured): number {
  // The report's rows are in the inventory's order, the plan's in that of sending.
  const finished = new Map(rollout.report.rows.map((each) => [each.row, each.finishedAt]))
  const ends = rollout.plan.rows.flatMap(({ row }) => {
    const finishedAt = finished.get(row.row) ?? null
    return row.serverGroup === 'g1' || finishedAt === null ? [] : [Date.parse(finishedAt)]
  })
  return Math.max(...ends) - startedAt
}

const create = { on: 'createProtectedInstance' }
const ROUGH: FaultPlanInput = {
  limits: { rateLimit: 20 },
  rules: [
    { on: '*', probability: 0.05, do: { status: 503 } },
    { ...create, probability: 0.05, do: { status: 409 } },
    { ...create, probability: 0.005, do: { reset: 'before' } },
    { ...create, probability: 0.005, do: { reset: 'after' } },
  ],
}

export async function rough(): Promise<Section> {
  const fleetRun = await measure({ ...FLEET, rate: 20, faults: ROUGH })
  const all = await measure({
    rows: makeRows(2_000, 20),
    rate: 20,
    limits: { maxJobs: 2_000 },
    faults: ROUGH,
  })
  return {
    title: '20 requests a second, 5 % 503, 5 % 409, 1 % of the answers lost',
    figures: [
      held(
        '500 servers, 100 at once: makespan',
        fleetRun.makespanMs,
        fleetRun.boundMs,
        1.15,
        duration,
      ),
      atMost('created twice', createdTwice(fleetRun.world), 0, count),
      { what: 'requests a server', measured: count(requestsAServer(fleetRun)) },
      held('2,000 servers, all at once: makespan', all.makespanMs, all.boundMs, 1.15, duration),
      atMost('created twice', createdTwice(all.world), 0, count),
      { what: 'requests a server', measured: count(requestsAServer(all)) },
    ],
  }
}

function requestsAServer({ requests, rollout }: Measured): number {
  return requests / rollout.plan.rows.length
}

/** Busy answers: 409, and 400 with a busy code. */
function refusals({ rollout }: Measured): number {
  const { byStatus } = rollout.requests
  return (byStatus['409'] ?? 0) + (byStatus['400'] ?? 0)
}

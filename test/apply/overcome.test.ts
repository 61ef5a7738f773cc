import { expect, test } from 'vitest'
import { seededRandom } from '../../src/clock.ts'
import { createStopControl } from '../../src/apply/stop.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { makeRows, rollOut, type RolloutOptions } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const PROJECT = '0123456789abcdef0123456789abcdef'
const CREATE = 'createProtectedInstance'

async function runWith(
  faults: FaultPlanInput,
  more: Partial<RolloutOptions> & { readonly interruptAfterMs?: number } = {},
  rows = makeRows(4, 1),
) {
  const clock = virtualClock()
  const limits = { jobTimeMs: { min: 60_000, max: 60_000 } }
  const transport = simulatorTransport({
    initial: seedWorld({ rows, projectId: PROJECT, now: clock.now(), limits }),
    faults: loadFaultPlan(faults),
    clock,
    random: seededRandom(1),
    latencyMs: 50,
  })
  const { interruptAfterMs = null, ...options } = more
  const stop = createStopControl()
  const run = rollOut({ transport, clock, rows, projectId: PROJECT, stop, ...options })
  if (interruptAfterMs !== null) void clock.sleep(interruptAfterMs).then(() => stop.interrupt())
  return clock.run(run)
}

const codes = ({ report }: Awaited<ReturnType<typeof runWith>>) =>
  report.rows.map(({ outcome, errorCode, httpStatus }) => [outcome, errorCode, httpStatus])

test('a code of a refusal that was overcome is no cause: created after busy', async () => {
  const rollout = await runWith({ groups: [{ name: 'g1', parallel: 1 }] })
  expect(rollout.events.some(({ type }) => type === 'create-failed')).toBe(true)
  expect(codes(rollout)).toEqual(Array.from({ length: 4 }, () => ['created', null, null]))
})

test('interrupted after busy: neither what runs nor what waits shows the code of the refusal', async () => {
  const stop = createStopControl()
  const rollout = await runWith(
    { groups: [{ name: 'g1', parallel: 1 }] },
    {
      stop,
      onEvent(event) {
        if (event.type === 'lane' && event.limit === 1) stop.interrupt()
      },
    },
  )
  const kinds = rollout.report.rows.map(({ outcome }) => outcome)
  expect(kinds).toContain('in-progress')
  expect(kinds).toContain('not-attempted')
  for (const [, code, status] of codes(rollout)) expect([code, status]).toEqual([null, null])
})

test('found after a lost answer, and after SDRS.1305: created or there before, without a code', async () => {
  const lost = await runWith({ rules: [{ on: CREATE, times: 1, do: { reset: 'after' } }] })
  expect(codes(lost)).toEqual(Array.from({ length: 4 }, () => ['created', null, null]))
})

test('found in the making after a lost answer, and then interrupted: in progress without a code', async () => {
  const lost = { on: CREATE, server: 'server-1', do: { status: 504, carriedOut: true } }
  const rollout = await runWith({ rules: [lost] }, { interruptAfterMs: 40_000 })
  expect(
    rollout.events.some((event) => event.type === 'create-failed' && event.status === 504),
  ).toBe(true)
  expect(codes(rollout)[0]).toEqual(['in-progress', null, null])
})

test('what it does end with keeps its code', async () => {
  const refused = await runWith({
    rules: [{ on: CREATE, server: 'server-2', do: { status: 400, code: 'SDRS.1333' } }],
  })
  expect(codes(refused)[1]).toEqual(['failed', 'SDRS.1333', 400])
  const busyFirst = await runWith({
    rules: [
      { on: CREATE, server: 'server-2', times: 1, do: { status: 409 } },
      { on: CREATE, server: 'server-2', do: { status: 400, code: 'SDRS.1333' } },
    ],
  })
  expect(codes(busyFirst)[1]).toEqual(['failed', 'SDRS.1333', 400])
})

import { describe, expect, it } from 'vitest'
import type { Target } from '../../src/apply/followed.ts'
import { NOT_SEEN_YET } from '../../src/plan/live-state.ts'
import { createStopControl } from '../../src/apply/stop.ts'
import { createWatch, type Watch } from '../../src/apply/watch.ts'
import { ApiError } from '../../src/cloud/errors.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { rollOut, makeRows } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const PROJECT = '0123456789abcdef0123456789abcdef'

/** Rolls 40 groups of two out and tells which groups each list call of the watch named, and when. */
async function rolledOut(
  faults: FaultPlanInput,
  jobMs: { min: number; max: number },
  pollIntervalMs: number | null = null,
) {
  const clock = virtualClock()
  const startedAt = clock.now()
  const rows = makeRows(80, 40)
  const transport = simulatorTransport({
    initial: seedWorld({ rows, projectId: PROJECT, now: startedAt, limits: { jobTimeMs: jobMs } }),
    faults: loadFaultPlan(faults),
    clock,
    latencyMs: 100,
  })
  const lists: { readonly at: number; readonly groups: number }[] = []
  const rollout = await clock.run(
    rollOut({
      clock,
      rows,
      projectId: PROJECT,
      limits: { maxJobs: 40, pollIntervalMs },
      transport: {
        send(request) {
          const ids = new URL(request.url).searchParams.get('server_group_ids')
          if (ids !== null) {
            const { length } = JSON.parse(ids) as unknown[]
            lists.push({ at: clock.now() - startedAt, groups: length })
          }
          return transport.send(request)
        },
      },
    }),
  )
  return { rollout, lists, makespanMs: clock.now() - startedAt }
}

describe('watch', () => {
  it('does not list groups in which nothing can have ended', async () => {
    const { rollout, lists } = await rolledOut({}, { min: 60_000, max: 60_000 })
    expect(rollout.report.totals.created).toBe(80)
    // The first jobs have ended at 62 s, the next cannot be due before 0.95 × 60 s later.
    expect(lists.filter(({ at }) => at > 80_000 && at < 115_000)).toEqual([])
  })

  it.each([1_000, 20_000])(
    'keeps to --poll-interval %i, however quick the answers',
    async (pollMs) => {
      const { rollout, lists, makespanMs } = await rolledOut(
        {},
        { min: 60_000, max: 90_000 },
        pollMs,
      )
      expect(rollout.report.totals.created).toBe(80)
      // 40 groups are two calls.
      expect(lists.length).toBeLessThanOrEqual(2 * (makespanMs / pollMs + 2))
      expect(lists.length).toBeGreaterThan(makespanMs / pollMs / 2)
    },
  )

  it('looks for a lost create without listing all other groups', async () => {
    const lost = { on: 'createProtectedInstance', server: 'server-1', times: 1 }
    const { rollout, lists } = await rolledOut(
      { rules: [{ ...lost, do: { reset: 'before' } }] },
      { min: 300_000, max: 300_000 },
    )
    expect(rollout.report.totals.created).toBe(80)
    // While all jobs still run, and not as the rest of a look at more than 30 groups.
    const alone = lists.filter(
      ({ at, groups }, nth) => at < 60_000 && groups === 1 && lists[nth - 1]?.groups !== 30,
    )
    expect(alone.length).toBeGreaterThan(0)
  })

  it('lets no job that is slow to answer hold up the others', async () => {
    const slow = { on: 'showJob', nth: 1, do: { hang: 'before' as const } }
    const { rollout, makespanMs } = await rolledOut({ rules: [slow] }, { min: 20_000, max: 20_000 })
    const ended = rollout.report.rows
      .map(({ durationMs }) => durationMs ?? 0)
      .toSorted((a, b) => a - b)
    expect(rollout.report.totals.created).toBe(80)
    // The request hangs until its timeout of 30 s: that row alone waits for it.
    expect(ended.at(-1)).toBeGreaterThan(50_000)
    expect(ended.at(-2)).toBeLessThan(30_000)
    expect(makespanMs).toBeLessThan(80_000)
  })

  it('goes on looking after a list that failed for good', async () => {
    const clock = virtualClock()
    const { watch, target, listed } = failingWatch(clock)
    const end = await clock.run(watch.follow(target))
    expect(end.kind).toBe('timeout')
    // Two seconds apart at least, not in a hot loop.
    expect(listed()).toBeLessThanOrEqual(31)
  })
})

/** A watch whose list calls are all refused in a way that trying again does not help. */
function failingWatch(clock: ReturnType<typeof virtualClock>) {
  let listed = 0
  const refuse = async (): Promise<never> => {
    listed += 1
    throw new ApiError({ class: 'row', operation: 'listProtectedInstances', message: 'no' })
  }
  const watch: Watch = createWatch({
    client: {
      listProtectedInstances: refuse,
      showJob: refuse,
      listFailureJobs: refuse,
    },
    clock,
    stop: createStopControl(),
    scarcity: () => 'run',
    pollIntervalMs: null,
    jobTimeoutMs: 60_000,
    settleWindowMs: 8_000,
    onBug: (error) => {
      throw error
    },
  })
  const target: Target = {
    serverId: '00000000-0000-4000-8000-000000000001',
    name: 'server-1',
    groupId: groupIdFor('g1'),
    jobId: null,
    live: NOT_SEEN_YET,
    since: clock.now(),
  }
  return { watch, target, listed: () => listed }
}

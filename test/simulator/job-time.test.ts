import { describe, expect, test } from 'vitest'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { applyFaultPlan } from '../../src/simulator/fault-world.ts'
import { createTimeMs } from '../../src/simulator/job-time.ts'
import { logOf } from '../../src/simulator/log.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import type { World } from '../../src/simulator/state.ts'

const HOUR = 3_600_000
const SERVERS = Array.from({ length: 400 }, (_, at) => `server-${at}`)

function worldWith(limits: NonNullable<FaultPlanInput['limits']>): World {
  const world = seedWorld({ rows: [], projectId: 'p', now: 0 })
  return applyFaultPlan(world, loadFaultPlan({ limits: { jobTimeMs: 1_000, ...limits } }))
}

function begunAtZero(world: World): World {
  const { ledger } = world
  const first = {
    kind: 'create',
    at: 0,
    serverId: 's',
    serverGroupId: 'g',
    name: 'n',
    jobId: 'j',
    instanceId: 'i',
  } as const
  return { ...world, ledger: logOf([first, ...ledger.chunks.flat()]) }
}

describe('a mixture', () => {
  const world = worldWith({ jobTimeMix: [{ share: 0.25, min: 5_000, max: 6_000 }] })
  const times = SERVERS.map((server) => createTimeMs(world, server, 0, 0))

  test('gives each part its share, and the rest what jobs take', () => {
    const long = times.filter((time) => time >= 5_000 && time <= 6_000)
    expect(long.length / times.length).toBeGreaterThan(0.18)
    expect(long.length / times.length).toBeLessThan(0.32)
    expect(times.filter((time) => time === 1_000)).toHaveLength(times.length - long.length)
  })

  test('is the same for the same server, whatever came before', () => {
    const again = SERVERS.toReversed().map((server) => createTimeMs(world, server, 0, HOUR))
    expect(again.toReversed()).toEqual(times)
  })

  test('of more than all is refused', () => {
    const part = { share: 0.6, min: 1, max: 2 }
    expect(() => worldWith({ jobTimeMix: [part, part] })).toThrow('more than all')
  })
})

describe('growth', () => {
  const time = (growth: number, now: number): number =>
    createTimeMs(begunAtZero(worldWith({ jobTimeGrowth: growth })), 'server-1', 0, now)

  test.for<[string, number, number]>([
    ['none at first', 1_000, time(2, 0)],
    ['half an hour later', 2_000, time(2, HOUR / 2)],
    ['ever shorter', 500, time(-0.5, HOUR)],
    ['never nothing', 100, time(-0.5, 10 * HOUR)],
  ])('%s', ([, wanted, seen]) => {
    expect(seen).toBe(wanted)
  })

  test('counts from the first create, not from when the world was made', () => {
    expect(createTimeMs(worldWith({ jobTimeGrowth: 2 }), 'server-1', 0, 5 * HOUR)).toBe(1_000)
  })
})

import type { Progress } from '../../src/apply/apply.ts'
import { shardOf } from '../../src/inventory/shard.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { makeRows, rollOut } from '../support/rollout.ts'
import { FIVE_MINUTES, measure, openCloud, PROJECT } from './measure.ts'
import { count, duration, held, milliseconds, type Figure, type Section } from './table.ts'

const SERVERS_A_GROUP = 50
/** The most that CPU and heap a server may grow from 1,000 to 10,000 and still count as linear. */
const LINEAR = 1.5

interface Cost {
  readonly cpuMs: number
  readonly heapKib: number
}

/** Needs `node --expose-gc`: what is left after a collection is what the run really holds. */
export async function scale(): Promise<Section> {
  const thousand = await costOf(1_000)
  const figures: Figure[] = []
  const tenThousand = await costOf(10_000, (made) => figures.push(...made))
  return {
    title: '10,000 servers in 200 groups, 100 at once; bound: what 1,000 in 20 take',
    figures: [
      ...figures,
      held(
        'CPU a server, simulator included',
        tenThousand.cpuMs,
        thousand.cpuMs,
        LINEAR,
        milliseconds,
      ),
      held(
        'heap a server, likewise, half-way',
        tenThousand.heapKib,
        thousand.heapKib,
        LINEAR,
        kibibytes,
      ),
    ],
  }
}

async function costOf(servers: number, also?: (figures: Figure[]) => void): Promise<Cost> {
  const rows = makeRows(servers, servers / SERVERS_A_GROUP)
  const before = heapInUse()
  let heap: number | null = null
  const cpuBefore = process.cpuUsage()
  const measured = await measure({ rows }, ({ ended }: Progress) => {
    if (heap === null && (ended['created'] ?? 0) >= servers / 2) heap = heapInUse() - before
  })
  const cpu = process.cpuUsage(cpuBefore)
  const { created } = measured.rollout.report.totals
  also?.([
    {
      what: 'created',
      measured: count(created),
      target: String(servers),
      met: created === servers,
    },
    held('makespan', measured.makespanMs, measured.boundMs, 1.05, duration),
    { what: 'requests a server', measured: count(measured.requests / servers) },
  ])
  return {
    cpuMs: (cpu.user + cpu.system) / 1_000 / servers,
    heapKib: (heap ?? 0) / 1_024 / servers,
  }
}

function heapInUse(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function kibibytes(value: number): string {
  return `${value.toFixed(1)} KiB`
}

/**
 * Whether more processes make a rollout faster: with 100 jobs at once in all, and with every job of the
 * fleet at once, where `--rate` is what holds it up. Each process has a rate of its own.
 */
export async function sharding(): Promise<Section> {
  const figures: Figure[] = []
  for (const [servers, jobs] of [
    [1_000, 100],
    [1_000, 1_000],
    [10_000, 100],
    [10_000, 10_000],
  ] as const) {
    let one = 0
    for (const shards of [1, 2, 4]) {
      const makespanMs = await sharded(servers, jobs, shards)
      if (shards === 1) one = makespanMs
      const many = shards === 1 ? '1 process' : `${shards} processes`
      const what = `${servers.toLocaleString('en')}, ${jobs.toLocaleString('en')} at once: ${many}`
      figures.push(held(what, makespanMs, one, null, duration))
    }
  }
  return { title: 'Sharding at the default --rate of 50 a process; bound: 1 process', figures }
}

/** The same cloud, read by several processes at once: all of them wait for the same virtual time. */
async function sharded(servers: number, jobs: number, shards: number): Promise<number> {
  const rows = makeRows(servers, servers / SERVERS_A_GROUP)
  const { clock, transport } = openCloud({ rows, jobTimeMs: FIVE_MINUTES })
  const startedAt = clock.now()
  await clock.run(
    Promise.all(
      Array.from({ length: shards }, (_, at) =>
        rollOut({
          transport,
          clock,
          rows: rows.filter(
            ({ serverGroup }) => shardOf(groupIdFor(serverGroup ?? ''), shards) === at + 1,
          ),
          projectId: PROJECT,
          seed: at + 1,
          limits: { maxJobs: jobs / shards },
        }),
      ),
    ),
  )
  return clock.now() - startedAt
}

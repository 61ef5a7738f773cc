import { shardOf } from '../../src/inventory/shard.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { makeRows, rollOut } from '../support/rollout.ts'
import { DEFAULT_RATE, measure, openCloud, PROJECT } from './measure.ts'
import { atMost, count, duration, held, milliseconds, type Figure, type Section } from './table.ts'

const SERVERS_A_GROUP = 50
/** The most that CPU and heap a server may grow from 1,000 to 10,000 and still count as linear. */
const LINEAR = 1.5
/** What a server may cost, simulator included. */
const MOST_CPU_MS = 3
const MOST_HEAP_KIB = 6

interface Cost {
  readonly cpuMs: number
  readonly heapKib: number
}

/** Needs `node --expose-gc`: what is left after a collection is what the run really holds. */
export async function scale(): Promise<Section> {
  // Once for nothing: what is compiled and left over by then belongs to no scenario.
  await costOf(1_000)
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
      atMost('CPU a server', tenThousand.cpuMs, MOST_CPU_MS, milliseconds),
      atMost('heap a server, half-way', tenThousand.heapKib, MOST_HEAP_KIB, kibibytes),
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

/**
 * 100,000 servers, once in many groups and once in few large ones, whose lists are many pages. Some ten minutes:
 * run by its name alone.
 */
export async function fleets(): Promise<Section> {
  await costOf(1_000)
  const thousand = await costOf(1_000)
  const figures: Figure[] = []
  for (const [groups, text] of [
    [2_000, 'in 2,000 groups'],
    [20, 'in 20 groups of 5,000'],
  ] as const) {
    const { cpuMs, heapKib } = await costOf(100_000, (made) => figures.push(...made), groups)
    figures.push(
      atMost(`CPU a server ${text}`, cpuMs, MOST_CPU_MS, milliseconds),
      held('  of what it is with 1,000', cpuMs, thousand.cpuMs, LINEAR, milliseconds),
      atMost(`heap a server ${text}, half-way`, heapKib, MOST_HEAP_KIB, kibibytes),
      held('  of what it is with 1,000', heapKib, thousand.heapKib, LINEAR, kibibytes),
    )
  }
  return { title: '100,000 servers, 100 at once, simulator included', figures }
}

async function costOf(
  servers: number,
  also?: (figures: Figure[]) => void,
  groups = servers / SERVERS_A_GROUP,
): Promise<Cost> {
  const rows = makeRows(servers, groups)
  await settle()
  const before = heapInUse()
  let heap: number | null = null
  const cpuBefore = process.cpuUsage()
  const measured = await measure({ rows }, (event) => {
    if (event.type !== 'progress' || heap !== null) return
    if ((event.ended['created'] ?? 0) >= servers / 2) heap = heapInUse() - before
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

/** Lets what the scenario before has left behind be collected. */
async function settle(): Promise<void> {
  for (const _ of [1, 2, 3]) {
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc?.()
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
 * Whether more processes make a rollout faster. While `--max-jobs` holds it up, they do not: a shard
 * is a set of groups, never quite an equal share. With the whole fleet at once it is `--rate` that holds
 * it up; each process has one of its own, and so the bound is one process with as much of it.
 */
export async function sharding(): Promise<Section> {
  const figures: Figure[] = []
  for (const [servers, jobs, counts] of [
    [1_000, 100, [2, 4]],
    [1_000, 1_000, [2, 4]],
    [3_000, 3_000, [4]],
  ] as const) {
    const plain = await sharded({ servers, jobs, shards: 1, rate: DEFAULT_RATE })
    const fleetText = `${servers.toLocaleString('en')}, ${jobs.toLocaleString('en')} at once`
    figures.push({ what: `${fleetText}: 1 process`, measured: duration(plain) })
    for (const shards of counts) {
      const many = await sharded({ servers, jobs, shards, rate: DEFAULT_RATE })
      const faster = await sharded({ servers, jobs, shards: 1, rate: shards * DEFAULT_RATE })
      figures.push(held(`${shards} processes | 1 at ${shards}×50/s`, many, faster, null, duration))
    }
  }
  return { title: `Sharding at the default --rate of ${DEFAULT_RATE} a process`, figures }
}

/** The same cloud, used by several processes at once: all of them wait for the same virtual time. */
async function sharded(run: {
  readonly servers: number
  /** At once, in all. */
  readonly jobs: number
  readonly shards: number
  /** Of each process. */
  readonly rate: number
}): Promise<number> {
  const { servers, jobs, shards, rate } = run
  const rows = makeRows(servers, servers / SERVERS_A_GROUP)
  const { clock, transport } = openCloud({ rows })
  const startedAt = clock.now()
  const shares = Array.from({ length: shards }, (_, at) =>
    rows.filter(({ serverGroup }) => shardOf(groupIdFor(serverGroup ?? ''), shards) === at + 1),
  )
  await clock.run(
    Promise.all(
      shares.map((own, at) =>
        rollOut({
          transport,
          clock,
          rows: own,
          projectId: PROJECT,
          seed: at + 1,
          rate,
          // All at once means all of the own ones: shares are uneven.
          limits: { maxJobs: jobs === servers ? own.length : jobs / shards },
        }),
      ),
    ),
  )
  return clock.now() - startedAt
}

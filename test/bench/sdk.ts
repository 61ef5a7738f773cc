import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import type { Row } from '../../src/inventory/row.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { findContractPython } from '../contract/python.ts'
import { makeRows } from '../support/rollout.ts'
import { sameOrderMs } from './bound.ts'
import { count, duration, held, type Figure, type Section } from './table.ts'

/**
 * The vendor's SDK in a plain loop, and the built program, over the same world: the same servers, faults and
 * seed, each served anew. A second here is half a minute there: jobs of five minutes, the loop's look every 6 s
 * and the tool's every 15 s are shortened together; waits after a refusal are not, and so weigh heavier.
 */
const SCALE = 30
const JOB_MS = 300_000 / SCALE
const SDK_POLL_MS = 6_000 / SCALE
const TOOL_POLL_MS = 15_000 / SCALE
const WORKERS = 10
const ROWS = makeRows(60, 5)
const LIMITS = { rate: 500, maxJobs: 100 }
const CLI = 'dist/cli.js'

const WEATHERS = [
  { name: 'fair weather', args: [] },
  { name: 'mild faults', args: ['--faults', 'mild', '--seed', '7'] },
] as const

export async function sdkLoop(): Promise<Section> {
  const title = `The vendor's SDK, ${WORKERS} workers, beside the tool: ${ROWS.length} servers over http`
  const python = findContractPython()
  if (python === null) {
    const what = 'skipped: no Python with the SDK'
    return { title, figures: [{ what, measured: 'see .ci/run' }] }
  }
  const figures: Figure[] = []
  for (const { name, args } of WEATHERS) {
    const loop = await inWorld(args, (place) => runLoop(python, place))
    const tool = await inWorld(args, runTool)
    figures.push(...figuresOf(`${name}, SDK loop`, loop), ...figuresOf(`${name}, tool`, tool))
  }
  return { title, figures }
}

interface Place {
  readonly folder: string
  readonly inventory: string
  readonly endpoint: string
  readonly project: string
}

interface Ran {
  readonly makespanMs: number
  readonly requests: number
  /** By name. */
  readonly unprotected: readonly string[]
  /** Made and billed, and whoever ran it was told that it failed. */
  readonly unknown: readonly string[]
}

function figuresOf(what: string, ran: Ran): Figure[] {
  const jobs = ROWS.map(() => ({ groupId: 'any', durationMs: JOB_MS }))
  const boundMs = sameOrderMs(jobs, { ...LIMITS, parallelOf: () => null })
  return [
    held(`${what}: makespan`, ran.makespanMs, boundMs, null, duration),
    { what: '  requests a server', measured: count(ran.requests / ROWS.length) },
    ...named('  left unprotected', ran.unprotected),
    ...named('  there, and told as failed', ran.unknown),
  ]
}

function named(what: string, names: readonly string[]): Figure[] {
  const line = { what, measured: count(names.length) }
  const shown = names.slice(0, 3).join(', ')
  const more = names.length > 3 ? ' …' : ''
  return names.length === 0 ? [line] : [line, { what: `    ${shown}${more}`, measured: '' }]
}

const worldSchema = z.object({
  instances: z.array(z.object({ serverId: z.string(), ends: z.string() })),
})
const countersSchema = z.record(z.string(), z.number())

/** Serves a new world, lets the work be done in it, and asks the cloud itself what came of it. */
async function inWorld(
  args: readonly string[],
  work: (place: Place) => Promise<ReadonlySet<string>>,
): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'sdrs-protect-bench-'))
  const inventory = join(folder, 'servers.csv')
  await writeFile(inventory, csvOf(ROWS))
  const served = ['simulate', inventory, '--port', '0', '--job-time', `${JOB_MS}ms`, ...args]
  const cloud = spawn(process.execPath, [CLI, ...served], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [greeting] = await once(cloud.stdout, 'data')
    const [, endpoint, project] = /(http:\S+), project (\w+)/.exec(String(greeting)) ?? []
    if (endpoint === undefined || project === undefined) throw new Error(String(greeting))
    const startedAt = performance.now()
    const toldFailed = await work({ folder, inventory, endpoint, project })
    const makespanMs = performance.now() - startedAt
    const counters = countersSchema.parse(await look(endpoint, 'requests'))
    const { instances } = worldSchema.parse(await look(endpoint, 'world'))
    const there = new Set(
      instances.flatMap(({ serverId, ends }) => (ends === 'ready' ? [serverId] : [])),
    )
    const names = (wanted: (serverId: string) => boolean): string[] =>
      ROWS.filter(({ serverId }) => wanted(serverId)).map(({ name }) => name)
    return {
      makespanMs,
      requests: Object.values(counters).reduce((sum, each) => sum + each, 0),
      unprotected: names((id) => !there.has(id)),
      unknown: names((id) => there.has(id) && toldFailed.has(id)),
    }
  } finally {
    cloud.kill('SIGTERM')
    await once(cloud, 'exit')
    await rm(folder, { recursive: true })
  }
}

async function look(endpoint: string, page: 'requests' | 'world'): Promise<unknown> {
  return (await fetch(`${endpoint}/_simulator/${page}`)).json()
}

/** The servers that it says it could not protect. */
async function runLoop(python: string, place: Place): Promise<ReadonlySet<string>> {
  const given = join(place.folder, 'given.json')
  await writeFile(
    given,
    JSON.stringify({
      endpoint: place.endpoint,
      projectId: place.project,
      pollSeconds: SDK_POLL_MS / 1_000,
      workers: WORKERS,
      servers: ROWS.map(({ serverId: id, name, serverGroup }) => ({
        id,
        name,
        groupId: groupIdFor(serverGroup ?? ''),
      })),
    }),
  )
  const said = await run(python, ['-W', 'ignore', 'test/bench/sdk_loop.py', given], {})
  return new Set(Object.keys(z.record(z.string(), z.string()).parse(JSON.parse(said))))
}

const reportSchema = z.object({
  rows: z.array(z.object({ serverId: z.string(), outcome: z.string() })),
})

async function runTool(place: Place): Promise<ReadonlySet<string>> {
  const options = `--yes --quiet --json --rate ${LIMITS.rate} --max-jobs ${LIMITS.maxJobs}`
  const where = ['--endpoint', place.endpoint, '--project-id', place.project]
  const rest = ['--poll-interval', `${TOOL_POLL_MS}ms`, '--reports-dir', place.folder, ...where]
  const args = [CLI, 'apply', place.inventory, ...options.split(' '), ...rest]
  const said = await run(process.execPath, args, { OS_TOKEN: 'simulated' })
  const { rows } = reportSchema.parse(JSON.parse(said))
  const isDone = /^(created|already-protected)$/
  return new Set(rows.filter(({ outcome }) => !isDone.test(outcome)).map((row) => row.serverId))
}

/** What it writes to stdout, whatever it ends with. */
async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { PATH = '' } = process.env
  const child = spawn(command, args, {
    env: { PATH, HOME: tmpdir(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  await once(child, 'close')
  if (stdout === '') throw new Error(stderr)
  return stdout
}

function csvOf(rows: readonly Row[]): string {
  const lines = rows.map(({ serverId, name, serverGroup }) => `${serverId},${name},${serverGroup}`)
  return ['server_id,name,server_group', ...lines, ''].join('\n')
}

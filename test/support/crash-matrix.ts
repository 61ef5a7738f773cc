import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunningCli } from './cli.ts'
import type { Circumstances, Scenario } from './crash-scenarios.ts'
import type { Passing, Verdict } from './gateway.ts'
import { parseReport, quickUnless, type Workbench } from './workbench.ts'

/** Where the run is killed. `n` counts appends to the journal, requests, or files of the report, from 1. */
export type KillPoint =
  | { readonly at: 'append'; readonly how: 'before-write' | 'half-a-line' | 'after-write' }
  /** Before the cloud carries the request out, or after it did and before the answer leaves. */
  | { readonly at: 'request'; readonly how: 'before' | 'after' }
  /** Before a file of the report is put in place, or after it was. */
  | { readonly at: 'report-file'; readonly how: 'before' | 'after' }

export interface Crash {
  readonly scenario: Scenario
  readonly point: KillPoint
  readonly circumstances?: Circumstances
}

export interface MatrixResult {
  /** Kill points at which the program was really killed. */
  readonly covered: number
  /** What was wrong after the rerun, one line each; must be empty. */
  readonly violations: readonly string[]
}

const PRELOAD = {
  append: fileURLToPath(new URL('./kill-at-append.mjs', import.meta.url)),
  'report-file': fileURLToPath(new URL('./kill-at-report.mjs', import.meta.url)),
} as const
/** More points at once only make all of them slower. */
const AT_ONCE = 5

/** Kills a rollout at every n, n = 1 …, until runs get to their end unharmed; reruns each. */
export async function crashEverywhere(crash: Crash): Promise<MatrixResult> {
  const violations: string[] = []
  let covered = 0
  let next = 1
  let unharmed = 0
  async function worker(): Promise<void> {
    // Runs differ by a request or an append: one that was short is not yet the end of the matrix.
    while (unharmed < 2) {
      const n = next++
      const found = await crashAndRerun(crash, n)
      if (found === 'not-killed') {
        unharmed += 1
        continue
      }
      covered += 1
      violations.push(...found.map((violation) => `n = ${n}: ${violation}`))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return { covered, violations }
}

async function crashAndRerun(
  { scenario, point, circumstances = {} }: Crash,
  n: number,
): Promise<readonly string[] | 'not-killed'> {
  let victim: RunningCli | null = null
  let requestsBefore = 0
  const gate =
    (when: 'before' | 'after') =>
    (request: Passing): Verdict => {
      if (victim === null) {
        requestsBefore = Math.max(requestsBefore, request.n)
        return 'pass'
      }
      const isPoint = point.at === 'request' && point.how === when
      if (!isPoint || request.n - requestsBefore !== n) return 'pass'
      victim.child.kill('SIGKILL')
      return 'drop'
    }
  const bench = await scenario.open(circumstances, { before: gate('before'), after: gate('after') })
  try {
    await scenario.prepare?.(bench)
    victim = bench.start(
      lineOf(scenario),
      point.at === 'request'
        ? {}
        : { node: ['--import', PRELOAD[point.at]], env: { KILL_AT: `${n}:${point.how}` } },
    )
    const first = await victim.ended
    victim = null
    if (first.signal !== 'SIGKILL') {
      return first.code === 0 ? 'not-killed' : [`not killed, yet exit ${first.code}`]
    }
    if (circumstances.reportsDeleted === true) {
      await rm(join(bench.directory, 'reports'), { recursive: true, force: true })
    }
    return [...halfReports(bench), ...(await afterRerun(bench, scenario))]
  } finally {
    await bench.close()
  }
}

function lineOf({ command = 'apply', flags }: Scenario): readonly string[] {
  return [command, 'servers.csv', '--yes', ...quickUnless(flags)]
}

/** What a killed run has written of its report: report.json before all else, and whole. */
function halfReports(bench: Workbench): readonly string[] {
  const [run] = existsSync(join(bench.directory, 'reports')) ? bench.runs().slice(-1) : []
  if (run === undefined) return []
  const files = readdirSync(join(bench.directory, run)).filter((name) =>
    /^(report\.\w+|remaining\.csv)$/.test(name),
  )
  if (files.length === 0) return []
  if (!files.includes('report.json')) return [`only ${files.join()} of the killed run's report`]
  try {
    parseReport(bench.read(join(run, 'report.json')))
    return []
  } catch (error) {
    return [`the killed run's report.json: ${String(error)}`]
  }
}

async function afterRerun(bench: Workbench, scenario: Scenario): Promise<readonly string[]> {
  const { code, stdout, stderr } = await bench.run(lineOf(scenario))
  if (code !== 0) return [`the rerun ended with ${code}: ${stdout}\n${stderr}`]
  const reported = bench.report().rows.map(({ serverId }) => serverId)
  return [
    ...(reported.join() === bench.serverIds.join() ? [] : [`rows reported: ${reported.join()}`]),
    ...scenario.violations(bench),
  ]
}

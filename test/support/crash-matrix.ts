import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunningCli } from './cli.ts'
import { makeFleet } from './fleet.ts'
import type { Verdict } from './gateway.ts'
import { onceEach } from './served-cloud.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

/** Where the first run is killed. `n` counts appends to the journal, or requests, from 1. */
export type KillPoint =
  | { readonly at: 'append'; readonly how: 'before-write' | 'half-a-line' | 'after-write' }
  /** Before the cloud carries the request out, or after it did and before the answer leaves. */
  | { readonly at: 'request'; readonly how: 'before' | 'after' }

/** What else is against the second run. */
export interface Circumstances {
  /** The reports folder is gone: the live list is all there is. */
  readonly reportsDeleted?: boolean
  /** The list shows instances this much later. */
  readonly listLagMs?: number
}

export interface MatrixResult {
  /** Kill points at which the program was really killed. */
  readonly covered: number
  /** What was wrong after the rerun, one line each; must be empty. */
  readonly violations: readonly string[]
}

const PRELOAD = fileURLToPath(new URL('./kill-at-append.mjs', import.meta.url))
/** More points at once only make all of them slower. */
const AT_ONCE = 5

/** Kills a rollout at every n, n = 1 …, until runs get to their end unharmed; reruns each. */
export async function crashEverywhere(
  point: KillPoint,
  circumstances: Circumstances = {},
): Promise<MatrixResult> {
  const violations: string[] = []
  let covered = 0
  let next = 1
  let unharmed = 0
  async function worker(): Promise<void> {
    // Runs differ by a request or an append: one that was short is not yet the end of the matrix.
    while (unharmed < 2) {
      const n = next++
      const found = await crashAndRerun(point, n, circumstances)
      if (found === 'not-killed') {
        unharmed += 1
        continue
      }
      covered += 1
      const name = `${point.how} ${point.at} ${n}`
      violations.push(...found.map((violation) => `${name}: ${violation}`))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return { covered, violations }
}

/**
 * Eight servers in two groups, one of them serial; a conflict, an answer lost after the create was
 * carried out, and one lost before.
 */
async function openScenario(
  circumstances: Circumstances,
  gate: (n: number, when: 'before' | 'after') => Verdict,
): Promise<Workbench> {
  return openWorkbench(makeFleet(8, ['parallel', 'parallel', 'parallel', 'serial']), {
    limits: { jobTimeMs: { min: 80, max: 160 }, listLagMs: circumstances.listLagMs ?? 0 },
    faults: {
      groups: [{ name: 'serial', parallel: 1 }],
      rules: [
        { on: 'create*', server: 'server-2', times: 1, do: { status: 409 } },
        { on: 'create*', server: 'server-5', times: 1, do: { reset: 'after' } },
        { on: 'create*', server: 'server-6', times: 1, do: { reset: 'before' } },
      ],
    },
    hooks: { before: ({ n }) => gate(n, 'before'), after: ({ n }) => gate(n, 'after') },
  })
}

async function crashAndRerun(
  point: KillPoint,
  n: number,
  circumstances: Circumstances,
): Promise<readonly string[] | 'not-killed'> {
  let victim: RunningCli | null = null
  const gate = (nth: number, when: 'before' | 'after'): Verdict => {
    if (victim === null || point.at !== 'request' || nth !== n || point.how !== when) return 'pass'
    victim.child.kill('SIGKILL')
    return 'drop'
  }
  const bench = await openScenario(circumstances, gate)
  try {
    victim = bench.startApply(
      [],
      point.at === 'append'
        ? { node: ['--import', PRELOAD], env: { KILL_AT: `${n}:${point.how}` } }
        : {},
    )
    const first = await victim.ended
    victim = null
    if (first.signal !== 'SIGKILL') {
      return first.code === 0 ? 'not-killed' : [`not killed, yet exit ${first.code}`]
    }
    if (circumstances.reportsDeleted === true) {
      await rm(join(bench.directory, 'reports'), { recursive: true, force: true })
    }
    return await violationsOf(bench)
  } finally {
    await bench.close()
  }
}

async function violationsOf(bench: Workbench): Promise<readonly string[]> {
  const { code, stderr } = await bench.apply()
  const violations: string[] = []
  if (code !== 0) violations.push(`the rerun ended with ${code}: ${stderr.trim()}`)
  const creates = JSON.stringify(bench.cloud.creates(), Object.keys(bench.cloud.creates()).sort())
  const wanted = JSON.stringify(onceEach(bench.serverIds))
  if (creates !== wanted) violations.push(`accepted creates ${creates}`)
  const reported = bench.report().rows.map(({ serverId }) => serverId)
  if (reported.join() !== bench.serverIds.join())
    violations.push(`rows reported: ${reported.join()}`)
  return violations
}

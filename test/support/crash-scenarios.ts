import { logItems } from '../../src/simulator/log.ts'
import { fleetServerId, makeFleet } from './fleet.ts'
import type { GatewayHooks } from './gateway.ts'
import { onceEach } from './served-cloud.ts'
import { startsIn } from './small-cloud.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

/** What else is against the second run. */
export interface Circumstances {
  /** The reports folder is gone: the live list is all there is. */
  readonly reportsDeleted?: boolean
  /** The list shows instances this much later. */
  readonly listLagMs?: number
}

/** A rollout to be killed somewhere, and what must hold once it has been run again. */
export interface Scenario {
  open(circumstances: Circumstances, hooks: GatewayHooks): Promise<Workbench>
  /** Runs before the one that is killed. */
  prepare?(bench: Workbench): Promise<void>
  /** Of the killed run and of the rerun; left out: `apply`. */
  readonly command?: 'apply' | 'enable'
  /** Options of the killed run and of the rerun. */
  readonly flags: readonly string[]
  /** One line for each thing that is wrong with the cloud's ledger. */
  violations(bench: Workbench): readonly string[]
}

const JOB_TIME = { min: 80, max: 160 }

/**
 * Eight servers in two groups, one of them serial; a conflict, an answer lost after the create was
 * carried out, and one lost before.
 */
export const rollout: Scenario = {
  flags: [],
  open: ({ listLagMs = 0 }, hooks) =>
    openWorkbench(makeFleet(8, ['parallel', 'parallel', 'parallel', 'serial']), {
      limits: { jobTimeMs: JOB_TIME, listLagMs },
      faults: {
        groups: [{ name: 'serial', parallel: 1 }],
        rules: [
          { on: 'create*', server: 'server-2', times: 1, do: { status: 409 } },
          { on: 'create*', server: 'server-5', times: 1, do: { reset: 'after' } },
          { on: 'create*', server: 'server-6', times: 1, do: { reset: 'before' } },
        ],
      },
      hooks,
    }),
  violations(bench) {
    const creates = sorted(bench.cloud.creates())
    return creates === sorted(onceEach(bench.serverIds)) ? [] : [`accepted creates ${creates}`]
  },
}

/** Three servers, of which a failed create has left one in error: it is deleted and created anew. */
export const replacement: Scenario = {
  flags: ['--replace-failed'],
  open: ({ listLagMs = 0 }, hooks) =>
    openWorkbench(makeFleet(3), {
      limits: { jobTimeMs: JOB_TIME, otherJobTimeMs: JOB_TIME, listLagMs },
      faults: {
        jobs: [
          { server: 'server-2', errorCode: 'EVS.2024', failReason: 'volume is error!', times: 1 },
        ],
      },
      hooks,
    }),
  async prepare(bench) {
    const { code } = await bench.apply(['--rows', '1-2'])
    if (code !== 3) throw new Error(`the failed create ended with ${code}`)
  },
  violations(bench) {
    const ledger = logItems(bench.cloud.world().ledger).map(
      ({ kind, serverId }) => `${kind} ${bench.serverIds.indexOf(serverId) + 1}`,
    )
    const ofServer = (n: number): string => ledger.filter((line) => line.endsWith(`${n}`)).join()
    const histories = ['create 1', 'create 2,delete 2,create 2', 'create 3']
    return histories.flatMap((history, index) => {
      const found = ofServer(index + 1)
      return found === history ? [] : [`${fleetServerId(index + 1)}: ${found}`]
    })
  },
}

const SWITCHED = ['plain', 'busy', 'lost', 'unsent'] as const

/** Of the starts of groups: one busy at first, one whose answer is lost, one that never arrives. */
const STARTS_GO_WRONG = [
  { on: 'startServerGroup', group: 'busy', times: 1, do: { status: 409 } },
  { on: 'startServerGroup', group: 'lost', times: 1, do: { reset: 'after' } },
  { on: 'startServerGroup', group: 'unsent', times: 1, do: { reset: 'before' } },
] as const

/** Protection is switched on in four groups whose servers are created already. */
export const switching: Scenario = {
  command: 'enable',
  flags: [],
  open: (_circumstances, hooks) =>
    openWorkbench(makeFleet(5, SWITCHED), {
      limits: { jobTimeMs: JOB_TIME, otherJobTimeMs: JOB_TIME },
      faults: { rules: [...STARTS_GO_WRONG] },
      hooks,
    }),
  async prepare(bench) {
    const { code } = await bench.apply()
    if (code !== 0) throw new Error(`the creates ended with ${code}`)
  },
  violations: startViolations,
}

/** Creates and starts in one run. */
export const rolloutAndSwitching: Scenario = {
  flags: ['--enable-protection'],
  open: (_circumstances, hooks) =>
    openWorkbench(makeFleet(3, ['lost', 'plain']), {
      limits: { jobTimeMs: JOB_TIME, otherJobTimeMs: JOB_TIME },
      faults: {
        rules: [
          { on: 'create*', server: 'server-2', times: 1, do: { reset: 'after' } },
          STARTS_GO_WRONG[1],
        ],
      },
      hooks,
    }),
  violations: (bench) => [...rollout.violations(bench), ...startViolations(bench)],
}

/** Each group started exactly once, and each of them in the report. */
function startViolations(bench: Workbench): readonly string[] {
  const world = bench.cloud.world()
  const starts = startsIn(world)
  const { groups } = bench.report()
  return [...world.groups.values()].flatMap(({ id, name }) => {
    const count = starts.filter((each) => each === id).length
    const reported = groups.find((each) => each.id === id)?.enabling?.outcome ?? 'nothing'
    const isOn = reported === 'enabled' || reported === 'already-enabled'
    return count === 1 && isOn ? [] : [`${name}: started ${count} times, reported ${reported}`]
  })
}

function sorted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([id, count]) => `${id} ×${count}`)
    .join()
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import type { ReportRow } from '../../src/report/schema.ts'
import { makeRows } from '../support/rollout.ts'
import { PROJECT } from '../support/small-cloud.ts'
import { auditOf, type Audit } from './audit.ts'
import { FLEET_NOW } from './prediction.ts'
import { runsOr, seedOrUsual } from './prove.ts'
import { randomFleet, type RandomFleet } from './random-fleet.ts'

const LONG = { timeout: 60 * 60_000 }

/** Rows that an audit of a cloud without faults does not find as written, in sync and without a remark. */
function odd({ report, exitCode }: Audit): string[] {
  const rows = report.rows.flatMap(({ row, name, warnings, verification }) => {
    const { verdict, replication, unverifiable, notCarriedOver } = verification ?? {}
    const isSound =
      verdict === 'as-written' &&
      replication?.state === 'in-sync' &&
      warnings.length + (unverifiable?.length ?? 1) + (notCarriedOver?.length ?? 1) === 0
    return isSound ? [] : [`row ${row} ${name}: ${JSON.stringify({ verification, warnings })}`]
  })
  return exitCode === 0 ? rows : [`exit ${exitCode}`, ...rows]
}

test(
  'after apply and a start of its groups, any cloud without faults is as written and in sync',
  LONG,
  async () => {
    let audited = 0
    const check = async ({ world, rows, dialect }: RandomFleet): Promise<string[]> => {
      const audit = await auditOf(world, rows, { dialect })
      audited += audit.rows
      return odd(audit)
    }
    const outcome = await fc.check(
      fc.asyncProperty(randomFleet(FLEET_NOW), async (fleet) => (await check(fleet)).length === 0),
      { numRuns: runsOr(150), seed: seedOrUsual() },
    )
    const fleet = outcome.counterexample?.[0]
    const story = fleet === undefined ? [] : [fleet.description, ...(await check(fleet))]
    expect(outcome.failed ? [`seed ${outcome.seed}`, ...story].join('\n') : '').toBe('')
    // Fleets of which nothing can be created prove nothing.
    expect(audited).toBeGreaterThan(100)
  },
)

const ROWS = makeRows(6, 2).map((row) => ({
  ...row,
  flavor: 's3.large.2',
  tags: { env: 'prod' },
}))

/** What the simulator does to one server, and what its row comes to. */
const DISTURBANCES: readonly (readonly [
  name: string,
  of: (server: string) => FaultPlanInput,
  expected: RegExp,
])[] = [
  ['flavor', (server) => ({ drServers: [{ server, flavor: 's3.xlarge.2' }] }), /^drifted in-sync/],
  ['name', (server) => ({ drServers: [{ server, name: 'x' }] }), /^as-written in-sync .*"name"/],
  [
    'host name',
    (server) => ({ drServers: [{ server, hostName: 'x' }] }),
    /^as-written in-sync .*"host_name"/,
  ],
  [
    'security group',
    (server) => ({ drServers: [{ server, securityGroups: ['x'] }] }),
    /^as-written in-sync .*"security_groups"/,
  ],
  ['agency', (server) => ({ drServers: [{ server, agency: 'x' }] }), /^as-written .*"agency"/],
  ['tags', (server) => ({ drServers: [{ server, tags: ['a=b'] }] }), /^as-written .*"tag:a"/],
  ['no DR server', (server) => ({ drServers: [{ server, deletedAfterMs: 3_600_000 }] }), /^broken/],
  [
    'fault level 2',
    (server) => ({ pairs: [{ server, faultLevel: '2' }] }),
    /^not-replicating faulty/,
  ],
  [
    'fault level 5',
    (server) => ({ pairs: [{ server, faultLevel: '5' }] }),
    /^not-replicating faulty/,
  ],
  [
    'a pair that stands still',
    (server) => ({ pairs: [{ server, device: '/dev/vda', replicationStatus: 'inactive' }] }),
    /^not-replicating faulty/,
  ],
  [
    'a pair that is copied anew',
    (server) => ({
      pairs: [{ server, device: '/dev/vda', replicationStatus: 'copying', progress: 40 }],
    }),
    /^not-replicating syncing/,
  ],
  [
    'a pair in error',
    (server) => ({ pairs: [{ server, device: '/dev/vda', status: 'error' }] }),
    /^not-replicating faulty/,
  ],
  [
    'an instance in fault',
    (server) => ({ instances: [{ server, turns: [{ afterMs: 3_600_000, status: 'fault' }] }] }),
    /^broken/,
  ],
]

function lineOf({ verification, warnings }: ReportRow): string {
  const { verdict, replication } = verification ?? {}
  return `${verdict} ${replication?.state} ${JSON.stringify([verification, warnings])}`
}

async function lines(faults: FaultPlanInput): Promise<string[]> {
  const world = seedWorld({ rows: ROWS, projectId: PROJECT, now: FLEET_NOW })
  const { report } = await auditOf(world, ROWS, { faults })
  return report.rows.map(lineOf)
}

test.each(DISTURBANCES)(
  '%s: changes the row of its server and no other',
  LONG,
  async (_, of, expected) => {
    const sound = await lines({})
    expect(sound.filter((line) => line.startsWith('as-written in-sync'))).toHaveLength(ROWS.length)
    const disturbed = await lines(of('server-3'))
    const changed = disturbed.flatMap((line, at) => (line === sound[at] ? [] : [at + 1]))
    expect(changed).toEqual([3])
    expect(disturbed[2]).toMatch(expected)
  },
)

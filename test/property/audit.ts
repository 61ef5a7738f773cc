import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClients } from '../../src/cloud/clients.ts'
import { createRateGate } from '../../src/cloud/rate.ts'
import { createRequestLog } from '../../src/cloud/request-log.ts'
import { tokenAuthenticator } from '../../src/cloud/sign-in/token.ts'
import type { Transport } from '../../src/cloud/transport.ts'
import { seededRandom } from '../../src/clock.ts'
import type { Row } from '../../src/inventory/row.ts'
import { exitCodeFor } from '../../src/exit-code.ts'
import type { Report } from '../../src/report/schema.ts'
import { verify } from '../../src/rollout/verify.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import type { World } from '../../src/simulator/state.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { read } from '../inventory/read-inventory.ts'
import { ENDPOINT, rollOut } from '../support/rollout.ts'
import { virtualClock, type VirtualClock } from '../support/virtual-clock.ts'
import { FLEET_NOW } from './prediction.ts'

/** Longer than any job and any copying of the simulator. */
const HOURS = 6 * 60 * 60_000

export interface Audit {
  readonly report: Report
  readonly exitCode: number
  /** How many rows were created, and so audited. */
  readonly rows: number
}

/**
 * Creates all rows that can be created, switches protection on in their groups, waits until all is copied, and
 * audits them: the shipped calls on a simulated cloud.
 */
export async function auditOf(
  world: World,
  rows: readonly Row[],
  more: { readonly dialect?: 'otc' | 'huawei'; readonly faults?: FaultPlanInput } = {},
): Promise<Audit> {
  const clock = virtualClock(FLEET_NOW)
  const transport = simulatorTransport({
    initial: world,
    clock,
    faults: loadFaultPlan(more.faults ?? {}),
  })
  const projectId = world.project.id
  const { report } = await clock.run(
    rollOut({
      transport,
      clock,
      rows,
      projectId,
      preflight: true,
      dialect: more.dialect ?? 'otc',
      limits: { maxFailures: { kind: 'percent', value: 100 } },
    }),
  )
  const created = report.rows.filter(({ outcome }) => outcome === 'created')
  const groups = new Set(created.flatMap(({ serverGroupId }) => serverGroupId ?? []))
  for (const id of groups) await clock.run(switchOn(transport, projectId, id))
  await clock.run(clock.sleep(HOURS))
  const numbers = new Set(created.map(({ row }) => row))
  const audited = rows.filter(({ row }) => numbers.has(row))
  return { ...(await audit(transport, clock, projectId, audited)), rows: audited.length }
}

/** Refused where it is on already, which is as good. */
async function switchOn(transport: Transport, projectId: string, groupId: string): Promise<void> {
  await transport.send({
    method: 'POST',
    url: `${ENDPOINT}/v1/${projectId}/server-groups/${groupId}/action`,
    headers: { 'x-auth-token': 'simulated', 'content-type': 'application/json' },
    body: JSON.stringify({ 'start-server-group': {} }),
    timeoutMs: 30_000,
  })
}

async function audit(
  transport: Transport,
  clock: VirtualClock,
  projectId: string,
  rows: readonly Row[],
): Promise<Omit<Audit, 'rows'>> {
  const requests = createRequestLog()
  const { sdrs: client, ...others } = createClients({
    connection: {
      authenticator: tokenAuthenticator('simulated', 'test'),
      endpoints: { sdrs: ENDPOINT, ecs: ENDPOINT, vpc: ENDPOINT, evs: ENDPOINT },
      projectId,
      region: null,
    },
    transport,
    rate: createRateGate(50, clock),
    requests,
    clock,
    random: seededRandom(1),
    requestTimeoutMs: 30_000,
  })
  const reportsDir = await mkdtemp(join(tmpdir(), 'audit-'))
  try {
    const result = await clock.run(
      verify(
        {
          inventory: { ...(await read('server_id,name,server_group\n')), rows: [...rows] },
          selection: {},
          reportsDir,
          about: {
            runId: 'audit',
            startedAt: clock.now(),
            tool: { name: 'sdrs-protect', version: 'test' },
            command: 'verify',
            endpoint: ENDPOINT,
            projectId,
            region: null,
            target: null,
            options: null,
            directory: null,
          },
        },
        { client, others, clock, requests: requests.counts, signal: new AbortController().signal },
      ),
    )
    if (result.kind !== 'done') throw new Error(`the audit ended with ${result.kind}`)
    return { report: result.report, exitCode: exitCodeFor(result.report, { kind: 'ended' }) }
  } finally {
    await rm(reportsDir, { recursive: true, force: true })
  }
}

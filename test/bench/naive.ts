import type { Row } from '../../src/inventory/row.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { boundOf, openCloud, PROJECT, type Measured, type Scenario } from './measure.ts'
import { ENDPOINT } from '../support/rollout.ts'

const POLL_MS = 6_000

/**
 * What an SDK user would write: create a server, ask for its job every 6 s until it ends, go on with
 * the next; with `workers` loops side by side, as Terraform's `-parallelism`. No retry, no journal.
 */
export async function measureNaive(
  scenario: Scenario,
  workers: number,
): Promise<Pick<Measured, 'makespanMs' | 'boundMs' | 'requests'>> {
  const { clock, transport } = openCloud(scenario)
  const startedAt = clock.now()
  const waiting = [...scenario.rows]
  let requests = 0

  async function ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    requests += 1
    const answer = await transport.send({
      method,
      url: `${ENDPOINT}/v1/${PROJECT}/${path}`,
      headers: { 'x-auth-token': 'simulated', 'content-type': 'application/json' },
      timeoutMs: 30_000,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return JSON.parse(answer.body)
  }

  async function protect({ serverId, name, serverGroup }: Row): Promise<void> {
    const body = { server_group_id: groupIdFor(serverGroup ?? ''), server_id: serverId, name }
    const created = await ask('POST', 'protected-instances', { protected_instance: body })
    const path = `jobs/${textOf(created, 'job_id')}`
    for (;;) {
      await clock.sleep(POLL_MS)
      if (textOf(await ask('GET', path), 'status') === 'SUCCESS') return
    }
  }

  async function worker(): Promise<void> {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) await protect(row)
  }

  await clock.run(Promise.all(Array.from({ length: workers }, worker)))
  return {
    makespanMs: clock.now() - startedAt,
    boundMs: boundOf(transport.world(), scenario),
    requests,
  }
}

function textOf(answer: unknown, key: string): string {
  const value: unknown = Object.entries(Object(answer)).find(([name]) => name === key)?.[1]
  if (typeof value !== 'string') throw new Error(`no ${key} in ${JSON.stringify(answer)}`)
  return value
}

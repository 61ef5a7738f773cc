import type { Row } from '../../src/inventory/row.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { seededRandom } from '../../src/clock.ts'
import { DEFAULT_MAX_JOBS, latencyOf, openCloud, PROJECT, type Scenario } from './measure.ts'
import { ENDPOINT } from '../support/rollout.ts'

/** Between two looks at a job. */
const POLL_MS = { min: 5_000, max: 6_000 }

export interface NaiveRun {
  readonly makespanMs: number
  readonly requests: number
}

/**
 * What an SDK user would write: create a server, ask for its job every 5 to 6 s until it ends, go on with the
 * next; as many of these loops side by side as there are places, as Terraform's `-parallelism`. What is refused
 * or gets lost is sent again after the same pause, and "already used" counts as done. No journal.
 */
export async function measureNaive(scenario: Scenario): Promise<NaiveRun> {
  const { clock, transport } = openCloud(scenario)
  const random = seededRandom(scenario.seed ?? 1)
  const startedAt = clock.now()
  const waiting = scenario.rows[Symbol.iterator]()
  let requests = 0
  let lastEnd = startedAt

  async function ask(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    requests += 1
    try {
      const answer = await transport.send({
        method,
        url: `${ENDPOINT}/v1/${PROJECT}/${path}`,
        headers: { 'x-auth-token': 'simulated', 'content-type': 'application/json' },
        timeoutMs: 30_000,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: answer.status, body: answer.body === '' ? null : JSON.parse(answer.body) }
    } catch {
      return { status: 0, body: null }
    }
  }

  const pauseMs = (): number => POLL_MS.min + random() * (POLL_MS.max - POLL_MS.min)

  async function create({ serverId, name, serverGroup }: Row): Promise<string | null> {
    const body = { server_group_id: groupIdFor(serverGroup ?? ''), server_id: serverId, name }
    for (;;) {
      const answer = await ask('POST', 'protected-instances', { protected_instance: body })
      if (answer.status === 200) return textOf(answer.body, 'job_id')
      if (JSON.stringify(answer.body).includes('SDRS.1305')) return null
      await clock.sleep(pauseMs())
    }
  }

  async function protect(row: Row): Promise<void> {
    const jobId = await create(row)
    if (jobId === null) return
    const endsAt = transport.world().jobs.get(jobId)?.endsAt ?? clock.now()
    lastEnd = Math.max(lastEnd, endsAt)
    for (;;) {
      await clock.sleep(pauseMs())
      if (clock.now() + latencyOf(scenario) < endsAt) {
        // What the answer would be is known: only its time is spent.
        requests += 1
        await clock.sleep(latencyOf(scenario))
        continue
      }
      const answer = await ask('GET', `jobs/${jobId}`)
      if (answer.status === 200 && textOf(answer.body, 'status') === 'SUCCESS') return
    }
  }

  async function worker(): Promise<void> {
    for (const row of waiting) await protect(row)
  }

  const workers = scenario.limits?.maxJobs ?? DEFAULT_MAX_JOBS
  await clock.run(Promise.all(Array.from({ length: workers }, worker)))
  return { makespanMs: Math.max(clock.now(), lastEnd) - startedAt, requests }
}

function textOf(answer: unknown, key: string): string {
  const value: unknown = Object.entries(Object(answer)).find(([name]) => name === key)?.[1]
  if (typeof value !== 'string') throw new Error(`no ${key} in ${JSON.stringify(answer)}`)
  return value
}

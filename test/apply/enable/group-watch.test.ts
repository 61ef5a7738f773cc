import { expect, test } from 'vitest'
import { createGroupWatch } from '../../../src/apply/enable/group-watch.ts'
import { createStopControl } from '../../../src/apply/stop.ts'
import { ApiError } from '../../../src/cloud/errors.ts'
import type { Job, ServerGroup } from '../../../src/cloud/sdrs/sdrs-schema.ts'
import { virtualClock } from '../../support/virtual-clock.ts'

const LATENCY_MS = 50

/** Follows one start in virtual time; what the list and the job say by ms since it was sent. */
async function followed(about: {
  /** Null: the list leaves the group out. */
  readonly status: (ms: number) => string | null
  readonly job: (ms: number) => 'RUNNING' | 'SUCCESS' | 'refused'
}) {
  const clock = virtualClock()
  const startedAt = clock.now()
  const ms = (): number => clock.now() - startedAt
  let [lists, asked] = [0, 0]
  const watch = createGroupWatch({
    client: {
      async listServerGroups() {
        lists += 1
        const status = about.status(ms())
        await clock.sleep(LATENCY_MS)
        return status === null ? [] : [{ id: 'group-1', status } as unknown as ServerGroup]
      },
      async showJob() {
        asked += 1
        const status = about.job(ms())
        await clock.sleep(LATENCY_MS)
        if (status !== 'refused') return { status, subJobs: [] } as unknown as Job
        throw new ApiError({ class: 'busy', operation: 'showJob', message: 'not now' })
      },
    },
    clock,
    stop: createStopControl(),
    pollIntervalMs: null,
    jobTimeoutMs: 30 * 60_000,
    settleWindowMs: 30_000,
    onBug: (error) => {
      throw error
    },
  })
  const target = { groupId: 'group-1', jobId: 'job-1', begun: true, before: 'available' }
  const end = await clock.run(watch.follow({ ...target, since: startedAt, isResumed: false }))
  return { end, endedAt: ms(), lists, asked }
}

test('a start whose job does not answer is asked for less and less, and is on in the end', async () => {
  const { end, lists, asked } = await followed({ status: () => 'protected', job: () => 'refused' })
  expect(end).toEqual({ kind: 'on', late: true, byJob: false })
  expect(lists).toBeLessThan(100)
  expect(asked).toBeLessThan(60)
})

test('a group that is not in the list is looked for by the age of its start all the same', async () => {
  const { end, endedAt, asked } = await followed({
    status: (ms) => (ms < 260_000 ? null : 'protected'),
    job: (ms) => (ms < 250_000 ? 'RUNNING' : 'SUCCESS'),
  })
  expect(end).toEqual({ kind: 'on', late: false, byJob: true })
  expect(endedAt).toBeLessThan(290_000)
  expect(asked).toBeLessThan(60)
})

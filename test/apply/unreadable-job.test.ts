import { expect, test } from 'vitest'
import { beginFollowing, type Followed, type Seen } from '../../src/apply/followed.ts'
import { step } from '../../src/apply/follow-steps.ts'
import { NOT_SEEN_YET } from '../../src/plan/live-state.ts'
import { instance } from '../report/build.ts'

const target = {
  serverId: '00000000-0000-4000-8000-000000000001',
  name: 'server-1',
  groupId: 'g',
  jobId: 'j',
  live: NOT_SEEN_YET,
  since: 0,
}
const available = instance(1, { id: 'i' })

/** The list shows the instance three times, and the job cannot be read. */
function threeTimes(status: string): Followed {
  let state = beginFollowing(target, {
    now: 0,
    jobTimeoutMs: 1_800_000,
    settleWindowMs: 30_000,
    tickMs: null,
  })
  for (const at of [60_000, 75_000, 90_000]) {
    const shown: Seen = { kind: 'list', instance: { ...available, status }, at }
    const [asking, ask] = step(state, shown)
    expect(ask).toEqual({ kind: 'job', jobId: 'j' })
    state = step(asking, { kind: 'no-answer', barred: true, at })[0]
    expect(state.kind).toBe('asking')
  }
  return state
}

test('a job that never says what can be read does not hold up what the list shows', () => {
  const shown: Seen = { kind: 'list', instance: available, at: 105_000 }
  const [explaining, ask] = step(threeTimes('available'), shown)
  // A failed task would say otherwise.
  expect(ask).toEqual({ kind: 'failures', groupId: 'g' })
  const [state] = step(explaining, { kind: 'failures', failures: [], at: 105_000 })
  expect(state).toMatchObject({ kind: 'ended', end: { kind: 'success', instance: { id: 'i' } } })
})

test('and what the list shows broken has failed', () => {
  const shown: Seen = { kind: 'list', instance: { ...available, status: 'error' }, at: 105_000 }
  const [explaining] = step(threeTimes('error'), shown)
  const [state] = step(explaining, { kind: 'failures', failures: [], at: 105_000 })
  expect(state).toMatchObject({ kind: 'ended', end: { kind: 'failed', instance: { id: 'i' } } })
})

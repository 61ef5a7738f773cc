import { expect, test } from 'vitest'
import { createFollowed } from '../../src/apply/followed.ts'
import { ApiError, UNREADABLE } from '../../src/sdrs/errors.ts'
import { protectedInstanceSchema } from '../../src/sdrs/schema.ts'

const SERVER = '00000000-0000-4000-8000-000000000001'
const available = protectedInstanceSchema.parse({
  id: 'i',
  name: 'server-1',
  server_group_id: 'g',
  source_server: SERVER,
  status: 'available',
})
const unreadable = new ApiError({
  class: 'unknown-fate',
  operation: 'showJob',
  message: '200, but the answer cannot be read',
  code: UNREADABLE,
})

test('a job that never says what can be read does not hold up what the list shows', () => {
  const followed = createFollowed(
    { serverId: SERVER, name: 'server-1', groupId: 'g', jobId: 'j', instanceId: null, since: 0 },
    { now: 0, jobTimeoutMs: 1_800_000, settleWindowMs: 30_000, tickMs: null, resolve: () => {} },
  )
  for (const now of [60_000, 75_000, 90_000]) {
    expect(followed.see(available, now)).toEqual({ kind: 'job', jobId: 'j' })
    followed.notAnswered(unreadable, now)
    expect(followed.end()).toBeNull()
  }
  expect(followed.see(available, 105_000)).toBeNull()
  expect(followed.end()).toMatchObject({ kind: 'success', instance: { id: 'i' } })
})

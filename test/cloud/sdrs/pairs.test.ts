import { expect, test } from 'vitest'
import { ApiError } from '../../../src/cloud/errors.ts'
import { answeringCloud, ok } from '../../support/answering-cloud.ts'

const PAIR = {
  id: 'pair-1',
  name: 'disk a',
  status: 'Protected',
  progress: 100,
  replication_status: 'ACTIVE',
  replication_model: null,
  attachment: [{ device: '/dev/vda', protected_instance: 'instance-1' }],
  server_group_id: 'g',
  volume_ids: 'v1, v2',
  priority_station: 'source',
  fault_level: 0,
  record_metadata: { multiattach: false },
}

function listing(...replications: unknown[]) {
  const cloud = answeringCloud(() => ok({ replications, count: replications.length }))
  return { cloud, list: () => cloud.clock.run(cloud.sdrs.listReplicationPairs(['g', 'h'])) }
}

test('pairs of groups, as they are asked for and read', async () => {
  const { cloud, list } = listing(PAIR, null)
  // The null says nothing, and the count of it neither.
  expect((await list())[0]).toEqual({
    id: 'pair-1',
    name: 'disk a',
    status: 'protected',
    progress: 100,
    replicationStatus: 'active',
    instanceIds: ['instance-1'],
    serverGroupId: 'g',
    volumeIds: ['v1', 'v2'],
    faultLevel: '0',
  })
  expect(cloud.asked[0]?.what).toBe('sdrs /v1/replications')
  expect(cloud.asked[0]?.query.get('server_group_ids')).toBe('["g","h"]')
  expect(cloud.asked[0]?.query.get('limit')).toBe('999')
})

test('what is missing is null, and never a status that it did not say', async () => {
  const [pair] = await listing({
    id: 'pair-1',
    volume_ids: 7,
    fault_level: '',
    progress: 'odd',
  }).list()
  expect(pair).toEqual({
    id: 'pair-1',
    name: '',
    status: 'unknown',
    progress: null,
    replicationStatus: null,
    instanceIds: [],
    serverGroupId: null,
    volumeIds: [],
    faultLevel: null,
  })
})

test.each([
  ['an attachment of a wrong type', { ...PAIR, attachment: 'instance-1' }],
  ['an instance of a wrong type', { ...PAIR, attachment: [{ protected_instance: {} }] }],
  ['no ID', { ...PAIR, id: '' }],
])('%s makes the list unreadable: it could be the pair that does not replicate', async (_, odd) => {
  await expect(listing(odd).list()).rejects.toBeInstanceOf(ApiError)
})

test('an object without a list is not an empty list', async () => {
  const cloud = answeringCloud(() => ok({}))
  await expect(cloud.clock.run(cloud.sdrs.listReplicationPairs(null))).rejects.toBeInstanceOf(
    ApiError,
  )
  const empty = answeringCloud(() => ok({ count: 0 }))
  expect(await empty.clock.run(empty.sdrs.listReplicationPairs(null))).toEqual([])
})

test('several pages, each beginning with the last of the one before', async () => {
  const all = Array.from({ length: 1_200 }, (_, index) => ({ ...PAIR, id: `pair-${index}` }))
  const cloud = answeringCloud(({ query }) => {
    const from = Number(query.get('offset'))
    return ok({ replications: all.slice(from, from + 999), count: all.length })
  })
  expect(await cloud.clock.run(cloud.sdrs.listReplicationPairs(null))).toHaveLength(1_200)
  expect(cloud.asked.map(({ query }) => query.get('offset')).slice(0, 2)).toEqual(['0', '998'])
})

import { expect, test } from 'vitest'
import { ApiError } from '../../../src/cloud/errors.ts'
import { answeringCloud, ok } from '../../support/answering-cloud.ts'

test('domains, sold out or not; one that cannot be read is in nobody’s way', async () => {
  const cloud = answeringCloud(() =>
    ok({
      domains: [
        { id: 'a', name: 'domain_001', sold_out: false },
        { id: 'b', name: null, sold_out: 'true', remote_replication_cluster: 7 },
        { id: 'c', sold_out: [] },
        { name: 'no ID' },
        null,
        'odd',
      ],
    }),
  )
  expect(await cloud.clock.run(cloud.sdrs.listDomains())).toEqual([
    { id: 'a', name: 'domain_001', isSoldOut: false },
    { id: 'b', name: '', isSoldOut: true },
    { id: 'c', name: '', isSoldOut: false },
  ])
  expect(cloud.asked.map(({ what }) => what)).toEqual(['sdrs /v1/active-domains'])
})

test('quotas: what is not told in numbers is not told', async () => {
  const cloud = answeringCloud(() =>
    ok({
      quotas: {
        resources: [
          { type: 'replications', used: 3, quota: -1, min: 0, max: 500 },
          { type: 'server_groups', used: '2', quota: '10' },
          { type: 'others', used: null, quota: 1 },
          { used: 1, quota: 1 },
          'odd',
        ],
      },
    }),
  )
  expect(await cloud.clock.run(cloud.sdrs.listQuotas())).toEqual([
    { type: 'replications', used: 3, quota: -1 },
    { type: 'server_groups', used: 2, quota: 10 },
  ])
})

test.each([{}, [], 'x'])('%j is neither', async (body) => {
  const cloud = answeringCloud(() => ok(body))
  await expect(cloud.clock.run(cloud.sdrs.listDomains())).rejects.toBeInstanceOf(ApiError)
  await expect(cloud.clock.run(cloud.sdrs.listQuotas())).rejects.toBeInstanceOf(ApiError)
})

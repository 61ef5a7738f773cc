import { expect, test } from 'vitest'
import { createRequest } from '../../src/plan/create-request.ts'
import type { Row } from '../../src/inventory/row.ts'
import { makeRow } from '../support/rollout.ts'

const least = { server_group_id: 'g', server_id: 's', name: 'n' }

test.for<{ name: string; fields: Partial<Row>; body: object }>([
  { name: 'what must be there', fields: {}, body: least },
  {
    name: 'only what is filled: a group named in the row is not the group it goes to',
    fields: { serverGroup: 'erp', serverGroupId: 'other', wave: '1', carried: { owner: 'me' } },
    body: least,
  },
  {
    name: 'all fields under their names on the wire',
    fields: {
      description: 'd',
      primarySubnetId: 'net',
      primaryIpAddress: '10.0.0.4',
      flavor: 's3.large.2',
      tags: { a: '1', empty: '' },
      clusterId: 'c',
      tenancy: 'dedicated',
      dedicatedHostId: 'h',
    },
    body: {
      ...least,
      description: 'd',
      primary_subnet_id: 'net',
      primary_ip_address: '10.0.0.4',
      flavorRef: 's3.large.2',
      tags: [
        { key: 'a', value: '1' },
        { key: 'empty', value: '' },
      ],
      cluster_id: 'c',
      tenancy: 'dedicated',
      dedicated_host_id: 'h',
    },
  },
])('$name', ({ fields, body }) => {
  expect(createRequest(makeRow(1, { serverId: 's', name: 'n', ...fields }), 'g')).toStrictEqual(
    body,
  )
})

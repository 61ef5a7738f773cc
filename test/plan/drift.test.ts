import { expect, test } from 'vitest'
import type { Row } from '../../src/inventory/row.ts'
import { driftOf } from '../../src/plan/drift.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { instance, row } from '../report/build.ts'

test.for<{
  name: string
  wanted: Partial<Row>
  actual: Partial<ProtectedInstance>
  drift: string[]
}>([
  { name: 'none where all is alike', wanted: {}, actual: {}, drift: [] },
  { name: 'the name', wanted: { name: 'a' }, actual: { name: 'b' }, drift: ['name: a, b'] },
  {
    name: 'the description',
    wanted: { description: 'a' },
    actual: { description: 'b' },
    drift: ['description: a, b'],
  },
  {
    name: 'a description that is not there',
    wanted: { description: 'a' },
    actual: { description: '' },
    drift: ['description: a, null'],
  },
  {
    name: 'not a description that is not told',
    wanted: { description: 'a' },
    actual: { description: null },
    drift: [],
  },
  {
    name: 'not a description that no row wants',
    wanted: {},
    actual: { description: 'b' },
    drift: [],
  },
  {
    name: 'a tag of another value, and one that is not there',
    wanted: { tags: { same: '1', other: '2', none: '' } },
    actual: { tags: { same: '1', other: '3', more: '4' } },
    drift: ['tag:other: 2, 3', 'tag:none: , null'],
  },
  {
    name: 'not tags that the list does not return',
    wanted: { tags: { a: '1' } },
    actual: { tags: null },
    drift: [],
  },
  { name: 'not tags that no row names', wanted: {}, actual: { tags: { a: '1' } }, drift: [] },
  {
    name: 'tags named like what every object has',
    wanted: { tags: { constructor: 'x', toString: 'y' } },
    actual: { tags: { toString: 'y' } },
    drift: ['tag:constructor: x, null'],
  },
  {
    name: 'not what the list cannot show',
    wanted: { primarySubnetId: 'n', primaryIpAddress: '10.0.0.1', flavor: 'f', clusterId: 'c' },
    actual: {},
    drift: [],
  },
])('$name', ({ wanted, actual, drift }) => {
  const found = driftOf(row(1, wanted), instance(1, actual))
  expect(found.map((each) => `${each.field}: ${each.wanted}, ${each.actual}`)).toEqual(drift)
})

import { expect, test } from 'vitest'
import type { Row } from '../../src/inventory/row.ts'
import { resolveGroups } from '../../src/plan/groups.ts'
import { group, row } from '../report/build.ts'
import { makeRow } from '../support/rollout.ts'

const ERP = 'aaaaaaaa-0000-4000-8000-00000000000e'
const GROUPS = [
  group(ERP, { name: 'erp' }),
  group('id-of-web', { name: 'web' }),
  group('twin-1', { name: 'twin' }),
  group('twin-2', { name: 'twin' }),
  // Named like an ID.
  group('id-of-hex', { name: '0123456789abcdef0123456789abcdef' }),
]

test.for<{ name: string; fields: Partial<Row>; found: string }>([
  { name: 'by its ID', fields: { serverGroupId: ERP }, found: ERP },
  {
    name: 'by its ID in another spelling',
    fields: { serverGroupId: ERP.toUpperCase().replaceAll('-', '') },
    found: ERP,
  },
  { name: 'by its name', fields: { serverGroup: 'erp' }, found: ERP },
  {
    name: 'by both',
    fields: { serverGroupId: 'id-of-web', serverGroup: 'web' },
    found: 'id-of-web',
  },
  {
    name: 'by ID and a name that several have',
    fields: { serverGroupId: 'twin-2', serverGroup: 'twin' },
    found: 'twin-2',
  },
  {
    name: 'by a name that looks like an ID',
    fields: { serverGroupId: '0123456789abcdef0123456789abcdef' },
    found: 'id-of-hex',
  },
  {
    name: 'not by a name in another case',
    fields: { serverGroup: 'ERP' },
    found: 'group-unknown server_group',
  },
  {
    name: 'not by a part of its name',
    fields: { serverGroup: 'er' },
    found: 'group-unknown server_group',
  },
  {
    name: 'not by an unknown ID',
    fields: { serverGroupId: 'id-of-none' },
    found: 'group-unknown server_group_id',
  },
  {
    name: 'not by an unknown ID beside a known name',
    fields: { serverGroupId: 'id-of-none', serverGroup: 'erp' },
    found: 'group-unknown server_group_id',
  },
  {
    name: 'not by a name that several have',
    fields: { serverGroup: 'twin' },
    found: 'group-ambiguous server_group',
  },
  {
    name: 'not by a name that several have where an ID should be',
    fields: { serverGroupId: 'twin' },
    found: 'group-unknown server_group_id',
  },
  {
    name: 'not by an ID and the name of another',
    fields: { serverGroupId: ERP, serverGroup: 'web' },
    found: 'group-differs server_group',
  },
  {
    name: 'not by an ID and a name that nobody has',
    fields: { serverGroupId: ERP, serverGroup: 'none' },
    found: 'group-differs server_group',
  },
])('$name', ({ fields, found }) => {
  const { byRow, problems } = resolveGroups(
    [makeRow(4, { serverId: 's', name: 'n', ...fields })],
    GROUPS,
  )
  const told = problems.map(({ code, field, row: number, line, severity }) => {
    expect({ number, line, severity }).toEqual({ number: 4, line: 5, severity: 'error' })
    return `${code} ${field}`
  })
  expect([...[...byRow.values()].map(({ id }) => id), ...told]).toEqual([found])
})

test('an ambiguous name is told with the IDs to choose from', () => {
  const { problems } = resolveGroups(
    [makeRow(1, { serverId: 's', name: 'n', serverGroup: 'twin' })],
    GROUPS,
  )
  expect(problems[0]?.message).toContain('twin-1')
  expect(problems[0]?.message).toContain('twin-2')
})

test('every row is answered: with its group or with its problem', () => {
  const rows = [
    row(1, { serverGroupId: ERP }),
    row(2, { serverGroupId: 'none' }),
    row(3, { serverGroupId: 'id-of-web' }),
  ]
  const { byRow, problems } = resolveGroups(rows, GROUPS)
  expect([...byRow].map(([number, { id }]) => [number, id])).toEqual([
    [1, ERP],
    [3, 'id-of-web'],
  ])
  expect(problems.map((problem) => problem.row)).toEqual([2])
})

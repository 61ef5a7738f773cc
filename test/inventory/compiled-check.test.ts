import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCheck } from '../../src/inventory/compiled-check.ts'
import { FIELD_NAMES } from '../../src/inventory/fields.ts'
import { checkRow, type RowFields } from '../../src/inventory/row-schema.ts'

const ID = '00000000-0000-4000-8000-000000000001'

/** What may stand in a cell, good for one field or for none. */
const text = fc.oneof(
  fc.constantFrom(ID, ID.replaceAll('-', ''), 'web-1', '云-1', '10.0.0.1', '10.0.0.256', 'shared'),
  fc.constantFrom(
    '',
    ' ',
    'a b',
    'a<b',
    'x'.repeat(64),
    'x'.repeat(65),
    '\u0007',
    '=A1',
    'dedicated',
  ),
  fc.string({ unit: 'binary', maxLength: 70 }),
)
const tags = fc.dictionary(
  fc.oneof(
    fc.constantFrom('app', 'k'.repeat(36), 'k'.repeat(37), 'a=b', ''),
    fc.string({ maxLength: 5 }),
  ),
  fc.oneof(
    fc.constantFrom('web', 'v'.repeat(43), 'v'.repeat(44), 'a,b', '😀'.repeat(43)),
    fc.string({ maxLength: 5 }),
  ),
  { maxKeys: 12 },
)
const row = fc
  .record(Object.fromEntries(FIELD_NAMES.map((field) => [field, field === 'tags' ? tags : text])), {
    requiredKeys: [],
  })
  .map((fields): RowFields => ({ ...fields }))

describe.each(['otc', 'huawei'] as const)('%s', (dialect) => {
  test('the code of the schema says of every row what the schema says', () => {
    const check = compileCheck(dialect)
    fc.assert(
      fc.property(row, (fields) => {
        expect(check(fields)).toEqual(checkRow(fields, dialect))
      }),
      { numRuns: 3_000 },
    )
  })

  test('each field of a good row that is made wrong is found', () => {
    const check = compileCheck(dialect)
    const good: RowFields = {
      server_id: ID,
      name: 'web-1',
      server_group: 'erp',
      tags: { app: 'web' },
    }
    expect(check(good)).toEqual([])
    for (const field of FIELD_NAMES) {
      const wrong = { ...good, [field]: field === 'tags' ? { '': 'x' } : 'a b<' }
      expect(check(wrong)).toEqual(checkRow(wrong, dialect))
    }
    const { server_group: _, ...groupless } = good
    expect(check(groupless).map(({ code }) => code)).toEqual(['group-missing'])
  })
})

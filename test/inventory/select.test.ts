import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  describeSelection,
  parseSelection,
  selectRows,
  type SelectionOptions,
} from '../../src/inventory/select.ts'
import { parseShard, shardOf } from '../../src/inventory/shard.ts'
import { compareWaves, waveKey } from '../../src/inventory/waves.ts'
import { id, read } from './read-inventory.ts'

const names = ['web-1', 'web-2', 'db-1', 'db-2', 'app.1']
const waves = ['2', '10', '', 'late', '02']
const { rows } = await read(
  `server_id,name,server_group,wave\n${names.map((name, n) => `${id(n + 1)},${name},g${n},${waves[n]}`).join('\n')}`,
)

const select = (options: SelectionOptions): string[] => {
  const parsed = parseSelection(options)
  if ('errors' in parsed) throw new Error(parsed.errors.join())
  return selectRows(rows, parsed.selection).map(({ name }) => name)
}

describe('selections', () => {
  test.each([
    [{}, names],
    [{ only: ['web-*'] }, ['web-1', 'web-2']],
    [{ only: ['{db,app}?1'] }, ['db-1', 'app.1']],
    [{ only: [id(3).toUpperCase()] }, ['db-1']],
    [{ only: [`*${'0'.repeat(10)}2`] }, ['web-2']],
    [{ only: ['[a-e]*'] }, ['db-1', 'db-2', 'app.1']],
    [{ rows: ['2-3,5'] }, ['web-2', 'db-1', 'app.1']],
    [{ rows: [' 1 , 4 - 99 '] }, ['web-1', 'db-2', 'app.1']],
    [{ wave: ['2'] }, ['web-1', 'app.1']],
    [{ wave: ['late,10'] }, ['web-2', 'db-2']],
    [{ limit: 2 }, ['web-1', 'web-2']],
    [{ only: ['web-1', 'db-*'] }, ['web-1', 'db-1', 'db-2']],
    [{ rows: ['1', '4-5'], wave: ['2,late', '10'] }, ['web-1', 'db-2', 'app.1']],
    [{ only: ['*-*'], rows: ['2-4'], limit: '2' }, ['web-2', 'db-1']],
  ])('%j', async (options, expected) => expect(select(options)).toEqual(expected))

  test('tells everything that is wrong at once', async () => {
    const wrong = { only: [' '], rows: ['3-1'], wave: [','], limit: '0', shard: '5/4' }
    const parsed = parseSelection(wrong)
    expect('errors' in parsed && parsed.errors.length).toBe(5)
  })

  test.each(['', '0', 'a', '1-', '1,,2'])('refuses --rows %j', async (rowsText) => {
    expect(parseSelection({ rows: [rowsText] })).toHaveProperty('errors')
  })

  test('is described in the words of the command line', async () => {
    const parsed = parseSelection({
      only: ['a*'],
      rows: ['1-5,7'],
      wave: ['1, 2'],
      limit: 3,
      shard: '1/4',
    })
    expect('selection' in parsed && describeSelection(parsed.selection)).toBe(
      '--only a* --rows 1-5,7 --wave 1,2 --limit 3 --shard 1/4',
    )
    expect(describeSelection({})).toBeNull()
    expect(describeSelection({ only: ['a', 'b'] })).toBe('--only a --only b')
  })
})

describe('shards', () => {
  test('give every row to exactly one, and keep a group together', async () => {
    const many = Array.from({ length: 40 }, (_, n) =>
      rows.map((row) => ({ ...row, name: `g${n}` })),
    )
      .flat()
      .map((row, index) => ({ ...row, row: index }))
    const shares = [1, 2, 3].map((index) =>
      selectRows(many, { shard: { index, count: 3 } }, ({ name }) => name),
    )
    expect(
      shares
        .flat()
        .map(({ row }) => row)
        .toSorted((a, b) => a - b),
    ).toEqual(many.map(({ row }) => row))
    const groups = shares.map((share) => new Set(share.map(({ name }) => name)))
    expect(groups.reduce((sum, group) => sum + group.size, 0)).toBe(40)
    expect(shares.every((share) => share.length > 0)).toBe(true)
  })

  test('do not depend on the spelling of the ID, nor ever change', async () => {
    expect(shardOf(id(1).toUpperCase(), 1000)).toBe(shardOf(id(1).replaceAll('-', ''), 1000))
    expect([1, 2, 3, 4].map((n) => shardOf(id(n), 100))).toEqual(KNOWN)
  })

  test.each(['0/2', '3/2', '1', '1/0', '-1/2', '1/2/3'])('refuses %s', async (text) => {
    expect(parseShard(text)).toBeUndefined()
  })
})

/** Written down once: shards of two versions of the tool must not overlap. */
const KNOWN = [39, 83, 82, 41]

describe('the order of waves', () => {
  test('is as a person counts, rows without one last', async () => {
    const mixed = [
      undefined,
      'wave 3',
      'b',
      'Wave 10',
      '10',
      'a',
      '2',
      '1.5',
      'Wave 2',
      '😀',
      '2b',
      '\uffee',
      'wave',
      '123456789012345678901',
      '123456789012345678900',
    ]
    expect(mixed.toSorted(compareWaves)).toEqual([
      '1.5',
      '2',
      '2b',
      '10',
      '123456789012345678900',
      '123456789012345678901',
      'a',
      'b',
      'wave',
      'Wave 2',
      'wave 3',
      'Wave 10',
      '\uffee',
      '😀',
      undefined,
    ])
    // `toSorted` itself puts undefined last and never asks.
    expect(compareWaves(undefined, 'z')).toBeGreaterThan(0)
    expect(compareWaves('z', undefined)).toBeLessThan(0)
    expect(compareWaves(undefined, undefined)).toBe(0)
  })

  test.each([
    ['1', '01'],
    ['1', '1.0'],
    ['Wave 1', 'WAVE 01'],
    ['0', '00'],
    ['１', '1'],
  ])('%s and %s are one wave', async (one, other) => {
    expect(compareWaves(one, other)).toBe(0)
    expect(waveKey(one)).toBe(waveKey(other))
  })

  test.each([
    ['1', '10'],
    ['1.10', '1.1'],
    ['10', '1 0'],
    ['Wave1', 'Wave 1'],
  ])('%s and %s are two', async (one, other) => {
    expect(compareWaves(one, other)).not.toBe(0)
    expect(waveKey(one)).not.toBe(waveKey(other))
  })

  test('is an order, and waves are one exactly when their keys are', async () => {
    const wave = fc
      .array(fc.constantFrom('0', '1', '2', '10', '.', '.0', ' ', 'a', 'A', 'b'), { maxLength: 5 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(wave, wave, wave, (a, b, c) => {
        expect(compareWaves(a, b) + compareWaves(b, a)).toBe(0)
        expect(compareWaves(a, b) === 0).toBe(waveKey(a) === waveKey(b))
        if (compareWaves(a, b) <= 0 && compareWaves(b, c) <= 0) {
          expect(compareWaves(a, c)).toBeLessThanOrEqual(0)
        }
      }),
    )
  })
})

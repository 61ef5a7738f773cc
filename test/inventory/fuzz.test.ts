import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseInventory, type Inventory, type InventoryOptions } from '../../src/inventory/read.ts'
import { remainingFile } from '../../src/inventory/write.ts'
import { defaults, id } from './read-inventory.ts'

/** What the readers are fed: whole files of every form, to be broken. */
const sample = (name: string): Uint8Array =>
  readFileSync(new URL(`../../samples/${name}`, import.meta.url))

const CSV = `Note;ID;Name;server_group;tag:a\n"a;""b""\nc" ; ${id(1)};web-1;g;x\n'=x;${id(2)};web-2;"g" ;\n`
const SEEDS: readonly Uint8Array[] = [
  sample('servers.csv'),
  sample('servers.yaml'),
  sample('broken.csv'),
  Buffer.from(CSV),
  Buffer.from(`\ufeffsep=;\r\n${CSV.replaceAll('\n', '\r\n')}`),
  Buffer.from(`\ufeff${CSV}`, 'utf16le'),
  Buffer.from(CSV, 'utf16le').swap16(),
  Buffer.from(`name;server_id;server_group\nB\xfcro;${id(1)};Gr\xf6\xdfe\n`, 'latin1'),
  Buffer.from([0xd4, 0xc6, 0xb7, 0xfe, 0xce, 0xf1, 0xc6, 0xf7, 0x49, 0x44, 0x2c, 0x0a]),
  Buffer.from(`[{"server_id": "${id(1)}", "name": "a", "tags": {"k": ["v"]}}]`),
  Buffer.from('- &a {name: x, <<: [*a, *a]}\n- *a\n- - - {a: "\\ud800"}\n'),
  Buffer.from('#TYPE x\n"server_id","name"\n"1.1E+31","=A1"\n#N/A,\u200b1-Jan\u00a0\n'),
]

/** Bytes that decide something for one of the readers. */
const TELLING = Buffer.from(
  '",;\t|\r\n\'#=:-[]{}&*<>!%\\ \0\x1f\x7f\x80\xe4\xef\xbb\xbf\xfe\xff\xd0PK',
  'latin1',
)

interface Edit {
  readonly at: number
  readonly drop: number
  readonly put: Uint8Array
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(5000),
  drop: fc.oneof(fc.constant(0), fc.nat(4), fc.nat(2000)),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 3 }),
    fc
      .array(fc.nat(TELLING.length - 1), { minLength: 1, maxLength: 4 })
      .map((picked) => Uint8Array.from(picked, (at) => TELLING[at] ?? 0)),
    fc.constantFrom(...SEEDS).map((seed) => seed.subarray(0, 200)),
    fc
      .tuple(fc.constantFrom('[', '- ', '"', ',', '\n', '{a: ', '\u200b', '1'), fc.nat(300))
      .map(([text, times]) => Buffer.from(text.repeat(times))),
  ),
})

const mutated = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(edit, { maxLength: 4 }))
  .map(([seed, edits]) =>
    edits.reduce<Uint8Array>((bytes, { at, drop, put }) => {
      const start = at % (bytes.length + 1)
      return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + drop)])
    }, seed),
  )

/** So little that it often stays an inventory. */
const lightly = fc
  .tuple(fc.constantFrom(...SEEDS.slice(3)), fc.array(edit, { maxLength: 2 }))
  .map(([seed, edits]) =>
    edits.reduce<Uint8Array>((bytes, { at, put }) => {
      const start = at % (bytes.length + 1)
      return Buffer.concat([bytes.subarray(0, start), put.subarray(0, 4), bytes.subarray(start)])
    }, seed),
  )

const options: fc.Arbitrary<InventoryOptions> = fc
  .record(
    {
      encoding: fc.constantFrom('utf-8', 'utf-16', 'utf-16be', 'gb18030', 'windows-1252', 'big5'),
      delimiter: fc.constantFrom(',', ';', 'tab', '|', '"', '😀', ' '),
      format: fc.constantFrom('csv', 'yaml', 'json'),
      group: fc.constant('g'),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({ ...defaults, ...some }))

const name = fc.constantFrom('servers.csv', 'servers.yaml', 'servers.json', '-')

function parse(bytes: Uint8Array, given: InventoryOptions, source: string): Promise<Inventory> {
  return parseInventory(source, bytes, given)
}

/** So many things may be wrong with one row at most, and with the file as a whole. */
const MOST_A_ROW = 40
const MOST_A_FILE = 100

/** What cannot be true of any inventory. */
function faultsOf(
  { rows, problems, totals }: Inventory,
  bytes: Uint8Array,
): readonly (string | false)[] {
  const counted = totals.errors + totals.warnings + totals.infos
  const written = problems.reduce(
    (sum, { message, hint }) => sum + message.length + (hint?.length ?? 0),
    0,
  )
  const places = problems.filter(
    ({ line, column }) => line !== null && (line < 1 || (column ?? 0) < 1),
  )
  return [
    totals.rows !== rows.length && 'rows are not counted',
    counted !== problems.length && 'problems are not counted',
    problems.length > MOST_A_FILE + MOST_A_ROW * (rows.length + 1) && 'problems without end',
    rows.length === 0 && problems.length === 0 && 'nothing is read, and nothing said',
    written > 1000 * (problems.length + 1) + 30 * bytes.length && 'messages without end',
    places.length > 0 && 'a place before the file',
    problems.some(({ message }) => message.includes('undefined')) && 'a sentence with a gap',
  ].filter((fault) => fault !== false)
}

describe('whatever the bytes are, there is an inventory with its problems', () => {
  test('random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        options,
        name,
        async (bytes, given, source) => {
          expect(faultsOf(await parse(bytes, given, source), bytes)).toEqual([])
        },
      ),
      { numRuns: 700 },
    )
  })

  test('samples with a few bytes changed', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, options, name, async (bytes, given, source) => {
        expect(faultsOf(await parse(bytes, given, source), bytes)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  test('what has no error reads back from remaining.csv as it was', async () => {
    const rowsOf = (inventory: Inventory): unknown =>
      inventory.rows.map(({ source, ...row }) => ({
        ...row,
        line: null,
        // Cells that a row lacks are written as empty ones.
        source: inventory.columns.map((_, column) => source[column] ?? ''),
      }))
    await fc.assert(
      fc.asyncProperty(lightly, async (bytes) => {
        const first = await parse(bytes, { ...defaults, group: 'g' }, '-')
        if (first.totals.errors > 0 || first.rows.length === 0) return
        const file = await remainingFile(first, first.rows)
        const again = await parse(file, { ...defaults, group: 'g' }, 'remaining.csv')
        expect(rowsOf(again)).toEqual(rowsOf(first))
        if (first.format === 'csv') {
          expect(again.delimiter).toBe(first.delimiter)
          expect(again.written.hasBom).toBe(first.written.hasBom)
        }
      }),
      { numRuns: 500 },
    )
  })
})

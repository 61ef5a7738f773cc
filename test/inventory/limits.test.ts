import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  MOST_BYTES,
  MOST_CELL_BYTES,
  MOST_CELLS,
  MOST_COLUMNS,
  MOST_LEVELS,
  MOST_ROW_BYTES,
  MOST_ROWS,
} from '../../src/inventory/limits.ts'
import { readInventory } from '../../src/inventory/read.ts'
import { codes, defaults, found, id, read, readYaml } from './read-inventory.ts'

const HEADER = 'server_id,name,server_group,note'

describe('a CSV that is too large', () => {
  test('columns', async () => {
    const columns = (count: number): string =>
      ['server_id', 'name', ...Array.from({ length: count - 2 }, () => 'x')].join(',')
    const most = await read(`${columns(MOST_COLUMNS)}\n${id(1)},a\n`, { group: 'g' })
    expect(most.totals).toMatchObject({ rows: 1, errors: 0 })
    expect(Object.keys(most.rows[0]?.carried ?? {}).length).toBe(MOST_COLUMNS - 2)
    const more = await read(`\n${columns(MOST_COLUMNS + 1)}\n${id(1)},a\n`)
    expect(more.problems).toMatchObject([{ code: 'too-many-columns', line: 2 }])
    expect(more.problems[0]?.message).toContain('32769')
  })

  test('a cell, in bytes', async () => {
    const cell = (bytes: number): string => `${'ü'.repeat(bytes / 2)}`
    const text = (bytes: number): string => `${HEADER}\n${id(1)},a,g,${cell(bytes)}\n`
    expect((await read(text(MOST_CELL_BYTES))).totals.errors).toBe(0)
    expect(found(await read(text(MOST_CELL_BYTES + 2)))).toEqual(['2:42 cell-too-long'])
    expect(found(await read(`server_id,name,${cell(MOST_CELL_BYTES + 2)}\n`))).toEqual([
      '1:16 cell-too-long',
    ])
  })

  test.each([
    ['LF', '\n'],
    ['CR', '\r'],
  ])('a line that does not end, with %s', async (_, end) => {
    const inventory = await read(`${HEADER}${end}x${end}${'x'.repeat(MOST_ROW_BYTES + 1)}`)
    expect(found(inventory)).toEqual(['3:1 row-too-long'])
  })

  test('rows, of which each may be wrong in several ways', async () => {
    const inventory = await read(`${HEADER}\n${'# note\n'.repeat(MOST_ROWS + 1)}`)
    expect(found(inventory)).toEqual([`${MOST_ROWS + 2}:1 too-many-rows`])
    const list = await read(`[${'{},'.repeat(MOST_ROWS)}{}]`, {}, 'servers.json')
    expect(found(list)).toEqual([`1:${3 * MOST_ROWS + 2} too-many-rows`])
  })

  test('blank lines are neither rows nor cells', async () => {
    const blanks = '\n'.repeat(MOST_CELLS + 1)
    const inventory = await read(`${HEADER}\n${id(1)},a,g,x\n${blanks}${id(2)},b,g,x\n`)
    expect(found(inventory)).toEqual([])
    expect(inventory.totals.rows).toBe(2)
  })

  test('a quote that takes more than a row may have', async () => {
    const line = `${id(2)},b,g,x\n`
    const rest = line.repeat(Math.ceil(MOST_ROW_BYTES / line.length) + 1)
    const inventory = await read(`${HEADER}\n${id(1)},a,g,x\n${id(2)},"b,g,x\n${rest}`)
    expect(found(inventory)).toEqual(['3:1 row-too-long'])
  })

  test('cells in all', async () => {
    const columns = 4000
    const header = `${HEADER}${',x'.repeat(columns - 4)}`
    const row = `${id(1)},a,g${','.repeat(columns - 3)}\n`
    const inventory = await read(`${header}\n${row.repeat(MOST_CELLS / columns)}`)
    expect(found(inventory)).toEqual([`${MOST_CELLS / columns + 1}:1 too-many-values`])
  })

  test('nor do those that are all of one field', async () => {
    const text = `${HEADER}${',wave'.repeat(MOST_COLUMNS - 4)}\n${id(1)},a,g\n`
    expect(codes(await read(text))).toContain('two-columns')
  })

  test('headers that are all the same take no longer than others', async () => {
    const inventory = await read(`${HEADER}${',same'.repeat(30_000)}\n${id(1)},a,g\n`)
    expect(Object.keys(inventory.rows[0]?.carried ?? {}).at(-1)).toBe('same (30000)')
  })
})

describe('YAML and JSON', () => {
  test.each([
    ['brackets', '['.repeat(100_000)],
    ['maps', '{a: '.repeat(MOST_LEVELS + 1)],
    ['lists in one line', '- '.repeat(100_000)],
    ['keys in one line', '? '.repeat(100_000)],
    [
      'lists by indentation',
      Array.from({ length: 300 }, (_, at) => `${' '.repeat(at)}-\n`).join(''),
    ],
  ])('nested too deeply: %s', async (_, text) => {
    const inventory = await readYaml(text)
    expect(codes(inventory)).toEqual(['yaml-syntax'])
    expect(inventory.problems[0]?.message).toContain('nested too deeply')
  })

  test('as deep as may be', async () => {
    const note = '['.repeat(MOST_LEVELS - 3) + ']'.repeat(MOST_LEVELS - 3)
    const inventory = await readYaml(
      `[{server_id: ${id(1)}, name: a, server_group: g, note: ${note}}]`,
    )
    expect(inventory.totals.errors).toBe(0)
  })

  test('a text that does not end', async () => {
    const inventory = await readYaml(`- name: "${'\\x41'.repeat(MOST_ROW_BYTES / 4)}"\n`)
    expect(found(inventory)).toEqual(['1:9 cell-too-long'])
  })

  test('an alias that holds itself', async () => {
    const inventory = await readYaml(
      `- &a {server_id: ${id(1)}, name: a, server_group: g, note: [*a]}`,
    )
    expect(codes(inventory)).toContain('unusable-value')
  })
})

describe('what is read', () => {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sdrs-limits-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  test('a file that is too large is not read', async () => {
    const path = join(directory, 'big.csv')
    writeFileSync(path, '')
    truncateSync(path, MOST_BYTES + 1)
    const inventory = await readInventory(path, defaults)
    expect(inventory.problems).toMatchObject([{ code: 'file-too-large', row: null, line: null }])
    expect(inventory.problems[0]?.message).toContain('64 MiB')
  })

  test('standard input is left once it is too long', async () => {
    let given = 0
    const endless = Readable.from(
      (function* () {
        for (;;) {
          given++
          yield Buffer.alloc(1024 * 1024, 'x')
        }
      })(),
    )
    const inventory = await readInventory('-', defaults, endless)
    expect(codes(inventory)).toEqual(['file-too-large'])
    expect(given).toBeLessThan(100)
  })

  test('standard input that breaks off is a problem, not an exception', async () => {
    const broken = Readable.from(
      (function* () {
        yield 'server_id,'
        throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
      })(),
    )
    const inventory = await readInventory('-', defaults, broken)
    expect(inventory.problems).toMatchObject([{ code: 'file-unreadable' }])
    expect(inventory.problems[0]?.message).toContain('standard input')
  })

  test.each([
    ['/dev/zero', 'a device'],
    ['/dev/null', 'a device'],
    ['/', 'a directory'],
  ])('%s is named', async (path, kind) => {
    const inventory = await readInventory(path, defaults)
    expect(codes(inventory)).toEqual(['not-a-file'])
    expect(inventory.problems[0]?.message).toContain(kind)
  })

  test('so is a socket', async () => {
    const path = join(directory, 'socket')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path, resolve))
    expect((await readInventory(path, defaults)).problems[0]?.message).toContain('a socket')
    await new Promise((resolve) => server.close(resolve))
  })

  test('a path with a NUL in it cannot be read', async () => {
    expect(codes(await readInventory('a\0b', defaults))).toEqual(['file-unreadable'])
  })
})

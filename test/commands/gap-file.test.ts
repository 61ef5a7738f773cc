import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freeGapFile, keepOld, refuseToOverwrite } from '../../src/commands/gap-file.ts'
import { Failure } from '../../src/failure.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sdrs-gap-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('a name is suggested that no file has', () => {
  expect(freeGapFile(() => false)).toBe('gap.csv')
  expect(freeGapFile((name) => ['gap.csv', 'gap-2.csv'].includes(name))).toBe('gap-3.csv')
})

test.each([
  ['a gap of yesterday', 'server_id,name,server_group\r\na,b,c\r\n', false],
  ['one with a byte order mark', '\ufeffserver_id,name,server_group\n', false],
  ['an empty file, as mktemp makes it', '', false],
  ['an inventory with columns of its own', 'server_id,name,server_group,wave\n', true],
  ['a list in YAML', '- server_id: a\n', true],
])('%s', (_, text, isRefused) => {
  const path = join(directory, 'servers.csv')
  writeFileSync(path, text)
  if (isRefused) expect(() => refuseToOverwrite(path)).toThrow(Failure)
  else expect(() => refuseToOverwrite(path)).not.toThrow()
})

test('what is not there, or is not a file, is not looked at', () => {
  expect(() => refuseToOverwrite(join(directory, 'none.csv'))).not.toThrow()
  expect(() => refuseToOverwrite('/dev/null')).not.toThrow()
})

test('rows that would be lost are kept beside it, each time', () => {
  const path = join(directory, 'gap.csv')
  const header = 'server_id,name,server_group\n'
  expect(keepOld(path, header)).toBeNull()
  for (const [row, copy] of [
    ['a,b,mine', '.old'],
    ['a,b,other', '.old-2'],
  ] as const) {
    writeFileSync(path, `${header}${row}\n`)
    expect(keepOld(path, `${header}${row}\nc,d,e\n`)).toBeNull()
    expect(keepOld(path, header)).toBe(`${path}${copy}`)
    expect(readFileSync(`${path}${copy}`, 'utf8')).toBe(`${header}${row}\n`)
  }
  writeFileSync(path, header)
  expect(keepOld(path, `${header}a,b,c\n`)).toBeNull()
})

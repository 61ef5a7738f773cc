import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { excerptOf } from '../../src/commands/excerpt.ts'
import { problemLines, type ProblemStyle } from '../../src/commands/problem-text.ts'
import { toProblem } from '../../src/inventory/problem.ts'
import { palette } from '../../src/ui/colour.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { id, read } from '../inventory/read-inventory.ts'

const plain: ProblemStyle = {
  palette: palette(false),
  width: 80,
  isFolded: false,
  unfold: '--verbose',
}
const header = 'server_id,name,server_group'

async function shown(text: string, style: Partial<ProblemStyle> = {}): Promise<readonly string[]> {
  const inventory = await read(text)
  return [...problemLines(inventory, inventory.problems, { ...plain, ...style })]
}

describe('a problem', () => {
  test('shows the offending text, what is wrong in it underlined, and the fix', async () => {
    expect(await shown(`${header}\n${id(1)},web 01,g\n`)).toEqual([
      expect.stringMatching(/^servers\.csv:2:38 error name-invalid-characters: [^(]*$/),
      ' 2 | web 01',
      '   |    ^',
      expect.stringMatching(/^ {3}= fix: .*"web-01"/),
    ])
  })

  test.each([
    [`,"${'x'.repeat(70)}",g`, 'x'.repeat(70), `${' '.repeat(64)}^^^^^^`],
    [',中文 a,g', '中文 a', '    ^'],
    [',中文,g', '中文', '^^^^'],
    [',a,g,"a<b>"', 'a<b>', ' ^ ^'],
    [',a,g,,x y', 'x y', '^^^'],
  ])('%s: marks stand under what is meant', async (cells, text, marks) => {
    const lines = await shown(`${header},description,flavor\n${id(1)}${cells}\n`)
    const at = lines.indexOf(` 2 | ${text}`)
    expect(lines[at + 1]).toBe(`   | ${marks}`)
  })

  test('shows what cannot be seen, and obeys nothing', async () => {
    const lines = await shown(`${header}\n${id(1)},a\u001b[2J\u202eb c,g\n`)
    expect(lines.join('\n')).not.toMatch(/\p{Cc}(?<!\n)|\u202e/u)
    expect(lines.join('\n')).toContain('a\\u001b[2J')
  })

  test('shows no other cell of the line: it may hold a secret', async () => {
    const text = `${header},admin_pass\n${id(1)},web 01,g,canary-1\n`
    expect((await shown(text)).join('\n')).not.toContain('canary')
  })

  test('never breaks the line, whatever the value is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 90 }),
        fc.integer({ min: 20, max: 120 }),
        fc.constantFrom('name-invalid-characters', 'name-too-long', 'flavor-invalid' as const),
        (value, room, code) => {
          const excerpt = excerptOf(toProblem({ code, value }), room)
          expect(displayWidth(excerpt?.text ?? '')).toBeLessThanOrEqual(room)
          expect(excerpt?.marks.length).toBeLessThanOrEqual(room)
          expect(excerpt?.marks).toMatch(/^ *\^[ ^]*$/)
          expect(excerpt?.text).not.toMatch(/\p{Cc}/u)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('many equal problems', () => {
  const text = `${header}\n${Array.from({ length: 500 }, (_, at) => `${id(at + 1)},web ${at},g\n`).join('')}`

  test('are folded on a terminal, and counted by code', async () => {
    const lines = await shown(text, { isFolded: true })
    expect(lines.filter((line) => line.includes(' error '))).toHaveLength(3)
    expect(lines).toContain(
      '  … and 497 more name-invalid-characters of name, rows 4 to 500 (--verbose shows each)',
    )
    expect(lines.at(-1)).toBe('  name-invalid-characters  500 errors')
  })

  test('have a line each elsewhere, and the first ones their excerpt', async () => {
    const lines = await shown(text)
    expect(lines.filter((line) => line.startsWith('servers.csv:'))).toHaveLength(500)
    expect(lines.filter((line) => /^ +\d+ \| /.test(line))).toHaveLength(3)
  })

  test('are not taken for others of the same code about another field', async () => {
    const rows = [1, 2, 3, 4].map((number) => `${id(number)},a${number},g,"a<b",x y\n`)
    const lines = await shown(`${header},description,flavor\n${rows.join('')}`, { isFolded: true })
    expect(lines.filter((line) => line.includes('… and 1 more'))).toHaveLength(2)
  })
})

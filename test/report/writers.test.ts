import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { REASONS } from '../../src/outcome.ts'
import type { OutcomeKind } from '../../src/outcome.ts'
import { reportCsv } from '../../src/report/csv.ts'
import { reportHtml } from '../../src/report/html.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import type { Report } from '../../src/report/schema.ts'
import { reportText } from '../../src/report/terminal.ts'
import { palette } from '../../src/ui/colour.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { GROUP, entry, group, instance, outcome, report, row } from './build.ts'

const EVIL = '<script>alert("1")</script>'
const evil = report([
  {
    row: row(1, { name: EVIL }),
    serverGroupId: GROUP,
    outcome: outcome('failed', { message: `=cmd|' /C calc'!A0 ${EVIL}`, advice: 'a | b\n# c' }),
  },
])

describe('html', () => {
  test('nothing from outside becomes markup', () => {
    const page = reportHtml(evil)
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
    expect(page.match(/<script/g)).toHaveLength(1)
  })

  test('the policy allows exactly the one script, and nothing is loaded', () => {
    const page = reportHtml(evil)
    const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? ''
    const hash = createHash('sha256').update(script).digest('base64')
    expect(page).toContain(`script-src &#39;sha256-${hash}&#39;`)
    expect(page).not.toMatch(/(src|href)=/)
  })

  test('every row is there with its outcome, for the filter', () => {
    const page = reportHtml(report([entry(1, 'created'), entry(2, 'failed')]))
    expect([...page.matchAll(/data-outcome="([a-z-]+)"/g)].map((match) => match[1])).toEqual([
      'created',
      'failed',
    ])
  })
})

describe('csv', () => {
  const records = (text: string): Record<string, string>[] =>
    parse(text, { bom: true, columns: true })

  test('warnings are one cell', () => {
    const warnings = [
      { code: 'a', message: 'one' },
      { code: 'b', message: 'two' },
    ]
    const text = reportCsv(
      report([entry(1, 'created'), entry(2, 'created')], { warnings: new Map([[1, warnings]]) }),
    )
    expect(records(text).map((each) => each['warnings'])).toEqual(['a: one; b: two', ''])
  })

  test('formulas are defused, also in carried columns and headers, and read back as text', () => {
    const carried = new Map([[1, { owner: '@SUM(A1)', '=1+1': '-2' }]])
    const text = reportCsv(evil, carried)
    expect(text.startsWith('\u{feff}')).toBe(true)
    const rows: string[][] = parse(text, { bom: true })
    expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
    expect(records(text)[0]).toMatchObject({ outcome: 'failed', owner: "'@SUM(A1)" })
  })

  test('carried columns come after ours, and one named like ours keeps apart', () => {
    const text = reportCsv(
      report([entry(1, 'created')]),
      new Map([[1, { outcome: 'x', zone: 'z' }]]),
    )
    const [first] = records(text)
    expect(first).toMatchObject({ outcome: 'created', 'inventory outcome': 'x', zone: 'z' })
    expect(Object.keys(first ?? {}).slice(-2)).toEqual(['inventory outcome', 'zone'])
  })
})

test('markdown: a message can neither end its cell nor become markup', () => {
  const line = reportMarkdown(evil)
    .split('\n')
    .find((each) => each.includes('script'))
  expect(line).not.toContain('<script')
  expect(line?.match(/(?<!\\)\|/g)).toHaveLength(8)
})

describe('terminal', () => {
  const kinds = Object.keys(REASONS) as OutcomeKind[]
  const long = { message: 'word '.repeat(60) + '锁'.repeat(90), advice: 'x'.repeat(200) }
  const everything = report(
    kinds.flatMap((kind, at) =>
      Array.from({ length: 15 }, (_, index) => ({
        row: row(at * 15 + index + 1, { name: '服务器'.repeat(index) + '-web' }),
        serverGroupId: GROUP,
        outcome: outcome(kind, { ...long, errorCode: 'SDRS.0305' }),
      })),
    ),
    { carriedOver: [entry(900, 'in-progress')] },
  )
  const options = { palette: palette(false), nextCommand: null, directory: null }

  test('is never wider than 80 columns, nor can text from outside steer the terminal', () => {
    const hostile = report([entry(1, 'failed', { message: '\u001B[2J\u001B]0;x\u0007 gone\r\nx' })])
    for (const text of [reportText(everything, options), reportText(hostile, options)]) {
      expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(80)
      expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    }
  })

  test('shows the counts first and the next command last', () => {
    const next = 'sdrs-protect apply servers.csv'
    const lines = reportText(everything, { ...options, nextCommand: next })
      .trimEnd()
      .split('\n')
    expect(lines[0]).toBe(
      '120 servers: 15 created, 15 already created, 15 failed, 15 in conflict, 15',
    )
    expect(lines.at(-1)).toContain(next)
  })

  test('one shard is never taken for the whole, in whatever form', () => {
    const whole = report([entry(1, 'created')])
    const share = { ...whole, run: { ...whole.run, shard: { index: 1, count: 2 } } }
    const forms = [(of: Report) => reportText(of, options), reportMarkdown, reportHtml]
    for (const form of forms) {
      const [found = ''] = form(share).match(/^.*1 created.*$/m) ?? []
      expect(found).toContain('shard 1 of 2')
      expect(form(whole)).not.toContain('shard')
    }
  })

  test('a report without anything open names no row', () => {
    const text = reportText(report([entry(1, 'created')]), options)
    expect(text).not.toContain('web-1')
  })

  test('rows with one reason are one cause, with some of their servers and how many more', () => {
    const text = reportText(everything, options)
    expect(text.match(/failed: refused/g)).toHaveLength(1)
    expect(text.match(/^ +15 × /gm)).toHaveLength(6)
    expect(text).toMatch(/-web, .* \+ 1\d more$/m)
  })

  test('colour only where it is asked for', () => {
    const coloured = reportText(everything, { ...options, palette: palette(true) })
    expect(coloured).toContain('\u001B[')
  })

  test('unmanaged instances are counted', () => {
    const snapshot = { groups: [group(GROUP)], instances: [instance(1), instance(7)] }
    expect(reportText(report([entry(1, 'created')], { snapshot }), options)).toContain('1 instance')
  })
})

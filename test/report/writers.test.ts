import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { REASONS } from '../../src/outcome.ts'
import type { OutcomeKind } from '../../src/outcome.ts'
import { reportCsv } from '../../src/report/csv.ts'
import { reportHtml } from '../../src/report/html.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import type { RowData } from '../../src/report/page/row-data.ts'
import type { Report } from '../../src/report/schema.ts'
import { reportText } from '../../src/report/terminal.ts'
import { sanitize } from '../../src/safe-text.ts'
import { palette } from '../../src/ui/colour.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { OTHER_GROUP, GROUP, entry, group, instance, outcome, report, row } from './build.ts'

const EVIL = '<script>alert("1")</script>'
const evil = report([
  {
    row: row(1, { name: EVIL, carried: { owner: '@SUM(A1)', '=1+1': '-2' } }),
    serverGroupId: GROUP,
    outcome: outcome('failed', { message: `=cmd|' /C calc'!A0 ${EVIL}`, advice: 'a | b\n# c' }),
  },
])

describe('html', () => {
  test('nothing from outside becomes markup', () => {
    const page = reportHtml(evil)
    expect(page).not.toContain('<script>alert')
    // As text where a page without a script shows it, and as JSON where the script reads it.
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
    expect(page).toContain(String.raw`\u003cscript\u003ealert(\"1\")\u003c/script\u003e`)
    // The rows, and what shows them.
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page.match(/<\/script/g)).toHaveLength(2)
  })

  test.each(['</script>', '<!--', '<!-- <script>', ']]>', '\u2028', '</title>', '" onload="', "'"])(
    'the rows as JSON survive %s, and hold it',
    (text) => {
      const page = reportHtml(
        report([
          {
            row: row(1, { name: text, carried: { [`column ${text}`]: text } }),
            serverGroupId: GROUP,
            outcome: outcome('failed', { message: text, advice: text }),
          },
        ]),
      )
      const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1]
      expect(json).not.toMatch(/[<>&\u2028]/)
      const data = JSON.parse(json ?? '') as RowData
      expect(data.texts).toContain(sanitize(text))
      expect(data.carried).toEqual([sanitize(`column ${text}`)])
    },
  )

  test('the policy allows exactly the one script and the one style, and nothing is loaded', () => {
    const page = reportHtml(evil)
    const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? ''
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? ''
    const hash = (text: string): string => createHash('sha256').update(text).digest('base64')
    expect(page).toContain(`script-src &#39;sha256-${hash(script)}&#39;`)
    expect(page).toContain(`style-src &#39;sha256-${hash(style)}&#39;`)
    expect(page).not.toContain('unsafe-inline')
    expect(page).not.toMatch(/(src|style)=|url\(|@import/)
    // Anchors, the files beside it, and the icon that keeps a browser from asking for one.
    for (const [, target = ''] of page.matchAll(/href="([^"]*)"/g)) {
      expect(target).toMatch(/^(#|data:,$|[a-z]+\.[a-z]+$)/)
    }
  })

  test('without a script the open rows are a table, and the others are not in it', () => {
    const page = reportHtml(report([entry(1, 'created'), entry(2, 'failed')]))
    const table = /<noscript>([\s\S]*)<\/noscript>/.exec(page)?.[1] ?? ''
    expect(table).toContain('web-2')
    expect(table).not.toContain('web-1')
  })

  test('the next command stands on it as it is typed, words and all', () => {
    const next = { command: "sdrs-protect apply 'a b.csv' --yes", words: 'in a while' }
    const page = reportHtml(report([entry(1, 'failed')]), { next })
    const code = /<code id="command">(.*?)<\/code>/s.exec(page)?.[1] ?? ''
    expect(code.replaceAll(/<\/?span>/g, '').replaceAll('&#39;', "'")).toBe(next.command)
    expect(page).toContain('in a while')
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
    const text = reportCsv(evil)
    expect(text.startsWith('\u{feff}')).toBe(true)
    const rows: string[][] = parse(text, { bom: true })
    expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
    expect(records(text)[0]).toMatchObject({ outcome: 'failed', owner: "'@SUM(A1)" })
  })

  test('carried columns come after ours, and one named like ours keeps apart', () => {
    const carried = { outcome: 'x', zone: 'z', wave: 'w' }
    const text = reportCsv(report([{ ...entry(1, 'created'), row: row(1, { carried }) }]))
    const [first] = records(text)
    expect(first).toMatchObject({ outcome: 'created', 'inventory outcome': 'x', zone: 'z' })
    expect(Object.keys(first ?? {}).slice(-3)).toEqual([
      'inventory outcome',
      'zone',
      'inventory wave',
    ])
  })

  test('group and wave have columns, and a column that a row lacks is empty there', () => {
    const rows = [
      {
        ...entry(1, 'created'),
        row: row(1, { wave: 'Wave 2', carried: { zone: 'z' } }),
        serverGroupId: OTHER_GROUP,
      },
      {
        ...entry(2, 'created'),
        row: row(2, { serverGroup: 'as written', carried: { owner: 'o' } }),
      },
    ]
    const named = records(reportCsv(report(rows, { snapshot: { groups: [], instances: [] } })))
    expect(named.map((each) => [each['wave'], each['server_group']])).toEqual([
      ['Wave 2', ''],
      ['', 'as written'],
    ])
    expect(named.map((each) => [each['zone'], each['owner']])).toEqual([
      ['z', ''],
      ['', 'o'],
    ])
    const groups = [GROUP, OTHER_GROUP].map((id) => group(id, { name: 'erp' }))
    const live = records(reportCsv(report(rows, { snapshot: { groups, instances: [] } })))
    expect(live.map((each) => each['server_group'])).toEqual(['erp', 'erp'])
  })
})

test('markdown: a message can neither end its cell nor become markup', () => {
  const lines = reportMarkdown(evil).split('\n')
  const named = lines.filter((each) => each.includes('script'))
  expect(named).not.toEqual([])
  for (const line of named) expect(line).not.toContain('<script')
  const cells = lines.find((each) => each.startsWith('| 1 |'))
  expect(cells?.match(/(?<!\\)\|/g)).toHaveLength(5)
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

import { describe, expect, test } from 'vitest'
import { reportMarkdown } from '../../src/report/markdown.ts'
import type { OutcomeKind } from '../../src/outcome.ts'
import { entry, GROUP, outcome, report, row } from './build.ts'

const LONG = '锁 SdrsGenerateNativeServerParamsTask-fail:volume is error! '.repeat(6)

describe('folded by cause', () => {
  const rows = (kind: OutcomeKind, from: number, count: number, over = {}) =>
    Array.from({ length: count }, (_, at) => entry(from + at, kind, over))

  test('servers with one thing to do stand together, what and what to do once', () => {
    const text = reportMarkdown(
      report([...rows('failed', 1, 30), ...rows('blocked', 50, 2), ...rows('created', 100, 3)]),
    )
    expect(text).toContain('## What needs a person (2)')
    expect(text.match(/^### .*$/gm)).toEqual([
      '### 30 servers failed: refused',
      '### 2 servers blocked: group-not-ready',
    ])
    expect(text.match(/message of failed/g)).toHaveLength(1)
    expect(text.match(/→ advice for failed/g)).toHaveLength(1)
    expect(text.match(/^\| \d+ \| web-/gm)).toHaveLength(32)
    expect(text).toContain('<details><summary>30 servers</summary>')
  })

  test('what differs from row to row stands in the rows', () => {
    const text = reportMarkdown(
      report([1, 2].map((at) => entry(at, 'failed', { message: `says ${at}` }))),
    )
    expect(text).toMatch(/\| 1 \|.*\| says 1 \|\n\| 2 \|.*\| says 2 \|/)
  })

  test('a group has its name, and a wave a column where there are any', () => {
    const one = { serverGroup: 'erp', wave: '2' }
    const text = reportMarkdown(
      report([{ row: row(1, one), serverGroupId: GROUP, outcome: outcome('failed') }]),
    )
    expect(text).toContain('| row | name | server | group | wave |')
    expect(text).toMatch(/^\| 1 \| web-1 \| .* \| erp \| 2 \|$/m)
    expect(reportMarkdown(report([entry(1, 'failed')]))).not.toContain('wave')
  })

  test('the next command is a block of its own, whatever is in it', () => {
    const next = { command: "sdrs-protect apply 'a`b*c.csv'", words: null }
    expect(reportMarkdown(report([entry(1, 'failed')]), { next })).toContain(
      "**Next:**\n\n    sdrs-protect apply 'a`b*c.csv'\n",
    )
    const words = { command: null, words: 'look at 1 server in the *console*' }
    expect(reportMarkdown(report([entry(1, 'failed')]), { next: words })).toContain(
      String.raw`**Next:** look at 1 server in the \*console\*`,
    )
  })
})

describe('its limit', () => {
  const many = report(
    Array.from({ length: 3_000 }, (_, at) => ({
      row: row(at + 1, { name: `服务器-${at}` }),
      serverGroupId: `group ${at % 500}`,
      // Each a cause of its own, the worst there is.
      outcome: outcome('failed', { message: `${LONG}${at}`, advice: `${LONG}${at}` }),
    })),
  )
  const whole = reportMarkdown(many)

  test.each([1_000_000, 100_000, 10_000, 2_000])(
    'keeps to %i bytes, and says that it cuts',
    (limitBytes) => {
      expect(Buffer.byteLength(whole)).toBeGreaterThan(1_000_000)
      const text = reportMarkdown(many, { limitBytes })
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limitBytes)
      expect(text).toContain('# 3,000 servers: 3,000 failed')
      expect(text).toContain('| failed | 3000 |')
      expect(text).toMatch(/… and [\d,]+ more in report\.csv/)
      expect(text.match(/<details>/g) ?? []).toHaveLength((text.match(/<\/details>/g) ?? []).length)
    },
  )

  test('smaller than its headline it is cut between characters', () => {
    const small = report([
      { row: row(1), serverGroupId: GROUP, outcome: outcome('failed', { message: LONG }) },
    ])
    const target = { cloud: '云', region: null, projectId: 'p', projectName: null, identity: null }
    const abroad = { ...small, run: { ...small.run, target } }
    for (let limitBytes = 0; limitBytes < 60; limitBytes += 1) {
      const text = reportMarkdown(abroad, { limitBytes })
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limitBytes)
      expect(text).not.toContain('\u{fffd}')
      expect(reportMarkdown(abroad).startsWith(text)).toBe(true)
    }
  })

  test('what fits is whole', () => {
    expect(reportMarkdown(many, { limitBytes: Buffer.byteLength(whole) })).toBe(whole)
  })
})

describe('what is told beside the outcomes', () => {
  const base = report([entry(1, 'created'), entry(2, 'created')])
  const [first, second] = base.rows
  if (first === undefined || second === undefined) throw new Error('there are rows')
  const text = reportMarkdown(
    {
      ...base,
      unchecked: [{ service: 'vpc', reason: '403 | `x`' }],
      rows: [
        {
          ...first,
          changes: [{ field: 'name', from: 'w|b', to: 'w-b', by: 'fit' }],
          warnings: [{ code: 'x', message: 'a task is running' }],
        },
        {
          ...second,
          matched: { name: 'web-2', availabilityZone: null, status: 'ACTIVE', leftOut: [] },
          warnings: [{ code: 'x', message: 'a task is running' }],
        },
      ],
    },
    { notes: ['It was killed.'] },
  )

  test('what could not be read, and how far it is to be trusted', () => {
    expect(text).toContain('It was killed.')
    expect(text).toContain('- VPC: 403 \\| \\`x\\`')
  })

  test('values in another form, matches by name, and warnings, folded', () => {
    expect(text).toContain(String.raw`| 1 | web-1 | name: w\|b, used as w-b |`)
    expect(text).toMatch(/\| 2 \| web-2 \| .* \| by its name web-2 \(ACTIVE\) \|/)
    expect(text).toContain('| a task is running | 2 | web-1, web-2 |')
  })

  test('nothing of it where there is none', () => {
    for (const title of ['Could not be read', 'Warnings', 'Matched', 'another form']) {
      expect(reportMarkdown(base)).not.toContain(title)
    }
  })
})

test('what is to be mended stands before the command, or after it', () => {
  const step = { command: 'sdrs-protect apply a.csv', words: 'correct 1 row', isExplained: true }
  const markdown = (relation: 'before' | 'as-well', command: string | null) =>
    reportMarkdown(report([entry(1, 'failed')]), { next: { ...step, command, relation } })
  expect(markdown('as-well', step.command)).toContain(
    '**Next:**\n\n    sdrs-protect apply a.csv\n\nAnd correct 1 row, as said below.',
  )
  expect(markdown('before', step.command)).toContain(
    '**Next:** correct 1 row, as said below; then:\n\n    sdrs-protect apply a.csv\n',
  )
  expect(markdown('before', null)).toContain(
    '**Next:** correct 1 row, as said below; then run again',
  )
})

test('an address in a text from elsewhere becomes no link', () => {
  const message = 'see https://evil.example and www.evil.example'
  const text = reportMarkdown(report([entry(1, 'failed', { message })]))
  expect(text).toContain(String.raw`see https\://evil.example and www\.evil.example`)
})

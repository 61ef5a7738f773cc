import { describe, expect, test } from 'vitest'
import { reportHtml } from '../../src/report/html.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { mergeReports } from '../../src/report/merge.ts'
import { reportSchema, type Report } from '../../src/report/schema.ts'
import { reportText } from '../../src/report/terminal.ts'
import { palette } from '../../src/ui/colour.ts'
import { entry, report } from './build.ts'

const FORMS: Readonly<Record<string, (of: Report) => string>> = {
  terminal: (of) => reportText(of, { palette: palette(false), nextCommand: null, directory: null }),
  markdown: reportMarkdown,
  html: reportHtml,
}
const whole = report([entry(1, 'created')])

function withTarget(target: Report['run']['target'], over: Partial<Report['run']> = {}): Report {
  return { ...whole, run: { ...whole.run, target, ...over } }
}

describe.each(Object.entries(FORMS))('%s', (_, form) => {
  test('says right after the headline where it was', () => {
    const [, after = ''] = form(whole).split('1 server: 1 created').slice(-2)
    expect(after).toContain('otc eu-de, project prod-dr (0123456789abcdef0123456789abcdef)')
  })

  test('of a report that does not tell the target, what it does tell', () => {
    const text = form(withTarget(null))
    expect(text).toContain('sdrs.example.com eu-de, project 0123456789abcdef0123456789abcdef')
  })

  test('takes no name of the cloud for markup', () => {
    const { target } = whole.run
    const text = form(withTarget(target && { ...target, projectName: '<b>\u001B[2J|x' }))
    expect(text).not.toContain('\u001B[2J')
    if (form !== FORMS['terminal']) expect(text).not.toContain('<b>\\u001b')
  })
})

test('a report of an earlier version is read: its target is not known', () => {
  const { target: _target, ...run } = whole.run
  expect(reportSchema.parse({ ...whole, run }).run.target).toBeNull()
})

test('a merged report says who signed in only where that is one', () => {
  const { target } = whole.run
  const runs = (identities: readonly (string | null)[]): Report[] =>
    identities.map((identity, at) =>
      withTarget(target && { ...target, identity }, { id: `run-${at}` }),
    )
  const merged = (identities: readonly (string | null)[]) => {
    const result = mergeReports(runs(identities))
    return result.ok ? result.report.run.target : result.errors
  }
  expect(merged(['jane', 'jane'])).toEqual({ ...target, identity: 'jane' })
  expect(merged(['jane', 'joe'])).toEqual({ ...target, identity: null })
  expect(mergeReports([withTarget(null), withTarget(target, { id: 'b' })])).toMatchObject({
    report: { run: { target } },
  })
})

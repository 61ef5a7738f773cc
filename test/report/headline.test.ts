import { describe, expect, test } from 'vitest'
import { headline, headlineTone } from '../../src/report/headline.ts'
import { reportHtml } from '../../src/report/html.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import type { Report } from '../../src/report/schema.ts'
import { reportText } from '../../src/report/terminal.ts'
import { palette } from '../../src/ui/colour.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { entry, report } from './build.ts'

const created = (count: number) =>
  Array.from({ length: count }, (_, at) => entry(at + 1, 'created'))

/** Groups by their statuses, each with so many created rows; null: nobody could look. */
function withGroups(of: Report, statuses: readonly (string | null)[], holding = 1): Report {
  return {
    ...of,
    groups: statuses.map((status, at) => ({
      id: `g${at}`,
      name: `group-${at}`,
      status,
      rows: 1,
      protected: holding,
      protectionEnabled: status === null ? null : status === 'protected',
      enabling: null,
      timeline: null,
    })),
  }
}

describe('the headline keeps created and protected apart', () => {
  const whole = report(created(39))
  const failed = report([...created(39), entry(40, 'failed')])

  test.for<[string, Report, string]>([
    [
      'off everywhere',
      withGroups(failed, ['available', 'error-starting', 'available']),
      '40 servers: 39 created, 1 failed; protection is off in 3 groups: nothing replicates yet',
    ],
    [
      'off in some',
      withGroups(whole, ['available', 'protected', 'protected']),
      '39 servers: 39 created; protection is off in 1 group: what is in it does not replicate yet',
    ],
    ['on', withGroups(whole, ['protected']), '39 servers: 39 created; protection is on'],
    [
      'neither',
      withGroups(whole, ['failed-over', 'starting', 'protected']),
      '39 servers: 39 created; protection is not on in 2 groups (failed-over, starting): what is in them does not replicate yet',
    ],
    [
      'off and neither',
      withGroups(whole, ['available', 'error']),
      '39 servers: 39 created; protection is off in 1 group, not on in 1 group (error): nothing replicates yet',
    ],
    [
      'not known',
      withGroups(whole, [null]),
      '39 servers: 39 created; whether protection is on in 1 group is not known',
    ],
    [
      'nothing created',
      withGroups(report([entry(1, 'failed')]), ['available'], 0),
      '1 server: 1 failed',
    ],
  ])('%s', ([, given, said]) => expect(headline(given)).toBe(said))

  test('what was there before is not called protected', () => {
    const given = withGroups(report([entry(1, 'already-protected')]), ['available'])
    expect(headline(given)).toContain('1 server: 1 already created; protection is off')
  })

  test('good is only what is created and switched on', () => {
    expect(headlineTone(withGroups(whole, ['protected', 'protected']))).toBe('good')
    for (const status of ['available', 'starting', null]) {
      expect(headlineTone(withGroups(whole, ['protected', status]))).toBe('warn')
    }
    expect(headlineTone(withGroups(failed, ['protected']))).toBe('bad')
  })

  test('a group that is on says nothing of the rows that are not in it', () => {
    const enabled: Report = {
      ...withGroups(failed, ['protected']),
      run: { ...failed.run, command: 'enable', outcome: 'complete' },
    }
    const facts = { jobId: null, errorCode: null, submittedAt: null, finishedAt: null }
    const on = { outcome: 'enabled', reason: null, message: null, advice: null, ...facts } as const
    const given = { ...enabled, groups: enabled.groups.map((each) => ({ ...each, enabling: on })) }
    expect(headline(given)).toBe('1 group: protection is on; of 40 servers 39 are created')
    expect(headlineTone(given)).toBe('warn')
  })

  test('in every form', () => {
    const given = withGroups(whole, ['available', 'protected'])
    const text = reportText(given, { palette: palette(false), nextCommand: null, directory: null })
    for (const form of [text, reportMarkdown(given), reportHtml(given)]) {
      const plain = form.replaceAll(/\s+/g, ' ')
      expect(plain).toContain('39 created; protection is off in 1 group')
      expect(plain.replaceAll(/already-protected|protected\./g, '')).not.toMatch(/\d+ protected/)
    }
    expect(text).toMatch(/^ {2}group-0 +1 {2}off$/m)
    expect(text).toMatch(/^ {2}group-1 +1 {2}on$/m)
  })

  test('every form names enable: at once after a whole run, later where rows are open', () => {
    const options = { palette: palette(false), nextCommand: null, directory: null }
    const forms = (of: Report): readonly string[] =>
      [reportText(of, options), reportMarkdown(of), reportHtml(of)].map((form) =>
        form.replaceAll(/\s+/g, ' '),
      )
    for (const form of forms(withGroups(failed, ['available']))) {
      expect(form).toContain('Once no row of a group is open, enable switches its protection on.')
    }
    // At the terminal the line to type stands at the end.
    const [, ...files] = forms(withGroups(whole, ['available']))
    for (const form of files) expect(form).toContain('Next: enable switches protection on')
    for (const status of ['protected', 'failed-over', null]) {
      for (const form of forms(withGroups(whole, [status]))) expect(form).not.toContain('enable')
    }
  })

  test('a long one keeps to 80 columns at the terminal, however many groups there are', () => {
    const statuses = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? 'available' : `s${at}`))
    const given = withGroups(whole, statuses)
    const text = reportText(given, { palette: palette(false), nextCommand: null, directory: null })
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80)
    expect(text).toContain('… and 21 more groups in the report')
  })
})

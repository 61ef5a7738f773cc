import { describe, expect, test } from 'vitest'
import type { Enabling, EnablingKind, EnablingReason } from '../../src/enabling.ts'
import { groupKey } from '../../src/keys.ts'
import { headline } from '../../src/report/headline.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { mergeReports } from '../../src/report/merge.ts'
import { reconcile } from '../../src/report/reconcile.ts'
import { reportSchema, type Report } from '../../src/report/schema.ts'
import { reportText } from '../../src/report/terminal.ts'
import { palette } from '../../src/ui/colour.ts'
import { entry, group, GROUP, instance, OTHER_GROUP, report as reportOf, row } from './build.ts'

function enabling(
  kind: EnablingKind,
  reason: EnablingReason | null = null,
): Enabling & { readonly groupId: string } {
  const facts = { jobId: 'j', errorCode: null, submittedAt: null, finishedAt: null }
  const said = reason === null ? null : 'why | not'
  return { kind, reason, message: said, advice: said, ...facts, groupId: GROUP } as Enabling & {
    readonly groupId: string
  }
}

const BASE = reportOf([entry(1, 'already-protected')])

/** One row in a group, and what came of the group. */
function report(
  command: string,
  rowKind: 'already-protected' | 'not-attempted',
  ended: ReturnType<typeof enabling> | null,
  id = 'run-1',
): Report {
  const { tool, run, requests } = BASE
  return reconcile({
    tool,
    run: { ...run, id, command },
    end: { kind: 'ended' },
    rows: [entry(1, rowKind)],
    carriedOver: [],
    inventoryServers: [row(1).serverId],
    snapshot: {
      groups: [
        group(GROUP, {
          name: 'erp',
          status: ended?.kind === 'enabled' ? 'protected' : 'available',
        }),
      ],
      instances: rowKind === 'not-attempted' ? [] : [instance(1)],
    },
    requests,
    ...(ended === null ? {} : { enablings: new Map([[groupKey(ended.groupId), ended]]) }),
  })
}

describe('the outcome of a run', () => {
  const done = enabling('enabled')
  const failed = enabling('failed', 'job-failed')
  test.for<[string, Report, Report['run']['outcome']]>([
    ['enable, group on', report('enable', 'already-protected', done), 'complete'],
    ['enable --partial, group on, row open', report('enable', 'not-attempted', done), 'complete'],
    ['enable, group not on', report('enable', 'already-protected', failed), 'partial'],
    ['apply alone', report('apply', 'already-protected', null), 'complete'],
    ['apply and enable', report('apply', 'already-protected', done), 'complete'],
    ['apply and enable, group not on', report('apply', 'already-protected', failed), 'partial'],
    ['apply and enable, row open', report('apply', 'not-attempted', done), 'partial'],
    [
      'enable, another group only taken up',
      report('enable', 'already-protected', { ...failed, groupId: OTHER_GROUP }),
      'complete',
    ],
  ])('%s', ([, { run }, outcome]) => {
    expect(run.outcome).toBe(outcome)
  })
})

describe('what is said of it', () => {
  const on = report('enable', 'already-protected', enabling('enabled'))
  const off = report('enable', 'already-protected', enabling('failed', 'job-failed'))

  test('the headline of enable is about groups, that of both about rows and groups', () => {
    expect(headline(on)).toBe('1 group: protection is on')
    expect(headline(off)).toBe('1 group: protection is not on')
    const both = headline(report('apply', 'already-protected', enabling('enabled')))
    expect(both).toMatch(/^1 server: .*; 1 group: protection is on$/)
    expect(headline(report('apply', 'already-protected', null))).toMatch(
      /^1 server: .*; protection is off in 1 group: nothing replicates yet$/,
    )
  })

  test('each group by what came of it, with what to do', () => {
    const options = { palette: palette(false), nextCommand: null, directory: null }
    const text = reportText(off, options)
    expect(text).toContain('1 × protection failed: job-failed: why | not')
    expect(text).toContain('→ why | not')
    expect(text).toMatch(/^ +erp$/m)
    expect(reportText(report('apply', 'already-protected', null), options)).not.toContain('×')
  })

  test('Markdown has a column for it, only where there is something in it', () => {
    expect(reportMarkdown(off)).toContain('failed/job-failed: why \\| not |')
    expect(reportMarkdown(report('apply', 'already-protected', null))).not.toContain('switched on')
  })
})

test('a report of before reads as one that switched nothing on', () => {
  const document = report('apply', 'already-protected', null)
  const groups = document.groups.map(({ enabling: _enabling, ...rest }) => rest)
  expect(reportSchema.parse({ ...document, groups }).groups[0]?.enabling).toBeNull()
})

test('merged, the later word on a group counts', () => {
  const later = (document: Report): Report => ({
    ...document,
    run: { ...document.run, startedAt: '2027-01-01T00:00:00.000Z' },
  })
  const apply = report('apply', 'already-protected', null)
  const merged = mergeReports([
    later(report('enable', 'already-protected', enabling('failed', 'refused'), 'run-2')),
    apply,
  ])
  if (!merged.ok) throw new Error(merged.errors.join())
  expect(merged.report.run).toMatchObject({ command: 'apply+enable', outcome: 'partial' })
  expect(merged.report.groups[0]?.enabling).toMatchObject({ outcome: 'failed' })
})

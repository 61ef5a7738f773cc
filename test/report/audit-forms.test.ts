import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { EXIT, exitCodeFor } from '../../src/exit-code.ts'
import { reportCsv } from '../../src/report/csv.ts'
import { reportHtml } from '../../src/report/html.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { mergeReports } from '../../src/report/merge.ts'
import { reportSchema, type Report } from '../../src/report/schema.ts'
import type { Verification } from '../../src/verify/verification.ts'
import { entry, report } from './build.ts'

const SOUND: Verification = {
  verdict: 'as-written',
  drift: [],
  unverifiable: [],
  replication: { state: 'in-sync', pairs: 2, progress: 100 },
  notCarriedOver: [],
}
const ODD: Verification = {
  verdict: 'not-replicating',
  drift: [],
  unverifiable: ['flavor', 'tag:a'],
  replication: { state: 'syncing', pairs: 2, progress: 40 },
  notCarriedOver: [{ field: 'name', production: '=new', dr: null }],
}

function audited(
  verifications: readonly Verification[],
  over: Partial<Report['run']> = {},
): Report {
  const rows = verifications.map((_, at) => entry(at + 1, 'already-protected'))
  const made = report(rows, {
    verifications: new Map(verifications.map((each, at) => [at + 1, each])),
  })
  return { ...made, run: { ...made.run, command: 'verify', ...over } }
}

function cells(csv: string): Record<string, string>[] {
  return parse(csv, { bom: true, columns: true })
}

test('report.csv has the audit’s columns, and those of other commands do not', () => {
  expect(cells(reportCsv(audited([ODD])))[0]).toMatchObject({
    verdict: 'not-replicating',
    replication: 'syncing',
    pairs: '2',
    progress: '40',
    unverifiable: 'flavor; tag:a',
    not_carried_over: 'name: production =new, DR absent',
  })
  const plain = cells(reportCsv(report([entry(1, 'created')])))[0] ?? {}
  expect(
    Object.keys(plain).filter((name) => /verdict|replication|pairs|progress/.test(name)),
  ).toEqual([])
})

test('Markdown and page show the verdict, and what is not as expected', () => {
  const markdown = reportMarkdown(audited([SOUND, ODD]))
  expect(markdown).toContain('# 2 servers: 1 as written and in sync, 1 as written, but not in sync')
  expect(markdown).toMatch(
    /## Not as expected \(1\)[^#]*\| 2 \| web-2 \| [\w-]+ \| not-replicating \| syncing 40 %, 2 pairs \|/,
  )
  expect(markdown).toMatch(/## Not carried over to the DR server \(1\)/)
  const page = reportHtml(audited([SOUND, ODD]))
  expect(page).toContain('>verdict</button>')
  expect(page).toContain('"in-sync, 2 pairs"')
  expect(reportHtml(report([entry(1, 'created')]))).not.toContain('>verdict</button>')
})

test.each<[string, readonly Verification[], Partial<Report['run']>, number]>([
  ['all as written', [SOUND], {}, EXIT.done],
  ['one not replicating', [SOUND, ODD], {}, EXIT.notAllProtected],
  ['one not replicating, as expected', [SOUND, ODD], { options: { expect: 'created' } }, EXIT.done],
  [
    'one drifted, with either expectation',
    [{ ...SOUND, verdict: 'drifted' }],
    { options: { expect: 'created' } },
    EXIT.notAllProtected,
  ],
  ['no row', [], {}, EXIT.done],
])('the exit code of an audit, also when it is rendered again: %s', (_, of, run, code) => {
  expect(exitCodeFor(audited(of, run), { kind: 'ended' })).toBe(code)
})

test('a report of an earlier version has no verification', () => {
  const made: unknown = JSON.parse(JSON.stringify(report([entry(1, 'created')])))
  const text = JSON.stringify(made).replace('"verification":null,', '')
  expect(text).not.toContain('verification')
  expect(reportSchema.parse(JSON.parse(text)).rows[0]?.verification).toBeNull()
})

test('merged with the run that created it, a row keeps what the audit says', () => {
  const created = report([entry(1, 'created')])
  const later = audited([ODD], { id: 'run-2', startedAt: '2026-01-02T04:00:00.000Z' })
  const merged = mergeReports([created, later])
  expect(merged.ok && merged.report.rows[0]).toMatchObject({
    outcome: 'created',
    verification: { verdict: 'not-replicating' },
  })
})

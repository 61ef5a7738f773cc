import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { ENABLING_REASONS, type EnablingKind } from '../../src/enabling.ts'
import { REASONS, type OutcomeKind } from '../../src/outcome.ts'
import { reportJunit } from '../../src/report/junit.ts'
import type { Report } from '../../src/report/schema.ts'
import type { Verdict, Verification } from '../../src/verify/verification.ts'
import { entry, group, GROUP, instance, OTHER_GROUP, outcome, report, row } from './build.ts'

const SCHEMA = readFileSync(join(import.meta.dirname, '../support/junit.xsd'), 'utf8')

/** What libxml2 finds wrong with it, as XML and against the schema. */
async function faultsOf(xml: string): Promise<readonly string[]> {
  const { valid, errors } = await validateXML({
    xml: { fileName: 'junit.xml', contents: xml },
    schema: SCHEMA,
  })
  return valid ? [] : errors.map(({ rawMessage }) => rawMessage)
}

/** Each case with what it is taken for, in order. */
function casesOf(xml: string): readonly (readonly [suite: string, name: string, result: string])[] {
  return [...xml.matchAll(/<testcase classname="(.*?)" name="(.*?)"[^>]*>\s*<([\w-]+)/g)].map(
    ([, suite = '', name = '', element = '']) => [
      suite,
      name,
      element === 'system-out' ? 'passed' : element,
    ],
  )
}

const countsOf = (xml: string, element: string): readonly number[] =>
  ['tests', 'failures', 'errors', 'skipped'].map((name) =>
    Number(new RegExp(`<${element} [^>]*${name}="(\\d+)"`).exec(xml)?.[1] ?? -1),
  )

function verification(verdict: Verdict, over: Partial<Verification> = {}): Verification {
  return {
    verdict,
    drift: [],
    unverifiable: [],
    replication: { state: 'in-sync', pairs: 2, progress: 100 },
    notCarriedOver: [],
    ...over,
  }
}

function audited(of: readonly Verification[], over: Partial<Report['run']> = {}): Report {
  const rows = of.map((_, at) => entry(at + 1, 'already-protected'))
  const made = report(rows, { verifications: new Map(of.map((each, at) => [at + 1, each])) })
  return { ...made, run: { ...made.run, command: 'verify', ...over } }
}

const RESULTS = {
  created: 'passed',
  'already-protected': 'passed',
  failed: 'failure',
  conflict: 'failure',
  blocked: 'skipped',
  'in-progress': 'error',
  unknown: 'error',
  'not-attempted': 'skipped',
} as const satisfies Record<OutcomeKind, string>

describe('a case a row', () => {
  const kinds = Object.keys(REASONS) as OutcomeKind[]
  const everything = report(kinds.map((kind, at) => entry(at + 1, kind)))

  test('of every outcome, counted', async () => {
    const xml = reportJunit(everything)
    expect(await faultsOf(xml)).toEqual([])
    expect(casesOf(xml)).toEqual(kinds.map((kind, at) => [GROUP, `web-${at + 1}`, RESULTS[kind]]))
    expect(countsOf(xml, 'testsuite')).toEqual([8, 2, 2, 2])
    expect(countsOf(xml, 'testsuites').slice(0, 3)).toEqual([8, 2, 2])
    expect(xml).toContain('message="message of failed"')
    expect(xml).toContain('advice for failed')
  })

  test('suites by group, with its name, and names that stand twice kept apart', async () => {
    const xml = reportJunit(
      report(
        [
          entry(1, 'created'),
          { ...entry(2, 'created'), row: row(2, { name: 'web-1' }) },
          { ...entry(3, 'failed'), row: row(3), serverGroupId: OTHER_GROUP },
        ],
        {
          snapshot: {
            groups: [group(GROUP, { name: 'erp' }), group(OTHER_GROUP, { name: 'a <b>' })],
            instances: [instance(1), instance(2)],
          },
        },
      ),
    )
    expect(await faultsOf(xml)).toEqual([])
    expect(casesOf(xml)).toEqual([
      ['erp', 'web-1 (row 1)', 'passed'],
      ['erp', 'web-1 (row 2)', 'passed'],
      ['a &lt;b&gt;', 'web-3', 'failure'],
    ])
  })

  test('created is not called protected: the case says what is known of that', () => {
    const xml = (status: string | null): string =>
      reportJunit(
        report([entry(1, 'created')], {
          snapshot:
            status === null
              ? null
              : { groups: [group(GROUP, { status })], instances: [instance(1)] },
        }),
      )
    expect(xml('available')).toContain('protection of its group is off: it does not replicate yet')
    expect(xml('available')).toContain('<property name="protection" value="off"/>')
    expect(xml('starting')).toContain('protection of its group is not on (starting)')
    expect(xml('protected')).toContain('whether it is in sync, verify tells')
    expect(xml(null)).toContain('whether protection of its group is on is not known')
  })

  test('how long it took, in seconds', () => {
    const xml = reportJunit(
      report([
        entry(1, 'created', {
          submittedAt: '2026-01-02T03:01:00.000Z',
          finishedAt: '2026-01-02T03:06:00.250Z',
        }),
      ]),
    )
    expect(xml).toContain(
      '<testcase classname="aaaaaaaa-0000-4000-8000-000000000001" name="web-1" time="300.250">',
    )
    expect(xml).toContain('timestamp="2026-01-02T03:00:00"')
  })

  test('no row at all is a document too', async () => {
    expect(await faultsOf(reportJunit(report([])))).toEqual([])
  })
})

test('any text from outside leaves it valid, and stays text', async () => {
  const nasty = fc.constantFrom(
    '\u0000',
    '\u0008',
    '\u001b',
    '\u0085',
    '\ufffe',
    '\uffff',
    '\ud800',
    '\u2028',
    ']]>',
    '<!--',
    '&amp;',
    '"',
    "'",
    '<a>',
    '服',
    '👩🏽',
    '\n',
    '\t',
  )
  const anyText = fc
    .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 6 })
    .map((parts) => parts.join(''))
  // One document of many rows: the checker starts anew for each.
  const texts = fc.sample(anyText, { numRuns: 300, seed: 1 })
  const rows = texts.map((text, at) => ({
    row: row(at + 1, { name: text, serverGroup: text }),
    serverGroupId: `${GROUP}${at % 7}`,
    outcome: outcome(at % 2 === 0 ? 'failed' : 'unknown', {
      message: text,
      advice: text,
      errorCode: text,
      jobId: text,
    }),
  }))
  const groups = texts.slice(0, 7).map((name, at) => group(`${GROUP}${at}`, { name }))
  const xml = reportJunit(report(rows, { snapshot: { groups, instances: [] } }))
  expect(await faultsOf(xml)).toEqual([])
  expect(countsOf(xml, 'testsuites')[0]).toBe(300)
})

describe('verify passes by the rule of its exit code', () => {
  const syncing = { replication: { state: 'syncing', pairs: 2, progress: 40 } } as const
  const unread = { replication: { state: 'unknown', pairs: null, progress: null } } as const
  test.each<[string, Verification, Partial<Report['run']>, string]>([
    ['as written', verification('as-written'), {}, 'passed'],
    ['drifted', verification('drifted'), {}, 'failure'],
    ['broken', verification('broken'), {}, 'failure'],
    ['elsewhere', verification('elsewhere'), {}, 'failure'],
    ['not protected', verification('not-protected'), {}, 'failure'],
    ['not in sync', verification('not-replicating', syncing), {}, 'failure'],
    ['nobody could tell', verification('not-replicating', unread), {}, 'error'],
    [
      'not in sync, and need not be',
      verification('not-replicating', syncing),
      { options: { expect: 'created' } },
      'passed',
    ],
    [
      'drifted, whatever is expected',
      verification('drifted'),
      { options: { expect: 'created' } },
      'failure',
    ],
  ])('%s', async (_, of, run, result) => {
    const xml = reportJunit(audited([of], run))
    expect(await faultsOf(xml)).toEqual([])
    expect(casesOf(xml)).toEqual([[GROUP, 'web-1', result]])
    expect(xml).toContain(of.verdict)
    expect(xml).toContain(of.replication.state)
  })
})

describe('enable has a case a group', () => {
  const results = {
    enabled: 'passed',
    'already-enabled': 'passed',
    failed: 'failure',
    refused: 'failure',
    'in-progress': 'error',
    unknown: 'error',
    'not-attempted': 'skipped',
  } as const satisfies Record<EnablingKind, string>

  test.each(Object.entries(results) as [EnablingKind, string][])('%s', async (kind, result) => {
    const base = report([entry(1, 'already-protected')])
    const [first] = base.groups
    if (first === undefined) throw new Error('a row has a group')
    const reason = ENABLING_REASONS[kind][0] ?? null
    const said = reason === null ? null : 'why & what'
    const facts = { jobId: 'j', errorCode: null, submittedAt: null, finishedAt: null }
    const xml = reportJunit({
      ...base,
      run: { ...base.run, command: 'enable' },
      groups: [
        {
          ...first,
          name: 'erp',
          enabling: { outcome: kind, reason, message: said, advice: said, ...facts },
        },
        // Only taken up: no row of this inventory is in it.
        {
          ...first,
          id: OTHER_GROUP,
          name: 'other',
          rows: 0,
          protected: 0,
          enabling: { outcome: 'enabled', reason: null, message: null, advice: null, ...facts },
        },
      ],
    })
    expect(await faultsOf(xml)).toEqual([])
    expect(casesOf(xml)).toEqual([
      ['erp', 'web-1', 'passed'],
      ['erp', 'protection is on', result],
      ['other', 'protection is on', 'passed'],
    ])
  })
})

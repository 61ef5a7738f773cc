import { Eta } from 'eta/core'
import type { EnablingKind } from '../enabling.ts'
import { groupBy } from '../group-by.ts'
import { groupKey } from '../keys.ts'
import type { OutcomeKind } from '../outcome.ts'
import { sanitize } from '../safe-text.ts'
import { driftText } from './columns.ts'
import { switchedGroups } from './enabling-text.ts'
import { headline } from './headline.ts'
import { protectionCell } from './protection.ts'
import type { Report, ReportEnabling, ReportRow } from './schema.ts'
import { isAudit, isVerified, replicationText, unexpectedRows } from './verification.ts'
import { whereText } from './where.ts'

/** How a test runner takes it. */
type Result = 'passed' | 'failure' | 'error' | 'skipped'

/** A refusal for good fails, what nobody tried is skipped, and of what nobody knows the end is an error. */
const OF_ROW = {
  created: 'passed',
  'already-protected': 'passed',
  failed: 'failure',
  conflict: 'failure',
  blocked: 'skipped',
  'in-progress': 'error',
  unknown: 'error',
  'not-attempted': 'skipped',
} as const satisfies Record<OutcomeKind, Result>

/** The same for switching a group on. A refused one wants a person, as a conflict does. */
const OF_GROUP = {
  enabled: 'passed',
  'already-enabled': 'passed',
  failed: 'failure',
  refused: 'failure',
  'in-progress': 'error',
  unknown: 'error',
  'not-attempted': 'skipped',
} as const satisfies Record<EnablingKind, Result>

interface Case {
  readonly name: string
  readonly seconds: number
  readonly result: Result
  /** A word or two that a machine can count by. */
  readonly type: string
  readonly message: string
  readonly lines: readonly string[]
}

type Group = Report['groups'][number]

/**
 * `junit.xml`, as the JUnit reader of Jenkins has its schema (junit-10.xsd of its xUnit plugin) and GitLab, Azure and
 * GitHub read it: a suite a protection group, a case a row and, where protection was switched on, a case a group.
 * Of an audit a case passes if its row is as expected, by the same rule as its exit code. Pure.
 */
export function reportJunit(report: Report): string {
  const suites = suitesOf(report).map(({ name, id, properties, cases }) => ({
    name: xml(name),
    id: xml(id),
    time: secondsText(cases.reduce((sum, { seconds }) => sum + seconds, 0)),
    failures: cases.filter(({ result }) => result === 'failure').length,
    errors: cases.filter(({ result }) => result === 'error').length,
    skipped: cases.filter(({ result }) => result === 'skipped').length,
    properties: properties.map(([key, value]) => [key, xml(value)]),
    cases: cases.map((each) => ({
      ...each,
      name: xml(each.name),
      time: secondsText(each.seconds),
      type: xml(each.type),
      message: xml(each.message),
      text: each.lines.map(xml).join('\n'),
    })),
  }))
  const sum = (of: (suite: (typeof suites)[number]) => number): number =>
    suites.reduce((total, suite) => total + of(suite), 0)
  return new Eta({ autoEscape: true }).renderString(TEMPLATE, {
    name: xml(headline(report)),
    // Without a zone, as the schema's writers have it: UTC.
    timestamp: report.run.startedAt.slice(0, 19),
    tests: sum(({ cases }) => cases.length),
    failures: sum(({ failures }) => failures),
    errors: sum(({ errors }) => errors),
    suites,
  })
}

const TEMPLATE = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="<%= it.name %>" tests="<%= it.tests %>" failures="<%= it.failures %>" errors="<%= it.errors %>">
<% for (const suite of it.suites) { %>
  <testsuite name="<%= suite.name %>" id="<%= suite.id %>" tests="<%= suite.cases.length %>" failures="<%= suite.failures %>" errors="<%= suite.errors %>" skipped="<%= suite.skipped %>" time="<%= suite.time %>" timestamp="<%= it.timestamp %>">
    <properties>
<% for (const [name, value] of suite.properties) { %>
      <property name="<%= name %>" value="<%= value %>"/>
<% } %>
    </properties>
<% for (const each of suite.cases) { %>
    <testcase classname="<%= suite.name %>" name="<%= each.name %>" time="<%= each.time %>">
<% if (each.result === 'passed') { %>
<% if (each.text !== '') { %>
      <system-out><%= each.text %></system-out>
<% } %>
<% } else { %>
      <<%~ each.result %> type="<%= each.type %>" message="<%= each.message %>"><%= each.text %></<%~ each.result %>>
<% } %>
    </testcase>
<% } %>
  </testsuite>
<% } %>
</testsuites>
`

interface Suite {
  readonly name: string
  readonly id: string
  readonly properties: readonly (readonly [name: string, value: string])[]
  readonly cases: readonly Case[]
}

function suitesOf(report: Report): readonly Suite[] {
  const keyOf = (id: string | null): string => (id === null ? '' : groupKey(id))
  const groups = new Map(report.groups.map((group) => [keyOf(group.id), group]))
  const switched = groupBy(switchedGroups(report), ({ id }) => keyOf(id))
  const rows = groupBy(report.rows, ({ serverGroupId }) => keyOf(serverGroupId))
  const asExpected = expectedBy(report)
  return [...new Set([...rows.keys(), ...switched.keys()])].map((key) => {
    const group = groups.get(key) ?? null
    const ofGroup = rows.get(key) ?? []
    const names = groupBy(ofGroup, ({ name }) => name)
    return {
      name: group?.name ?? ofGroup[0]?.serverGroup ?? group?.id ?? '(no group)',
      id: group?.id ?? ofGroup[0]?.serverGroupId ?? '',
      properties: propertiesOf(report, group),
      cases: [
        ...ofGroup.map((row) => ({
          ...caseOf(row, group, asExpected),
          name: (names.get(row.name)?.length ?? 0) > 1 ? `${row.name} (row ${row.row})` : row.name,
        })),
        ...(switched.get(key) ?? []).map(({ enabling }) => groupCase(enabling)),
      ],
    }
  })
}

/** What is created, what is switched on and what replicates are three things: the group says the second. */
function propertiesOf({ run }: Report, group: Group | null): Suite['properties'] {
  return [
    ['run', run.id],
    ['command', run.command],
    ['where', whereText(run)],
    ...(group === null
      ? []
      : ([
          ['rows', String(group.rows)],
          ['created', String(group.protected)],
          ['protection', protectionCell(group) || 'not known'],
        ] as const)),
  ]
}

/** Null: no audit, so that the outcome decides. */
type AsExpected = ((row: ReportRow) => boolean) | null

function expectedBy(report: Report): AsExpected {
  if (!isAudit(report)) return null
  const unexpected = new Set(unexpectedRows(report).map(({ row }) => row))
  return ({ row }) => !unexpected.has(row)
}

function caseOf(row: ReportRow, group: Group | null, asExpected: AsExpected): Omit<Case, 'name'> {
  const seconds = (row.durationMs ?? 0) / 1000
  const facts = [
    ['server', row.serverId],
    ['protected instance', row.protectedInstanceId],
    ['DR server', row.targetServerId],
    ['job', row.jobId],
  ].flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]))
  const drift = row.drift.length === 0 ? [] : [`drift: ${driftText(row.drift)}`]
  if (asExpected !== null && isVerified(row)) {
    const { verdict, replication } = row.verification
    const said = `${verdict}: ${replicationText(row)}`
    const passed = asExpected(row)
    return {
      seconds,
      // That it does not replicate is a finding; that nobody could tell is none.
      result: passed
        ? 'passed'
        : verdict === 'not-replicating' && replication.state === 'unknown'
          ? 'error'
          : 'failure',
      type: verdict,
      message: [said, row.message].filter((text) => text !== null).join('; '),
      lines: [said, ...drift, ...adviceOf(row), ...facts],
    }
  }
  return {
    seconds,
    result: OF_ROW[row.outcome],
    type: [row.outcome, row.reason, row.errorCode].filter((text) => text !== null).join(' '),
    message: row.message ?? row.outcome,
    lines: [
      `${row.outcome}${row.message === null ? '' : `: ${row.message}`}`,
      ...(OF_ROW[row.outcome] === 'passed' ? protectionLine(group) : []),
      ...drift,
      ...adviceOf(row),
      ...facts,
    ],
  }
}

function adviceOf({ advice }: Pick<ReportRow, 'advice'>): readonly string[] {
  return advice === null ? [] : [advice]
}

/** A case that passes says that the instance is there, and no more. */
function protectionLine(group: Group | null): readonly string[] {
  if (group?.protectionEnabled === true) {
    return ['protection of its group is on; whether it is in sync, verify tells']
  }
  const protection = group === null ? '' : protectionCell(group)
  return protection === ''
    ? ['whether protection of its group is on is not known']
    : [`protection of its group is ${protection}: it does not replicate yet`]
}

function groupCase(enabling: ReportEnabling): Case {
  const { outcome, reason, errorCode, message, advice, submittedAt, finishedAt, jobId } = enabling
  const took =
    submittedAt === null || finishedAt === null
      ? 0
      : Math.max(0, Date.parse(finishedAt) - Date.parse(submittedAt))
  return {
    name: 'protection is on',
    seconds: took / 1000,
    result: OF_GROUP[outcome],
    type: [outcome, reason, errorCode].filter((text) => text !== null).join(' '),
    message: message ?? outcome,
    lines: [
      `${outcome}${message === null ? '' : `: ${message}`}`,
      ...(advice === null ? [] : [advice]),
      ...(jobId === null ? [] : [`job: ${jobId}`]),
    ],
  }
}

function secondsText(seconds: number): string {
  return seconds.toFixed(3)
}

/**
 * Text that XML 1.0 may hold, still to be escaped: what no document may contain, not even as a reference (control
 * characters, lone surrogates, U+FFFE, U+FFFF), is shown as `\u0000`.
 */
function xml(text: string): string {
  return sanitize(text).replaceAll(
    /[\uFFFE\uFFFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  )
}

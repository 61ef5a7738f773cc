import { isProtected } from '../outcome.ts'
import { pluralize, sanitize } from '../ui/text.ts'
import { OUTCOME_ORDER, driftText } from './columns.ts'
import { enablingCell, switchedGroups } from './enabling-text.ts'
import { headline } from './headline.ts'
import { switchOnText, protectionCell } from './protection.ts'
import type { Report, ReportRow } from './schema.ts'
import {
  isAudit,
  isVerified,
  notCarriedOverText,
  replicationText,
  unexpectedRows,
  verdictCounts,
} from './verification.ts'
import { whereText } from './where.ts'

/** For a merge request, a ticket, a CI summary: counts, then what needs a person, then the groups. */
export function reportMarkdown(report: Report): string {
  const open = report.rows.filter((row) => !isProtected(row.outcome))
  const drifted = report.rows.filter((row) => row.drift.length > 0)
  const changedSince = report.rows
    .filter(isVerified)
    .filter(({ verification }) => verification.notCarriedOver.length > 0)
  const { run } = report
  const isSwitched = switchedGroups(report).length > 0
  const sections = [
    `# ${cell(headline(report))}`,
    `${cell(whereText(run))}${signedIn(run)}.`,
    [
      `Run \`${code(run.id)}\` (${cell(run.command)}), ${run.startedAt} to ${run.finishedAt}, ended ${run.outcome}.`,
      `Inventory \`${code(run.inventory.source)}\`, ${pluralize(run.inventory.rows, 'row')}; endpoint ${cell(run.endpoint)}.`,
    ].join('\n'),
    isAudit(report)
      ? markdownTable(
          ['verdict', 'rows'],
          verdictCounts(report.rows).map(([verdict, rows]) => [verdict, String(rows)]),
        )
      : markdownTable(
          ['outcome', 'rows'],
          OUTCOME_ORDER.map(([outcome, total]) => [outcome, String(report.totals[total])]),
        ),
    section('Not as expected', unexpectedRows(report), (rows) =>
      markdownTable(
        ['row', 'name', 'verdict', 'replication'],
        rows.map((row) => [
          String(row.row),
          row.name,
          row.verification.verdict,
          replicationText(row),
        ]),
      ),
    ),
    switchOnText(report) ?? '',
    section('Rows that need a person', open, rowTable),
    section('Drift', drifted, (rows) =>
      markdownTable(
        ['row', 'name', 'differs'],
        rows.map((row) => [String(row.row), row.name, driftText(row.drift)]),
      ),
    ),
    section('Not carried over to the DR server', changedSince, (rows) =>
      markdownTable(
        ['row', 'name', 'differs'],
        rows.map((row) => [String(row.row), row.name, notCarriedOverText(row.verification)]),
      ),
    ),
    section('Carried over from earlier runs', report.carriedOver, rowTable),
    section('Groups', report.groups, (groups) =>
      markdownTable(
        [
          'group',
          'status',
          'rows',
          'created',
          'protection',
          ...(isSwitched ? ['switched on'] : []),
        ],
        groups.map((group) => [
          group.name ?? group.id,
          group.status ?? '',
          String(group.rows),
          String(group.protected),
          protectionCell(group),
          ...(isSwitched ? [enablingCell(group)] : []),
        ]),
      ),
    ),
    section('In these groups, but in no row', report.unmanaged, (instances) =>
      markdownTable(
        ['instance', 'name', 'server', 'status'],
        instances.map((one) => [
          one.protectedInstanceId,
          one.name,
          one.sourceServer ?? '',
          one.status,
        ]),
      ),
    ),
  ]
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`
}

function signedIn({ target }: Report['run']): string {
  const identity = target?.identity ?? null
  return identity === null ? '' : `, signed in as ${cell(identity)}`
}

function section<T>(
  title: string,
  items: readonly T[],
  render: (items: readonly T[]) => string,
): string {
  return items.length === 0 ? '' : `## ${title} (${items.length})\n\n${render(items)}`
}

function rowTable(rows: readonly ReportRow[]): string {
  return markdownTable(
    ['row', 'name', 'server', 'outcome', 'reason', 'message', 'advice'],
    rows.map((row) => [
      String(row.row),
      row.name,
      row.serverId,
      row.outcome,
      row.reason ?? '',
      row.message ?? '',
      row.advice ?? '',
    ]),
  )
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(header),
    line(header.map(() => '---')),
    ...rows.map((row) => line(row.map(cell))),
  ].join('\n')
}

/** Text from elsewhere must neither end the cell nor become markup or a link. */
function cell(text: string): string {
  return sanitize(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|~#!]/g, String.raw`\$&`)
}

function code(text: string): string {
  return sanitize(text).replaceAll('`', "'")
}

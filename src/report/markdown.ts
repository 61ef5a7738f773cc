import { pluralize, sanitize } from '../ui/text.ts'
import { needsAttention, type Attention } from './attention.ts'
import {
  changesText,
  countedAs,
  driftText,
  matchedText,
  nameList,
  OUTCOME_ORDER,
  warningsOf,
} from './columns.ts'
import type { FormContext } from './form-context.ts'
import { enablingCell, switchedGroups } from './enabling-text.ts'
import { headline } from './headline.ts'
import { nextClause, type NextStep } from './next-step.ts'
import { protectionCell, switchOnText } from './protection.ts'
import type { Report, ReportRow } from './schema.ts'
import {
  isAudit,
  isVerified,
  notCarriedOverText,
  replicationText,
  unexpectedRows,
  verdictCounts,
} from './verification.ts'
import { uncheckedText } from './unchecked.ts'
import { whereText } from './where.ts'

export interface MarkdownOptions {
  readonly next?: NextStep | null
  /** How far the report is to be trusted, in sentences. */
  readonly notes?: readonly string[]
  /** The text is no longer than that, in bytes of UTF-8: lists are cut, and say so. Left out: nothing is cut. */
  readonly limitBytes?: number
}

/** How many items of each list are told while the text is too long. */
const SHORTER = [Number.POSITIVE_INFINITY, 2_000, 500, 100, 25, 5, 1, 0] as const

/**
 * For a merge request, a ticket, a CI summary: where and what, what to do next, what needs a person folded by
 * cause, then the groups.
 */
export function reportMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const { next = null, notes = [], limitBytes = Number.POSITIVE_INFINITY } = options
  let text = ''
  for (const most of SHORTER) {
    text = markdown(report, { next, notes }, most)
    if (Buffer.byteLength(text) <= limitBytes) return text
  }
  // Not even the headline and the counts have room.
  return cutTo(text, limitBytes)
}

function cutTo(text: string, bytes: number): string {
  const whole = Buffer.from(text).subarray(0, Math.max(0, bytes)).toString()
  // Half a character at the end is none.
  return whole.endsWith('\u{fffd}') ? whole.slice(0, -1) : whole
}

function markdown(report: Report, { next, notes = [] }: FormContext, most: number): string {
  const { run } = report
  const list = listing(most)
  const drifted = report.rows.filter((row) => row.drift.length > 0)
  const changedSince = report.rows
    .filter(isVerified)
    .filter(({ verification }) => verification.notCarriedOver.length > 0)
  const isSwitched = switchedGroups(report).length > 0
  const hasWaves = report.rows.some(({ wave }) => wave !== null)
  const sections = [
    `# ${cell(headline(report))}`,
    `${cell(whereText(run))}${signedIn(run)}.`,
    [
      `Run \`${code(run.id)}\` (${cell(run.command)}), ${run.startedAt} to ${run.finishedAt}, ended ${run.outcome}.`,
      `Inventory \`${code(run.inventory.source)}\`, ${pluralize(run.inventory.rows, 'row')}; endpoint ${cell(run.endpoint)}.`,
    ].join('\n'),
    notes.map(cell).join('\n\n'),
    nextText(next),
    list('Could not be read', report.unchecked, (services) =>
      [
        'Nothing is blocked, and nothing called a difference, for it.\n',
        ...services.map((each) => `- ${cell(uncheckedText(each))}`),
      ].join('\n'),
    ),
    isAudit(report)
      ? markdownTable(
          ['verdict', 'rows'],
          verdictCounts(report.rows).map(([verdict, rows]) => [verdict, String(rows)]),
        )
      : markdownTable(
          ['outcome', 'rows'],
          OUTCOME_ORDER.map(([outcome, total]) => [outcome, String(report.totals[total])]),
        ),
    list('Not as expected', unexpectedRows(report), (rows) =>
      markdownTable(
        ['row', 'name', 'group', 'verdict', 'replication'],
        rows.map((row) => [
          String(row.row),
          row.name,
          groupText(row),
          row.verification.verdict,
          replicationText(row),
        ]),
      ),
    ),
    switchOnText(report) ?? '',
    list('What needs a person', needsAttention(report.rows), (causes) =>
      causes.map((cause) => causeText(cause, most, hasWaves)).join('\n\n'),
    ),
    list('Drift', drifted, (rows) =>
      markdownTable(
        ['row', 'name', 'differs'],
        rows.map((row) => [String(row.row), row.name, driftText(row.drift)]),
      ),
    ),
    list('Not carried over to the DR server', changedSince, (rows) =>
      markdownTable(
        ['row', 'name', 'differs'],
        rows.map((row) => [String(row.row), row.name, notCarriedOverText(row.verification)]),
      ),
    ),
    list('Warnings', warningsOf(report.rows), (warnings) =>
      markdownTable(
        ['warning', 'servers', 'which'],
        warnings.map(({ message, names }) => [message, String(names.length), nameList(names)]),
      ),
    ),
    list(
      'Used in another form than the inventory has it',
      report.rows.filter(({ changes }) => changes.length > 0),
      (rows) =>
        markdownTable(
          ['row', 'name', 'what'],
          rows.map((row) => [String(row.row), row.name, changesText(row.changes)]),
        ),
    ),
    list(
      'Matched to their server by name',
      report.rows.filter(({ matched }) => matched !== null),
      (rows) =>
        markdownTable(
          ['row', 'name', 'server', 'how'],
          rows.map((row) => [String(row.row), row.name, row.serverId, matchedText(row)]),
        ),
    ),
    list('Carried over from earlier runs', report.carriedOver, (rows) =>
      markdownTable(
        ['name', 'server', 'outcome', 'reason', 'message', 'advice'],
        rows.map((row) => [
          row.name,
          row.serverId,
          row.outcome,
          row.reason ?? '',
          row.message ?? '',
          row.advice ?? '',
        ]),
      ),
    ),
    list('Groups', report.groups, (groups) =>
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
    list('In these groups, but in no row', report.unmanaged, (instances) =>
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

function nextText(next: NextStep | null): string {
  if (next === null) return ''
  const { command, relation } = next
  const clause = cell(nextClause(next, 'as said below') ?? '')
  if (command === null) return `**Next:** ${clause}`
  // Indented, so that no backtick in it can end it.
  const line = `    ${sanitize(command)}`
  return relation === 'as-well'
    ? `**Next:**\n\n${line}\n\nAnd ${clause}.`
    : `**Next:**${clause === '' ? '' : ` ${clause}`}\n\n${line}`
}

/** Servers with one thing to do: what, why, what to do, and then who, folded away. */
function causeText(cause: Attention, most: number, hasWaves: boolean): string {
  const { outcome, reason, errorCode, message, advice, rows } = cause
  const why = [reason, errorCode].filter((part) => part !== null).join(', ')
  const title = `${countedAs(outcome)}${why === '' ? '' : `: ${why}`}`
  const tells = message === null
  const shown = rows.slice(0, most)
  const table = markdownTable(
    [
      'row',
      'name',
      'server',
      'group',
      ...(hasWaves ? ['wave'] : []),
      ...(tells ? ['message'] : []),
    ],
    shown.map((row) => [
      String(row.row),
      row.name,
      row.serverId,
      groupText(row),
      ...(hasWaves ? [row.wave ?? ''] : []),
      ...(tells ? [row.message ?? ''] : []),
    ]),
  )
  const servers =
    shown.length === 0
      ? ''
      : rows.length === 1
        ? table
        : `<details><summary>${pluralize(rows.length, 'server')}</summary>\n\n${table}${cutText(rows.length - shown.length)}\n\n</details>`
  return [
    `### ${pluralize(rows.length, 'server')} ${cell(title)}`,
    [
      ...(message === null ? [] : [cell(message)]),
      ...(advice === null ? [] : [`→ ${cell(advice)}`]),
    ].join('\n\n'),
    servers,
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

function groupText({ serverGroup, serverGroupId }: ReportRow): string {
  return serverGroup ?? serverGroupId ?? ''
}

type Listing = <T>(
  title: string,
  items: readonly T[],
  render: (items: readonly T[]) => string,
) => string

/** Sections of at most so many items; an empty one is left out. */
function listing(most: number): Listing {
  return (title, items, render) => {
    if (items.length === 0) return ''
    const shown = items.slice(0, most)
    const head = `## ${title} (${items.length})`
    const text = shown.length === 0 ? '' : `\n\n${render(shown)}`
    return `${head}${text}${cutText(items.length - shown.length)}`
  }
}

function cutText(left: number): string {
  return left === 0
    ? ''
    : `\n\n… and ${left.toLocaleString('en-US')} more in report.csv and report.html`
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
    .replaceAll(/[\\`*_[\]|~#!]|:(?=\/\/)|(?<=www)\./gi, String.raw`\$&`)
}

function code(text: string): string {
  return sanitize(text).replaceAll('`', "'")
}

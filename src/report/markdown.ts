import { pluralize, sanitize } from '../ui/text.ts'
import { needsAttention } from './attention.ts'
import { OUTCOME_ORDER } from './columns.ts'
import type { FormContext } from './form-context.ts'
import { enablingCell, switchedGroups } from './enabling-text.ts'
import { headline } from './headline.ts'
import { causeText, groupText } from './markdown-causes.ts'
import { cell, code, listing, markdownTable } from './markdown-text.ts'
import { notedTables, type NotedTable } from './noted-tables.ts'
import { nextClause, type NextStep } from './next-step.ts'
import { protectionCell, switchOnText } from './protection.ts'
import type { Report } from './schema.ts'
import { isAudit, replicationText, unexpectedRows, verdictCounts } from './verification.ts'
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
  const noted = ({ title, columns, rows }: NotedTable): string =>
    list(title, rows, (shown) => markdownTable(columns, shown))
  const { unmanaged, ...beside } = notedTables(report)
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
    ...Object.values(beside).map(noted),
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
    noted(unmanaged),
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

import type { Palette } from '../ui/colour.ts'
import { table } from '../ui/table.ts'
import { WIDTH, pluralize, formatDuration, sanitize, truncate, wrap } from '../ui/text.ts'
import { OUTCOME_ORDER, toneOf } from './columns.ts'
import { headline, headlineTone } from './headline.ts'
import { switchOnText, isUnprotected, protectionCell } from './protection.ts'
import { enablingText } from './enabling-text.ts'
import { needsAttention } from './attention.ts'
import type { Attention } from './attention.ts'
import type { Report, ReportRow } from './schema.ts'
import { whereText } from './where.ts'

export interface TerminalOptions {
  readonly palette: Palette
  /** The exact line to type next; null when nothing is left to do. */
  readonly nextCommand: string | null
  /** Where the report's files are; null when none were written. */
  readonly directory: string | null
}

const ROWS_SHOWN = 10
const LONGEST_CELL = 30

/** Counts first, then only what needs a person, by reason; never wider than 80 columns but for paths and commands. */
export function reportText(report: Report, options: TerminalOptions): string {
  const { palette } = options
  const tone = palette[headlineTone(report)]
  const took = Date.parse(report.run.finishedAt) - Date.parse(report.run.startedAt)
  const parts = [
    `${tone(wrap(headline(report), ''))}\n${palette.faint(wrap(whereText(report.run), ''))}`,
    enablingText(report, palette),
    counts(report, palette),
    protection(report, palette),
    ...needsAttention(report.rows).map((work) => openGroup(work, palette)),
    drifted(report, palette),
    carriedOver(report, palette),
    elsewhere(report),
    palette.faint(
      `${pluralize(report.requests.total, 'request')}, ${report.requests.throttled} throttled, ${formatDuration(took)}`,
    ),
    options.directory === null ? '' : `Report: ${options.directory}`,
    options.nextCommand === null ? '' : `Next:   ${palette.strong(options.nextCommand)}`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function counts(report: Report, palette: Palette): string {
  const shown = OUTCOME_ORDER.filter(([, total]) => report.totals[total] > 0)
  return table(
    [{ header: '' }, { header: '', align: 'right' }],
    shown.map(([outcome, total]) => [outcome, String(report.totals[total])]),
    {
      indent: '  ',
      paint: (text, row) => palette[shown[row]?.[2] ?? 'warn'](text),
    },
  )
}

/** Which groups hold what was created, and whether they are switched on: said while one of them is not. */
function protection(report: Report, palette: Palette): string {
  const groups = report.groups.filter((group) => group.protected > 0)
  if (!isUnprotected(report)) return ''
  const shown = groups
    .toSorted((one, other) => Number(one.protectionEnabled) - Number(other.protectionEnabled))
    .slice(0, ROWS_SHOWN)
  const more = groups.length - shown.length
  const lines = table(
    [
      { header: 'group', flexible: true },
      { header: 'created', align: 'right' },
      { header: 'protection' },
    ],
    shown.map((group) => [
      group.name ?? group.id,
      String(group.protected),
      truncate(protectionCell(group) || 'not known', LONGEST_CELL),
    ]),
    {
      indent: '  ',
      paintHeader: palette.faint,
      paint: (text, row, column) =>
        column === 2 && shown[row]?.protectionEnabled !== true ? palette.warn(text) : text,
    },
  )
  // After a whole run the line to type says it.
  const enabling = report.run.outcome === 'complete' ? null : switchOnText(report)
  return [
    lines,
    ...(more > 0 ? [`  … and ${pluralize(more, 'more group')} in the report`] : []),
    ...(enabling === null ? [] : [wrap(`→ ${enabling}`, '  ')]),
  ].join('\n')
}

function openGroup(work: Attention, palette: Palette): string {
  const { outcome, reason, errorCode, advice, message, rows } = work
  const code = errorCode === null ? '' : `, ${sanitize(errorCode)}`
  const title = truncate(
    `${outcome}: ${reason ?? 'no reason'}${code} (${pluralize(rows.length, 'row')})`,
    WIDTH,
  )
  return [
    palette[toneOf(outcome)](title),
    message === null ? '' : wrap(sanitize(message), '  '),
    advice === null ? '' : wrap(`→ ${sanitize(advice)}`, '  '),
    rowLines(rows, message === null),
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function rowLines(rows: readonly ReportRow[], withMessage: boolean): string {
  const shown = rows.slice(0, ROWS_SHOWN)
  const lines = shown.flatMap((row) => [
    ...table(
      [{ header: '', align: 'right' }, { header: '', flexible: true }, { header: '' }],
      [[`row ${row.row}`, row.name, row.serverId]],
      { indent: '    ' },
    ).split('\n'),
    ...(withMessage && row.message !== null ? [wrap(sanitize(row.message), '        ')] : []),
  ])
  const more = rows.length - shown.length
  return [
    ...lines,
    ...(more > 0 ? [`    … and ${pluralize(more, 'more row')} in the report`] : []),
  ].join('\n')
}

function drifted(report: Report, palette: Palette): string {
  const rows = report.rows.filter((row) => row.drift.length > 0)
  if (rows.length === 0) return ''
  const fields = [...new Set(rows.flatMap((row) => row.drift.map(({ field }) => field)))]
  return palette.warn(
    wrap(
      `${pluralize(rows.length, 'instance')} not as written (${fields.join(', ')}); the report lists them`,
      '',
    ),
  )
}

function carriedOver(report: Report, palette: Palette): string {
  if (report.carriedOver.length === 0) return ''
  const title = `Left open by earlier runs, outside this one (${pluralize(report.carriedOver.length, 'server')})`
  const lines = table(
    [{ header: '', flexible: true }, { header: '' }, { header: '' }],
    report.carriedOver.slice(0, ROWS_SHOWN).map((row) => [row.name, row.outcome, row.reason ?? '']),
    { indent: '    ' },
  )
  return `${palette.strong(title)}\n${lines}`
}

function elsewhere(report: Report): string {
  if (report.unmanaged.length === 0) return ''
  return wrap(
    `${pluralize(report.unmanaged.length, 'instance')} in these groups belong to servers that no row names; the report lists them`,
    '',
  )
}

import { isProtected } from '../outcome.ts'
import { groupBy } from '../group-by.ts'
import type { Palette } from '../ui/colour.ts'
import { table } from '../ui/table.ts'
import { WIDTH, counted, forHumans, plain, truncate, wrap } from '../ui/text.ts'
import { OUTCOME_ORDER } from './columns.ts'
import { headline } from './headline.ts'
import type { Report, ReportRow } from './schema.ts'

export interface TerminalOptions {
  readonly palette: Palette
  /** The exact line to type next; null when nothing is left to do. */
  readonly nextCommand: string | null
  /** Where the report's files are; null when none were written. */
  readonly directory: string | null
}

const ROWS_SHOWN = 10

/** Counts first, then only what needs a person, by reason; never wider than 80 columns but for paths and commands. */
export function reportText(report: Report, options: TerminalOptions): string {
  const { palette } = options
  const tone = report.run.outcome === 'complete' ? palette.good : palette.bad
  const took = Date.parse(report.run.finishedAt) - Date.parse(report.run.startedAt)
  const parts = [
    tone(headline(report)),
    counts(report, palette),
    ...openGroups(report.rows, palette),
    drifted(report, palette),
    carriedOver(report, palette),
    elsewhere(report),
    palette.faint(
      `${counted(report.requests.total, 'request')}, ${report.requests.throttled} throttled, ${forHumans(took)}`,
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

/** Rows with one outcome, reason and advice are one thing to do. */
function openGroups(rows: readonly ReportRow[], palette: Palette): readonly string[] {
  const open = rows.filter((row) => !isProtected(row.outcome))
  const byAdvice = groupBy(open, (row) =>
    JSON.stringify([row.outcome, row.reason, row.errorCode, row.advice]),
  )
  const rank = (row: ReportRow): number =>
    OUTCOME_ORDER.findIndex(([outcome]) => outcome === row.outcome)
  return [...byAdvice.values()]
    .toSorted(([one], [other]) => (one && other ? rank(one) - rank(other) : 0))
    .map((group) => openGroup(group, palette))
}

function openGroup(rows: readonly ReportRow[], palette: Palette): string {
  const [first] = rows
  if (first === undefined) return ''
  const bad = OUTCOME_ORDER.find(([outcome]) => outcome === first.outcome)?.[2] === 'bad'
  const code = first.errorCode === null ? '' : `, ${plain(first.errorCode)}`
  const title = truncate(
    `${first.outcome}: ${first.reason ?? 'no reason'}${code} (${counted(rows.length, 'row')})`,
    WIDTH,
  )
  const sameMessage = rows.every((row) => row.message === first.message)
  return [
    (bad ? palette.bad : palette.warn)(title),
    sameMessage && first.message !== null ? wrap(plain(first.message), '  ') : '',
    first.advice === null ? '' : wrap(`→ ${plain(first.advice)}`, '  '),
    rowLines(rows, !sameMessage),
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
    ...(withMessage && row.message !== null ? [wrap(plain(row.message), '        ')] : []),
  ])
  const more = rows.length - shown.length
  return [
    ...lines,
    ...(more > 0 ? [`    … and ${counted(more, 'more row')} in the report`] : []),
  ].join('\n')
}

function drifted(report: Report, palette: Palette): string {
  const rows = report.rows.filter((row) => row.drift.length > 0)
  if (rows.length === 0) return ''
  const fields = [...new Set(rows.flatMap((row) => row.drift.map(({ field }) => field)))]
  return palette.warn(
    wrap(
      `${counted(rows.length, 'protected server')} not as written (${fields.join(', ')}); the report lists them`,
      '',
    ),
  )
}

function carriedOver(report: Report, palette: Palette): string {
  if (report.carriedOver.length === 0) return ''
  const title = `Left open by earlier runs, outside this one (${counted(report.carriedOver.length, 'server')})`
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
    `${counted(report.unmanaged.length, 'instance')} in these groups belong to servers that no row names; the report lists them`,
    '',
  )
}

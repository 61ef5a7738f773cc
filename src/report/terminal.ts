import type { Palette } from '../ui/colour.ts'
import { table } from '../ui/table.ts'
import {
  WIDTH,
  displayWidth,
  formatDuration,
  pluralize,
  sanitize,
  truncate,
  wrap,
} from '../ui/text.ts'
import { attentionLines } from './end-of-run.ts'
import { headline, headlineTone } from './headline.ts'
import { switchOnText, isUnprotected, protectionCell } from './protection.ts'
import type { Report } from './schema.ts'
import { whereText } from './where.ts'

export interface TerminalOptions {
  readonly palette: Palette
  /** The exact line to type next; null when nothing is left to do. */
  readonly nextCommand: string | null
  /** Where the report's files are; null when none were written. */
  readonly directory: string | null
}

/** A terminal has 24 lines, of which the next prompt takes one. */
const HEIGHT = 23
const GROUPS_SHOWN = 10
const LONGEST_CELL = 30
/** However much there is to say of anything else. */
const LEAST_ATTENTION = 4

/**
 * The end of a run: the whole in a sentence and where it was, what needs a person folded by cause, which groups
 * are not switched on, the files, and the line to type next. It fits a terminal of 80 columns and 24 lines
 * however many rows are open (a next command of several lines alone may need more); wider than 80 are only paths
 * and commands.
 */
export function reportText(report: Report, options: TerminalOptions): string {
  const { palette, nextCommand, directory } = options
  const tone = palette[headlineTone(report)]
  const took = Date.parse(report.run.finishedAt) - Date.parse(report.run.startedAt)
  const head = `${tone(wrap(headline(report), ''))}\n${palette.faint(wrap(whereText(report.run), ''))}`
  const notes = [drifted(report, palette), carriedOver(report), elsewhere(report)]
  const end = [
    palette.faint(
      report.requests.total === 0
        ? formatDuration(took)
        : `${pluralize(report.requests.total, 'request')}, ${report.requests.throttled} throttled, ${formatDuration(took)}`,
    ),
    ...(directory === null ? [] : [`Report: ${directory}`, palette.faint(filesIn(report))]),
    ...(nextCommand === null ? [] : [`Next:   ${palette.strong(nextCommand)}`]),
  ].join('\n')
  const fixed = [head, ...notes, end].filter((part) => part !== '')
  const room = HEIGHT - fixed.reduce((sum, part) => sum + heightOf(part) + 1, -1)
  const enabling = isUnprotected(report) ? protectionText(report, palette) : null
  const needed = attentionLines(report, palette, Number.POSITIVE_INFINITY).length
  // Attention comes first; the groups get what it leaves, and a line at least.
  const forGroups = enabling === null ? 0 : Math.max(2, room - needed - (needed === 0 ? 1 : 2))
  const groups = enabling?.(Math.min(forGroups, room - LEAST_ATTENTION)) ?? ''
  const left = room - (groups === '' ? 0 : heightOf(groups) + 1) - 1
  const attention = attentionLines(report, palette, Math.max(LEAST_ATTENTION, left))
  const parts = [head, attention.join('\n'), groups, ...notes, end]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** Lines as they stand on a terminal of 80 columns: what is wider takes several. */
function heightOf(text: string): number {
  return text
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / WIDTH)), 0)
}

function filesIn({ run }: Report): string {
  const rest = run.outcome === 'complete' ? '' : '; what is left to do: remaining.csv'
  return `        report.html, report.csv, report.md${rest}`
}

/** Which groups hold what was created, and whether they are switched on, in at most so many lines. */
function protectionText(report: Report, palette: Palette): (most: number) => string {
  const groups = report.groups
    .filter((group) => group.protected > 0)
    .toSorted((one, other) => Number(one.protectionEnabled) - Number(other.protectionEnabled))
  // After a whole run the line to type says it.
  const switchOn = report.run.outcome === 'complete' ? null : switchOnText(report)
  const advice = switchOn === null ? [] : wrap(`→ ${switchOn}`, '  ').split('\n')
  return (most) => {
    // A heading, and a line for those that are not shown.
    const room = Math.min(GROUPS_SHOWN, most - advice.length - 1)
    const shown = groups.slice(0, groups.length <= room ? room : Math.max(0, room - 1))
    if (shown.length < Math.min(2, groups.length)) return [briefly(groups), ...advice].join('\n')
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
    return [
      lines,
      ...(more > 0 ? [`  … and ${pluralize(more, 'more group')} in the report`] : []),
      ...advice,
    ].join('\n')
  }
}

function briefly(groups: Report['groups']): string {
  const not = groups.filter(({ protectionEnabled }) => protectionEnabled !== true)
  const names = not.map(({ id, name }) => sanitize(name ?? id))
  return truncate(
    `Protection not on (${pluralize(not.length, 'group')}): ${names.join(', ')}`,
    WIDTH,
  )
}

function drifted(report: Report, palette: Palette): string {
  const rows = report.rows.filter((row) => row.drift.length > 0)
  if (rows.length === 0) return ''
  const fields = [...new Set(rows.flatMap((row) => row.drift.map(({ field }) => field)))]
  return palette.warn(
    truncate(
      sanitize(
        `${pluralize(rows.length, 'instance')} not as written, see the report (${fields.join(', ')})`,
      ),
      WIDTH,
    ),
  )
}

function carriedOver({ carriedOver: rows }: Report): string {
  if (rows.length === 0) return ''
  const each = rows.map(({ name, outcome }) => `${name} ${outcome}`)
  return truncate(
    sanitize(
      `Left open by earlier runs, outside this one (${pluralize(rows.length, 'server')}): ${each.join(', ')}`,
    ),
    WIDTH,
  )
}

function elsewhere(report: Report): string {
  if (report.unmanaged.length === 0) return ''
  return wrap(
    `${pluralize(report.unmanaged.length, 'instance')} in these groups belong to servers that no row names; the report lists them`,
    '',
  )
}

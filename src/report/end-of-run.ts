import { isOn } from '../enabling.ts'
import { isProtected } from '../outcome.ts'
import { nameList } from '../ui/cause-lines.ts'
import { foldByCause, type Cause, type Finding } from '../ui/causes.ts'
import type { Palette } from '../ui/colour.ts'
import {
  WIDTH,
  displayWidth,
  formatCount,
  pluralize,
  sanitize,
  truncate,
  wrap,
} from '../ui/text.ts'
import { OUTCOME_ORDER, toneOf, type Tone } from './columns.ts'
import { ENABLING_TONE, switchedGroups } from './enabling-text.ts'
import type { Report } from './schema.ts'

/** A row or a group that is not as wanted, with how bad that is. */
interface Open extends Finding {
  readonly tone: Tone
  /** The worst first. */
  readonly rank: number
}

/** How much is said of a cause: in a line with names, in two lines, or in full with what to do. */
const LEVELS = ['brief', 'short', 'full'] as const
type Level = (typeof LEVELS)[number]

/** Of one sentence in full; a novel belongs in the report. */
const MOST_LINES = 3

/**
 * What needs a person, folded by cause, the worst first, in at most `room` lines: all causes before all details.
 * Each names some of its servers (or groups) and counts the others; what has no room is counted.
 */
export function attentionLines(report: Report, palette: Palette, room: number): readonly string[] {
  const findings = [...openGroups(report), ...openRows(report)]
  const toneOfLabel = new Map(findings.map(({ label, tone, rank }) => [label, { tone, rank }]))
  const rankOf = ({ label }: Cause): number => toneOfLabel.get(label)?.rank ?? 0
  const causes = foldByCause(findings).toSorted(
    (one, other) => rankOf(one) - rankOf(other) || other.rows.length - one.rows.length,
  )
  const digits = Math.max(0, ...causes.map(({ rows }) => formatCount(rows.length).length))
  const shown = causes.length <= room ? causes : causes.slice(0, Math.max(0, room - 1))
  const rest = causes.slice(shown.length)
  const levels: Level[] = shown.map(() => 'brief')
  const linesAt = (at: number, level: Level): readonly string[] => {
    const cause = shown[at]
    return cause === undefined
      ? []
      : causeLines(cause, level, digits, palette[toneOfLabel.get(cause.label)?.tone ?? 'warn'])
  }
  let used = shown.length + (rest.length === 0 ? 0 : 1)
  // All of them get a little more before one gets much.
  for (const level of LEVELS.slice(1)) {
    for (const at of shown.keys()) {
      const more = linesAt(at, level).length - linesAt(at, levels[at] ?? 'brief').length
      if (used + more > room) continue
      levels[at] = level
      used += more
    }
  }
  return [
    ...shown.flatMap((_, at) => linesAt(at, levels[at] ?? 'brief')),
    ...(rest.length === 0 ? [] : [moreLine(rest)]),
  ]
}

function moreLine(rest: readonly Cause[]): string {
  const rows = rest.reduce((sum, cause) => sum + cause.rows.length, 0)
  return `  + ${formatCount(rows)} more for ${pluralize(rest.length, 'other reason')}: all in the report`
}

function openRows({ rows }: Report): Open[] {
  return rows.flatMap((row) => {
    const { outcome, reason, errorCode, message, advice } = row
    if (isProtected(outcome)) return []
    return [
      {
        planned: { row },
        label: labelOf(outcome, reason, errorCode),
        message: withoutCode(message, errorCode),
        advice,
        tone: toneOf(outcome),
        rank: 1 + OUTCOME_ORDER.findIndex(([each]) => each === outcome),
      },
    ]
  })
}

function openGroups(report: Report): Open[] {
  return switchedGroups(report).flatMap(({ id, name, enabling }) => {
    const { outcome, reason, errorCode, message, advice } = enabling
    if (isOn(outcome)) return []
    return [
      {
        planned: { row: { name: name ?? id } },
        label: labelOf(`protection ${outcome}`, reason, errorCode),
        message: withoutCode(message, errorCode),
        advice,
        tone: ENABLING_TONE[outcome],
        rank: 0,
      },
    ]
  })
}

function labelOf(outcome: string, reason: string | null, errorCode: string | null): string {
  const why = [reason, errorCode].filter((each) => each !== null)
  return why.length === 0 ? outcome : `${outcome}: ${why.join(', ')}`
}

/** The label has it already. */
function withoutCode(message: string | null, errorCode: string | null): string {
  const text = message ?? ''
  return errorCode !== null && text.startsWith(`${errorCode}: `)
    ? text.slice(errorCode.length + 2)
    : text
}

function causeLines(
  { label, message, advice, rows }: Cause,
  level: Level,
  digits: number,
  paint: (text: string) => string,
): readonly string[] {
  const head = `  ${formatCount(rows.length).padStart(digits)} × `
  const indent = ' '.repeat(displayWidth(head))
  const room = WIDTH - indent.length
  const title = sanitize(label)
  const said = sanitize(message)
  const sentence = said === '' ? title : `${title}: ${said}`
  const names = nameList(rows, room)
  switch (level) {
    case 'brief': {
      const left = room - displayWidth(title) - 2
      const beside = left < 12 ? '' : `: ${truncate(nameList(rows, left), left)}`
      return [paint(head + truncate(title, room)) + beside]
    }
    case 'short':
      return [paint(head + truncate(sentence, room)), indent + names]
    case 'full':
      return [
        paint(head + cut(wrap(sentence, indent)).trimStart()),
        ...(advice === null ? [] : [cut(wrap(`→ ${sanitize(advice)}`, indent))]),
        indent + names,
      ].flatMap((text) => text.split('\n'))
  }
}

function cut(text: string): string {
  const lines = text.split('\n')
  if (lines.length <= MOST_LINES) return text
  const last = lines[MOST_LINES - 1] ?? ''
  return [...lines.slice(0, MOST_LINES - 1), truncate(`${last} …`, WIDTH)].join('\n')
}

import { WIDTH, displayWidth, formatCount, sanitize, truncate, wrap } from './text.ts'
import { foldByCause, type Cause, type Finding, type Named } from './causes.ts'

/** How many causes are told whole, and how many more in a line each; the rest is counted. */
export interface CauseLimits {
  readonly whole: number
  readonly brief: number
}

const NAMES_SHOWN = 4
const LONGEST_NAME = 24

/** A section of the plan: a title, then each cause with how many rows it has and some of their names. */
export function causeSection(
  title: string,
  findings: readonly Finding<Named>[],
  limits: CauseLimits,
): string[] {
  if (findings.length === 0) return []
  const causes = foldByCause(findings)
  const digits = Math.max(...causes.map(({ rows }) => formatCount(rows.length).length))
  const { whole, brief } = limits
  const rest = causes.slice(whole + brief)
  const restRows = rest.reduce((sum, { rows }) => sum + rows.length, 0)
  return [
    '',
    title,
    ...causes.slice(0, whole).flatMap((cause) => wholeCause(cause, digits)),
    ...causes.slice(whole, whole + brief).map((cause) => briefCause(cause, digits)),
    ...(rest.length === 0
      ? []
      : [
          `  + ${formatCount(restRows)} more for ${rest.length === 1 ? 'another reason' : `${formatCount(rest.length)} other reasons`}`,
        ]),
  ]
}

function wholeCause({ label, message, advice, rows }: Cause<Named>, digits: number): string[] {
  const head = `  ${formatCount(rows.length).padStart(digits)} × `
  const indent = ' '.repeat(head.length)
  const said = sanitize(label === '' ? message : `${label}: ${message}`)
  return [
    head + wrap(said, indent).trimStart(),
    ...(advice === null ? [] : [wrap(`→ ${sanitize(advice)}`, indent)]),
    indent + nameList(rows, WIDTH - indent.length),
  ]
}

function briefCause({ label, message, rows }: Cause<Named>, digits: number): string {
  const count = formatCount(rows.length).padStart(digits)
  return truncate(
    `  ${count} × ${sanitize(label === '' ? message : `${label}: ${message}`)}`,
    WIDTH,
  )
}

/** `web-1, web-2, web-3, web-4 + 5 more`, as many as there is room for. */
export function nameList(rows: readonly Named[], room: number): string {
  for (let shown = Math.min(NAMES_SHOWN, rows.length); shown > 1; shown -= 1) {
    const list = listOf(rows, shown, LONGEST_NAME)
    if (displayWidth(list) <= room) return list
  }
  return listOf(rows, 1, Math.max(LONGEST_NAME, room - 16))
}

function listOf(rows: readonly Named[], shown: number, longest: number): string {
  const names = rows.slice(0, shown).map(({ row }) => truncate(sanitize(row.name), longest))
  const more = rows.length - names.length
  return names.join(', ') + (more > 0 ? ` + ${formatCount(more)} more` : '')
}

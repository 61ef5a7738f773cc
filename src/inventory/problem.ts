import { nearest } from '../nearest.ts'
import { escapeUnsafe } from '../safe-text.ts'
import { PROBLEMS, type ProblemCode, type Severity } from './problem-codes.ts'

/** One finding about an inventory, as data; `line` and `column` are 1-based, columns in code points. */
export interface Problem {
  readonly code: ProblemCode
  readonly severity: Severity
  readonly row: number | null
  readonly line: number | null
  readonly column: number | null
  readonly field: string | null
  /** What stood there, cut when long. */
  readonly value: string | null
  readonly message: string
  readonly hint: string | null
}

export interface Position {
  readonly line: number
  readonly column: number
  /** In a sheet, how people there find the place: `B7`, or `Servers!B7` where there are several sheets. */
  readonly cell?: string
}

/** What a check found: no sentence yet. The sentence is looked up by `code` when it is rendered. */
export interface Finding {
  readonly code: ProblemCode
  readonly args?: Readonly<Record<string, string | number>>
  readonly row?: number
  readonly position?: Position
  readonly field?: string
  readonly value?: string
}

const LONGEST_VALUE = 80

/** Every finding becomes one problem; placeholders of its sentence are filled from `args`. */
export function toProblem(finding: Finding): Problem {
  const [severity, message, hint] = PROBLEMS[finding.code]
  return {
    code: finding.code,
    severity,
    row: finding.row ?? null,
    line: finding.position?.line ?? null,
    column: finding.position?.column ?? null,
    field: finding.field ?? null,
    value: finding.value === undefined ? null : shorten(finding.value),
    message: fill(message, finding.args) + atCell(finding.position),
    hint: hint === undefined ? null : fill(hint, finding.args),
  }
}

function atCell(position: Position | undefined): string {
  return position?.cell === undefined ? '' : ` [${position.cell}]`
}

/** `servers.csv:7:12 error name-too-long: … (hint)`, always one line, safe to print at a terminal. */
export function formatProblem(source: string, problem: Problem): string {
  const name = source === '-' ? '<stdin>' : source
  const place = problem.line === null ? name : `${name}:${problem.line}:${problem.column ?? 1}`
  const hint = problem.hint === null ? '' : ` (${problem.hint})`
  return escapeUnsafe(`${place} ${problem.severity} ${problem.code}: ${problem.message}${hint}`)
}

/** Problems without a place come first, then in the order of the file. */
export function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}

/** A hint about a word that is not one of the known ones: `did you mean "…"?`, or all of them. */
export function suggest(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === null ? `known are: ${known.join(', ')}` : `did you mean "${near}"?`
}

/** Characters as an editor's column counts them: `😀` is one, though two units of a string. */
export function countCodePoints(text: string): number {
  return Array.from(text).length
}

/** Where an offset of a text is, as an editor counts. */
export function positionIn(text: string, offset: number): Position {
  let line = 1
  let start = 0
  for (const end of text.slice(0, offset).matchAll(/\r\n|\r|\n/g)) {
    line++
    start = end.index + end[0].length
  }
  return { line, column: countCodePoints(text.slice(start, offset)) + 1 }
}

/** Cuts after 80 code points, so that one runaway cell cannot fill a report. */
function shorten(value: string): string {
  if (value.length <= LONGEST_VALUE) return value
  const characters = Array.from(value.slice(0, 2 * LONGEST_VALUE + 2))
  if (characters.length <= LONGEST_VALUE) return value
  return `${characters.slice(0, LONGEST_VALUE).join('')}…`
}

function fill(sentence: string, args: Finding['args']): string {
  return sentence.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    String(args?.[name] ?? placeholder),
  )
}

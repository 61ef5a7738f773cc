import { groupBy } from '../group-by.ts'
import { formatProblem, type Problem } from '../inventory/problem.ts'
import type { Inventory } from '../inventory/read.ts'
import { sanitize } from '../safe-text.ts'
import type { Settings } from '../settings.ts'
import { optionsOf } from '../settings/options.ts'
import { palette, wantsColour, type Palette } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
import { formatCount, pluralize, WIDTH, wrap } from '../ui/text.ts'
import { excerptOf } from './excerpt.ts'

/** So many problems of one kind are shown whole; what is equal after that teaches nothing new. */
const SHOWN = 3

export interface ProblemStyle {
  readonly palette: Palette
  /** Columns of the terminal; what is cut to it is the excerpt, never the message. */
  readonly width: number
  /**
   * Whether the fourth and later of many equal problems are counted rather than shown. Without it each
   * has its line, since what reads a log does not mind its length.
   */
  readonly isFolded: boolean
  /** What shows those that are folded: `--verbose`. */
  readonly unfold: string
}

/** How problems are shown on one of the streams of a command. */
export function problemStyle(
  settings: Pick<Settings, 'command' | 'colour' | 'verbose'>,
  io: Io,
  stream: 'stdout' | 'stderr',
): ProblemStyle {
  const { columns = WIDTH } = io[stream] as { readonly columns?: number }
  const isTerminal = io.isTerminal[stream]
  return {
    palette: palette(wantsColour(io, stream, settings.colour)),
    width: isTerminal ? Math.max(40, columns) : WIDTH,
    isFolded: isTerminal && !settings.verbose,
    unfold: optionsOf(settings.command).some(([name]) => name === 'verbose')
      ? '--verbose'
      : 'validate --verbose',
  }
}

type Source = Pick<Inventory, 'source'>

/**
 * Problems as a compiler shows them: the place and the rule in one line that starts as editors and CI
 * expect (`servers.csv:7:12 error name-too-long: …`), the offending text underlined, and the fix. Many
 * equal ones are folded, and counted by code at the end.
 */
export function* problemLines(
  inventory: Source,
  problems: readonly Problem[],
  style: ProblemStyle,
): Generator<string> {
  const kinds = groupBy(problems, kindOf)
  const seen = new Map<string, number>()
  for (const problem of problems) {
    const kind = kindOf(problem)
    const nth = (seen.get(kind) ?? 0) + 1
    seen.set(kind, nth)
    if (nth <= SHOWN) yield* withExcerpt(inventory, problem, style)
    else if (!style.isFolded) yield formatProblem(inventory.source, problem)
    else if (nth === SHOWN + 1) yield foldedLine(kinds.get(kind) ?? [], style)
  }
  yield* countLines(problems, kinds)
}

/** What makes two problems equal: the rule, and where it is about a field, the field. */
function kindOf({ code, field }: Problem): string {
  return `${code} ${field ?? ''}`
}

function withExcerpt(
  inventory: Source,
  problem: Problem,
  { palette: colours, width }: ProblemStyle,
): readonly string[] {
  const gutter = String(problem.line ?? '')
  const excerpt = excerptOf(problem, Math.max(20, width - gutter.length - 5))
  const tint = problem.severity === 'error' ? colours.bad : colours.warn
  if (excerpt === null || problem.severity === 'info') {
    return [coloured(formatProblem(inventory.source, problem), problem, colours)]
  }
  const margin = ' '.repeat(gutter.length + 2)
  return [
    coloured(formatProblem(inventory.source, { ...problem, hint: null }), problem, colours),
    colours.faint(` ${gutter} | `) + excerpt.text,
    colours.faint(`${margin}| `) + tint(excerpt.marks),
    ...(problem.hint === null
      ? []
      : [wrap(`fix: ${sanitize(problem.hint)}`, `${margin}  `, width).replace('  fix:', '= fix:')]),
  ]
}

/** The word that says how bad it is, so that an error is found at a glance. */
function coloured(line: string, { severity, code }: Problem, colours: Palette): string {
  const tint = { error: colours.bad, warning: colours.warn, info: colours.faint }[severity]
  const word = ` ${severity} ${code}`
  const at = line.indexOf(word)
  return at < 0
    ? line
    : `${line.slice(0, at)} ${tint(word.slice(1))}${line.slice(at + word.length)}`
}

function foldedLine(kind: readonly Problem[], { palette: colours, unfold }: ProblemStyle): string {
  const [first] = kind
  const rest = kind.slice(SHOWN)
  const rows = rest.flatMap(({ row }) => (row === null ? [] : [row]))
  const range =
    rows.length === 0
      ? ''
      : `, rows ${formatCount(rows[0] ?? 0)} to ${formatCount(rows.at(-1) ?? 0)}`
  const name = first?.field ?? null
  const field = name === null ? '' : ` of ${sanitize(name)}`
  return colours.faint(
    `  … and ${formatCount(rest.length)} more ${first?.code ?? ''}${field}${range} (${unfold} shows each)`,
  )
}

/** Only where some code is repeated: of three different ones the list itself is the summary. */
function countLines(
  problems: readonly Problem[],
  kinds: ReadonlyMap<string, readonly Problem[]>,
): readonly string[] {
  if (![...kinds.values()].some((kind) => kind.length > SHOWN)) return []
  const codes = [...groupBy(problems, ({ code }) => code)].toSorted(
    ([, one], [, other]) => other.length - one.length,
  )
  const width = Math.max(...codes.map(([code]) => code.length))
  return codes.map(([code, found]) => {
    const [first] = found
    return `  ${code.padEnd(width)}  ${pluralize(found.length, SEVERITY_WORD[first?.severity ?? 'error'])}`
  })
}

const SEVERITY_WORD = { error: 'error', warning: 'warning', info: 'notice' } as const

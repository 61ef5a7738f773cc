import type { Severity } from '../inventory/problem-codes.ts'
import { sanitize } from '../safe-text.ts'
import { pluralize } from '../ui/text.ts'
import type { Finding } from './finding.ts'

/** Of very many the rest is counted: GitHub itself shows ten of a kind in a step. */
const MOST = 10

const COMMAND = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
} as const satisfies Record<Severity, string>

const RANK = { error: 0, warning: 1, info: 2 } as const satisfies Record<Severity, number>

/**
 * Workflow commands of GitHub Actions, a line each: the gravest first, at most ten, then how many more there are.
 * Notices are left out: they say that all is well. Pure.
 *
 * @param file null: it is no file of the checkout, and no line of one can be shown.
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function annotations(findings: readonly Finding[], file: string | null): readonly string[] {
  const grave = findings
    .filter(({ level }) => level !== 'info')
    .toSorted((one, other) => RANK[one.level] - RANK[other.level])
  const more = grave.slice(MOST)
  const [first] = more
  return [
    ...grave.slice(0, MOST).map((finding) => annotation(finding, file)),
    ...(first === undefined
      ? []
      : [
          `::${COMMAND[first.level]}${properties({ file })}::${data(`and ${pluralize(more.length, 'more finding')}, listed in the log and the report`)}`,
        ]),
  ]
}

function annotation({ level, code, message, line, column }: Finding, file: string | null): string {
  const place = file === null || line === null ? {} : { line, col: column }
  return `::${COMMAND[level]}${properties({ file, ...place, title: code })}::${data(message)}`
}

function properties(all: Readonly<Record<string, string | number | null>>): string {
  const given = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${property(String(value))}`],
  )
  return given.length === 0 ? '' : ` ${given.join(',')}`
}

/** The runner reads what stands behind a `%` back, and ends a command at a line end. */
function data(text: string): string {
  return sanitize(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

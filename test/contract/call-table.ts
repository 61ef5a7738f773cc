import type { Outcome } from './run-client.ts'

/** `ok`: all that was tried of it; `none`: the client has no such call. */
const CELLS = { ok: '✓', failed: '✗', none: '–' } as const

/**
 * Which client makes which call, as a Markdown table: ways to sign in first, then calls by what they send, in
 * the order in which the clients (in the order given) make them first.
 */
export function callTable(runs: ReadonlyMap<string, readonly Outcome[]>): string {
  const rows = new Map<string, Map<string, 'ok' | 'failed'>>()
  const all = [...runs].flatMap(([client, outcomes]) =>
    outcomes.map((outcome) => ({ client, outcome, row: rowOf(outcome) })),
  )
  const ordered = [
    ...all.filter(({ outcome }) => isSignIn(outcome)),
    ...all.filter(({ outcome }) => !isSignIn(outcome) && !isRefusal(outcome)),
    ...all.filter(({ outcome }) => isRefusal(outcome)),
  ]
  for (const { client, outcome, row } of ordered) {
    if (row === null || (isRefusal(outcome) && !rows.has(row))) continue
    const cells = rows.get(row) ?? new Map<string, 'ok' | 'failed'>()
    rows.set(row, cells)
    const isOk = outcome.status === 'ok' && cells.get(client) !== 'failed'
    cells.set(client, isOk ? 'ok' : 'failed')
  }
  const clients = [...runs.keys()]
  return [
    lineOf('call', clients),
    lineOf(
      '---',
      clients.map(() => ':---:'),
    ),
    ...[...rows].map(([row, cells]) =>
      lineOf(
        row,
        clients.map((client) => CELLS[cells.get(client) ?? 'none']),
      ),
    ),
  ].join('\n')
}

function isSignIn({ operation }: Outcome): boolean {
  return operation.startsWith('sign in')
}

/** What is to be refused may be a call that there is not. */
function isRefusal({ variant }: Outcome): boolean {
  return variant?.startsWith('refused') === true
}

/** A failure before anything was sent has no row of its own; the call's other cases have. */
function rowOf(outcome: Outcome): string | null {
  if (isSignIn(outcome)) return outcome.operation
  return outcome.http === null ? null : `\`${outcome.http}\``
}

function lineOf(first: string, others: readonly string[]): string {
  return `| ${[first, ...others].join(' | ')} |`
}

export const TABLE_BEGIN = '<!-- contract:begin -->'
export const TABLE_END = '<!-- contract:end -->'

/** What stands between the markers; null where they are not there. */
export function tableIn(page: string): string | null {
  const begin = page.indexOf(TABLE_BEGIN)
  const end = page.indexOf(TABLE_END)
  return begin < 0 || end < begin ? null : page.slice(begin + TABLE_BEGIN.length, end).trim()
}

/** The page with this table between the markers. */
export function withTable(page: string, table: string): string {
  const begin = page.indexOf(TABLE_BEGIN) + TABLE_BEGIN.length
  return `${page.slice(0, begin)}\n${table}\n${page.slice(page.indexOf(TABLE_END))}`
}

import { protectionOf } from '../group-status.ts'
import { nextClause, type NextStep } from '../report/next-step.ts'
import type { Report } from '../report/schema.ts'
import { unexpectedRows, type VerifiedRow } from '../report/verification.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { labelled, pluralize } from '../ui/text.ts'
import type { Verdict } from '../verify/verification.ts'
import { nextRun } from './next-run.ts'

/** What mends a row that is not as expected: a command, or a hand. */
type Remedy = 'apply' | 'enable' | 'wait' | 'permission' | 'console' | 'edit'

/** The same as lines for a terminal. */
export function verifyNext(report: Report, settings: Settings, env: Io['env']): string | null {
  const step = verifyStep(report, settings, env)
  if (step === null) return null
  const { command } = step
  const words = nextClause(step, 'as said above')
  if (command === null) return words === null ? null : labelled('Next', words)
  return `Next:   ${command}${words === null ? '' : `\n${labelled('', words)}`}`
}

/**
 * What to do after an audit: the one command that fits, as it is typed, or the edit to make where no command
 * would change anything. Null: every row is as expected.
 */
export function verifyStep(report: Report, settings: Settings, env: Io['env']): NextStep | null {
  const rows = unexpectedRows(report)
  if (rows.length === 0) return null
  const startable = startableGroups(report)
  const remedies = rows.map((row) => remedyOf(row, startable))
  const first = ORDER.find((remedy) => remedies.includes(remedy)) ?? 'console'
  const count = remedies.filter((remedy) => remedy === first).length
  const servers = pluralize(count, 'server')
  switch (first) {
    case 'apply':
      return { command: nextRun(settings, env, { command: 'apply' }), words: null }
    case 'enable':
      return { command: nextRun(settings, env, { command: 'enable' }), words: null }
    case 'edit':
      return {
        command: null,
        words: `correct ${servers} in the inventory, or change ${count === 1 ? 'it' : 'them'} in the console`,
        isExplained: true,
      }
    case 'console':
      return { command: null, words: `look at ${servers} in the console`, isExplained: true }
    case 'permission':
      return { command: null, words: 'get the permission that is missing, then verify again' }
    case 'wait':
      return {
        command: nextRun(settings, env),
        words: `in a while: ${servers} ${count === 1 ? 'is' : 'are'} not in sync yet`,
      }
  }
}

/** A command that changes something comes before what only a person can do, and waiting last. */
const ORDER: readonly Remedy[] = ['apply', 'enable', 'console', 'edit', 'permission', 'wait']

const REMEDY_OF = {
  'as-written': () => 'wait',
  'not-replicating': notReplicating,
  drifted: () => 'edit',
  broken: () => 'console',
  elsewhere: () => 'edit',
  'not-protected': () => 'apply',
} as const satisfies Record<Verdict, (row: VerifiedRow, startable: ReadonlySet<string>) => Remedy>

function remedyOf(row: VerifiedRow, startable: ReadonlySet<string>): Remedy {
  return REMEDY_OF[row.verification.verdict](row, startable)
}

/** The groups, by ID, that `enable` would start: off by themselves, and all of their rows created. */
function startableGroups({ groups }: Report): ReadonlySet<string> {
  return new Set(
    groups
      .filter((each) => each.protected === each.rows && protectionOf(each.status ?? '') === 'off')
      .map(({ id }) => id),
  )
}

function notReplicating(
  { serverGroupId, verification: { replication } }: VerifiedRow,
  startable: ReadonlySet<string>,
): Remedy {
  switch (replication.state) {
    case 'off':
      // After a failover, or in a group with rows that are broken, it would refuse.
      return serverGroupId !== null && startable.has(serverGroupId) ? 'enable' : 'console'
    case 'syncing':
      return 'wait'
    case 'unknown':
      return replication.pairs === null ? 'permission' : 'console'
    case 'faulty':
    case 'in-sync':
      return 'console'
  }
}

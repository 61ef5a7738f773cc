import type { Report } from '../report/schema.ts'
import { unexpectedRows, type VerifiedRow } from '../report/verification.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { labelled, pluralize } from '../ui/text.ts'
import type { Verdict } from '../verify/verification.ts'
import { nextRun } from './next-run.ts'

/** What mends a row that is not as expected: a command, or a hand. */
type Remedy = 'apply' | 'enable' | 'wait' | 'permission' | 'console' | 'edit'

/**
 * What to do after an audit: the one command that fits, as it is typed, or the edit to make where no command
 * would change anything. Null: every row is as expected.
 */
export function verifyNext(report: Report, settings: Settings, env: Io['env']): string | null {
  const rows = unexpectedRows(report)
  if (rows.length === 0) return null
  const remedies = new Set(rows.map(remedyOf))
  const first = ORDER.find((remedy) => remedies.has(remedy)) ?? 'console'
  const count = pluralize(rows.filter((row) => remedyOf(row) === first).length, 'server')
  const again = nextRun(settings, env)
  switch (first) {
    case 'apply':
      return `Next:   ${nextRun(settings, env, { command: 'apply' })}`
    case 'enable':
      return `Next:   ${nextRun(settings, env, { command: 'enable' })}`
    case 'edit':
      return labelled(
        'Next',
        `correct ${count} in the inventory, or change ${rows.length === 1 ? 'it' : 'them'} in the console, as said above`,
      )
    case 'console':
      return labelled('Next', `look at ${count} in the console, as said above`)
    case 'permission':
      return labelled('Next', 'get the permission that is missing, then verify again')
    case 'wait':
      return `Next:   ${again}\n${labelled('', `in a while: ${count} is not in sync yet`)}`
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
} as const satisfies Record<Verdict, (row: VerifiedRow) => Remedy>

function remedyOf(row: VerifiedRow): Remedy {
  return REMEDY_OF[row.verification.verdict](row)
}

function notReplicating({ verification: { replication } }: VerifiedRow): Remedy {
  switch (replication.state) {
    case 'off':
      return 'enable'
    case 'syncing':
      return 'wait'
    case 'unknown':
      return replication.pairs === null ? 'permission' : 'console'
    case 'faulty':
    case 'in-sync':
      return 'console'
  }
}

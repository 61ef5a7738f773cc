import type { OpenKind, ReasonOf } from '../outcome.ts'
import { isProtected } from '../outcome.ts'
import type { Report } from '../report/schema.ts'
import type { Given } from '../settings/source.ts'
import type { MendedIn } from './mending.ts'

type Row = Pick<Report['rows'][number], 'outcome' | 'reason' | 'protectedInstanceId' | 'line'>

/** What the journals know of the instances that failed creates have left; see `OpenWork`. */
export interface LeftByCreates {
  /** In `error`: the only ones that `--replace-failed` deletes. By ID. */
  readonly replaceable: ReadonlySet<string>
  /** Left in another status: a person must look. By ID. */
  readonly odd: ReadonlySet<string>
}

export const NOTHING_LEFT: LeftByCreates = { replaceable: new Set(), odd: new Set() }

/** What carries an open row on: the same command; the same with `--replace-failed`; or an edit first, there. */
export type Remedy = 'again' | 'replace' | MendedIn

type Rule = Remedy | ((row: Row, left: LeftByCreates, isReplacing: boolean) => Remedy)

/** An instance stands in the way that a failed create has left. */
const left: Rule = ({ protectedInstanceId: id }, { replaceable }, isReplacing) =>
  id !== null && replaceable.has(id) && !isReplacing ? 'replace' : 'cloud'

/** By outcome and reason: whoever adds a reason says what carries its rows on. */
const REMEDIES = {
  failed: {
    // For good: the same request would be refused again.
    refused: 'either',
    'job-failed': ({ protectedInstanceId: id }, { replaceable, odd }) =>
      id === null ? 'again' : replaceable.has(id) ? 'replace' : odd.has(id) ? 'cloud' : 'again',
    'retries-exhausted': 'again',
  },
  conflict: { 'other-group': 'inventory', 'broken-instance': left, 'being-deleted': 'again' },
  blocked: {
    'group-not-ready': 'cloud',
    'group-full': 'inventory',
    'az-mismatch': 'inventory',
    'vpc-mismatch': 'inventory',
    'server-missing': 'inventory',
    'server-status': 'cloud',
    'server-locked': 'cloud',
    'no-disk': 'cloud',
    'disk-unsupported': 'cloud',
    'flavor-unsupported': 'inventory',
    'subnet-missing': 'inventory',
    'ip-outside-subnet': 'inventory',
    'ip-taken': 'inventory',
    'pair-quota': 'cloud',
  },
  'in-progress': { 'job-running': 'again', 'job-timeout': 'again', interrupted: 'again' },
  unknown: { 'fate-unknown': 'again', 'not-in-list': 'again' },
  'not-attempted': {
    interrupted: 'again',
    'failure-limit': 'again',
    'access-lost': 'again',
    'group-unusable': 'cloud',
    quota: 'cloud',
    'wave-stopped': 'again',
    'run-aborted': 'again',
    'not-protected': 'again',
  },
} as const satisfies {
  readonly [K in OpenKind]: { readonly [R in ReasonOf<K>]: Rule }
}

/** What a run leaves to do. */
export interface LeftToDo {
  /** What to add to the same command, with which it changes something; null: as it stands it would change nothing. */
  readonly again: Given | null
  /** The rows that a person must mend first, in their order. */
  readonly edits: readonly { readonly line: number; readonly in: MendedIn }[]
}

/**
 * What carries on the open rows of a run: the command again, with what it must have for that, or edits, or both. Pure.
 *
 * @param isReplacing the run had `--replace-failed`: what still stands in the way it could not delete.
 */
export function leftToDo(
  rows: readonly Row[],
  left: LeftByCreates,
  isReplacing: boolean,
): LeftToDo {
  const remedies = rows.flatMap((row) => {
    const remedy = remedyOf(row, left, isReplacing)
    return remedy === null ? [] : [{ remedy, line: row.line }]
  })
  const has = (wanted: Remedy): boolean => remedies.some(({ remedy }) => remedy === wanted)
  return {
    again:
      has('again') || has('replace')
        ? {
            ...(has('replace') && !isReplacing ? { 'replace-failed': true } : {}),
            ...withoutLimit(rows),
          }
        : null,
    edits: remedies.flatMap(({ remedy, line }) =>
      remedy === 'again' || remedy === 'replace' ? [] : [{ line, in: remedy }],
    ),
  }
}

/** The same rows would fail again, and the limit stop the run at the same place: it must not stand as it did. */
function withoutLimit(rows: readonly Pick<Row, 'reason'>[]): Given {
  return rows.some(({ reason }) => reason === 'failure-limit') ? { 'max-failures': '100%' } : {}
}

function remedyOf(row: Row, left: LeftByCreates, isReplacing: boolean): Remedy | null {
  const { outcome, reason } = row
  if (isProtected(outcome) || reason === null) return null
  const rules: Readonly<Partial<Record<string, Rule>>> = REMEDIES[outcome]
  // Reports are read from files: a reason that is not this outcome's is carried on by running again.
  const rule = rules[reason] ?? 'again'
  return typeof rule === 'function' ? rule(row, left, isReplacing) : rule
}

/** Where the cause of a row that a plan leaves out is mended. */
export function mendedIn(
  kind: 'conflict' | 'blocked',
  reason: ReasonOf<'conflict'> | ReasonOf<'blocked'>,
): MendedIn {
  const rules: Readonly<Partial<Record<string, Rule>>> = REMEDIES[kind]
  const rule = rules[reason]
  return rule === 'inventory' || rule === 'either' ? rule : 'cloud'
}

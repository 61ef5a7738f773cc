import * as z from 'zod'
import { parseJson } from '../json.ts'
import { PLAN_VERSION, planDocumentSchema, type PlanDocument, type PlanRow } from './plan-schema.ts'
import {
  checksumOf,
  DECIDING,
  decisionOf,
  fingerprintOf,
  type DecidingField,
} from './fingerprint.ts'

/** A saved plan as it was read, or what is wrong with the file, in a sentence without a full stop. */
export type SavedPlan =
  | { readonly ok: true; readonly plan: PlanDocument }
  | { readonly ok: false; readonly problem: string }

const versionSchema = z.object({ planVersion: z.number() })

/**
 * Of two values under one key a person may read the first, and `JSON.parse` takes the last. Written anew
 * without blanks, a file that says every thing once is as long as it was.
 */
function saysTwice(text: string, json: unknown): boolean {
  const bare = text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, quoted?: string) => quoted ?? '')
  return bare.length !== JSON.stringify(json).length
}

/** Reads a plan's file, and holds its rows against its own fingerprint: an edited plan approves nothing. Pure. */
export function parseSavedPlan(text: string): SavedPlan {
  const json = parseJson(text)
  if (json !== undefined && saysTwice(text, json)) {
    return {
      ok: false,
      problem: 'it has been edited: a key stands twice, or a value is spelt in another way',
    }
  }
  const version = versionSchema.safeParse(json)
  if (!version.success) return { ok: false, problem: 'it is not a plan of this tool' }
  const { planVersion } = version.data
  if (planVersion !== PLAN_VERSION) {
    const age = planVersion < PLAN_VERSION ? 'an earlier' : 'a later'
    return {
      ok: false,
      problem: `it was made by ${age} version of this tool (format ${planVersion}; this one reads ${PLAN_VERSION})`,
    }
  }
  const parsed = planDocumentSchema.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const at = issue === undefined ? '' : ` (${issue.path.join('.')}: ${issue.message})`
    return { ok: false, problem: `it has been edited or damaged${at}` }
  }
  // Of the file's own words: what it leaves out was not there when it was saved.
  const { checksum, ...written } = json as z.input<typeof planDocumentSchema>
  const { rows, fingerprint } = parsed.data
  if (fingerprintOf(rows) !== fingerprint || checksumOf(written) !== checksum) {
    return { ok: false, problem: 'it has been edited: its rows do not fit its fingerprint' }
  }
  return { ok: true, plan: parsed.data }
}

/** What a difference in a field comes from, while the inventory's file is the same. */
const MOVED_BY = {
  row: 'option',
  serverId: 'option',
  name: 'option',
  serverGroupId: 'option',
  serverGroup: 'cloud',
  wave: 'option',
  action: 'cloud',
  reason: 'cloud',
  errorCode: 'cloud',
  warnings: 'cloud',
  protectedInstanceId: 'cloud',
  jobId: 'cloud',
  request: 'option',
} as const satisfies Record<DecidingField, 'option' | 'cloud'>

const WORDS = {
  option: 'an option has changed (--set, --map, --group, --dialect, --name-template …)',
  cloud: 'the cloud has moved',
  inventory: 'the inventory has changed',
} as const

/**
 * What has moved between a saved plan and one made now, in a sentence without a full stop: the first row
 * and field that differ, and where the difference comes from. Null when both send the same. Pure.
 */
export function whatMoved(saved: PlanDocument, now: PlanDocument): string | null {
  if (saved.endpoint !== now.endpoint || saved.projectId !== now.projectId) {
    return `it was made for another endpoint or project: ${saved.endpoint}, project ${saved.projectId}`
  }
  const isSameFile = saved.inventory.sha256 === now.inventory.sha256
  const difference = firstDifference(saved.rows, now.rows)
  if (difference === null) {
    if (!isSameFile) return 'the inventory’s file has changed since, although its rows are the same'
    return saved.fingerprint === now.fingerprint ? null : 'the rows are in another order'
  }
  if (difference.kind === 'rows') {
    const why = isSameFile
      ? 'another selection (--only, --rows, --wave, --limit, --shard)'
      : WORDS.inventory
    return `${why}: ${difference.detail}`
  }
  const { field, was, is } = difference
  const cause = !isSameFile
    ? WORDS.inventory
    : isReplaceFailed(difference)
      ? 'an option has changed (--replace-failed)'
      : isPreflight(difference)
        ? 'the cloud has moved, or an option has changed (--no-preflight)'
        : isMatchedAnew(difference)
          ? 'the cloud has moved, and the name means another server now (--resolve-names)'
          : WORDS[MOVED_BY[field]]
  const { row, other } = difference
  return `${cause}: row ${row.row} (${row.name}), ${nameOf(difference)}: planned ${short(was)}${why(row, field)}, now ${short(is)}${why(other, field)}`
}

/** Behind an action, what it was decided for. */
function why({ reason, message }: PlanRow, field: DecidingField): string {
  const isAbout = field === 'action' || field === 'reason'
  return isAbout && reason !== null && message !== null ? ` (${reason}: ${message})` : ''
}

interface FieldDifference {
  readonly kind: 'field'
  readonly row: PlanRow
  /** The same row, now. */
  readonly other: PlanRow
  readonly field: DecidingField
  /** The field of the request, where that is what differs. */
  readonly part: string | null
  readonly was: unknown
  readonly is: unknown
}

type Difference = FieldDifference | { readonly kind: 'rows'; readonly detail: string }

function firstDifference(saved: readonly PlanRow[], now: readonly PlanRow[]): Difference | null {
  const numbers = (rows: readonly PlanRow[]): Set<number> => new Set(rows.map(({ row }) => row))
  const [before, after] = [numbers(saved), numbers(now)]
  const gone = saved.find(({ row }) => !after.has(row))
  if (gone !== undefined) {
    return { kind: 'rows', detail: `row ${gone.row} (${gone.name}) is not among the rows any more` }
  }
  const added = now.find(({ row }) => !before.has(row))
  if (added !== undefined) {
    return { kind: 'rows', detail: `row ${added.row} (${added.name}) was not in the plan` }
  }
  for (const [index, row] of saved.entries()) {
    const other = now[index]
    if (other === undefined) continue
    const field = DECIDING.find((each) => decisionOf(row, each) !== decisionOf(other, each))
    if (field !== undefined) return inField(row, other, field)
  }
  return null
}

function inField(row: PlanRow, other: PlanRow, field: DecidingField): FieldDifference {
  if (field !== 'request' || row.request === null || other.request === null) {
    return { kind: 'field', row, other, field, part: null, was: row[field], is: other[field] }
  }
  const [was, is] = [row.request.protected_instance, other.request.protected_instance]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])] as (keyof typeof was)[]
  const part = names.find((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
  return part === undefined
    ? { kind: 'field', row, other, field, part: null, was, is }
    : { kind: 'field', row, other, field, part, was: was[part], is: is[part] }
}

function isReplaceFailed({ field, was, is }: FieldDifference): boolean {
  return field === 'action' && [was, is].includes('replace') && [was, is].includes('conflict')
}

/** The same row of the same file, whose server was found by its name. */
function isMatchedAnew({ field, row, other }: FieldDifference): boolean {
  return field === 'serverId' && row.matched !== null && other.matched !== null
}

/** A create that is blocked, or not any more, for what another service tells or was not asked. */
function isPreflight({ field, row, other }: FieldDifference): boolean {
  if (field !== 'action') return false
  const [blocked, sent] = row.action === 'blocked' ? [row, other] : [other, row]
  return (
    blocked.action === 'blocked' &&
    blocked.reason !== 'group-not-ready' &&
    (sent.action === 'create' || sent.action === 'replace')
  )
}

function nameOf({ field, part }: FieldDifference): string {
  return part === null ? field : `${field}.${part}`
}

function short(value: unknown): string {
  const text = value === undefined || value === null ? 'nothing' : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

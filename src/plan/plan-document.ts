import type { z } from 'zod'
import type { CreateProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import type { Row } from '../inventory/row.ts'
import type { Action } from './action.ts'
import { checksumOf, fingerprintOf } from './fingerprint.ts'
import { PLAN_VERSION, type bodySchema, type PlanDocument, type PlanRow } from './plan-schema.ts'
import type { Plan, PlannedRow } from './plan.ts'
import { summarise } from './summary.ts'

type About = Pick<PlanDocument, 'endpoint' | 'projectId' | 'inventory'>

/** The plan as data, for `--json` and for the file of `--out`. Pure. */
export function planDocument(plan: Plan, about: About): PlanDocument {
  return { ...outline(plan, about), rows: plan.rows.map(planRow) }
}

/** So much text is written at once. */
const CHUNK = 64 * 1024
const ROWS = '\n  "rows": []'

/**
 * The same document as the text of its file, in pieces: the text of a large fleet is a hundred megabytes, of which
 * only a piece is in memory at a time. Pure.
 */
export function* planDocumentText(plan: Plan, about: About): Generator<string> {
  const whole = `${JSON.stringify({ ...outline(plan, about), rows: [] }, null, 2)}\n`
  const at = whole.indexOf(ROWS)
  let text = whole.slice(0, at + ROWS.length - 1)
  let separator = '\n    '
  for (const row of rowsOf(plan)) {
    text += separator + JSON.stringify(row, null, 2).replaceAll('\n', '\n    ')
    separator = ',\n    '
    if (text.length < CHUNK) continue
    yield text
    text = ''
  }
  yield `${text}${plan.rows.length === 0 ? '' : '\n  '}${whole.slice(at + ROWS.length - 1)}`
}

/** Made anew each time they are gone through. */
function* rowsOf({ rows }: Plan): Generator<PlanRow> {
  for (const row of rows) yield planRow(row)
}

/** The document with its rows left out, but for their place. */
function outline(plan: Plan, about: About): PlanDocument {
  const { counts, rows: count } = summarise(plan)
  const document = {
    planVersion: PLAN_VERSION,
    endpoint: about.endpoint,
    projectId: about.projectId,
    inventory: about.inventory,
    fingerprint: fingerprintOf(rowsOf(plan)),
    totals: { rows: count, ...counts },
    rows: [],
    carriedOver: plan.carriedOver.map(({ serverId, name, runId, jobId }) => ({
      serverId,
      name,
      runId,
      jobId,
    })),
    unchecked: plan.unchecked.map(({ service, reason }) => ({ service, reason })),
  } as const
  return { ...document, rows: [], checksum: checksumOf({ ...document, rows: rowsOf(plan) }) }
}

function planRow({ row, group, action, request, warnings }: PlannedRow): PlanRow {
  return {
    row: row.row,
    line: row.line,
    serverId: row.serverId,
    name: row.name,
    serverGroupId: group.id,
    serverGroup: group.name,
    wave: row.wave ?? null,
    action: action.kind,
    reason: 'result' in action ? action.result.reason : null,
    errorCode: action.kind === 'blocked' ? action.errorCode : null,
    message: messageOf(action),
    advice: 'result' in action ? action.result.advice : null,
    warnings: warnings.map(({ code, message }) => ({ code, message })),
    protectedInstanceId: 'instance' in action ? (action.instance?.id ?? null) : null,
    jobId: 'open' in action ? (action.open?.jobId ?? null) : null,
    drift: 'drift' in action ? [...action.drift] : [],
    changes: changesOf(row),
    matched: matchOf(row),
    request: request === null ? null : { protected_instance: bodyOf(request) },
  }
}

/** The row's own lists are read-only, those of a document are not. */
export function changesOf({ changes = [] }: Pick<Row, 'changes'>): PlanRow['changes'] {
  return changes.map((change) => ({ ...change }))
}

export function matchOf({ matched }: Pick<Row, 'matched'>): PlanRow['matched'] {
  return matched === undefined ? null : { ...matched, leftOut: [...matched.leftOut] }
}

/** The same body with a list of its own, as the schema's type wants it. */
function bodyOf({ tags, ...body }: CreateProtectedInstance): z.output<typeof bodySchema> {
  return tags === undefined ? body : { ...body, tags: tags.map((tag) => ({ ...tag })) }
}

/** Why, in words, where the action's name does not say it all. */
export function messageOf(action: Action): string | null {
  switch (action.kind) {
    case 'conflict':
    case 'blocked':
      return action.result.message
    case 'keep':
      return action.warning
    case 'resume':
      return action.open === null
        ? 'an instance of it is being created'
        : `run ${action.open.runId} sent it and did not see its end`
    case 'look':
      return `run ${action.open.runId} sent it and lost the answer: looked for before anything is sent`
    case 'replace':
      return `deletes the instance ${action.instance.id} that a failed create left, with its DR server`
    case 'create':
      return null
  }
}

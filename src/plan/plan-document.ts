import type { z } from 'zod'
import type { CreateProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import type { Row } from '../inventory/row.ts'
import type { Action } from './action.ts'
import { checksumOf, fingerprintOf } from './fingerprint.ts'
import { PLAN_VERSION, type bodySchema, type PlanDocument, type PlanRow } from './plan-schema.ts'
import type { Plan, PlannedRow } from './plan.ts'
import { summarise } from './summary.ts'

/** The plan as data, for `--json` and for the file of `--out`. Pure. */
export function planDocument(
  plan: Plan,
  about: Pick<PlanDocument, 'endpoint' | 'projectId' | 'inventory'>,
): PlanDocument {
  const { counts, rows: count } = summarise(plan)
  const rows = plan.rows.map(planRow)
  const document = {
    planVersion: PLAN_VERSION,
    endpoint: about.endpoint,
    projectId: about.projectId,
    inventory: about.inventory,
    fingerprint: fingerprintOf(rows),
    totals: { rows: count, ...counts },
    rows,
    carriedOver: plan.carriedOver.map(({ serverId, name, runId, jobId }) => ({
      serverId,
      name,
      runId,
      jobId,
    })),
    unchecked: plan.unchecked.map(({ service, reason }) => ({ service, reason })),
  } as const
  return { ...document, checksum: checksumOf(document) }
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

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { groupKey, serverKey } from '../keys.ts'
import type { Action } from './action.ts'
import type { Plan } from './plan.ts'
import { summarise } from './summary.ts'

/** `plan --json` and the file of `plan --out`: what apply would do, row by row. Absent is null. */
export const PLAN_VERSION = 1

const text = z.string().nullable()

export const planDocumentSchema = z.strictObject({
  planVersion: z.literal(PLAN_VERSION),
  endpoint: z.string(),
  projectId: z.string(),
  inventory: z.strictObject({ source: z.string(), sha256: z.string() }),
  /** Of everything that the plan decides: it changes when the inventory or the cloud has moved. */
  fingerprint: z.string(),
  totals: z.record(z.string(), z.int().nonnegative()),
  rows: z.array(
    z.strictObject({
      row: z.int(),
      line: z.int(),
      serverId: z.string(),
      name: z.string(),
      serverGroupId: z.string(),
      wave: text,
      action: z.enum(['create', 'keep', 'conflict', 'blocked', 'resume', 'look', 'replace']),
      reason: text,
      message: text,
      advice: text,
      protectedInstanceId: text,
      jobId: text,
      drift: z.array(z.strictObject({ field: z.string(), wanted: z.string(), actual: text })),
    }),
  ),
  carriedOver: z.array(
    z.strictObject({ serverId: z.string(), name: z.string(), runId: z.string(), jobId: text }),
  ),
})
export type PlanDocument = z.output<typeof planDocumentSchema>

export function planJsonSchema(): unknown {
  return z.toJSONSchema(planDocumentSchema)
}

export function planDocument(
  plan: Plan,
  about: Pick<PlanDocument, 'endpoint' | 'projectId' | 'inventory'>,
): PlanDocument {
  const { counts, rows } = summarise(plan)
  return {
    planVersion: PLAN_VERSION,
    endpoint: about.endpoint,
    projectId: about.projectId,
    inventory: about.inventory,
    fingerprint: fingerprintOf(plan),
    totals: { rows, ...counts },
    rows: plan.rows.map(({ row, group, action }) => ({
      row: row.row,
      line: row.line,
      serverId: row.serverId,
      name: row.name,
      serverGroupId: group.id,
      wave: row.wave ?? null,
      action: action.kind,
      reason: 'reason' in action ? action.reason : null,
      message: messageOf(action),
      advice: 'advice' in action ? action.advice : null,
      protectedInstanceId: 'instance' in action ? (action.instance?.id ?? null) : null,
      jobId: 'open' in action ? (action.open?.jobId ?? null) : null,
      drift: 'drift' in action ? [...action.drift] : [],
    })),
    carriedOver: plan.carriedOver.map(({ serverId, name, runId, jobId }) => ({
      serverId,
      name,
      runId,
      jobId,
    })),
  }
}

/** Why, in words, where the action's name does not say it all. */
export function messageOf(action: Action): string | null {
  switch (action.kind) {
    case 'conflict':
    case 'blocked':
      return action.message
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

/** The same for two plans that do the same, whenever and wherever they were made. */
function fingerprintOf(plan: Plan): string {
  const decisions = plan.rows.map(({ row, group, action }) => [
    serverKey(row.serverId),
    row.name,
    groupKey(group.id),
    action.kind,
    'instance' in action ? (action.instance?.id ?? null) : null,
    'open' in action ? (action.open?.jobId ?? null) : null,
  ])
  return createHash('sha256').update(JSON.stringify(decisions)).digest('hex')
}

import { z } from 'zod'
import type { CreateProtectedInstance } from '../sdrs/schema.ts'
import type { Action } from './action.ts'
import { checksumOf, fingerprintOf } from './fingerprint.ts'
import type { Plan, PlannedRow } from './plan.ts'
import { summarise } from './summary.ts'

/** `plan --json` and the file of `plan --out`: what apply would do, row by row. Absent is null. */
export const PLAN_VERSION = 2

const text = z.string().nullable()

/** The body of a create, as it is sent. */
const bodySchema = z.strictObject({
  server_group_id: z.string(),
  server_id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  cluster_id: z.string().optional(),
  primary_subnet_id: z.string().optional(),
  primary_ip_address: z.string().optional(),
  flavorRef: z.string().optional(),
  tags: z.array(z.strictObject({ key: z.string(), value: z.string() })).optional(),
  tenancy: z.enum(['shared', 'dedicated']).optional(),
  dedicated_host_id: z.string().optional(),
} satisfies Record<keyof CreateProtectedInstance, z.ZodType>)

const planRowSchema = z.strictObject({
  row: z.int(),
  line: z.int(),
  serverId: z.string(),
  name: z.string(),
  serverGroupId: z.string(),
  serverGroup: z.string().describe('the name of the protection group'),
  wave: text,
  action: z.enum(['create', 'keep', 'conflict', 'blocked', 'resume', 'look', 'replace']),
  reason: text,
  errorCode: text.describe('what the API would answer, where the row is blocked'),
  message: text,
  advice: text,
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
  protectedInstanceId: text,
  jobId: text,
  drift: z.array(z.strictObject({ field: z.string(), wanted: z.string(), actual: text })),
  request: z
    .strictObject({ protected_instance: bodySchema })
    .nullable()
    .describe(
      'the body of the create, as it is sent; of a row that is taken up: if it comes to nothing',
    ),
})
export type PlanRow = z.output<typeof planRowSchema>

export const planDocumentSchema = z.strictObject({
  planVersion: z.literal(PLAN_VERSION),
  endpoint: z.string(),
  projectId: z.string(),
  inventory: z.strictObject({ source: z.string(), sha256: z.string() }),
  /** Of all that decides what is sent and in which order: the same for two plans that send the same. */
  fingerprint: z.string(),
  /** Of the whole document but for this: it shows that the file was edited. */
  checksum: z.string(),
  totals: z.record(z.string(), z.int().nonnegative()),
  rows: z.array(planRowSchema),
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
  } as const
  return { ...document, checksum: checksumOf(document) }
}

function planRow({ row, group, action, request }: PlannedRow): PlanRow {
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
    warnings: [],
    protectedInstanceId: 'instance' in action ? (action.instance?.id ?? null) : null,
    jobId: 'open' in action ? (action.open?.jobId ?? null) : null,
    drift: 'drift' in action ? [...action.drift] : [],
    request: request === null ? null : { protected_instance: bodyOf(request) },
  }
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

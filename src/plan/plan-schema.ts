import * as z from 'zod'
import type { CreateProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import type { FieldChange } from '../inventory/row.ts'
import type { Unchecked } from './preflight/facts.ts'

/** `plan --json` and the file of `plan --out`: what apply would do, row by row. Absent is null. */
export const PLAN_VERSION = 2

const text = z.string().nullable()

/** The body of a create, as it is sent. */
export const bodySchema = z.strictObject({
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

export const fieldChangeSchema = z.strictObject({
  field: z.enum(['name', 'description'] as const satisfies FieldChange['field'][]),
  from: z.string(),
  to: z.string(),
  by: z.enum(['template', 'fit'] as const satisfies FieldChange['by'][]),
})

export const nameMatchSchema = z.strictObject({
  name: z.string().describe('by which it was matched, exactly'),
  availabilityZone: text,
  status: text,
  leftOut: z.array(z.string()).describe('DR servers of the same name, by ID'),
})

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
  changes: z
    .array(fieldChangeSchema)
    // Plans of this format were saved before these were there.
    .default([])
    .describe('values that are used in another form than the inventory has them'),
  matched: nameMatchSchema
    .nullable()
    .default(null)
    .describe('how a row without an ID came to its server; null: the inventory has the ID'),
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
  unchecked: z
    .array(
      z.strictObject({
        service: z.enum(['ecs', 'vpc', 'evs', 'sdrs'] as const satisfies Unchecked['service'][]),
        reason: z.string(),
      }),
    )
    // Plans of this format were saved before it was there.
    .default([])
    .describe('services that could not be asked: nothing is blocked for what they would have told'),
})
export type PlanDocument = z.output<typeof planDocumentSchema>

export function planJsonSchema(): unknown {
  return z.toJSONSchema(planDocumentSchema)
}

import * as z from 'zod'
import { fieldChangeSchema, nameMatchSchema } from '../plan/plan-schema.ts'
import { REASONS } from '../outcome.ts'
import type { OutcomeKind, Reason } from '../outcome.ts'
import { ENABLING_REASONS, type EnablingKind, type EnablingReason } from '../enabling.ts'
import { REPLICATION_STATES, VERDICTS } from '../verify/verification.ts'
import { SPAN_KINDS } from './timeline.ts'

/** `report.json`. Absent values are null; times are ISO 8601, UTC; durations are milliseconds. */
export const REPORT_SCHEMA_VERSION = 1

const kinds = Object.keys(REASONS) as [OutcomeKind, ...OutcomeKind[]]
const reasons = [...new Set(Object.values(REASONS).flat())] as [Reason, ...Reason[]]

const enablings = Object.keys(ENABLING_REASONS) as [EnablingKind, ...EnablingKind[]]
const enablingReasons = [...new Set(Object.values(ENABLING_REASONS).flat())] as [
  EnablingReason,
  ...EnablingReason[],
]

const text = z.string().nullable()
const count = z.int().nonnegative()

const driftSchema = z.array(z.strictObject({ field: z.string(), wanted: z.string(), actual: text }))

const verificationSchema = z.strictObject({
  verdict: z.enum(VERDICTS),
  drift: driftSchema.describe('against the inventory, in its field names and tag:KEY'),
  unverifiable: z
    .array(z.string())
    .describe('filled fields that could not be compared: never a difference'),
  replication: z.strictObject({
    state: z.enum(REPLICATION_STATES),
    pairs: count.nullable().describe('null: not read'),
    progress: z.number().nullable().describe('of the pair that is least far, in per cent'),
  }),
  notCarriedOver: z
    .array(z.strictObject({ field: z.string(), production: text, dr: text }))
    .describe(
      'where production and DR server differ in what SDRS does not carry over; no drift, and nothing that the verdict depends on',
    ),
})

const rowSchema = z.strictObject({
  row: count.describe('number of the data row, from 1'),
  line: count.describe('line of the inventory where the row starts'),
  serverId: z.string(),
  name: z.string(),
  serverGroupId: text,
  serverGroup: text.default(null).describe('its name, as the cloud has it, else as it was written'),
  wave: text.default(null).describe('as written'),
  carried: z
    .record(z.string(), z.string())
    .default({})
    .describe("the inventory's own columns, as they were"),
  outcome: z.enum(kinds),
  reason: z.enum(reasons).nullable(),
  message: text,
  advice: text.describe('what to do next'),
  attempts: count.describe('creates sent for this row in this run'),
  protectedInstanceId: text,
  targetServerId: text.describe('the DR server'),
  jobId: text,
  jobStatus: text,
  errorCode: text,
  httpStatus: z.int().nullable(),
  drift: driftSchema,
  warnings: z
    .array(z.strictObject({ code: z.string(), message: z.string() }))
    .default([])
    .describe('what may have stood in the way of its create; of verify: what is odd about it'),
  verification: verificationSchema
    .nullable()
    .default(null)
    .describe('what verify says of it; null in other commands'),
  submittedAt: text,
  finishedAt: text,
  durationMs: count.nullable(),
  changes: z
    .array(fieldChangeSchema)
    .default([])
    .describe('values that were used in another form than the inventory has them'),
  matched: nameMatchSchema
    .nullable()
    .default(null)
    .describe('how a row without an ID came to its server; null: the inventory has the ID'),
})
export type ReportRow = z.infer<typeof rowSchema>

const enablingSchema = z.strictObject({
  outcome: z.enum(enablings),
  reason: z.enum(enablingReasons).nullable(),
  message: text,
  advice: text.describe('what to do next'),
  jobId: text,
  errorCode: text,
  submittedAt: text,
  finishedAt: text,
})
export type ReportEnabling = z.infer<typeof enablingSchema>

const totalsSchema = z.strictObject({
  rows: count,
  created: count,
  alreadyProtected: count,
  failed: count,
  conflict: count,
  blocked: count,
  inProgress: count,
  unknown: count,
  notAttempted: count,
})
export type Totals = z.infer<typeof totalsSchema>

const selectionSchema = z.strictObject({
  only: z
    .union([z.string(), z.array(z.string())])
    .nullable()
    .describe('several globs are a list'),
  rows: text,
  waves: z.array(z.string()).nullable(),
  limit: count.nullable(),
})

const optionsSchema = z.record(
  z.string(),
  z.union([z.string(), z.boolean(), z.array(z.string()).readonly()]),
)

const targetSchema = z.strictObject({
  cloud: text.describe('otc, huawei, flexible-engine, simulator, or the name of a clouds.yaml'),
  region: text,
  projectId: z.string(),
  projectName: text,
  identity: text.describe('who signed in and how, in words; never a secret'),
})

export const runSchema = z.strictObject({
  id: z.string(),
  command: z.string(),
  options: optionsSchema
    .nullable()
    .default(null)
    .describe('by their long names, without those that the other fields tell; null: not known'),
  directory: text
    .default(null)
    .describe('where the command was given; the paths of inventory and options start there'),
  outcome: z.enum(['complete', 'partial', 'interrupted', 'aborted']),
  startedAt: z.string(),
  finishedAt: z.string(),
  endpoint: z.string(),
  projectId: z.string(),
  region: text,
  target: targetSchema
    .nullable()
    .default(null)
    .describe('where and as whom; null: made before reports told it'),
  inventory: z.strictObject({
    source: z.string(),
    sha256: z.string(),
    rows: count.describe('rows of the whole inventory; totals.rows are those of the selection'),
  }),
  selection: selectionSchema.nullable().describe('null: the whole inventory'),
  shard: z.strictObject({ index: z.int().positive(), count: z.int().positive() }).nullable(),
  resumedRuns: z.array(z.string()),
})
export type ReportRun = z.infer<typeof runSchema>

const requestsSchema = z.strictObject({
  total: count,
  byOperation: z.record(z.string(), count),
  byStatus: z.record(z.string(), count).describe('adds up to total; network errors are "network"'),
  retries: count.describe('requests that were sent again'),
  throttled: count.describe('answers 429 and 503'),
})
export type RequestCounts = z.infer<typeof requestsSchema>

export const reportSchema = z.strictObject({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  run: runSchema,
  totals: totalsSchema.describe('adds up: rows is the sum of all the others'),
  requests: requestsSchema,
  rows: z.array(rowSchema),
  carriedOver: z
    .array(rowSchema)
    .describe(
      'creates that earlier runs left open for servers outside this run; followed to their end, not in the totals',
    ),
  unmanaged: z
    .array(
      z.strictObject({
        protectedInstanceId: z.string(),
        name: z.string(),
        serverGroupId: z.string(),
        sourceServer: text,
        status: z.string(),
      }),
    )
    .describe('instances in the groups of the inventory whose server no row names'),
  unchecked: z
    .array(z.strictObject({ service: z.enum(['sdrs', 'ecs', 'vpc', 'evs']), reason: z.string() }))
    .default([])
    .describe(
      'what could not be read, once a service, and why: nothing is blocked, and nothing called a difference, for it',
    ),
  groups: z.array(
    z.strictObject({
      id: z.string(),
      name: text,
      status: text,
      rows: count,
      protected: count.describe(
        'rows that are created or already-protected: they replicate only where protectionEnabled is true',
      ),
      protectionEnabled: z.boolean().nullable().describe('null: nobody could look'),
      enabling: enablingSchema
        .nullable()
        .default(null)
        .describe('what came of switching its protection on; null: this run was not to do that'),
      timeline: z
        .array(z.strictObject({ kind: z.enum(SPAN_KINDS), from: z.string(), to: z.string() }))
        .nullable()
        .default(null)
        .describe('when it was at work and what it waited for; spans may overlap; null: not kept'),
    }),
  ),
})
export type Report = z.infer<typeof reportSchema>

export function reportJsonSchema(): unknown {
  return z.toJSONSchema(reportSchema)
}

/** The counter of `totals` for each outcome. */
export const TOTAL_OF = {
  created: 'created',
  'already-protected': 'alreadyProtected',
  failed: 'failed',
  conflict: 'conflict',
  blocked: 'blocked',
  'in-progress': 'inProgress',
  unknown: 'unknown',
  'not-attempted': 'notAttempted',
} as const satisfies Record<OutcomeKind, Exclude<keyof Totals, 'rows'>>

import { z } from 'zod'
import { createFailsSchema, limitsSchema } from './world-schema.ts'
import { SimulatorFileError } from './world-file.ts'

/**
 * What goes wrong, and when. A plan is data and is decided by seed and by counting, so the same
 * requests meet the same faults every time.
 *
 * ```json
 * { "seed": 7,
 *   "rules": [
 *     {"on": "createProtectedInstance", "nth": 3, "do": {"status": 409}},
 *     {"on": "createProtectedInstance", "server": "web-0*", "times": 1, "do": {"reset": "after"}},
 *     {"on": "show*", "probability": 0.02, "do": {"status": 503, "retryAfter": 2}} ],
 *   "jobs": [{"server": "batch-07", "errorCode": "EVS.2024", "failReason": "volume is error!"}],
 *   "groups": [{"name": "batch", "parallel": 1}],
 *   "limits": {"listLagMs": 2000} }
 * ```
 * `rules`: of the rules that match a request the first decides. `on` is a glob over operations,
 * `server` one over the name or the ID of a create's server. `nth` counts the requests that `on`
 * (and `server`) match from 1. `times` ends a rule, `timesPerServer` ends it for one server.
 * `jobs`, `groups` and `limits` change the world itself, once, when it opens.
 */

/** Whether the request was carried out before its answer was lost. */
const when = z.enum(['before', 'after'])

const statusFault = z
  .strictObject({
    status: z.int().min(400).max(599),
    code: z.string().optional(),
    message: z.string().optional(),
    /** `gateway` and `iam` are those services' own error forms. */
    body: z.enum(['error', 'badRequest', 'gateway', 'iam', 'html', 'empty', 'garbage']).optional(),
    /** Seconds; with `retryAfterAs: "date"` sent as an HTTP date that far ahead. */
    retryAfter: z.number().nonnegative().optional(),
    retryAfterAs: z.enum(['seconds', 'date']).default('seconds'),
    carriedOut: z.boolean().default(false),
  })
  .refine(
    (fault) => !fault.carriedOut || [408, 500, 502, 504].includes(fault.status),
    'only 408, 500, 502 and 504 may hide a request that was carried out',
  )

const effect = z.union([
  statusFault,
  z.strictObject({ reset: when }),
  z.strictObject({ hang: when }),
  /** 200 with a body that cannot be read; the request was carried out. */
  z.strictObject({ garbage: z.enum(['html', 'truncated', 'empty', 'other']) }),
  /** The right answer, this much later. */
  z.strictObject({ slowMs: z.number().nonnegative() }),
  /** The right answer under a wrong type. */
  z.strictObject({ contentType: z.string().min(1) }),
  /** Every token issued so far is refused from this request on. */
  z.strictObject({ revokeTokens: z.literal(true) }),
])
export type Fault = z.output<typeof effect>

const rule = z.strictObject({
  on: z.string().min(1),
  server: z.string().min(1).optional(),
  nth: z.int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
  times: z.int().positive().optional(),
  timesPerServer: z.int().positive().optional(),
  do: effect,
})
export type FaultRule = z.output<typeof rule>

const jobFault = createFailsSchema.extend({
  /** A glob over the servers' names. */
  server: z.string().min(1),
  /** Among those, this share, chosen by seed. */
  probability: z.number().min(0).max(1).default(1),
})

const faultPlanSchema = z.strictObject({
  seed: z.int().default(1),
  rules: z.array(rule).default([]),
  jobs: z.array(jobFault).default([]),
  groups: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        parallel: z.int().nonnegative().nullable().optional(),
        capacity: z.int().nonnegative().nullable().optional(),
        status: z.string().optional(),
      }),
    )
    .default([]),
  limits: limitsSchema.default({}),
})
export type FaultPlan = z.output<typeof faultPlanSchema>
export type FaultPlanInput = z.input<typeof faultPlanSchema>

export const noFaults: FaultPlan = { seed: 1, rules: [], jobs: [], groups: [], limits: {} }

/** Throws SimulatorFileError with every fault of the plan itself. */
export function loadFaultPlan(json: unknown): FaultPlan {
  const parsed = faultPlanSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new SimulatorFileError(`not a fault plan:\n${z.prettifyError(parsed.error)}`)
}

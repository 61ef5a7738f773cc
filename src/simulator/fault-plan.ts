import { z } from 'zod'
import { rangeSchema, startFailsSchema } from './group-schema.ts'
import {
  createFailsSchema,
  drServerSchema,
  pairFaultSchema,
  plannedAnomaliesSchema,
} from './server-schema.ts'
import { limitsSchema } from './world-schema.ts'
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
 *     {"on": "createProtectedInstance", "do": {"echo": "SDRS.1334"}},
 *     {"on": "show*", "probability": 0.02, "do": {"status": 503, "retryAfter": 2}},
 *     {"on": "showJob", "timesPerServer": 1, "do": {"status": 404, "body": "gateway"}},
 *     {"on": "*", "fromMs": 60000, "untilMs": 63000, "do": {"status": 404, "body": "gateway"}},
 *     {"on": "listProtectedInstances", "group": "erp", "do": {"status": 403}},
 *     {"on": "listVolumes", "do": {"status": 403, "body": "gateway"}},
 *     {"on": "startServerGroup", "group": "erp", "times": 1, "do": {"hang": "after"}},
 *     {"on": "*", "fromMs": 90000, "times": 1, "do": {"somebodyElse": "failover", "group": "web"}},
 *     {"on": "listProtectedInstances", "times": 1, "do": {"deleteBetweenPages": "foreign-*"}} ],
 *   "jobs": [{"server": "batch-07", "errorCode": "EVS.2024", "failReason": "volume is error!",
 *             "repairedAfterMs": 90000}],
 *   "instances": [{"server": "web-*", "probability": 0.1,
 *                  "turns": [{"afterMs": 3600000, "status": "error"}],
 *                  "omissions": [{"afterMs": 20000, "forMs": 120000}]}],
 *   "pairs": [{"server": "db-*", "device": "/dev/vdb", "afterMs": 60000, "faultLevel": "5",
 *              "replicationStatus": "inactive", "failureDetail": "link down"}],
 *   "drServers": [{"server": "web-03", "flavor": "s3.xlarge.2", "tags": ["tier=db"]},
 *                 {"server": "web-04", "deletedAfterMs": 3600000}],
 *   "groups": [{"name": "batch", "parallel": 1, "syncTimeMs": 600000},
 *              {"name": "erp", "startFails": {"errorCode": "EVS.2024", "failReason": "no link",
 *                                            "times": 1, "leaves": "error-starting"}}],
 *   "limits": {"listLagMs": 2000, "jobTimeMs": 60000, "jobTimeGrowth": 0.5,
 *              "jobTimeMix": [{"share": 0.1, "min": 600000, "max": 900000}]} }
 * ```
 * `rules`: of the rules that match a request the first decides; one whose effect would change nothing
 * (a repeated page where there is none before it) does not match. `on` is a glob over operations.
 * Actions on groups are `startServerGroup`, `stopServerGroup`, `failoverServerGroup` and
 * `reverseServerGroup`; pairs are read by `listReplications` and `showReplication`.
 * What the preflight reads of the other services: `listServers`, `showServer`, `listFlavors`, `listSubnets`,
 * `listPrivateIps`, `listVolumes`; of SDRS `listQuotas` and `listDomains`.
 * `server` is a glob over the name or the ID of the one server that a request is about: that of a
 * create, of an instance asked for by ID, of a job. `group` is one over the names and IDs of the groups
 * that it names: in a body, a path or a list's filters. `fromMs` and `untilMs` are a window of time
 * since the plan's first request. `nth` counts the requests that all of these match, from 1. `times`
 * ends a rule, `timesPerServer` ends it for one server.
 *
 * All else changes the world itself, once, when it opens. `jobs` and `instances` concern creates from
 * then on, `pairs` and `drServers` what is there already as well. In each of the four the first entry
 * that fits a server counts for it. A broken pair leaves its instance's status as it is: a turn of
 * `instances` to `fault` goes with it, where that is wanted.
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

/**
 * The right answer with one thing in it that no reader expects. `deep-job`: sub-jobs within sub-jobs,
 * `depth` of them. `lone-surrogate`: half a character in `field`, an ID by default. `wrong-type`:
 * `value` in `field`. A field within another is written with a dot.
 */
const poison = z.strictObject({
  poison: z.enum(['deep-job', 'lone-surrogate', 'wrong-type']),
  /** Which of a list's items, or the thing itself, by its name, its ID or its server's ID: a glob. */
  of: z.string().min(1).default('*'),
  field: z.string().min(1).optional(),
  value: z.json().default({ unexpected: true }),
  depth: z.int().positive().default(20_000),
})
export type Poison = z.output<typeof poison>

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
  /** What the service itself answers for an ID that it does not know, for one that it knows. */
  z.strictObject({ notFound: z.literal(true) }),
  /**
   * A second create of a server is refused with this code instead of SDRS.1305: as long as the first
   * is under way, or as long as its instance is there.
   */
  z.strictObject({
    echo: z.string().min(1),
    while: z.enum(['creating', 'alive']).default('creating'),
  }),
  /**
   * Somebody else deletes an instance of the pages before this one, of a server that this glob names:
   * offsets shift, and a walk misses one item. Not in the ledger. Of a list of servers: one of these
   * that is not protected.
   */
  z.strictObject({ deleteBetweenPages: z.string().min(1) }),
  /**
   * Somebody else acts on all groups that this glob names and that allow it, just before the request.
   * Not in the ledger.
   */
  z.strictObject({
    somebodyElse: z.enum(['start', 'stop', 'reprotect', 'failover', 'reverse']),
    group: z.string().min(1),
  }),
  /** The page before this one again, or always the first. */
  z.strictObject({ repeatPage: z.enum(['previous', 'first']) }),
  /** The right answer, whose error code is in lower case. */
  z.strictObject({ lowerCaseCodes: z.literal(true) }),
  poison,
])
export type Fault = z.output<typeof effect>

const rule = z.strictObject({
  on: z.string().min(1),
  server: z.string().min(1).optional(),
  group: z.string().min(1).optional(),
  fromMs: z.number().nonnegative().default(0),
  untilMs: z.number().positive().optional(),
  nth: z.int().positive().optional(),
  probability: z.number().min(0).max(1).optional(),
  times: z.int().positive().optional(),
  timesPerServer: z.int().positive().optional(),
  do: effect,
})
export type FaultRule = z.output<typeof rule>

/** Which servers a part of the world's trouble is for. */
const concerned = {
  /** A glob over the servers' names. */
  server: z.string().min(1),
  /** Among those, this share, chosen by seed. */
  probability: z.number().min(0).max(1).default(1),
}

const faultPlanSchema = z.strictObject({
  seed: z.int().default(1),
  rules: z.array(rule).default([]),
  /** Creates that are accepted and then fail; and what they leave. */
  jobs: z.array(createFailsSchema.extend(concerned)).default([]),
  /** What befalls instances after their create was accepted; and jobs that never end. */
  instances: z.array(plannedAnomaliesSchema.extend(concerned)).default([]),
  /** Pairs that break, at once or later, and may mend. */
  pairs: z.array(pairFaultSchema.extend(concerned)).default([]),
  /** DR servers that somebody changes or deletes. */
  drServers: z.array(drServerSchema.extend(concerned)).default([]),
  groups: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        parallel: z.int().nonnegative().nullable().optional(),
        capacity: z.int().nonnegative().nullable().optional(),
        status: z.string().optional(),
        priorityStation: z.enum(['source', 'target']).optional(),
        startFails: startFailsSchema.nullable().optional(),
        syncTimeMs: rangeSchema.nullable().optional(),
      }),
    )
    .default([]),
  limits: limitsSchema.default({}),
})
export type FaultPlan = z.output<typeof faultPlanSchema>
export type FaultPlanInput = z.input<typeof faultPlanSchema>

export const noFaults: FaultPlan = {
  seed: 1,
  rules: [],
  jobs: [],
  instances: [],
  pairs: [],
  drServers: [],
  groups: [],
  limits: {},
}

/** Throws SimulatorFileError with every fault of the plan itself. */
export function loadFaultPlan(json: unknown): FaultPlan {
  const parsed = faultPlanSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new SimulatorFileError(`not a fault plan:\n${z.prettifyError(parsed.error)}`)
}

import { z } from 'zod'
import { groupActSchema, groupSchema, rangeSchema } from './group-schema.ts'
import { anomaliesSchema, serverSchema } from './server-schema.ts'

/**
 * The form of a world file. All that is needed is `{"groups": [{"name": "erp"}], "servers": [{"id":
 * "…", "group": "erp"}]}`; a saved world is the same form with everything filled in. What a create may
 * be refused for, or a plan warn of:
 *
 * ```json
 * { "groups": [{"name": "erp", "sourceVpcId": "vpc-1", "targetVpcId": "vpc-2"}],
 *   "servers": [
 *     {"id": "…", "group": "erp", "disks": [{"size": 80, "type": "SSD"}, {"encrypted": true}]},
 *     {"id": "…", "group": "erp", "disks": [{}, {"id": "data", "shared": true}]},
 *     {"id": "…", "group": "erp", "disks": [{"system": false}], "flavor": "d2.xlarge.8"},
 *     {"id": "…", "group": "erp", "locked": true, "lockSource": "SMS", "taskState": "rebooting"},
 *     {"id": "…", "group": "erp", "osType": "Windows", "keyName": "KeyPair-1", "frozen": true},
 *     {"id": "…", "group": "erp", "status": "ERROR", "dedicatedHostId": "host-1",
 *      "addresses": [{"address": "10.0.0.7", "subnetId": "net-1"}]} ],
 *   "subnets": [{"id": "net-1", "cidr": "10.0.0.0/24", "gatewayIp": "10.0.0.1", "vpcId": "vpc-2"}],
 *   "flavors": [{"id": "s3.large.2", "status": "normal", "zones": {"eu-de-02": "abandon"}},
 *               {"id": "d2.xlarge.8", "specs": {"quota:local_disk": "2/1675/hdd"}}],
 *   "activeDomains": [{"soldOut": true}],
 *   "limits": {"pairQuota": 10} }
 * ```
 *
 * What `enable` and `verify` may find. Protection of a group whose `status` is `protected` has been on
 * since it was made, so its pairs are in sync. A group that was failed over, or whose sides are turned
 * for good, says `target`. `startFails`, `pairFault` and `drServer` are those of the fault plan:
 *
 * ```json
 * { "limits": {"syncTimeMs": {"min": 60000, "max": 120000}},
 *   "groups": [
 *     {"name": "off"}, {"name": "on", "status": "protected"},
 *     {"name": "lost", "status": "failed-over", "priorityStation": "target"},
 *     {"name": "turned", "status": "protected", "priorityStation": "target"},
 *     {"name": "stuck", "startFails": {"errorCode": "EVS.2024", "failReason": "no link", "times": 1}} ],
 *   "servers": [
 *     {"id": "a", "group": "on", "pairFault": {"device": "/dev/vdb", "faultLevel": "2"}},
 *     {"id": "b", "group": "on", "drServer": {"flavor": "s3.xlarge.2", "tags": ["tier=web"]}},
 *     {"id": "c", "group": "on", "drServer": {"deletedAfterMs": 0}} ],
 *   "instances": [{"server": "a", "group": "on"}, {"server": "b", "group": "on"},
 *                 {"server": "c", "group": "on"}, {"server": "d", "group": "lost"}] }
 * ```
 */
const instant = z.number()
const nullableCount = z.int().nonnegative().nullable()

export const limitsSchema = z.strictObject({
  jobTimeMs: rangeSchema.optional(),
  jobTimeMix: z
    .array(
      z
        .strictObject({
          share: z.number().min(0).max(1),
          min: z.number().nonnegative(),
          max: z.number().nonnegative(),
        })
        .refine(({ min, max }) => min <= max, 'min is greater than max'),
    )
    .refine((parts) => parts.reduce((sum, { share }) => sum + share, 0) <= 1, 'more than all')
    .optional(),
  jobTimeGrowth: z.number().optional(),
  otherJobTimeMs: rangeSchema.optional(),
  syncTimeMs: rangeSchema.optional(),
  groupParallel: nullableCount.optional(),
  busyAs: z.enum(['code', 'conflict']).optional(),
  rateLimit: z.int().positive().nullable().optional(),
  listLagMs: z.number().nonnegative().optional(),
  showLags: z.boolean().optional(),
  swapsServers: z.boolean().optional(),
  tokenTtlMs: z.number().positive().optional(),
  groupCapacity: nullableCount.optional(),
  mostPerPage: z.int().positive().nullable().optional(),
  pairQuota: z.int().min(-1).optional(),
  groupQuota: z.int().min(-1).optional(),
  dialect: z.enum(['otc', 'huawei']).optional(),
  latencyMs: z.number().nonnegative().optional(),
  unsupportedFlavors: z.array(z.string()).nullable().optional(),
})

const authSchema = z.strictObject({
  mode: z.enum(['any', 'strict']).optional(),
  users: z
    .array(z.strictObject({ name: z.string(), password: z.string(), domain: z.string() }))
    .optional(),
  accessKeys: z.record(z.string(), z.string()).optional(),
  tokens: z
    .record(z.string(), z.strictObject({ expiresAt: instant, revoked: z.boolean() }))
    .optional(),
  refusals: z.record(z.string(), z.array(instant)).optional(),
})

const subnetSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().optional(),
  cidr: z.string().regex(/^\d+\.\d+\.\d+\.\d+\/\d+$/, 'expected an IPv4 block such as 10.0.0.0/24'),
  /** Left out: the first host of the block. */
  gatewayIp: z.string().nullable().optional(),
  vpcId: z.string().optional(),
})

const flavorSchema = z.strictObject({
  id: z.string().min(1),
  status: z.string().min(1).default('normal'),
  zones: z.record(z.string(), z.string()).default({}),
  specs: z.record(z.string(), z.string()).default({}),
})

const activeDomainSchema = z.strictObject({
  id: z.string().min(1).optional(),
  name: z.string().optional(),
  sourceAvailabilityZone: z.string().optional(),
  targetAvailabilityZone: z.string().optional(),
  soldOut: z.boolean().optional(),
})

const tagSchema = z.strictObject({ key: z.string(), value: z.string() })

/** A full instance, as saved. */
const savedInstanceSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  groupId: z.string(),
  serverId: z.string(),
  targetServerId: z.string(),
  createdAt: instant,
  readyAt: instant,
  updatedAt: instant,
  jobId: z.string().nullable(),
  ends: z.enum(['ready', 'error', 'gone']),
  fixedStatus: z.string().nullable(),
  anomalies: anomaliesSchema,
  tags: z.array(tagSchema),
  flavor: z.string(),
  subnetId: z.string().nullable(),
  address: z.string().nullable(),
  pairs: z.array(z.strictObject({ id: z.string(), device: z.string(), diskId: z.string() })),
  deletion: z.strictObject({ at: instant, endsAt: instant, deletesTarget: z.boolean() }).nullable(),
})

/** An instance that somebody made earlier: all that matters is which server it protects, and where. */
const shortInstanceSchema = z.strictObject({
  server: z.string().min(1),
  group: z.string().min(1),
  name: z.string().optional(),
  status: z.string().optional(),
  anomalies: anomaliesSchema,
})

const jobEndSchema = z.strictObject({
  status: z.enum(['SUCCESS', 'FAIL']),
  errorCode: z.string().nullable(),
  failReason: z.string().nullable(),
})
const jobSpan = {
  id: z.string(),
  type: z.string(),
  startedAt: instant,
  endsAt: instant,
  end: jobEndSchema,
}
const jobSchema = z.strictObject({
  ...jobSpan,
  groupId: z.string().nullable(),
  instanceId: z.string().nullable(),
  targetServerId: z.string().nullable(),
  resource: z.strictObject({ id: z.string(), name: z.string(), type: z.string() }),
  subJobs: z.array(z.strictObject({ ...jobSpan, entities: z.record(z.string(), z.string()) })),
})

const acceptedAct = {
  at: instant,
  serverId: z.string(),
  serverGroupId: z.string(),
  name: z.string(),
  jobId: z.string(),
  instanceId: z.string(),
}
const ledgerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('create'), ...acceptedAct }),
  z.strictObject({
    kind: z.literal('delete'),
    ...acceptedAct,
    status: z.string().nullable().default(null),
    station: z.string().nullable().default(null),
  }),
])

const numbers = z.record(z.string(), z.number())
const named = z.strictObject({ id: z.string().min(1), name: z.string() })

export const worldFileSchema = z.strictObject({
  version: z.literal(1).default(1),
  seed: z.int().default(1),
  project: named.optional(),
  domain: named.optional(),
  region: z.string().optional(),
  limits: limitsSchema.default({}),
  auth: authSchema.default({}),
  serial: z.int().positive().default(1),
  groups: z.array(groupSchema).default([]),
  servers: z.array(serverSchema).default([]),
  subnets: z.array(subnetSchema).default([]),
  /** Left out: a usual choice, and all that are in use. */
  flavors: z.array(flavorSchema).optional(),
  /** Left out: one between the region's first two zones. */
  activeDomains: z.array(activeDomainSchema).optional(),
  departures: z.array(z.strictObject({ at: instant, instanceId: z.string() })).default([]),
  instances: z.array(z.union([savedInstanceSchema, shortInstanceSchema])).default([]),
  jobs: z.array(jobSchema).default([]),
  ledger: z.array(ledgerSchema).default([]),
  groupLedger: z.array(groupActSchema).default([]),
  createsByServer: numbers.default({}),
  counters: numbers.default({}),
  faults: z
    .strictObject({
      startedAt: instant.nullable().default(null),
      seen: numbers,
      matched: numbers,
      fired: z.array(z.number()),
      firedByServer: numbers,
      createsSeen: numbers,
    })
    .optional(),
})
export type WorldFile = z.output<typeof worldFileSchema>

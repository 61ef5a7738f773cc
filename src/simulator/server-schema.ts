import * as z from 'zod'

/** The servers of a world file, with what befalls their creates. Only the `id` is needed. */
const instant = z.number()
const milliseconds = z.number().nonnegative()

export const createFailsSchema = z.strictObject({
  errorCode: z.string().min(1),
  failReason: z.string(),
  leavesInstance: z.union([z.boolean(), z.literal('healthy')]).default(true),
  subJobOnly: z.boolean().default(false),
  times: z.int().positive().nullable().default(null),
  repairedAfterMs: milliseconds.nullable().default(null),
})

const stationSchema = z.strictObject({ says: z.string().nullable() }).nullable().default(null)

export const plannedAnomaliesSchema = z.strictObject({
  turns: z
    .array(z.strictObject({ afterMs: milliseconds, status: z.string().min(1) }))
    .refine(
      (turns) => turns.every(({ afterMs }, at) => afterMs >= (turns[at - 1]?.afterMs ?? 0)),
      'turns are in the order of their time',
    )
    .default([]),
  omissions: z
    .array(
      z.strictObject({
        from: z.enum(['created', 'ready']).default('created'),
        afterMs: milliseconds.default(0),
        forMs: milliseconds,
      }),
    )
    .default([]),
  station: stationSchema,
  jobNeverEnds: z.boolean().default(false),
  times: z.int().positive().nullable().default(null),
})

export const anomaliesSchema = z
  .strictObject({
    turns: z.array(z.strictObject({ at: instant, status: z.string() })).default([]),
    omissions: z.array(z.strictObject({ from: instant, until: instant })).default([]),
    station: stationSchema,
  })
  .nullable()
  .default(null)

export const pairFaultSchema = z.strictObject({
  device: z.string().min(1).default('*'),
  from: z.enum(['ready', 'protected']).default('protected'),
  afterMs: milliseconds.default(0),
  forMs: milliseconds.nullable().default(null),
  status: z.string().min(1).nullable().default(null),
  replicationStatus: z.string().min(1).nullable().default(null),
  progress: z.number().nullable().default(null),
  faultLevel: z.string().default('0'),
  failureDetail: z.string().nullable().default(null),
})

export const drServerSchema = z.strictObject({
  afterMs: milliseconds.default(0),
  name: z.string().nullable().default(null),
  status: z.string().nullable().default(null),
  flavor: z.string().nullable().default(null),
  availabilityZone: z.string().nullable().default(null),
  vpcId: z.string().nullable().default(null),
  address: z.string().nullable().default(null),
  tags: z.array(z.string()).nullable().default(null),
  hostName: z.string().nullable().default(null),
  securityGroups: z.array(z.string()).nullable().default(null),
  agency: z.string().nullable().default(null),
  deletedAfterMs: milliseconds.nullable().default(null),
})

const diskSchema = z.strictObject({
  id: z.string().min(1).optional(),
  device: z.string().optional(),
  size: z.int().positive().optional(),
  type: z.string().optional(),
  encrypted: z.boolean().optional(),
  shared: z.boolean().optional(),
  system: z.boolean().optional(),
})

/** A disk that no server has; without a zone it is in the region's first. */
export const volumeSchema = diskSchema.extend({
  id: z.string().min(1),
  zone: z.string().min(1).optional(),
})

export const serverSchema = z.strictObject({
  id: z.string().min(1),
  group: z.string().optional(),
  name: z.string().optional(),
  status: z.string().optional(),
  availabilityZone: z.string().optional(),
  vpcId: z.string().optional(),
  flavor: z.string().optional(),
  disks: z.union([z.int().nonnegative().max(24), z.array(diskSchema)]).optional(),
  addresses: z.array(z.strictObject({ address: z.string(), subnetId: z.string() })).optional(),
  tags: z.array(z.string()).optional(),
  locked: z.boolean().optional(),
  lockSource: z.string().nullable().optional(),
  lockScene: z.string().nullable().optional(),
  taskState: z.string().nullable().optional(),
  frozen: z.boolean().optional(),
  osType: z.string().optional(),
  keyName: z.string().nullable().optional(),
  tenancy: z.enum(['shared', 'dedicated']).nullable().optional(),
  dedicatedHostId: z.string().nullable().optional(),
  hostName: z.string().nullable().optional(),
  securityGroups: z.array(z.string()).optional(),
  agency: z.string().nullable().optional(),
  createdAt: z.int().nullable().optional(),
  createFails: createFailsSchema.nullable().optional(),
  anomalies: plannedAnomaliesSchema.nullable().optional(),
  pairFault: pairFaultSchema.nullable().optional(),
  drServer: drServerSchema.nullable().optional(),
})

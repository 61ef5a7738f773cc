import * as z from 'zod'

/** What `acts.ts` keeps, in a world file. Of a drill only `id`, `name`, `groupId` and `vpcId` are needed. */
const instant = z.number()
const deletion = z.strictObject({ at: instant, endsAt: instant }).nullable().default(null)

export const actsSchema = z.record(
  z.string(),
  z.array(z.strictObject({ status: z.string(), startedAt: instant, endsAt: instant })),
)

export const pairDetailsSchema = z.record(
  z.string(),
  z.strictObject({
    name: z.string().nullable(),
    description: z.string(),
    createdAt: instant.nullable(),
  }),
)

export const loosePairSchema = z.strictObject({
  id: z.string().min(1),
  groupId: z.string().min(1),
  diskId: z.string().min(1),
  createdAt: instant.default(0),
  readyAt: instant.default(0),
  updatedAt: instant.default(0),
  deletion,
})

export const drillSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1),
  groupId: z.string().min(1),
  vpcId: z.string().min(1),
  status: z.enum(['available', 'error', 'error-deleting']).default('available'),
  createdAt: instant.default(0),
  readyAt: instant.default(0),
  updatedAt: instant.default(0),
  servers: z.array(z.strictObject({ instanceId: z.string(), serverId: z.string() })).default([]),
  deletion,
})

const nic = { at: instant, serverId: z.string(), subnetId: z.string(), address: z.string() }

export const changeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('resize'),
    at: instant,
    instanceId: z.string(),
    sourceFlavor: z.string().nullable(),
    targetFlavor: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('add-nic'), ...nic }),
  z.strictObject({ kind: z.literal('delete-nic'), ...nic }),
  z.strictObject({
    kind: z.literal('attach'),
    at: instant,
    pairId: z.string(),
    instanceId: z.string(),
    device: z.string(),
  }),
  z.strictObject({
    kind: z.literal('detach'),
    at: instant,
    pairId: z.string(),
    instanceId: z.string(),
  }),
  z.strictObject({
    kind: z.literal('expand'),
    at: instant,
    instanceId: z.string().nullable(),
    diskId: z.string(),
    size: z.int().positive(),
  }),
  z.strictObject({
    kind: z.literal('delete-pair'),
    at: instant,
    pairId: z.string(),
    keepsDisk: z.boolean(),
  }),
])

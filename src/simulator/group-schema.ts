import * as z from 'zod'

/** The groups of a world file, with what has been done to them and what goes wrong with it. */
const instant = z.number()
const milliseconds = z.number().nonnegative()
const nullableCount = z.int().nonnegative().nullable()

/** A range of milliseconds; a plain number is both its ends. */
export const rangeSchema = z
  .union([milliseconds, z.strictObject({ min: milliseconds, max: milliseconds })])
  .transform((value) => (typeof value === 'number' ? { min: value, max: value } : value))
  .refine((value) => value.min <= value.max, 'min is greater than max')

export const startFailsSchema = z.strictObject({
  errorCode: z.string().min(1),
  failReason: z.string(),
  times: z.int().positive().nullable().default(null),
  leaves: z.enum(['error-starting', 'available', 'protected']).default('error-starting'),
  subJobOnly: z.boolean().default(false),
  server: z.string().min(1).default('*'),
})

const station = z.enum(['source', 'target'])
const acts = z.enum(['start', 'stop', 'reprotect', 'failover', 'reverse'])

const moveSchema = z.strictObject({
  act: z.union([acts, z.enum(['create', 'delete'])]),
  startedAt: instant,
  endsAt: instant,
  during: z.string(),
  after: z.string(),
  station: station.nullable().default(null),
  failed: z.array(z.string()).default([]),
})

/** Version 0.1.0 saved the last move alone. */
const LEGACY_ACTS = {
  creating: 'create',
  deleting: 'delete',
  starting: 'start',
  stopping: 'stop',
} as const
const legacyMoveSchema = z
  .strictObject({
    during: z.enum(['creating', 'deleting', 'starting', 'stopping']),
    after: z.string(),
    endsAt: instant,
  })
  .transform((move) => ({
    ...move,
    act: LEGACY_ACTS[move.during],
    startedAt: 0,
    station: null,
    failed: [],
  }))

export const groupSchema = z
  .strictObject({
    name: z.string().min(1),
    id: z.string().min(1).optional(),
    description: z.string().optional(),
    /** `failed-over` goes with `priorityStation: "target"`: production runs there now. */
    status: z.string().optional(),
    moves: z.array(moveSchema).optional(),
    move: legacyMoveSchema.nullable().optional(),
    sourceAvailabilityZone: z.string().optional(),
    targetAvailabilityZone: z.string().optional(),
    domainId: z.string().optional(),
    sourceVpcId: z.string().optional(),
    targetVpcId: z.string().optional(),
    priorityStation: station.optional(),
    capacity: nullableCount.optional(),
    parallel: nullableCount.optional(),
    startFails: startFailsSchema.nullable().optional(),
    syncTimeMs: rangeSchema.nullable().optional(),
    createdAt: instant.optional(),
    updatedAt: instant.optional(),
    goneAt: instant.nullable().optional(),
    running: z.array(instant).optional(),
  })
  .transform(({ move, ...group }) =>
    move === undefined || move === null ? group : { ...group, moves: group.moves ?? [move] },
  )

export const groupActSchema = z.strictObject({
  kind: acts,
  at: instant,
  serverGroupId: z.string(),
  name: z.string(),
  status: z.string(),
  station,
  accepted: z
    .strictObject({
      jobId: z.string(),
      endsAt: instant,
      jobStatus: z.enum(['SUCCESS', 'FAIL']),
      after: z.string(),
    })
    .nullable(),
  refusedAs: z.string().nullable(),
})

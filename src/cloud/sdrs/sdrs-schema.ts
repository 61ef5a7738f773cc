import * as z from 'zod'
import { isMoved } from '../../instance-status.ts'
import { normalizeCode } from '../catalogue.ts'
import { isPathSegment } from '../path-segment.ts'
import {
  asText,
  count,
  flag,
  identifier,
  isList,
  itemsOf,
  text,
  textOrNumber,
} from '../tolerant.ts'

/**
 * The wire shapes of SDRS, as documented in the API references of Huawei Cloud and Open Telekom Cloud
 * and as their SDKs and Terraform providers meet them, read as `tolerant.ts` says; but the fields that say
 * which production server an item is about, and whether a job has ended, must be readable: an answer in which
 * those cannot be read could hide a server or a failure. Requests are written exactly.
 */
/** A server of an item: null where there is none, undefined where nobody can read which. */
const serverText = textOrNumber
  .transform((value): string | null | undefined => asText(value))
  .catch(undefined)
const errorCode = text.transform((code) => (code === null ? null : normalizeCode(code)))

/** Tags come as `[{key, value}]`, as `{k: v}`, or not at all. */
const tagsSchema = z
  .union([
    z.array(z.object({ key: z.string(), value: z.string().nullish() })),
    z.record(z.string(), z.string().nullish()),
  ])
  .nullish()
  .catch(null)
  .transform((tags): Readonly<Record<string, string>> | null => {
    if (tags === null || tags === undefined) return null
    const pairs = Array.isArray(tags)
      ? tags.map((tag) => [tag.key, tag.value ?? ''] as const)
      : Object.entries(tags).map(([key, value]) => [key, value ?? ''] as const)
    return Object.fromEntries(pairs)
  })

export const protectedInstanceSchema = z
  .object({
    id: identifier,
    name: text,
    description: textOrNumber.catch(null),
    server_group_id: text,
    status: z.string().trim().nullish().catch(null),
    progress: count,
    source_server: serverText,
    target_server: serverText,
    created_at: text,
    priority_station: text,
    attachment: z.array(z.unknown()).nullish().catch(null),
    tags: tagsSchema,
  })
  .transform((wire, context) => {
    // Never said to be in a status that it did not say itself.
    const status = wire.status?.toLowerCase() || 'unknown'
    const { source_server: source, target_server: target, priority_station: station } = wire
    // After a failover it is undocumented which of the two is the production server.
    const mayBeTurned = station !== 'source' || isMoved(status)
    const unread =
      source === undefined
        ? 'source_server'
        : target === undefined && mayBeTurned
          ? 'target_server'
          : null
    if (unread !== null) {
      context.addIssue(`the ${unread} of the item ${wire.id} cannot be read`)
      return z.NEVER
    }
    return {
      id: wire.id,
      name: wire.name ?? '',
      /** Empty: it has none; null: not told. */
      description:
        typeof wire.description === 'number'
          ? String(wire.description)
          : (wire.description ?? null),
      serverGroupId: wire.server_group_id,
      status,
      progress: wire.progress,
      sourceServer: source ?? null,
      targetServer: target ?? null,
      createdAt: wire.created_at,
      /** As it is written, neither trimmed nor in lower case: a DELETE hangs on it. */
      priorityStation: station,
      /** How many replication pairs it holds; null: not told. */
      pairs: wire.attachment?.length ?? null,
      tags: wire.tags,
    }
  })
export type ProtectedInstance = z.output<typeof protectedInstanceSchema>

export const protectedInstanceListSchema = z
  .object({ protected_instances: itemsOf(protectedInstanceSchema), count })
  .refine(
    (list) => isList(list.protected_instances, list.count),
    'the answer holds no protected_instances',
  )
  .transform((list) => ({ ...list, protected_instances: list.protected_instances ?? [] }))

export const serverGroupSchema = z
  .object({
    id: identifier,
    name: text,
    status: text,
    source_availability_zone: text,
    target_availability_zone: text,
    domain_id: text,
    source_vpc_id: text,
    target_vpc_id: text,
    priority_station: text,
    protected_instance_num: count,
    replication_num: count,
  })
  .transform((wire) => ({
    id: wire.id,
    name: wire.name ?? '',
    status: wire.status?.trim().toLowerCase() || 'unknown',
    sourceAvailabilityZone: wire.source_availability_zone,
    targetAvailabilityZone: wire.target_availability_zone,
    domainId: wire.domain_id,
    sourceVpcId: wire.source_vpc_id,
    targetVpcId: wire.target_vpc_id,
    priorityStation: wire.priority_station,
    protectedInstanceNum: wire.protected_instance_num,
    replicationNum: wire.replication_num,
  }))
export type ServerGroup = z.output<typeof serverGroupSchema>

export const serverGroupListSchema = z
  .object({ server_groups: itemsOf(serverGroupSchema), count })
  .refine((list) => isList(list.server_groups, list.count), 'the answer holds no server_groups')
  .transform((list) => ({ ...list, server_groups: list.server_groups ?? [] }))
export const serverGroupAnswerSchema = z.object({ server_group: serverGroupSchema })
export const protectedInstanceAnswerSchema = z.object({
  protected_instance: protectedInstanceSchema,
})

export const jobAcceptedSchema = z
  .object({ job_id: identifier.refine(isPathSegment, 'is not an ID that can be asked for') })
  .transform((wire) => ({ jobId: wire.job_id }))

export type JobStatus = 'INIT' | 'RUNNING' | 'SUCCESS' | 'FAIL'
export interface Job {
  readonly id: string | null
  readonly type: string | null
  /** An undocumented status is read as RUNNING: to be asked again, never as an end. */
  readonly status: JobStatus
  readonly beginTime: string | null
  readonly endTime: string | null
  readonly errorCode: string | null
  readonly failReason: string | null
  readonly protectedInstanceId: string | null
  /** The DR server (`native_server_id`). */
  readonly targetServerId: string | null
  readonly serverGroupId: string | null
  readonly subJobs: readonly Job[]
}

/** Why something failed: text, or JSON of another service. */
const reason = z
  .unknown()
  .optional()
  .transform((value) =>
    value === null || value === undefined || value === ''
      ? null
      : typeof value === 'string'
        ? value
        : JSON.stringify(value),
  )

const jobStatusSchema = z
  .string()
  .nullish()
  .transform((status): JobStatus => {
    const upper = (status ?? '').toUpperCase()
    if (upper === 'SUCCESS' || upper === 'FAIL' || upper === 'INIT') return upper
    return upper === 'FAILED' ? 'FAIL' : 'RUNNING'
  })

export const jobSchema: z.ZodType<Job> = z
  .object({
    job_id: text,
    job_type: text,
    status: jobStatusSchema,
    begin_time: text,
    end_time: text,
    error_code: errorCode,
    fail_reason: reason,
    entities: z
      .object({
        protected_instance_id: text,
        native_server_id: text,
        server_group_id: text,
        get sub_jobs() {
          return z.array(z.lazy(() => jobSchema)).nullish()
        },
      })
      .nullish(),
  })
  .transform((wire) => ({
    id: wire.job_id,
    type: wire.job_type,
    status: wire.status,
    beginTime: wire.begin_time,
    endTime: wire.end_time,
    errorCode: wire.error_code,
    failReason: wire.fail_reason,
    protectedInstanceId: wire.entities?.protected_instance_id ?? null,
    targetServerId: wire.entities?.native_server_id ?? null,
    serverGroupId: wire.entities?.server_group_id ?? null,
    subJobs: wire.entities?.sub_jobs ?? [],
  }))

export const failureJobListSchema = z.object({
  failure_jobs: z
    .array(
      z
        .object({
          job_id: text,
          resource_id: text,
          resource_name: text,
          failure_status: text,
          job_type: text,
          error_code: errorCode,
          fail_reason: reason,
          begin_time: text,
        })
        .transform((wire) => ({
          jobId: wire.job_id,
          resourceId: wire.resource_id,
          resourceName: wire.resource_name,
          failureStatus: wire.failure_status,
          jobType: wire.job_type,
          errorCode: wire.error_code,
          failReason: wire.fail_reason,
          beginTime: wire.begin_time,
        }))
        .nullable(),
    )
    .nullish()
    .transform((list) => (list ?? []).filter((task) => task !== null)),
  count,
})
export type FailureJob = z.output<typeof failureJobListSchema>['failure_jobs'][number]

export const quotasSchema = z
  .object({
    quotas: z.object({
      resources: z.array(
        z.object({ type: text, used: count, quota: count }).nullable().catch(null),
      ),
    }),
  })
  .transform((wire) =>
    wire.quotas.resources.flatMap((each) => {
      const { type = null, used = null, quota = null } = each ?? {}
      // What it does not tell in numbers, it does not tell.
      return type === null || used === null || quota === null ? [] : [{ type, used, quota }]
    }),
  )
export type Quota = z.output<typeof quotasSchema>[number]

/** A pair of zones between which disks can be replicated (`active-domains`). */
export const domainListSchema = z
  .object({
    domains: z
      .array(z.object({ id: text, name: text, sold_out: flag }).nullable().catch(null))
      .nullish(),
  })
  .refine(({ domains }) => domains !== undefined, 'the answer holds no domains')
  .transform(({ domains }) =>
    (domains ?? []).flatMap((each) =>
      each === null || each.id === null
        ? []
        : [{ id: each.id, name: each.name ?? '', isSoldOut: each.sold_out }],
    ),
  )
export type Domain = z.output<typeof domainListSchema>[number]

/** The create call's body. `flavorRef` is the one camelCase field of this API. */
export interface CreateProtectedInstance {
  readonly server_group_id: string
  readonly server_id: string
  readonly name: string
  readonly description?: string
  readonly cluster_id?: string
  readonly primary_subnet_id?: string
  readonly primary_ip_address?: string
  readonly flavorRef?: string
  readonly tags?: readonly { readonly key: string; readonly value: string }[]
  readonly tenancy?: 'shared' | 'dedicated'
  readonly dedicated_host_id?: string
}

/** Where a broken instance stands: waiting never mends these, a person must decide. */
export function isBroken(status: string): boolean {
  return (
    status === 'error' || status.startsWith('error-') || status === 'invalid' || status === 'fault'
  )
}

import type { Random } from '../../clock.ts'
import {
  createExchange,
  type Call,
  type Exchange,
  type ExchangeOptions,
  type ExchangeParts,
} from '../exchange.ts'
import type { Page } from '../pages.ts'
import { pathSegment } from '../path-segment.ts'
import { createReads, DISPENSABLE, unreadable } from '../reads.ts'
import { pairListSchema, type ReplicationPair } from './pair-schema.ts'
import {
  domainListSchema,
  failureJobListSchema,
  jobAcceptedSchema,
  jobSchema,
  protectedInstanceAnswerSchema,
  protectedInstanceListSchema,
  quotasSchema,
  serverGroupAnswerSchema,
  serverGroupListSchema,
  type CreateProtectedInstance,
  type Domain,
  type FailureJob,
  type Job,
  type ProtectedInstance,
  type Quota,
  type ServerGroup,
} from './sdrs-schema.ts'

/**
 * The typed operations of SDRS. Reads are tried again by themselves while that may help; what changes
 * something is sent exactly once a call. All reject with ApiError only.
 */
export interface SdrsClient {
  /** All groups of the project. */
  listServerGroups(signal?: AbortSignal): Promise<ServerGroup[]>
  /** `isNoSuchGroup` tells the error of one that is not there. */
  showServerGroup(id: string, signal?: AbortSignal): Promise<ServerGroup>
  /**
   * All instances of the project, or of at most 30 groups. `onInstances` is told what each page shows as it
   * comes in: of a list that fails in the end, or whose pages are read anew, too.
   */
  listProtectedInstances(
    groupIds: readonly string[] | null,
    signal?: AbortSignal,
    onInstances?: (instances: readonly ProtectedInstance[]) => void,
  ): Promise<ProtectedInstance[]>
  /** Those of the project that are in a status. That one is not shown proves nothing: it may have moved on. */
  listInstancesInStatus(
    status: string,
    signal?: AbortSignal,
    onInstances?: (instances: readonly ProtectedInstance[]) => void,
  ): Promise<ProtectedInstance[]>
  /** At most 30, by their IDs. */
  listInstancesById(
    instanceIds: readonly string[],
    signal?: AbortSignal,
    onInstances?: (instances: readonly ProtectedInstance[]) => void,
  ): Promise<ProtectedInstance[]>
  /** All replication pairs of the project, or of at most 30 groups. */
  listReplicationPairs(
    groupIds: readonly string[] | null,
    signal?: AbortSignal,
  ): Promise<ReplicationPair[]>
  /** The pairs of at most 30 instances. */
  listPairsOfInstances(
    instanceIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<ReplicationPair[]>
  /** How the instance stands now; `isNoSuchInstance` tells the error of one that is not there. */
  showProtectedInstance(id: string, signal?: AbortSignal): Promise<ProtectedInstance>
  /** `isNoSuchJob` tells the error of a job that the service does not know. */
  showJob(id: string, signal?: AbortSignal): Promise<Job>
  /** The failed tasks of a group's instances; null: those of the groups themselves. */
  listFailureJobs(groupId: string | null, signal?: AbortSignal): Promise<FailureJob[]>
  /** Of the types `server_groups` and `replications`; a quota of −1 is unlimited. */
  listQuotas(signal?: AbortSignal): Promise<Quota[]>
  /** The pairs of zones that groups replicate between (`active-domains`). */
  listDomains(signal?: AbortSignal): Promise<Domain[]>
  createProtectedInstance(
    body: CreateProtectedInstance,
    options: ChangeOptions,
  ): Promise<{ jobId: string }>
  /** Deletes the instance together with its DR server. */
  deleteProtectedInstance(id: string, options: ChangeOptions): Promise<{ jobId: string }>
  /**
   * Switches protection on (`start-server-group`). In a group that is failed over the same body
   * *reprotects* it: whoever calls this looks at the group in `beforeSend` (see start-guard.ts).
   */
  startServerGroup(id: string, options: ChangeOptions): Promise<{ jobId: string }>
}

export type ChangeOptions = Omit<ExchangeOptions, 'priority'> &
  Required<Pick<ExchangeOptions, 'beforeSend'>>

/** The most that `server_group_ids` takes. */
export const MOST_GROUPS_A_LIST = 30
/** The most that `protected_instance_ids` takes. */
export const MOST_INSTANCES_A_LIST = 30
/** The documentation says 0–1000, the error text "less than 1000". */
const PAGE = 999

/** What the documentation shows in its samples; what else it takes is not said. */
const FAILURES_PAGE = 100

/** The filter of lists by groups, for the beginning of a query; JSON, as the API asks for. */
function ofGroups(groupIds: readonly string[] | null): string {
  return groupIds === null
    ? ''
    : `server_group_ids=${encodeURIComponent(JSON.stringify(groupIds))}&`
}

function ofInstances(instanceIds: readonly string[]): string {
  return `protected_instance_ids=${encodeURIComponent(JSON.stringify(instanceIds))}&`
}

/** Where one instance tells its description, a missing one is none; where none does, the service does not tell them. */
function withDescriptionsTold(instances: ProtectedInstance[]): ProtectedInstance[] {
  if (!instances.some(({ description }) => (description ?? '') !== '')) return instances
  return instances.map((each) => ({ ...each, description: each.description ?? '' }))
}

/** A failed task has no ID of its own that may not be missing: all that it says tells it from others. */
function identified(task: FailureJob): { readonly id: string; readonly task: FailureJob } {
  return { id: JSON.stringify(task), task }
}

/** `exchange`: shared with the clients of other services, so that a refused sign-in ends them all. */
export function createSdrsClient(
  parts: ExchangeParts & { readonly random: Random },
  exchange: Exchange = createExchange(parts),
): SdrsClient {
  const reads = createReads(exchange, parts)
  const dispensable = createReads(exchange, parts, DISPENSABLE)
  const get: typeof reads.get = (call, signal) => reads.get(call, signal)
  const paged = <T extends { readonly id: string }>(
    operation: string,
    ask: (page: string) => Promise<Page<T>>,
  ): Promise<T[]> => reads.pages(operation, PAGE, (offset) => ask(`limit=${PAGE}&offset=${offset}`))

  async function instances(
    filter: string,
    signal: AbortSignal | undefined,
    onInstances?: (instances: readonly ProtectedInstance[]) => void,
  ): Promise<ProtectedInstance[]> {
    const operation = 'listProtectedInstances'
    const all = await paged(operation, async (page) => {
      const path = `protected-instances?${filter}${page}`
      const answer = await get({ operation, path, schema: protectedInstanceListSchema }, signal)
      onInstances?.(answer.protected_instances)
      return { items: answer.protected_instances, count: answer.count }
    })
    return withDescriptionsTold(all)
  }

  function pairs(filter: string, signal: AbortSignal | undefined): Promise<ReplicationPair[]> {
    const operation = 'listReplicationPairs'
    return paged(operation, async (page) => {
      const path = `replications?${filter}${page}`
      const answer = await get({ operation, path, schema: pairListSchema }, signal)
      return { items: answer.pairs, count: answer.count }
    })
  }

  function change(
    call: Call<{ jobId: string }>,
    options: ChangeOptions,
  ): Promise<{ jobId: string }> {
    return exchange(call, { ...options, priority: 'create' })
  }

  return {
    listServerGroups(signal) {
      const operation = 'listServerGroups'
      return paged(operation, async (page) => {
        const path = `server-groups?${page}`
        const answer = await get({ operation, path, schema: serverGroupListSchema }, signal)
        return { items: answer.server_groups, count: answer.count }
      })
    },
    async showServerGroup(id, signal) {
      const operation = 'showServerGroup'
      const path = `server-groups/${pathSegment(operation, id)}`
      const answer = await get({ operation, path, schema: serverGroupAnswerSchema }, signal)
      return answer.server_group
    },
    listProtectedInstances: (groupIds, signal, onInstances) =>
      instances(ofGroups(groupIds), signal, onInstances),
    listInstancesInStatus: (status, signal, onInstances) =>
      instances(`status=${encodeURIComponent(status)}&`, signal, onInstances),
    listInstancesById: (instanceIds, signal, onInstances) =>
      instances(ofInstances(instanceIds), signal, onInstances),
    listReplicationPairs: (groupIds, signal) => pairs(ofGroups(groupIds), signal),
    listPairsOfInstances: (instanceIds, signal) => pairs(ofInstances(instanceIds), signal),
    async showProtectedInstance(id, signal) {
      const operation = 'showProtectedInstance'
      const path = `protected-instances/${pathSegment(operation, id)}`
      const answer = await get({ operation, path, schema: protectedInstanceAnswerSchema }, signal)
      const instance = answer.protected_instance
      // A DELETE may hang on this look: a cache or a proxy must not answer for another instance.
      if (instance.id.toLowerCase() === id.toLowerCase()) return instance
      throw unreadable(operation, `the answer is about another instance, ${instance.id}`)
    },
    async showJob(id, signal) {
      const operation = 'showJob'
      const path = `jobs/${pathSegment(operation, id)}`
      return get({ operation, path, schema: jobSchema }, signal)
    },
    async listFailureJobs(groupId, signal) {
      const operation = 'listFailureJobs'
      const filter = groupId === null ? '' : `server_group_id=${pathSegment(operation, groupId)}&`
      const tasks = await reads.pages(operation, FAILURES_PAGE, async (offset) => {
        const path = `task-center/failure-jobs?${filter}limit=${FAILURES_PAGE}&offset=${offset}`
        const answer = await get({ operation, path, schema: failureJobListSchema }, signal)
        return { items: answer.failure_jobs.map(identified), count: answer.count }
      })
      return tasks.map(({ task }) => task)
    },
    listQuotas: (signal) =>
      dispensable.get(
        { operation: 'listQuotas', path: 'sdrs/quotas', schema: quotasSchema },
        signal,
      ),
    listDomains: (signal) =>
      dispensable.get(
        { operation: 'listDomains', path: 'active-domains', schema: domainListSchema },
        signal,
      ),
    createProtectedInstance: (body, options) =>
      change(
        {
          operation: 'createProtectedInstance',
          method: 'POST',
          path: 'protected-instances',
          schema: jobAcceptedSchema,
          body: { protected_instance: body },
        },
        options,
      ),
    async deleteProtectedInstance(id, options) {
      const operation = 'deleteProtectedInstance'
      return change(
        {
          operation,
          method: 'DELETE',
          path: `protected-instances/${pathSegment(operation, id)}`,
          schema: jobAcceptedSchema,
          body: { delete_target_server: true, delete_target_eip: false },
        },
        options,
      )
    },
    async startServerGroup(id, options) {
      const operation = 'startServerGroup'
      return change(
        {
          operation,
          method: 'POST',
          path: `server-groups/${pathSegment(operation, id)}/action`,
          schema: jobAcceptedSchema,
          body: { 'start-server-group': {} },
        },
        options,
      )
    },
  }
}

import type { z } from 'zod'
import type { Random } from '../clock.ts'
import { ApiError } from './errors.ts'
import { createExchange, type Call, type ExchangeOptions, type ExchangeParts } from './exchange.ts'
import { decideReadRetry, isHopelessRead } from './retry.ts'
import {
  failureJobListSchema,
  jobAcceptedSchema,
  jobSchema,
  protectedInstanceAnswerSchema,
  protectedInstanceListSchema,
  quotasSchema,
  serverGroupAnswerSchema,
  serverGroupListSchema,
  type CreateProtectedInstance,
  type FailureJob,
  type Job,
  type ProtectedInstance,
  type ServerGroup,
} from './schema.ts'

/**
 * The typed operations of SDRS. Reads are tried again by themselves while that may help; what changes
 * something is sent exactly once a call. All reject with ApiError only.
 */
export interface SdrsClient {
  /** All groups of the project. */
  listServerGroups(signal?: AbortSignal): Promise<ServerGroup[]>
  showServerGroup(id: string, signal?: AbortSignal): Promise<ServerGroup>
  /** All instances of the project, or of at most 30 groups. */
  listProtectedInstances(
    groupIds: readonly string[] | null,
    signal?: AbortSignal,
  ): Promise<ProtectedInstance[]>
  showProtectedInstance(id: string, signal?: AbortSignal): Promise<ProtectedInstance>
  showJob(id: string, signal?: AbortSignal): Promise<Job>
  /** The failed tasks of a group. */
  listFailureJobs(groupId: string, signal?: AbortSignal): Promise<FailureJob[]>
  listQuotas(signal?: AbortSignal): Promise<z.output<typeof quotasSchema>>
  createProtectedInstance(
    body: CreateProtectedInstance,
    options: ChangeOptions,
  ): Promise<{ jobId: string }>
  /** Deletes the instance together with its DR server. */
  deleteProtectedInstance(id: string, options: ChangeOptions): Promise<{ jobId: string }>
}

export type ChangeOptions = Omit<ExchangeOptions, 'priority'> &
  Required<Pick<ExchangeOptions, 'beforeSend'>>

/** The most that `server_group_ids` takes. */
export const MOST_GROUPS_A_LIST = 30
/** The documentation says 0–1000, the error text "less than 1000". */
const PAGE = 999
/** Reads give up by count, this is only a bound on Retry-After waits. */
const READ_PATIENCE_MS = 10 * 60_000

export function createClient(parts: ExchangeParts & { readonly random: Random }): SdrsClient {
  const { clock, random } = parts
  const exchange = createExchange(parts)

  let everAnswered = false

  async function get<T>(call: Omit<Call<T>, 'method'>, signal?: AbortSignal): Promise<T> {
    const since = clock.now()
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await exchange(
          { ...call, method: 'GET' },
          { priority: 'other', again: attempt > 1, signal, cutOff: signal },
        )
        everAnswered = true
        return answer
      } catch (error) {
        if (!(error instanceof ApiError) || signal?.aborted === true) throw error
        everAnswered ||= error.httpStatus !== null
        if (isHopelessRead(error, attempt, everAnswered)) throw error
        const decision = decideReadRetry(
          {
            class: error.class,
            attempt,
            retryAfterMs: error.retryAfterMs,
            waitedMs: clock.now() - since,
            patienceMs: READ_PATIENCE_MS,
          },
          random,
        )
        if (decision.kind !== 'resend') throw error
        await clock.sleep(decision.afterMs, signal)
      }
    }
  }

  /** Pages until nothing new comes: a short page is the end only where the count does not say otherwise. */
  async function pages<T extends { id: string }>(
    ask: (page: string) => Promise<{ items: T[]; count: number | null }>,
  ): Promise<T[]> {
    const found = new Map<string, T>()
    for (let offset = 0; ;) {
      const { items, count } = await ask(`limit=${PAGE}&offset=${offset}`)
      const before = found.size
      for (const item of items) found.set(item.id, item)
      offset += items.length
      if (found.size === before) break
      if (items.length < PAGE && found.size >= (count ?? 0)) break
    }
    return [...found.values()]
  }

  function change(
    call: Call<{ jobId: string }>,
    options: ChangeOptions,
  ): Promise<{ jobId: string }> {
    return exchange(call, { ...options, priority: 'create' })
  }

  return {
    listServerGroups: (signal) =>
      pages(async (page) => {
        const answer = await get(
          {
            operation: 'listServerGroups',
            path: `server-groups?${page}`,
            schema: serverGroupListSchema,
          },
          signal,
        )
        return { items: answer.server_groups, count: answer.count }
      }),
    async showServerGroup(id, signal) {
      const path = `server-groups/${encodeURIComponent(id)}`
      const answer = await get(
        { operation: 'showServerGroup', path, schema: serverGroupAnswerSchema },
        signal,
      )
      return answer.server_group
    },
    listProtectedInstances(groupIds, signal) {
      const filter =
        groupIds === null ? '' : `server_group_ids=${encodeURIComponent(JSON.stringify(groupIds))}&`
      return pages(async (page) => {
        const path = `protected-instances?${filter}${page}`
        const answer = await get(
          { operation: 'listProtectedInstances', path, schema: protectedInstanceListSchema },
          signal,
        )
        return { items: answer.protected_instances, count: answer.count }
      })
    },
    async showProtectedInstance(id, signal) {
      const path = `protected-instances/${encodeURIComponent(id)}`
      const answer = await get(
        { operation: 'showProtectedInstance', path, schema: protectedInstanceAnswerSchema },
        signal,
      )
      return answer.protected_instance
    },
    showJob: (id, signal) =>
      get(
        { operation: 'showJob', path: `jobs/${encodeURIComponent(id)}`, schema: jobSchema },
        signal,
      ),
    async listFailureJobs(groupId, signal) {
      const path = `task-center/failure-jobs?server_group_id=${encodeURIComponent(groupId)}&limit=100`
      const answer = await get(
        { operation: 'listFailureJobs', path, schema: failureJobListSchema },
        signal,
      )
      return answer.failure_jobs
    },
    listQuotas: (signal) =>
      get({ operation: 'listQuotas', path: 'sdrs/quotas', schema: quotasSchema }, signal),
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
    deleteProtectedInstance: (id, options) =>
      change(
        {
          operation: 'deleteProtectedInstance',
          method: 'DELETE',
          path: `protected-instances/${encodeURIComponent(id)}`,
          schema: jobAcceptedSchema,
          body: { delete_target_server: true, delete_target_eip: false },
        },
        options,
      ),
  }
}

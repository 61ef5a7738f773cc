import type { z } from 'zod'
import type { Clock, Random } from '../clock.ts'
import {
  ApiError,
  apiErrorFromResponse,
  apiErrorFromTransport,
  unreadableAnswer,
} from './errors.ts'
import type { Priority, RateGate } from './rate.ts'
import type { RequestLog } from './request-log.ts'
import { decideReadRetry } from './retry.ts'
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
import { withClockSkew } from './sign-in/clock-skew.ts'
import type { Connection } from './sign-in/authenticator.ts'
import { TransportError, type HttpResponse, type Transport } from './transport.ts'

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

export interface ChangeOptions {
  /** Before it aborts the request may wait or go; after it nothing new goes out. */
  readonly signal?: AbortSignal
  /** Cuts the request off even in flight: its fate is unknown then. */
  readonly cutOff?: AbortSignal
  /** Runs when the request may go, right before it does; if it rejects, nothing is sent. */
  readonly beforeSend: () => Promise<void>
  /** Sent before in this run: counted as a retry. */
  readonly again: boolean
}

export interface ClientParts {
  readonly connection: Connection
  readonly transport: Transport
  readonly rate: RateGate
  readonly requests: RequestLog
  readonly clock: Clock
  readonly random: Random
  readonly requestTimeoutMs: number
  /** Takes known secrets out of what a server says. */
  readonly redact?: (text: string) => string
}

/** The most that `server_group_ids` takes. */
export const MOST_GROUPS_A_LIST = 30
/** The documentation says 0–1000, the error text "less than 1000". */
const PAGE = 999
/** Reads give up by count, this is only a bound on Retry-After waits. */
const READ_PATIENCE_MS = 10 * 60_000

interface Call<T> {
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** After `/v1/{project_id}/`. */
  readonly path: string
  readonly schema: z.ZodType<T>
  readonly body?: unknown
}

export function createClient(parts: ClientParts): SdrsClient {
  const { connection, transport, rate, requests, clock, random } = parts
  const base = `${connection.endpoints.sdrs}/v1/${connection.projectId}`
  /** A refused signature ends everything: five of them lock the key. */
  const refused = new AbortController()
  let refusal: ApiError | null = null

  async function exchange<T>(
    call: Call<T>,
    priority: Priority,
    again: boolean,
    signal: AbortSignal | undefined,
    cutOff: AbortSignal | undefined,
    beforeSend?: () => Promise<void>,
  ): Promise<T> {
    const url = `${base}/${call.path}`
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    const headers: Record<string, string> = {
      accept: 'application/json',
      'content-type': 'application/json',
    }
    let resent = again
    for (let renewed = false; ; renewed = true) {
      if (refusal !== null) throw refusal
      if (!(await rate.pass(priority, anySignal(signal, refused.signal))))
        throw refusal ?? notSent(call.operation)
      const unsigned = {
        method: call.method,
        url,
        headers,
        ...(body === undefined ? {} : { body }),
      }
      const authorised = await connection.authenticator.authorize(unsigned)
      await beforeSend?.()
      if (signal?.aborted === true) throw refusal ?? notSent(call.operation)
      const response = await send(
        call.operation,
        resent,
        { ...unsigned, headers: authorised },
        cutOff,
      )
      if (
        response.status === 401 &&
        !renewed &&
        (await connection.authenticator.renew(authorised))
      ) {
        resent = true
        continue
      }
      return read(call, response)
    }
  }

  async function send(
    operation: string,
    again: boolean,
    request: Omit<Parameters<Transport['send']>[0], 'timeoutMs'>,
    cutOff: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    requests.sent(operation, again)
    try {
      const signal = anySignal(cutOff, refused.signal)
      const response = await transport.send({
        ...request,
        timeoutMs: parts.requestTimeoutMs,
        signal,
      })
      requests.ended(response.status)
      return response
    } catch (error) {
      requests.ended('network')
      if (error instanceof TransportError) throw apiErrorFromTransport(operation, error)
      throw error
    }
  }

  function read<T>(call: Call<T>, response: HttpResponse): T {
    if (response.status < 200 || response.status > 299) {
      // A server may quote what it was sent, the credential included.
      const safe = { ...response, body: parts.redact?.(response.body) ?? response.body }
      const error = withClockSkew(
        apiErrorFromResponse(call.operation, safe, clock.now()),
        response,
        clock.now(),
      )
      if (response.status === 401 && connection.authenticator.kind === 'ak-sk') {
        refusal ??= error
        refused.abort()
      }
      throw error
    }
    const parsed = call.schema.safeParse(parseJson(response.body))
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    throw unreadableAnswer(
      call.operation,
      response,
      `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim(),
    )
  }

  async function get<T>(call: Omit<Call<T>, 'method'>, signal?: AbortSignal): Promise<T> {
    const since = clock.now()
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await exchange({ ...call, method: 'GET' }, 'other', attempt > 1, signal, signal)
      } catch (error) {
        if (!(error instanceof ApiError) || signal?.aborted === true) throw error
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
    { signal, cutOff, beforeSend, again }: ChangeOptions,
  ): Promise<{ jobId: string }> {
    return exchange(call, 'create', again, signal, cutOff, beforeSend)
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

function notSent(operation: string): ApiError {
  return new ApiError({
    class: 'not-sent',
    operation,
    message: 'stopped before it was sent',
    code: 'stopped',
  })
}

function anySignal(...signals: (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined))
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

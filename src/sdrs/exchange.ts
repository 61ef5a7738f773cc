import type { z } from 'zod'
import type { Clock } from '../clock.ts'
import {
  ApiError,
  apiErrorFromResponse,
  apiErrorFromTransport,
  asItIs,
  redactCode,
  unreadableAnswer,
  type Redact,
} from './errors.ts'
import type { Priority, RateGate } from './rate.ts'
import type { RequestLog } from './request-log.ts'
import type { Connection } from './sign-in/authenticator.ts'
import { withClockSkew } from './sign-in/clock-skew.ts'
import { TransportError, type HttpResponse, type Transport } from './transport.ts'

/** One operation of the API: what to send and how its answer reads. */
export interface Call<T> {
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** After `/v1/{project_id}/`. */
  readonly path: string
  readonly schema: z.ZodType<T>
  readonly body?: unknown
}

export interface ExchangeOptions {
  readonly priority: Priority
  /** Sent before in this run: counted as a retry. */
  readonly again: boolean
  /** Before the request has left: nothing is sent once this has aborted. */
  readonly signal?: AbortSignal | undefined
  /** Cuts the request off even in flight: its fate is unknown then. */
  readonly cutOff?: AbortSignal | undefined
  /** Runs when the request may go, right before it does; if it rejects, nothing is sent. */
  readonly beforeSend?: () => Promise<void>
  /** The request leaves now: it counts as sent from here on. */
  readonly onSend?: () => void
}

export interface ExchangeParts {
  readonly connection: Connection
  readonly transport: Transport
  readonly rate: RateGate
  readonly requests: RequestLog
  readonly clock: Clock
  readonly requestTimeoutMs: number
  /** Takes known secrets out of what a server says. */
  readonly redact?: Redact
}

export type Exchange = <T>(call: Call<T>, options: ExchangeOptions) => Promise<T>

/**
 * One request and its answer: paced, authorised, counted, read. Sent once — but for a 401, after which
 * it is sent once more with a renewed credential: what was not let in was not carried out. Rejects with
 * ApiError, or with what `beforeSend` rejects with.
 */
export function createExchange(parts: ExchangeParts): Exchange {
  const { connection, transport, rate, requests, clock, redact = asItIs } = parts
  const { authenticator } = connection
  const base = `${connection.endpoints.sdrs}/v1/${connection.projectId}`
  /** A refused signature ends everything, also what is in flight: five of them lock the key. */
  const refused = new AbortController()
  let refusal: ApiError | null = null

  async function exchange<T>(call: Call<T>, options: ExchangeOptions): Promise<T> {
    const unsigned = {
      method: call.method,
      url: `${base}/${call.path}`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    }
    for (let renewed = false; ; renewed = true) {
      stopIfOver(call, options.signal)
      await rate.pass(options.priority, either(options.signal, refused.signal))
      stopIfOver(call, options.signal)
      const headers = await authenticator.authorize(unsigned)
      await options.beforeSend?.()
      stopIfOver(call, options.signal)
      options.onSend?.()
      requests.sent(call.operation, options.again || renewed)
      const response = await send(call.operation, { ...unsigned, headers }, options.cutOff)
      if (response.status !== 401 || renewed || !(await authenticator.renew(headers))) {
        return read(call, response)
      }
    }
  }

  function stopIfOver<T>({ operation }: Call<T>, signal: AbortSignal | undefined): void {
    if (refusal !== null) throw refusal
    if (signal?.aborted !== true) return
    const message = 'stopped before it was sent'
    throw new ApiError({ class: 'not-sent', operation, message, code: 'stopped' })
  }

  async function send(
    operation: string,
    request: Omit<Parameters<Transport['send']>[0], 'timeoutMs' | 'signal'>,
    cutOff: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    const signal = either(cutOff, refused.signal)
    try {
      const response = await transport.send({
        ...request,
        timeoutMs: parts.requestTimeoutMs,
        signal,
      })
      requests.ended(response.status)
      return response
    } catch (error) {
      requests.ended('network')
      throw error instanceof TransportError ? apiErrorFromTransport(operation, error) : error
    }
  }

  function read<T>(call: Call<T>, response: HttpResponse): T {
    if (response.status < 200 || response.status > 299) throw refuse(call.operation, response)
    const parsed = call.schema.safeParse(parseAnswer(response.body, redact))
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    const detail = `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim()
    throw unreadableAnswer(call.operation, response, detail, redact)
  }

  function refuse(operation: string, response: HttpResponse): ApiError {
    const now = clock.now()
    const error = withClockSkew(
      apiErrorFromResponse(operation, response, now, redact),
      response,
      now,
    )
    if (response.status === 401 && authenticator.kind === 'ak-sk') {
      refusal ??= error
      refused.abort()
    }
    return error
  }

  return exchange
}

function either(one: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return one === undefined ? other : AbortSignal.any([one, other])
}

function parseAnswer(body: string, redact: Redact): unknown {
  try {
    // Not for lists of a thousand instances, which hold no such text.
    return JSON.parse(body, body.includes('"fail_reason"') ? redactReasons(redact) : undefined)
  } catch {
    return undefined
  }
}

/** What a failed job says is text for people, and may quote a credential; all else is data, and stays as it is. */
function redactReasons(redact: Redact) {
  return (key: string, value: unknown): unknown => {
    if (key === 'error_code') return typeof value === 'string' ? redactCode(value, redact) : value
    if (key !== 'fail_reason' || value === null) return value
    return redact(typeof value === 'string' ? value : JSON.stringify(value))
  }
}

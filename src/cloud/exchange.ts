import type { z } from 'zod'
import type { Clock } from '../clock.ts'
import { linkSignals } from '../linked-signal.ts'
import { isSuccess, readAnswer, sendOnce } from './answer.ts'
import { asItIs, type Redact } from './error-body.ts'
import { apiErrorFromResponse, stoppedBeforeSent, type ApiError, type Asked } from './errors.ts'
import type { ProjectService } from './endpoints.ts'
import type { Priority, RateGate } from './rate.ts'
import type { RequestLog } from './request-log.ts'
import type { RequestTrace } from './request-trace.ts'
import type { Connection } from './sign-in/authenticator.ts'
import { withClockSkew } from './sign-in/clock-skew.ts'
import type { HttpRequest, HttpResponse, Transport } from './transport.ts'
import { untilAborted } from './until-aborted.ts'

/** One operation of the API: what to send and how its answer reads. */
export interface Call<T> {
  readonly operation: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Left out: `sdrs`. Must not be one whose endpoint is not known. */
  readonly service?: ProjectService
  /** Left out: `v1`. */
  readonly version?: 'v1' | 'v2'
  /** After `/{version}/{project_id}/`. */
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
  readonly connection: Omit<Connection, 'target' | 'assumedProject'>
  readonly transport: Transport
  readonly rate: RateGate
  readonly requests: RequestLog
  readonly clock: Clock
  readonly requestTimeoutMs: number
  /** Hears of every request, once it has ended. */
  readonly onRequest?: (trace: RequestTrace) => void
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
  /** A refused signature ends everything, also what is in flight: five of them lock the key. */
  const refused = new AbortController()
  let refusal: ApiError | null = null

  async function exchange<T>(call: Call<T>, options: ExchangeOptions): Promise<T> {
    const { signal: stop, release } = linkSignals([options.signal, options.cutOff, refused.signal])
    try {
      return await exchangeUntil(stop, call, options)
    } finally {
      release()
    }
  }

  async function exchangeUntil<T>(
    stop: AbortSignal,
    call: Call<T>,
    options: ExchangeOptions,
  ): Promise<T> {
    const { service = 'sdrs', version = 'v1' } = call
    const endpoint = connection.endpoints[service]
    if (endpoint === null)
      throw new Error(`${call.operation}: the endpoint of ${service} is not known`)
    const unsigned = {
      method: call.method,
      url: `${endpoint}/${version}/${connection.projectId}/${call.path}`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    }
    for (let renewed = false; ; renewed = true) {
      stopIfOver(call, stop)
      await rate.pass(options.priority, stop)
      stopIfOver(call, stop)
      // Both may sign in anew, which takes long where IAM hangs: nobody who was told to stop waits for that.
      const headers = await untilAborted(authenticator.authorize(unsigned), stop)
      if (headers === null) throw stopped(call)
      await options.beforeSend?.()
      stopIfOver(call, stop)
      options.onSend?.()
      requests.sent(call.operation, options.again || renewed)
      const response = await send(
        { ...call, service, again: options.again || renewed },
        { ...unsigned, headers },
        options.cutOff,
      )
      const isFresh = response.status === 401 && !renewed && (await renew(headers, stop))
      // Not let in is not carried out: stopped here, it has come to nothing.
      if (isFresh === null) throw stopped(call)
      if (!isFresh) return read(call, new URL(endpoint).host, response)
    }
  }

  /** Only a password takes time. A token or signature is refused at once, and that is to be told even in a stop. */
  function renew(
    rejected: Readonly<Record<string, string>>,
    stop: AbortSignal,
  ): Promise<boolean | null> {
    const renewal = authenticator.renew(rejected)
    return authenticator.kind === 'password' ? untilAborted(renewal, stop) : renewal
  }

  function stopIfOver<T>(call: Call<T>, stop: AbortSignal): void {
    if (stop.aborted) throw stopped(call)
  }

  function stopped<T>({ operation }: Call<T>): ApiError {
    return refusal ?? stoppedBeforeSent(operation)
  }

  async function send(
    call: Pick<Call<unknown>, 'operation' | 'method' | 'path'> & {
      readonly service: ProjectService
      readonly again: boolean
    },
    request: Omit<HttpRequest, 'timeoutMs' | 'signal'>,
    cutOff: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    // One of its own for each request: Node warns of a leak when more than ten listen to a shared one.
    const { signal, release } = linkSignals([refused.signal, cutOff])
    const timeoutMs = parts.requestTimeoutMs
    const at = clock.now()
    let response: HttpResponse | null = null
    try {
      response = await sendOnce(transport, call.operation, { ...request, timeoutMs, signal })
      return response
    } finally {
      release()
      requests.ended(response?.status ?? 'network')
      const { operation, method, path, service, again } = call
      parts.onRequest?.({
        at,
        service,
        operation,
        method,
        path,
        status: response?.status ?? null,
        requestId: response?.headers['x-request-id'] ?? null,
        durationMs: clock.now() - at,
        again,
      })
    }
  }

  function read<T>(call: Call<T>, host: string, response: HttpResponse): T {
    const asked = { operation: call.operation, host, redact }
    if (isSuccess(response)) return readAnswer(asked, response, call.schema)
    throw refuse(asked, response)
  }

  function refuse(asked: Asked, response: HttpResponse): ApiError {
    const now = clock.now()
    const error = withClockSkew(apiErrorFromResponse(asked, response, now), response, now)
    if (error.accessScope === 'sign-in' && authenticator.kind === 'ak-sk') {
      refusal ??= error
      refused.abort()
    }
    return error
  }

  return exchange
}

import { createClients, type CloudClients } from '../../src/cloud/clients.ts'
import { createRateGate } from '../../src/cloud/rate.ts'
import { createRequestLog, type RequestLog } from '../../src/cloud/request-log.ts'
import type { Connection } from '../../src/cloud/sign-in/authenticator.ts'
import { tokenAuthenticator } from '../../src/cloud/sign-in/token.ts'
import { TransportError } from '../../src/cloud/transport.ts'
import { seededRandom } from '../../src/clock.ts'
import { virtualClock, type VirtualClock } from './virtual-clock.ts'

/** What was asked: `ecs /v1/cloudservers/detail`, and its query. */
export interface Question {
  /** Service, version and path without the project. */
  readonly what: string
  readonly query: URLSearchParams
}

/** A body with 200; a status and a body; or no answer at all, until the time is up. */
export type Reply = { readonly status: number; readonly body: unknown } | 'hangs'

export interface AnsweringCloud extends CloudClients {
  readonly clock: VirtualClock
  readonly requests: RequestLog
  readonly asked: readonly Question[]
  /** How many questions have begun with this. */
  count(what: string): number
}

/** Clients of all services whose answers come from a function. */
export function answeringCloud(
  answer: (question: Question, nth: number) => Reply,
  options: {
    readonly endpoints?: Partial<Connection['endpoints']>
    readonly latencyMs?: number
    readonly rate?: number
  } = {},
): AnsweringCloud {
  const clock = virtualClock()
  const requests = createRequestLog()
  const asked: Question[] = []
  const clients = createClients({
    connection: {
      authenticator: tokenAuthenticator('t', 'test'),
      endpoints: {
        sdrs: 'https://sdrs.test',
        ecs: 'https://ecs.test',
        vpc: 'https://vpc.test',
        evs: 'https://evs.test',
        ...options.endpoints,
      },
      projectId: 'p',
      region: null,
    },
    transport: {
      async send({ url, timeoutMs, signal }) {
        const { hostname, pathname, searchParams } = new URL(url)
        const what = `${hostname.split('.')[0]} ${pathname.replace('/p/', '/')}`
        asked.push({ what, query: searchParams })
        const reply = answer({ what, query: searchParams }, asked.length)
        await clock.sleep(reply === 'hangs' ? timeoutMs : (options.latencyMs ?? 10), signal)
        if (signal?.aborted === true) throw new TransportError('aborted', 'aborted', 'ABORT_ERR')
        if (reply === 'hangs') throw new TransportError('timeout', 'no answer in time', 'TIMEOUT')
        return { status: reply.status, headers: {}, body: JSON.stringify(reply.body) }
      },
    },
    rate: createRateGate(options.rate ?? 1_000, clock),
    requests,
    clock,
    random: seededRandom(1),
    requestTimeoutMs: 30_000,
  })
  return {
    ...clients,
    clock,
    requests,
    asked,
    count: (what) => asked.filter((question) => question.what.startsWith(what)).length,
  }
}

export function ok(body: unknown): Reply {
  return { status: 200, body }
}

/** What the gateway says to whoever lacks a permission. */
export const FORBIDDEN: Reply = {
  status: 403,
  body: { error_code: 'APIGW.0302', error_msg: 'Policy does not allow it' },
}

/** A client that must be there. */
export function present<T>(client: T | null): T {
  if (client === null) throw new Error('there is no such client')
  return client
}

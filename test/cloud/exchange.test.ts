import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { seededRandom } from '../../src/clock.ts'
import { createSdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { ApiError } from '../../src/cloud/errors.ts'
import { createExchange, type Call, type ExchangeOptions } from '../../src/cloud/exchange.ts'
import { createRateGate } from '../../src/cloud/rate.ts'
import { createRequestLog } from '../../src/cloud/request-log.ts'
import { akSkAuthenticator } from '../../src/cloud/sign-in/ak-sk.ts'
import type { Authenticator } from '../../src/cloud/sign-in/authenticator.ts'
import { passwordAuthenticator } from '../../src/cloud/sign-in/password.ts'
import { tokenAuthenticator } from '../../src/cloud/sign-in/token.ts'
import {
  TransportError,
  type HttpRequest,
  type HttpResponse,
  type Transport,
  type TransportFailure,
} from '../../src/cloud/transport.ts'
import { virtualClock, type VirtualClock } from '../support/virtual-clock.ts'

const ACCEPTED: Call<{ jobId: string }> = {
  operation: 'createProtectedInstance',
  method: 'POST',
  path: 'protected-instances',
  schema: z.object({ job_id: z.string().min(1) }).transform((wire) => ({ jobId: wire.job_id })),
  body: { protected_instance: { name: 'Bürö' } },
}
const PLAIN: ExchangeOptions = { priority: 'create', again: false }

function answer(status: number, body: unknown = '', headers = {}): HttpResponse {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }
}
const OK = answer(200, { job_id: 'j1' })
const UNAUTHORIZED = answer(401, { error_code: 'APIGW.0301', error_msg: 'no' })

type Reply = (request: HttpRequest, nth: number) => HttpResponse | Promise<HttpResponse>

/** An exchange over a transport that answers as `reply` says; what was sent is kept. */
function wired(options: {
  readonly reply: Reply
  readonly clock?: VirtualClock
  readonly authenticator?: Authenticator
  readonly rate?: number
  readonly redact?: (text: string) => string
}) {
  const clock = options.clock ?? virtualClock()
  const sent: HttpRequest[] = []
  const requests = createRequestLog()
  const transport: Transport = {
    async send(request) {
      sent.push(request)
      return options.reply(request, sent.length)
    },
  }
  const parts = {
    connection: {
      authenticator: options.authenticator ?? tokenAuthenticator('t', 'test'),
      endpoints: { sdrs: 'https://sdrs.test', ecs: null, vpc: null, evs: null },
      projectId: 'p',
      region: null,
    },
    transport,
    rate: createRateGate(options.rate ?? 1_000, clock),
    requests,
    clock,
    requestTimeoutMs: 1_000,
    ...(options.redact === undefined ? {} : { redact: options.redact }),
  }
  return { parts, exchange: createExchange(parts), sent, requests, clock }
}

async function errorOf(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ApiError)) throw new Error(`no ApiError but ${String(error)}`)
  return error
}

function byPassword(clock: VirtualClock) {
  let signIns = 0
  const issue = (token: string) => ({ token, lifetimeMs: 3_600_000, projectId: 'p', catalogue: [] })
  const authenticator = passwordAuthenticator({
    first: issue('token-0'),
    signIn: async () => {
      signIns += 1
      return issue(`token-${signIns}`)
    },
    source: 'test',
    clock,
  })
  return { authenticator, signIns: () => signIns }
}

function byKey(clock: VirtualClock): Authenticator {
  return akSkAuthenticator({
    key: async () => ({ accessKey: 'AK', secretKey: 'SK', securityToken: null }),
    projectId: 'p',
    source: 'test',
    clock,
  })
}

describe('one request', () => {
  test('is sent as it was asked for, authorised, with its time limit', async () => {
    const { exchange, sent } = wired({ reply: () => OK })
    expect(await exchange(ACCEPTED, PLAIN)).toEqual({ jobId: 'j1' })
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'https://sdrs.test/v1/p/protected-instances',
      body: '{"protected_instance":{"name":"Bürö"}}',
      timeoutMs: 1_000,
      headers: { 'x-auth-token': 't', 'content-type': 'application/json' },
    })
  })

  test.for([200, 201, 202])('%d is a success', async (status) => {
    const { exchange } = wired({ reply: () => ({ ...OK, status }) })
    expect(await exchange(ACCEPTED, PLAIN)).toEqual({ jobId: 'j1' })
  })

  test.for(['', 'null', '[]', '{}', '{"job_id":""}', '{"job_id":', '<html>ok</html>'])(
    'a success with the body %j leaves its fate unknown',
    async (body) => {
      const { exchange, sent } = wired({ reply: () => answer(200, body) })
      const error = await errorOf(exchange(ACCEPTED, PLAIN))
      expect(error).toMatchObject({
        class: 'unknown-fate',
        httpStatus: 200,
        code: 'unreadable-answer',
        operation: 'createProtectedInstance',
      })
      expect(sent).toHaveLength(1)
    },
  )

  test.for<[TransportFailure, string]>([
    ['not-sent', 'not-sent'],
    ['timeout', 'unknown-fate'],
    ['reset', 'unknown-fate'],
    ['too-large', 'unknown-fate'],
    ['aborted', 'unknown-fate'],
  ])('that ends in %s is %s, and counts as sent', async ([failure, expected]) => {
    const { exchange, requests } = wired({
      reply: () => {
        throw new TransportError(failure, 'no')
      },
    })
    expect((await errorOf(exchange(ACCEPTED, PLAIN))).class).toBe(expected)
    expect(requests.counts()).toMatchObject({ total: 1, byStatus: { network: 1 } })
  })

  test('a bug in the transport is not taken for an answer', async () => {
    const { exchange } = wired({
      reply: () => {
        throw new TypeError('bug')
      },
    })
    await expect(exchange(ACCEPTED, PLAIN)).rejects.toBeInstanceOf(TypeError)
  })
})

describe('a 401', () => {
  test('is met with one renewal, and the request goes once more as a retry', async () => {
    const clock = virtualClock()
    const { authenticator, signIns } = byPassword(clock)
    const { exchange, sent, requests } = wired({
      clock,
      authenticator,
      reply: ({ headers }) => (headers['x-auth-token'] === 'token-0' ? UNAUTHORIZED : OK),
    })
    let intents = 0
    let left = 0
    const options = {
      ...PLAIN,
      beforeSend: async () => void (intents += 1),
      onSend: () => void (left += 1),
    }
    expect(await exchange(ACCEPTED, options)).toEqual({ jobId: 'j1' })
    expect(sent.map(({ headers }) => headers['x-auth-token'])).toEqual(['token-0', 'token-1'])
    expect({ intents, left, signIns: signIns() }).toEqual({ intents: 2, left: 2, signIns: 1 })
    expect(requests.counts()).toEqual({
      total: 2,
      byOperation: { createProtectedInstance: 2 },
      byStatus: { 401: 1, 200: 1 },
      retries: 1,
      throttled: 0,
    })
  })

  test('after the renewal is the end: access', async () => {
    const clock = virtualClock()
    const { authenticator, signIns } = byPassword(clock)
    const { exchange, sent } = wired({ clock, authenticator, reply: () => UNAUTHORIZED })
    expect(await errorOf(exchange(ACCEPTED, PLAIN))).toMatchObject({
      class: 'access',
      httpStatus: 401,
      code: 'APIGW.0301',
    })
    expect({ sent: sent.length, signIns: signIns() }).toEqual({ sent: 2, signIns: 1 })
  })

  test('on a token that cannot be renewed ends all that come after, unsent', async () => {
    const { exchange, sent, requests } = wired({ reply: () => UNAUTHORIZED })
    expect((await errorOf(exchange(ACCEPTED, PLAIN))).class).toBe('access')
    expect(await errorOf(exchange(ACCEPTED, PLAIN))).toMatchObject({
      class: 'access',
      code: 'credential-refused',
      httpStatus: null,
    })
    expect(sent).toHaveLength(1)
    expect(requests.counts().total).toBe(1)
  })
})

describe('a refused signature', () => {
  test('cuts off what is in flight and stops what is to come', async () => {
    const clock = virtualClock()
    const { exchange, sent, requests } = wired({
      clock,
      authenticator: byKey(clock),
      // The second is refused; the others get no answer, but for their signal.
      reply: ({ signal }, nth) =>
        nth === 2
          ? UNAUTHORIZED
          : new Promise((_resolve, reject) => {
              signal?.addEventListener('abort', () => reject(new TransportError('aborted', 'cut')))
            }),
    })
    const all = await Promise.all([1, 2, 3].map(() => errorOf(exchange(ACCEPTED, PLAIN))))
    expect(all.map((error) => error.class)).toEqual(['unknown-fate', 'access', 'unknown-fate'])
    expect((await errorOf(exchange(ACCEPTED, PLAIN))).class).toBe('access')
    expect(sent).toHaveLength(3)
    expect(requests.counts()).toMatchObject({ total: 3, byStatus: { 401: 1, network: 2 } })
  })

  test.for([
    answer(403, { error_code: 'APIGW.0302', error_msg: 'not you' }),
    answer(400, { error: { code: 'SDRS.0005', message: 'm' } }),
    answer(404, { error: { code: 'SDRS.0201', message: 'm' } }),
  ])('is not what $status $body is: the next request goes', async (refusal) => {
    const clock = virtualClock()
    const reply: Reply = (_request, nth) => (nth === 1 ? refusal : OK)
    const { exchange } = wired({ clock, authenticator: byKey(clock), reply })
    expect((await errorOf(exchange(ACCEPTED, PLAIN))).httpStatus).toBe(refusal.status)
    expect(await exchange(ACCEPTED, PLAIN)).toEqual({ jobId: 'j1' })
  })

  test('is told even when a stop has come meanwhile', async () => {
    const clock = virtualClock()
    const stop = new AbortController()
    const { exchange } = wired({
      clock,
      authenticator: byKey(clock),
      reply: () => {
        stop.abort()
        return UNAUTHORIZED
      },
    })
    const error = await errorOf(exchange(ACCEPTED, { ...PLAIN, signal: stop.signal }))
    expect(error).toMatchObject({ class: 'access', accessScope: 'sign-in', httpStatus: 401 })
    const poll = exchange({ ...ACCEPTED, method: 'GET' }, PLAIN)
    expect(await errorOf(poll)).toMatchObject({ class: 'access', httpStatus: 401 })
  })

  test('stops those that wait for their turn: one refusal in all', async () => {
    const clock = virtualClock()
    const { exchange, sent } = wired({
      clock,
      authenticator: byKey(clock),
      rate: 1,
      reply: () => UNAUTHORIZED,
    })
    const startedAt = clock.now()
    const all = [1, 2, 3].map(() => errorOf(exchange(ACCEPTED, PLAIN)))
    const errors = await clock.run(Promise.all(all))
    expect(errors.map((error) => error.class)).toEqual(['access', 'access', 'access'])
    expect(sent).toHaveLength(1)
    expect(clock.now()).toBe(startedAt)
  })
})

describe('before it is sent', () => {
  test('an intent that cannot be written means that nothing is sent', async () => {
    const { exchange, sent, requests } = wired({ reply: () => OK })
    const full = new Error('disk full')
    let left = 0
    const work = exchange(ACCEPTED, {
      ...PLAIN,
      beforeSend: () => Promise.reject(full),
      onSend: () => void (left += 1),
    })
    await expect(work).rejects.toBe(full)
    expect({ sent: sent.length, left, total: requests.counts().total }).toEqual({
      sent: 0,
      left: 0,
      total: 0,
    })
  })

  test('a stop is not-sent, wherever it comes: before, at the gate, or while the intent is written', async () => {
    const { exchange, sent, clock, requests } = wired({ rate: 1, reply: () => OK })
    const stopped = { class: 'not-sent', code: 'stopped' }
    const never = async (): Promise<never> => {
      throw new Error('its intent was written')
    }
    expect(
      await errorOf(
        exchange(ACCEPTED, { ...PLAIN, signal: AbortSignal.abort(), beforeSend: never }),
      ),
    ).toMatchObject(stopped)

    const late = new AbortController()
    const beforeSend = async (): Promise<void> => late.abort()
    expect(
      await errorOf(exchange(ACCEPTED, { ...PLAIN, signal: late.signal, beforeSend })),
    ).toMatchObject(stopped)

    const waiting = new AbortController()
    const atGate = errorOf(
      exchange(ACCEPTED, { ...PLAIN, signal: waiting.signal, beforeSend: never }),
    )
    waiting.abort()
    expect(await clock.run(atGate)).toMatchObject(stopped)
    expect({ sent: sent.length, total: requests.counts().total }).toEqual({ sent: 0, total: 0 })
  })

  test('a stop after it has left does not cut it off; the cut-off does', async () => {
    const slow = (clock: VirtualClock): Reply => {
      return async ({ signal }) => {
        await clock.sleep(500, signal)
        if (signal?.aborted === true) throw new TransportError('aborted', 'cut')
        return OK
      }
    }
    const clock = virtualClock()
    const { exchange } = wired({ clock, reply: slow(clock) })
    const off = new AbortController()
    const onSend = (): void => off.abort()
    const stopped = exchange(ACCEPTED, { ...PLAIN, signal: off.signal, onSend })
    expect(await clock.run(stopped)).toEqual({ jobId: 'j1' })
    const cut = new AbortController()
    const work = errorOf(
      exchange(ACCEPTED, { ...PLAIN, cutOff: cut.signal, onSend: () => cut.abort() }),
    )
    expect((await clock.run(work)).class).toBe('unknown-fate')
  })
})

describe('what a server says', () => {
  const redact = (text: string): string => text.replaceAll('S3CRET', '***')
  const SAID = 'your token S3CRET is odd'

  test.for<{ name: string; response: HttpResponse }>([
    { name: 'in an error', response: answer(400, { error: { code: 'X', message: SAID } }) },
    { name: 'as a code', response: answer(400, { error: { code: SAID, message: 'm' } }) },
    { name: 'at the gateway', response: answer(403, { error_code: 'A.1', error_msg: SAID }) },
    { name: 'escaped', response: answer(400, '{"error":{"message":"S\\u0033CRET"}}') },
    { name: 'as a page', response: answer(502, `<html><title>${SAID}</title></html>`) },
    {
      name: 'as an ID in the body',
      response: answer(400, { error: { code: 'X' }, request_id: SAID }),
    },
    { name: 'as an ID in a header', response: answer(400, '', { 'x-request-id': SAID }) },
    { name: 'beside a success', response: answer(200, SAID, { 'x-request-id': SAID }) },
  ])('$name holds no secret any more', async ({ response }) => {
    const { exchange } = wired({ reply: () => response, redact })
    const error = await errorOf(exchange(ACCEPTED, PLAIN))
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('S3CRET')
  })

  test('decisions hang on ordinary codes, which stay as they are', async () => {
    const { exchange } = wired({
      reply: () => answer(400, { error: { code: 'SDRS.1305', message: 'used' } }),
      redact: (text) => text.replaceAll('1305', '***'),
    })
    expect(await errorOf(exchange(ACCEPTED, PLAIN))).toMatchObject({
      code: 'SDRS.1305',
      class: 'exists',
    })
  })

  test('of a failed job loses its secrets, and only there', async () => {
    const job = {
      job_id: 'S3CRET-1',
      status: 'FAIL',
      error_code: 'EVS.S3CRET',
      fail_reason: { inner: SAID },
      entities: { sub_jobs: [{ status: 'FAIL', fail_reason: SAID, error_code: 'EVS.2024' }] },
    }
    const { parts, clock } = wired({ reply: () => answer(200, job), redact })
    const client = createSdrsClient({ ...parts, random: seededRandom(1) })
    expect(await clock.run(client.showJob('j1'))).toMatchObject({
      id: 'S3CRET-1',
      errorCode: 'EVS.***',
      failReason: '{"inner":"your token *** is odd"}',
      subJobs: [{ failReason: 'your token *** is odd', errorCode: 'EVS.2024' }],
    })
  })
})

describe('the client', () => {
  test('reads again what may pass, and counts every request', async () => {
    const replies = [answer(503), answer(502, '<html>'), answer(429), UNAUTHORIZED]
    const { parts, clock, requests } = wired({
      reply: (_request, nth) => {
        if (nth === 4) throw new TransportError('reset', 'gone')
        return replies[nth - 1] ?? answer(200, { server_groups: [{ id: 'g' }], count: 1 })
      },
    })
    const client = createSdrsClient({ ...parts, random: seededRandom(1) })
    expect(await clock.run(client.listServerGroups())).toHaveLength(1)
    const counts = requests.counts()
    expect(counts).toEqual({
      total: 5,
      byOperation: { listServerGroups: 5 },
      byStatus: { 503: 1, 502: 1, 429: 1, network: 1, 200: 1 },
      retries: 4,
      throttled: 2,
    })
  })

  test.for([429, 503, 500, 409, 400, 403, 404])(
    'sends a change once, whatever the answer: %d',
    async (status) => {
      const { parts, clock, sent } = wired({ reply: () => answer(status) })
      const client = createSdrsClient({ ...parts, random: seededRandom(1) })
      const options = { again: false, beforeSend: async () => {} }
      const create = client.createProtectedInstance(
        { server_group_id: 'g', server_id: 's', name: 'n' },
        options,
      )
      expect((await errorOf(clock.run(create))).httpStatus).toBe(status)
      await errorOf(clock.run(client.deleteProtectedInstance('i', options)))
      expect(sent.map(({ method }) => method)).toEqual(['POST', 'DELETE'])
    },
  )

  test('counts a change that was sent before as a retry', async () => {
    const { exchange, requests } = wired({ reply: () => OK })
    await exchange(ACCEPTED, PLAIN)
    await exchange(ACCEPTED, { ...PLAIN, again: true })
    expect(requests.counts()).toMatchObject({ total: 2, retries: 1 })
  })

  test('a request without an answer yet counts under network, so that the sum holds', async () => {
    let release: (response: HttpResponse) => void = () => {}
    const { exchange, requests } = wired({
      reply: (_request, nth) =>
        nth === 1 ? OK : new Promise<HttpResponse>((resolve) => (release = resolve)),
    })
    await exchange(ACCEPTED, PLAIN)
    const open = exchange(ACCEPTED, PLAIN)
    await new Promise((resolve) => setImmediate(resolve))
    expect(requests.counts()).toMatchObject({ total: 2, byStatus: { 200: 1, network: 1 } })
    release(OK)
    await open
    expect(requests.counts()).toMatchObject({ total: 2, byStatus: { 200: 2 } })
  })
})

import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/clock.ts'
import { silentLog } from '../../src/log.ts'
import { createSdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { ApiError, STOPPED } from '../../src/cloud/errors.ts'
import { createExchange, type Call } from '../../src/cloud/exchange.ts'
import { createRateGate } from '../../src/cloud/rate.ts'
import { createRequestLog } from '../../src/cloud/request-log.ts'
import type { Authenticator } from '../../src/cloud/sign-in/authenticator.ts'
import { connect } from '../../src/cloud/sign-in/connect.ts'
import { passwordAuthenticator } from '../../src/cloud/sign-in/password.ts'
import { tokenAuthenticator } from '../../src/cloud/sign-in/token.ts'
import { jobAcceptedSchema } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { createSecretRegistry } from '../../src/secrets.ts'
import { TransportError, type HttpRequest, type Transport } from '../../src/cloud/transport.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const PROJECT = '0123456789abcdef0123456789abcdef'
const PASSWORD = {
  OS_USERNAME: 'dr',
  OS_PASSWORD: 'canary-password',
  OS_USER_DOMAIN_NAME: 'OTC1',
  OS_AUTH_URL: 'https://iam.eu-de.otc.t-systems.com/v3',
}
const KEY = { OS_ACCESS_KEY: 'AK1', OS_SECRET_KEY: 'canary-secret' }
const AGENCY = { SDRS_PROTECT_ECS_AGENCY: '1' }
const CREATE: Call<{ jobId: string }> = {
  operation: 'createProtectedInstance',
  method: 'POST',
  path: 'protected-instances',
  schema: jobAcceptedSchema,
  body: {},
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function errorOf(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ApiError)) throw new Error(`not an ApiError: ${String(error)}`)
  return error
}

/** Answers nothing; `cut` holds the requests that their signal has ended. */
function silent(options: { readonly heedsSignal: boolean }) {
  const sent: HttpRequest[] = []
  const cut: HttpRequest[] = []
  const transport: Transport = {
    send(request) {
      sent.push(request)
      return new Promise((_, reject) => {
        const abort = (): void => {
          cut.push(request)
          if (options.heedsSignal) reject(new TransportError('aborted', 'stopped by us'))
        }
        request.signal?.addEventListener('abort', abort)
      })
    },
  }
  return { transport, sent, cut }
}

function signIn(env: Record<string, string>, transport: Transport, signal: AbortSignal) {
  const clock = virtualClock()
  const options = { env, flags: {}, files: { cloud: null, huaweicloud: null }, log: silentLog }
  const connecting = connect({
    ...options,
    requestTimeoutMs: 30_000,
    transport,
    clock,
    secrets: createSecretRegistry(),
    signal,
  })
  return { connecting, clock }
}

describe('a sign-in that hangs', () => {
  test.for<{ name: string; env: Record<string, string>; host: string }>([
    { name: 'a token from IAM', env: { ...PASSWORD, OS_PROJECT_NAME: 'eu-de' }, host: 'iam.eu-de' },
    { name: 'the look-up of the project', env: { ...KEY, OS_REGION_NAME: 'eu-de' }, host: 'iam.' },
    {
      name: 'the key of the agency',
      env: { ...AGENCY, OS_REGION_NAME: 'eu-de' },
      host: '169.254.169.254',
    },
  ])('ends at once, and its request with it: $name', async ({ env, host }) => {
    for (const heedsSignal of [true, false]) {
      const stop = new AbortController()
      const { transport, sent, cut } = silent({ heedsSignal })
      const { connecting } = signIn(env, transport, stop.signal)
      const failed = errorOf(connecting)
      await settled()
      expect(sent.map(({ url }) => url)).toEqual([expect.stringContaining(host)])
      stop.abort()
      expect(await failed).toMatchObject({ class: 'not-sent', code: STOPPED })
      await settled()
      expect([sent.length, cut.length]).toEqual([1, 1])
    }
  })

  test('ends at once also while it waits to try again', async () => {
    const stop = new AbortController()
    const env = { ...PASSWORD, OS_PROJECT_NAME: 'eu-de' }
    let sent = 0
    const transport: Transport = {
      async send() {
        sent += 1
        return { status: 503, headers: { 'retry-after': '60' }, body: '' }
      },
    }
    const { connecting, clock } = signIn(env, transport, stop.signal)
    const failed = errorOf(connecting)
    await settled()
    expect(clock.sleeping()).toBe(1)
    stop.abort()
    expect(await failed).toMatchObject({ code: STOPPED })
    await settled()
    expect([sent, clock.sleeping()]).toEqual([1, 0])
  })
})

/** A request through a client whose authenticator is given; the transport answers 401. */
function wired(authenticator: Authenticator) {
  const clock = virtualClock()
  let sent = 0
  const parts = {
    connection: {
      authenticator,
      endpoints: { sdrs: 'https://sdrs.test', ecs: null, vpc: null, evs: null },
      projectId: PROJECT,
      region: null,
    },
    transport: {
      async send() {
        sent += 1
        return { status: 401, headers: {}, body: '' }
      },
    },
    rate: createRateGate(1_000, clock),
    requests: createRequestLog(),
    clock,
    requestTimeoutMs: 1_000,
  }
  return { parts, clock, sent: () => sent }
}

/** Signs in for ever, from the first renewal on. */
function hangingRenewal(lifetimeMs: number): Authenticator {
  return passwordAuthenticator({
    first: { token: 't', lifetimeMs },
    signIn: () => new Promise(() => {}),
    source: 'test',
    clock: virtualClock(),
  })
}

describe('a request', () => {
  test.for(['signal', 'cutOff'] as const)(
    'that waits for a new token before it is sent ends with its %s, unsent',
    async (name) => {
      const { parts, sent } = wired(hangingRenewal(0))
      const stop = new AbortController()
      const options = { priority: 'create', again: false, [name]: stop.signal } as const
      const failed = errorOf(createExchange(parts)(CREATE, options))
      await settled()
      stop.abort()
      expect(await failed).toMatchObject({ class: 'not-sent', code: STOPPED })
      expect(sent()).toBe(0)
    },
  )

  test('that waits for a new token after a 401 ends: it was not let in', async () => {
    const { parts, sent } = wired(hangingRenewal(3_600_000))
    const stop = new AbortController()
    const options = { priority: 'create', again: false, signal: stop.signal } as const
    const failed = errorOf(createExchange(parts)(CREATE, options))
    await settled()
    expect(sent()).toBe(1)
    stop.abort()
    expect(await failed).toMatchObject({ class: 'not-sent', code: STOPPED })
  })

  test('that waits to be read again ends at once', async () => {
    const { parts, clock } = wired(tokenAuthenticator('t', 'test'))
    const transport: Transport = {
      send: async () => ({ status: 503, headers: { 'retry-after': '300' }, body: '' }),
    }
    const client = createSdrsClient({ ...parts, transport, random: seededRandom(1) })
    const stop = new AbortController()
    const failed = errorOf(client.showJob('j', stop.signal))
    await settled()
    expect(clock.sleeping()).toBe(1)
    stop.abort()
    expect(await failed).toMatchObject({ class: 'not-sent', code: STOPPED })
  })
})

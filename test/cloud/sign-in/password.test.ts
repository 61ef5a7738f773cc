import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { ApiError } from '../../../src/cloud/errors.ts'
import type { Authenticator } from '../../../src/cloud/sign-in/authenticator.ts'
import { createToken, type IssuedToken } from '../../../src/cloud/sign-in/iam.ts'
import { passwordAuthenticator } from '../../../src/cloud/sign-in/password.ts'
import { createTransport } from '../../../src/cloud/undici-transport.ts'
import { manualClock, tokenAnswer } from '../../support/fake-iam.ts'
import { listen } from '../../support/sockets.ts'

const DAY = 24 * 3_600_000
const request = { method: 'GET', url: 'https://sdrs.example', headers: {} } as const
const issued = (token: string, lifetimeMs = DAY): IssuedToken => ({
  token,
  lifetimeMs,
  projectName: null,
  user: null,
  projectId: 'p1',
  catalogue: [],
})
const apiError = (errorClass: ApiError['class']): ApiError =>
  new ApiError({ class: errorClass, operation: 'createToken', message: 'no' })

/** Signs in as `outcome` says for the nth time. */
function authenticator(
  outcome: (nth: number) => IssuedToken | ApiError,
  lifetimeMs = DAY,
): { auth: Authenticator; clock: ReturnType<typeof manualClock>; signIns: () => number } {
  let signIns = 0
  const clock = manualClock(0)
  const auth = passwordAuthenticator({
    first: issued('token-0', lifetimeMs),
    async signIn() {
      signIns += 1
      await new Promise((resolve) => setImmediate(resolve))
      const result = outcome(signIns)
      if (result instanceof ApiError) throw result
      return result
    },
    source: 'test',
    clock,
  })
  return { auth, clock, signIns: () => signIns }
}

describe('a token from a password', () => {
  test('is renewed once before it expires, for all who wait', async () => {
    const { auth, clock, signIns } = authenticator((nth) => issued(`token-${nth}`))
    clock.set(DAY - 6 * 60_000)
    expect(await auth.authorize(request)).toEqual({ 'x-auth-token': 'token-0' })
    clock.set(DAY - 4 * 60_000)
    const headers = await Promise.all(Array.from({ length: 50 }, () => auth.authorize(request)))
    expect(new Set(headers.map((each) => each['x-auth-token']))).toEqual(new Set(['token-1']))
    expect(signIns()).toBe(1)
  })

  test('is renewed once after a rejection, late comers included', async () => {
    const { auth, signIns } = authenticator((nth) => issued(`token-${nth}`))
    const old = await auth.authorize(request)
    const renewed = await Promise.all(Array.from({ length: 50 }, () => auth.renew(old)))
    expect(renewed.every(Boolean)).toBe(true)
    expect(await auth.renew(old)).toBe(true)
    expect(signIns()).toBe(1)
    expect(await auth.authorize(request)).toEqual({ 'x-auth-token': 'token-1' })
  })

  test('is renewed again when the new one is rejected later', async () => {
    const { auth, signIns } = authenticator((nth) => issued(`token-${nth}`))
    await auth.renew({ 'x-auth-token': 'token-0' })
    expect(await auth.renew({ 'x-auth-token': 'token-1' })).toBe(true)
    expect(signIns()).toBe(2)
  })

  test('is not asked for again once the sign-in was refused', async () => {
    const { auth, signIns } = authenticator(() => apiError('access'))
    const old = await auth.authorize(request)
    expect(await Promise.all([auth.renew(old), auth.renew(old)])).toEqual([false, false])
    expect(await auth.renew(old)).toBe(false)
    await expect(auth.authorize(request)).rejects.toMatchObject({ class: 'access' })
    expect(signIns()).toBe(1)
  })

  test('an IAM that is away: the old token as long as it holds, then certainly not sent', async () => {
    const { auth, clock } = authenticator(() => apiError('unknown-fate'))
    clock.set(DAY - 60_000)
    expect(await auth.authorize(request)).toEqual({ 'x-auth-token': 'token-0' })
    clock.set(DAY)
    await expect(auth.authorize(request)).rejects.toMatchObject({ class: 'not-sent' })
    const rejected = { 'x-auth-token': 'token-0' }
    await expect(auth.renew(rejected)).rejects.toMatchObject({ class: 'not-sent' })
  })

  test('a short-lived one is not renewed at every request', async () => {
    const { auth, clock, signIns } = authenticator((nth) => issued(`token-${nth}`, 60_000), 60_000)
    for (let now = 0; now < 50_000; now += 10_000) {
      clock.set(now)
      await auth.authorize(request)
    }
    expect(signIns()).toBe(0)
  })
})

describe('over http', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
  })

  test('a token that ends with 50 requests in flight is renewed exactly once, and each succeeds', async () => {
    let issuedTokens = 0
    let valid = ''
    let refused = 0
    const held: (() => void)[] = []
    server = createServer((message, response) => {
      if (message.url === '/v3/auth/tokens') {
        issuedTokens += 1
        valid = `token-${issuedTokens}`
        const { status, headers, body } = tokenAnswer(valid)
        response.writeHead(status, headers).end(body)
        return
      }
      const answer = (): void => {
        const accepted = message.headers['x-auth-token'] === valid
        if (!accepted) refused += 1
        response.writeHead(accepted ? 200 : 401).end('{}')
      }
      if (valid === 'token-1') held.push(answer)
      else answer()
      // All 50 are in flight with the first token, when it is revoked.
      if (held.length === 50) {
        valid = 'none'
        for (const release of held.splice(0)) release()
      }
    })
    const endpoint = `http://127.0.0.1:${await listen(server)}`
    const transport = createTransport({ env: {}, connections: 64 })
    const redact = (text: string): string => text
    const iam = { transport, endpoint, clock: systemClock, requestTimeoutMs: 5000, redact }
    const user = { username: 'u', password: 'p', domain: { name: 'd' } }
    const signIn = (): Promise<IssuedToken> => createToken(iam, user, { name: 'eu-de' })
    const auth = passwordAuthenticator({
      first: await signIn(),
      signIn,
      source: 'test',
      clock: systemClock,
    })
    const exchange = async (): Promise<number> => {
      const target = { method: 'GET', url: `${endpoint}/v1/p/x`, headers: {} } as const
      for (let attempt = 1; ; attempt += 1) {
        const headers = await auth.authorize(target)
        const { status } = await transport.send({ ...target, headers, timeoutMs: 5000 })
        if (status !== 401 || attempt === 2 || !(await auth.renew(headers))) return status
      }
    }
    const statuses = await Promise.all(Array.from({ length: 50 }, exchange))
    await transport.close?.()
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(refused).toBe(50)
    expect(issuedTokens).toBe(2)
  })
})

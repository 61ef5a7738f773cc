import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Failure } from '../../src/failure.ts'
import { TransportError, type HttpRequest } from '../../src/cloud/transport.ts'
import { createTransport } from '../../src/cloud/undici-transport.ts'
import type { TransportOptions } from '../../src/cloud/way-out.ts'
import { hasTinyproxy, startTinyproxy, type ForwardProxy } from '../support/forward-proxy.ts'
import { answer, listen, rawServer } from '../support/sockets.ts'
import { createPrivateAuthority, hasOpenssl, type PrivateAuthority } from '../support/tls.ts'

const openssl = hasOpenssl()
const tinyproxy = openssl && hasTinyproxy()
const cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of cleanUp.splice(0).toReversed()) await close()
})

let authority: PrivateAuthority
beforeAll(() => {
  if (openssl) authority = createPrivateAuthority()
})
afterAll(() => authority?.remove())

interface TlsServer {
  readonly port: number
  readonly requests: string[]
}

async function tlsServer(names: string[], options?: { expired: boolean }): Promise<TlsServer> {
  const requests: string[] = []
  const server: Server = createServer(authority.issue(names, options), (request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.host}`)
    response.end('over TLS')
  })
  const port = await listen(server)
  cleanUp.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return { port, requests }
}

function transport(options: Partial<TransportOptions>): ReturnType<typeof createTransport> {
  const created = createTransport({ env: {}, ...options })
  cleanUp.push(async () => created.close?.())
  return created
}

function get(url: string): HttpRequest {
  return { method: 'GET', url, headers: { 'x-auth-token': 'token-1' }, timeoutMs: 5000 }
}

async function failureOf(promise: Promise<unknown>): Promise<TransportError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof TransportError)) throw new Error(`no TransportError: ${String(error)}`)
  return error
}

describe.skipIf(!openssl)('TLS with a private authority (needs openssl)', () => {
  test.each([
    ['OS_CACERT', () => ({ env: { OS_CACERT: authority.caFile } })],
    ['NODE_EXTRA_CA_CERTS', () => ({ env: { NODE_EXTRA_CA_CERTS: authority.caFile } })],
    ['cacert in clouds.yaml', () => ({ caFile: authority.caFile })],
    ['verify: false in clouds.yaml', () => ({ verify: false })],
  ])('connects with %s', async (_, options) => {
    const { port } = await tlsServer(['IP:127.0.0.1', 'DNS:localhost'])
    const sender = transport(options())
    expect((await sender.send(get(`https://127.0.0.1:${port}/v1`))).body).toBe('over TLS')
    expect((await sender.send(get(`https://localhost:${port}/v1`))).body).toBe('over TLS')
  })

  test('refuses an unknown authority, sends nothing, and says what to set', async () => {
    const { port, requests } = await tlsServer(['IP:127.0.0.1'])
    const error = await failureOf(transport({}).send(get(`https://127.0.0.1:${port}/`)))
    expect(error.failure).toBe('not-sent')
    expect(error.message).toContain('OS_CACERT')
    expect(requests).toEqual([])
  })

  test('refuses a certificate for another name, and goes on refusing it without hanging', async () => {
    const { port, requests } = await tlsServer(['DNS:other.example'])
    const sender = transport({ caFile: authority.caFile })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await failureOf(sender.send(get(`https://127.0.0.1:${port}/`)))).toMatchObject({
        failure: 'not-sent',
        causeCode: 'ERR_TLS_CERT_ALTNAME_INVALID',
      })
    }
    expect(requests).toEqual([])
  })

  test('refuses an expired certificate', async () => {
    const { port } = await tlsServer(['IP:127.0.0.1'], { expired: true })
    const sender = transport({ caFile: authority.caFile })
    expect(await failureOf(sender.send(get(`https://127.0.0.1:${port}/`)))).toMatchObject({
      failure: 'not-sent',
      causeCode: 'CERT_HAS_EXPIRED',
    })
  })

  test('names the variable of a CA file that cannot be read or holds no certificate', () => {
    const empty = join(tmpdir(), `no-certificate-${process.pid}.pem`)
    writeFileSync(empty, 'nothing')
    const missing = { OS_CACERT: '/nonexistent/ca.pem' }
    expect(() => createTransport({ env: missing })).toThrow(/^OS_CACERT: /)
    expect(() => createTransport({ env: { NODE_EXTRA_CA_CERTS: empty } })).toThrow(Failure)
  })
})

describe.skipIf(!tinyproxy)('a forward proxy (needs tinyproxy and openssl)', () => {
  let proxy: ForwardProxy
  async function proxied(options: Partial<Parameters<typeof startTinyproxy>[0]> = {}) {
    const server = await tlsServer(['IP:127.0.0.1', 'DNS:localhost'])
    proxy = await startTinyproxy({ allowedPorts: [server.port], ...options })
    cleanUp.push(() => proxy.stop())
    return { ...server, url: `https://127.0.0.1:${server.port}/v1/x` }
  }

  test.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY'])('is used as %s says', async (name) => {
    const { url, requests, port } = await proxied()
    const sender = transport({ caFile: authority.caFile, env: { [name]: proxy.url } })
    expect((await sender.send(get(url))).body).toBe('over TLS')
    expect(proxy.log()).toContain(`CONNECT 127.0.0.1:${port}`)
    expect(proxy.log()).not.toContain('token-1')
    expect(requests).toEqual([`GET /v1/x 127.0.0.1:${port}`])
  })

  test('is passed by for a host in NO_PROXY, and for plain http on this machine', async () => {
    const { url } = await proxied()
    const plain = await rawServer((socket) => socket.write(answer('plain')))
    cleanUp.push(() => plain.close())
    const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: 'example.com,127.0.0.1' }
    const sender = transport({ caFile: authority.caFile, env })
    expect((await sender.send(get(url))).status).toBe(200)
    const { NO_PROXY: _, ...everything } = env
    expect((await transport({ env: everything }).send(get(plain.url))).body).toBe('plain')
    expect(proxy.log()).not.toContain('CONNECT 127.0.0.1')
  })

  test('with a user and a password; without them it is not-sent, and said why', async () => {
    const { url } = await proxied({ user: 'dr', password: 'p-w-1' })
    const signedIn = { HTTPS_PROXY: `http://dr:p-w-1@127.0.0.1:${proxy.port}` }
    expect(
      (await transport({ caFile: authority.caFile, env: signedIn }).send(get(url))).status,
    ).toBe(200)
    const sender = transport({ caFile: authority.caFile, env: { HTTPS_PROXY: proxy.url } })
    const error = await failureOf(sender.send(get(url)))
    expect(error.failure).toBe('not-sent')
    expect(error.message).toContain('407')
  })

  test('that refuses CONNECT: not-sent, with its status and the name of the variable', async () => {
    const { url, requests } = await proxied({ allowedPorts: [1] })
    const sender = transport({ caFile: authority.caFile, env: { HTTPS_PROXY: proxy.url } })
    const error = await failureOf(sender.send(get(url)))
    expect(error.failure).toBe('not-sent')
    expect(error.message).toContain('403')
    expect(error.message).toContain('HTTPS_PROXY')
    expect(requests).toEqual([])
  })

  test('does not hide a bad certificate behind it', async () => {
    const { url } = await proxied()
    const error = await failureOf(transport({ env: { HTTPS_PROXY: proxy.url } }).send(get(url)))
    expect(error.failure).toBe('not-sent')
    expect(error.message).toContain('OS_CACERT')
  })
})

describe('a proxy that is no help', () => {
  test('is not there: not-sent, and named without its password', async () => {
    const gone = await rawServer(() => {})
    await gone.close()
    const env = { HTTPS_PROXY: `http://dr:secret-1@127.0.0.1:${gone.port}` }
    const error = await failureOf(transport({ env }).send(get('https://sdrs.example/')))
    expect(error).toMatchObject({ failure: 'not-sent', causeCode: 'ECONNREFUSED' })
    expect(error.message).toContain('HTTPS_PROXY')
    expect(error.message).not.toContain('secret-1')
  })

  test('hangs up on CONNECT: one attempt, not-sent, and no storm of further ones', async () => {
    const rude = await rawServer((socket) => socket.destroy())
    cleanUp.push(() => rude.close())
    const sender = transport({ env: { HTTPS_PROXY: rude.url } })
    expect((await failureOf(sender.send(get('https://sdrs.example/')))).failure).toBe('not-sent')
    await after(200)
    expect(rude.connections()).toBe(1)
  })

  test('is not taken from anywhere but the environment that was given', async () => {
    const plain = await rawServer((socket) => socket.write(answer('plain')))
    cleanUp.push(() => plain.close())
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1')
    vi.stubEnv('http_proxy', 'http://127.0.0.1:1')
    cleanUp.push(async () => void vi.unstubAllEnvs())
    for (const env of [{}, { HTTPS_PROXY: 'http://127.0.0.1:1' }]) {
      expect((await transport({ env }).send(get(plain.url))).body).toBe('plain')
    }
  })

  test('has a URL that is none: refused before anything is sent, without repeating it', () => {
    const broken = (): unknown => createTransport({ env: { HTTPS_PROXY: 'http://u:secret-1@:x' } })
    expect(broken).toThrow(Failure)
    expect(broken).not.toThrow(/secret-1/)
  })
})

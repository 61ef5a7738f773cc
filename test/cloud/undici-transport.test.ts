import { setTimeout as after } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { TransportError, type HttpRequest } from '../../src/cloud/transport.ts'
import { createTransport } from '../../src/cloud/undici-transport.ts'
import type { TransportOptions } from '../../src/cloud/way-out.ts'
import { answer, rawServer, type RawServer } from '../support/sockets.ts'

const cleanUp: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of cleanUp.splice(0).toReversed()) await close()
})

async function server(behave: Parameters<typeof rawServer>[0]): Promise<RawServer> {
  const started = await rawServer(behave)
  cleanUp.push(() => started.close())
  return started
}

function transport(options: Partial<TransportOptions> = {}): ReturnType<typeof createTransport> {
  const created = createTransport({ env: {}, ...options })
  cleanUp.push(async () => created.close?.())
  return created
}

function post(url: string, extra: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'POST', url, headers: {}, body: '{"a":1}', timeoutMs: 5000, ...extra }
}

async function failureOf(promise: Promise<unknown>): Promise<TransportError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof TransportError)) throw new Error(`no TransportError: ${String(error)}`)
  return error
}

describe('an exchange', () => {
  test('sends the request as given and reads the answer', async () => {
    const { url, received } = await server((socket) => {
      socket.write(answer('{"ü":1}', 'X-Request-Id: r1\r\nX-Two: a\r\nX-Two: b\r\n'))
    })
    const response = await transport().send(
      post(`${url}/v1/p%20q/x?limit=2&name=%22a%22`, { headers: { 'x-auth-token': 't' } }),
    )
    expect(response).toMatchObject({
      status: 200,
      headers: { 'x-request-id': 'r1', 'x-two': 'a, b' },
      body: '{"ü":1}',
    })
    expect(received()).toMatch(/^POST \/v1\/p%20q\/x\?limit=2&name=%22a%22 HTTP\/1\.1\r\n/)
    expect(received()).toContain('x-auth-token: t\r\n')
    expect(received()).toMatch(/\r\n\r\n\{"a":1\}$/)
  })

  test('sends one Host header, that of the URL, whatever was signed', async () => {
    const { url, port, received } = await server((socket) => socket.write(answer('')))
    await transport().send(post(url, { headers: { Host: 'elsewhere' } }))
    expect(received().match(/^host:.*$/gim)).toEqual([`host: 127.0.0.1:${port}`])
  })

  test('reuses a connection, and opens no more than it may', async () => {
    const { url, connections } = await server((socket) => {
      setTimeout(() => socket.write(answer('ok')), 5)
    })
    const sender = transport({ connections: 3 })
    await Promise.all(Array.from({ length: 20 }, () => sender.send(post(url))))
    expect(connections()).toBe(3)
  })

  test('hands a redirect back and does not follow it', async () => {
    const target = await server((socket) => socket.write(answer('stolen')))
    const { url } = await server((socket) =>
      socket.write(`HTTP/1.1 307 Go\r\nlocation: ${target.url}/\r\ncontent-length: 0\r\n\r\n`),
    )
    const response = await transport().send(post(url, { headers: { 'x-auth-token': 't' } }))
    expect(response.status).toBe(307)
    expect(target.connections()).toBe(0)
  })

  test('returns an error status like any other answer, and sends nothing again', async () => {
    const { url, received } = await server((socket) =>
      socket.write('HTTP/1.1 503 Busy\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n'),
    )
    expect(await transport().send(post(url))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
    })
    expect(received().match(/POST/g)).toHaveLength(1)
  })
})

describe('a connection that never opens is not-sent', () => {
  test('when it is refused', async () => {
    const closed = await rawServer(() => {})
    await closed.close()
    expect(await failureOf(transport().send(post(closed.url)))).toMatchObject({
      failure: 'not-sent',
      causeCode: 'ECONNREFUSED',
    })
  })

  test('when the host does not exist', async () => {
    const error = await failureOf(transport().send(post('https://sdrs.nowhere.invalid/')))
    expect(error.failure).toBe('not-sent')
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(error.causeCode)
    expect(error.message).toContain('sdrs.nowhere.invalid')
  })

  test('when the TLS handshake does not end', async () => {
    const silent = await server(() => {})
    const sender = transport({ connectTimeoutMs: 300 })
    const error = await failureOf(sender.send(post(`https://127.0.0.1:${silent.port}`)))
    expect(error).toMatchObject({ failure: 'not-sent', causeCode: 'UND_ERR_CONNECT_TIMEOUT' })
  })

  test('when the other side hangs up in the handshake', async () => {
    const rude = await server((socket) => socket.destroy())
    const error = await failureOf(transport().send(post(`https://127.0.0.1:${rude.port}`)))
    expect(error.failure).toBe('not-sent')
    expect(rude.connections()).toBe(1)
  })

  test('when there is no TLS at that port', async () => {
    const plain = await server((socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n'))
    const error = await failureOf(transport().send(post(`https://127.0.0.1:${plain.port}`)))
    expect(error.failure).toBe('not-sent')
    expect(error.message).toContain('TLS')
  })

  test('when no connection came free in time; and it is not sent afterwards either', async () => {
    const slow = await server((socket) => {
      setTimeout(() => socket.write(answer('late')), 250)
    })
    const sender = transport({ connections: 1 })
    const first = sender.send(post(`${slow.url}/first`))
    const second = await failureOf(sender.send(post(`${slow.url}/second`, { timeoutMs: 100 })))
    expect(second.failure).toBe('not-sent')
    expect((await first).body).toBe('late')
    await sender.send(post(`${slow.url}/third`))
    expect(slow.received()).not.toContain('/second')
  })
})

describe('a request whose bytes may have left', () => {
  test('times out when the answer does not come', async () => {
    const hung = await server(() => {})
    const error = await failureOf(transport().send(post(hung.url, { timeoutMs: 200 })))
    expect(error.failure).toBe('timeout')
    expect(hung.received()).toContain('POST')
  })

  test('times out when the body stalls', async () => {
    const stalled = await server((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'),
    )
    const error = await failureOf(transport().send(post(stalled.url, { timeoutMs: 200 })))
    expect(error.failure).toBe('timeout')
  })

  test.each([
    ['reset', (socket: { resetAndDestroy(): unknown }) => socket.resetAndDestroy()],
    ['closed', (socket: { end(): unknown }) => socket.end()],
  ])('is of unknown fate when the connection is %s', async (_, hangUp) => {
    const rude = await server((socket) => hangUp(socket))
    const error = await failureOf(transport().send(post(rude.url)))
    expect(error.failure).toBe('reset')
    expect(rude.received().match(/POST/g)).toHaveLength(1)
  })

  test('is of unknown fate when the body is cut short', async () => {
    const cut = await server((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'),
    )
    expect((await failureOf(transport().send(post(cut.url)))).failure).toBe('reset')
  })

  test('is of unknown fate when the answer is not HTTP', async () => {
    const garbage = await server((socket) => socket.end('\u0000\u0001 what\r\n\r\n'))
    expect((await failureOf(transport().send(post(garbage.url)))).failure).toBe('reset')
  })

  test('is too large when the answer is', async () => {
    const huge = await server((socket) => socket.write(answer('x'.repeat(5000))))
    const error = await failureOf(transport({ maxResponseBytes: 1000 }).send(post(huge.url)))
    expect(error.failure).toBe('too-large')
  })

  test('is too large also when the length was not announced', async () => {
    const huge = await server((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${'x'.repeat(5000)}`),
    )
    const error = await failureOf(transport({ maxResponseBytes: 1000 }).send(post(huge.url)))
    expect(error.failure).toBe('too-large')
  })

  test('is aborted by its signal', async () => {
    const hung = await server(() => {})
    const stop = new AbortController()
    const sent = failureOf(transport().send(post(hung.url, { signal: stop.signal })))
    while (!hung.received().includes('POST')) await after(5)
    stop.abort()
    expect((await sent).failure).toBe('aborted')
    const again = failureOf(transport().send(post(`${hung.url}/again`, { signal: stop.signal })))
    expect((await again).failure).toBe('aborted')
    expect(hung.received()).not.toContain('/again')
  })
})

describe('a kept connection that the server has closed', () => {
  test('is noticed when there was time to, and the request goes out once, on a new one', async () => {
    const { url, received, connections } = await server((socket) => {
      socket.write(answer('ok'))
      setTimeout(() => socket.destroy(), 20)
    })
    const sender = transport()
    await sender.send(post(`${url}/first`))
    await after(100)
    await sender.send(post(`${url}/second`))
    expect(connections()).toBe(2)
    expect(received().match(/POST/g)).toHaveLength(2)
  })

  test('is never called not-sent, and the request never sent twice, when it broke under it', async () => {
    const { url, received } = await server((socket, _, nth) => {
      if (nth === 1) socket.write(answer('ok'))
      else socket.resetAndDestroy()
    })
    const sender = transport({ connections: 1 })
    await sender.send(post(`${url}/first`))
    const error = await failureOf(sender.send(post(`${url}/second`)))
    expect(error.failure).toBe('reset')
    expect(received().match(/\/second/g)).toHaveLength(1)
  })

  test('under load: whatever the server saw is never reported as not-sent', async () => {
    const seen = new Set<string>()
    let count = 0
    const { url } = await server((socket, piece) => {
      for (const [, id] of piece.matchAll(/POST \/(\d+)/g)) seen.add(id ?? '')
      count += 1
      // Answers, and hangs up right behind the answer every other time: the next request races with it.
      socket.write(answer('ok'))
      if (count % 2 === 0) socket.destroy()
    })
    const sender = transport({ connections: 4 })
    const ends = await Promise.all(
      Array.from({ length: 300 }, async (_, id) => {
        await after(id % 50)
        return sender.send(post(`${url}/${id}`)).then(
          () => ({ id: String(id), failure: null }),
          (error: TransportError) => ({ id: String(id), failure: error.failure }),
        )
      }),
    )
    const wronglyNotSent = ends.filter((end) => end.failure === 'not-sent' && seen.has(end.id))
    expect(wronglyNotSent).toEqual([])
    expect(ends.filter((end) => end.failure === null).length).toBeGreaterThan(0)
  })
})

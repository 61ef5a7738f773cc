import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { TransportError } from '../../src/cloud/transport.ts'
import { createTransport } from '../../src/cloud/undici-transport.ts'
import { READABLE_ENCODINGS, unpack } from '../../src/cloud/unpack.ts'
import { rawServer } from '../support/sockets.ts'

const TEXT = JSON.stringify({ name: 'Bürö', many: 'x'.repeat(500) })

describe('a packed body', () => {
  test.for<[string, Buffer]>([
    ['gzip', gzipSync(TEXT)],
    ['X-GZip', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['identity', Buffer.from(TEXT)],
    ['deflate, gzip', gzipSync(deflateSync(TEXT))],
  ])('in %s is unpacked', async ([encoding, bytes]) => {
    const packed = { 'content-encoding': encoding, 'x-request-id': 'r' }
    const { headers, body } = await unpack(packed, bytes, 10_000)
    expect(body.toString('utf8')).toBe(TEXT)
    expect(headers['x-request-id']).toBe('r')
  })

  test('loses the headers that speak of it packed', async () => {
    const packed = { 'content-encoding': 'gzip', 'content-length': '90' }
    expect((await unpack(packed, gzipSync(TEXT), 10_000)).headers).toEqual({})
  })

  test.for(['zstd', 'gzip, zstd', 'gzip, gzip, gzip, gzip'])(
    'in %s stays as it came, and says so',
    async (encoding) => {
      const bytes = Buffer.from('packed')
      const { headers, body } = await unpack({ 'content-encoding': encoding }, bytes, 10_000)
      expect([headers['content-encoding'], body]).toEqual([encoding, bytes])
    },
  )

  test('is asked for in the forms that are read, and in no other', async () => {
    const server = await rawServer((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'))
    const transport = createTransport({ env: {} })
    await transport.send({ method: 'GET', url: server.url, headers: {}, timeoutMs: 5000 })
    await transport.close?.()
    await server.close()
    expect(server.received()).toContain(`accept-encoding: ${READABLE_ENCODINGS}\r\n`)
    const packers = new Map([
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
      ['deflate', deflateSync],
    ])
    for (const encoding of READABLE_ENCODINGS.split(', ')) {
      const packed = packers.get(encoding)?.(TEXT) ?? Buffer.from('another')
      expect((await unpack({ 'content-encoding': encoding }, packed, 10_000)).headers).toEqual({})
    }
  })

  test('of nothing at all is nothing', async () => {
    const { body } = await unpack({ 'content-encoding': 'gzip' }, Buffer.alloc(0), 10)
    expect(body).toHaveLength(0)
  })
})

describe('over the wire', () => {
  const cleanUp: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of cleanUp.splice(0).toReversed()) await close()
  })

  async function answerOf(encoding: string, bytes: Buffer, maxResponseBytes = 10_000) {
    const server = await rawServer((socket) => {
      const head = `content-encoding: ${encoding}\r\ncontent-length: ${bytes.length}`
      socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`), bytes]))
    })
    cleanUp.push(() => server.close())
    const transport = createTransport({ env: {}, maxResponseBytes })
    cleanUp.push(async () => transport.close?.())
    return transport.send({ method: 'GET', url: server.url, headers: {}, timeoutMs: 5_000 })
  }

  test.for<[string, Buffer]>([
    ['gzip', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
  ])('%s is read as the text it was', async ([encoding, bytes]) => {
    expect((await answerOf(encoding, bytes)).body).toBe(TEXT)
  })

  test.for<[string, Buffer]>([
    ['gzip', gzipSync(Buffer.alloc(5_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(5_000_000))],
    ['deflate', deflateSync(Buffer.alloc(5_000_000))],
  ])('%s that swells beyond the limit is too large', async ([encoding, bytes]) => {
    await expect(answerOf(encoding, bytes)).rejects.toMatchObject({ failure: 'too-large' })
  })

  test('what cannot be unpacked left this machine: its fate is unknown', async () => {
    const error = await answerOf('gzip', Buffer.from('not gzip')).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({ failure: 'reset', causeCode: 'Z_DATA_ERROR' })
  })
})

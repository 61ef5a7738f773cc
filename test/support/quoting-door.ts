import { createServer, request as send, type IncomingMessage } from 'node:http'
import { routeOf, type Operation } from '../../src/simulator/route.ts'
import { listen } from './sockets.ts'

/** An answer in place of the cloud's, or the cloud's own. */
export interface Quoting {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

export interface QuotingDoor {
  readonly url: string
  /** Signatures of all requests so far. */
  readonly signatures: ReadonlySet<string>
  close(): Promise<void>
}

/**
 * A cloud that repeats whatever secret it was sent. `answer` gets the operation, its number from 1, and
 * what there is to quote; null lets the request through to `target`.
 */
export async function openQuotingDoor(
  target: string | null,
  answer: (operation: Operation, nth: number, quoted: readonly string[]) => Quoting | null,
): Promise<QuotingDoor> {
  const signatures = new Set<string>()
  const counts = new Map<Operation, number>()
  const server = createServer((incoming, outgoing) => {
    void respond(incoming).then(
      ({ status, headers, body }) => {
        outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
        outgoing.end(body)
      },
      () => outgoing.destroy(),
    )
  })

  async function respond(incoming: IncomingMessage): Promise<Quoting> {
    const body = await textOf(incoming)
    const { method = 'GET', url = '/', headers } = incoming
    const { operation } = routeOf({ method, url, headers: {}, body })
    const signature = /Signature=(\w+)/.exec(headers.authorization ?? '')?.[1]
    if (signature !== undefined) signatures.add(signature)
    const nth = (counts.get(operation) ?? 0) + 1
    counts.set(operation, nth)
    const quoting = answer(operation, nth, secretsOf(headers, body))
    if (quoting !== null || target === null) return quoting ?? { status: 404, body: '{}' }
    return await new Promise<Quoting>((resolve, reject) => {
      const onward = send(`${target}${url}`, { method, headers }, (response) => {
        textOf(response).then((text) => {
          const given = Object.entries(response.headers).map(([name, value]) => [
            name,
            String(value),
          ])
          resolve({
            status: response.statusCode ?? 502,
            headers: Object.fromEntries(given) as Record<string, string>,
            body: text,
          })
        }, reject)
      })
      onward.once('error', reject)
      onward.end(body)
    })
  }

  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    signatures,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** The values as they were sent, one text each; a header's bytes are what Node shows as Latin-1. */
function secretsOf(headers: IncomingMessage['headers'], body: string): string[] {
  const sent = ['x-auth-token', 'authorization', 'x-security-token'].flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [Buffer.from(value, 'latin1').toString('utf8')] : []
  })
  const password = /"password":("(?:[^"\\]|\\.)*")/.exec(body)?.[1]
  return password === undefined ? sent : [...sent, JSON.parse(password) as string]
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** One text in the ways that servers quote texts. */
export function waysToQuote(text: string): string[] {
  const ascii = JSON.stringify(text).replaceAll(
    /[\u0080-\uFFFF]/g,
    (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return [
    text,
    JSON.stringify(text),
    ascii,
    JSON.stringify(JSON.stringify({ quoted: text })),
    encodeURIComponent(text),
    new URLSearchParams({ x: text }).toString(),
    Buffer.from(text).toString('base64'),
    Buffer.from(`user:${text}`).toString('base64'),
    Buffer.from(`X-Auth-Token: ${text}\r\n`).toString('base64url'),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  ]
}

import { Agent, createServer, request as send, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { routeOf, type Operation } from '../../src/simulator/route.ts'

/** A request on its way through. */
export interface Passing {
  /** From 1, in order of arrival. */
  readonly n: number
  readonly operation: Operation
  readonly body: string
}

/** `drop`: the other side gets no answer, its connection is reset. */
export type Verdict = 'pass' | 'drop'

export interface GatewayHooks {
  /** Before the request is carried out; dropped here, it never is. */
  readonly before?: (request: Passing) => Verdict | Promise<Verdict>
  /** After it was carried out, and before its answer leaves. */
  readonly after?: (request: Passing) => Verdict | Promise<Verdict>
}

export interface Gateway {
  readonly url: string
  /** How many requests have arrived. */
  requests(): number
  close(): Promise<void>
}

/** Stands between the program and the simulator, so that a test can act at the very instant it wants. */
export async function openGateway(target: string, hooks: GatewayHooks): Promise<Gateway> {
  const { hostname, port } = new URL(target)
  const agent = new Agent({ keepAlive: true })
  const sockets = new Set<Socket>()
  let arrived = 0

  async function pass(incoming: IncomingMessage): Promise<Answer | null> {
    const body = await textOf(incoming)
    const { method = 'GET', url = '/' } = incoming
    const { operation } = routeOf({ method, url, headers: {}, body })
    arrived += 1
    const passing = { n: arrived, operation, body }
    if ((await hooks.before?.(passing)) === 'drop') return null
    // An answer that the simulator itself lost is none to pass on, but the request was here.
    const answer = await forward(incoming, body).catch(() => null)
    return (await hooks.after?.(passing)) === 'drop' ? null : answer
  }

  function forward({ method, url, headers }: IncomingMessage, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onward = send({ hostname, port, method, path: url, headers, agent }, (response) => {
        textOf(response).then((text) => resolve({ response, text }), reject)
      })
      onward.once('error', reject)
      onward.end(body)
    })
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming).then(
      (answer) => {
        if (answer === null) {
          outgoing.socket?.resetAndDestroy()
          return
        }
        outgoing.writeHead(answer.response.statusCode ?? 502, answer.response.headers)
        outgoing.end(answer.text)
      },
      // The program is gone.
      () => outgoing.socket?.resetAndDestroy(),
    )
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => arrived,
    async close() {
      for (const socket of sockets) socket.destroy()
      agent.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface Answer {
  readonly response: IncomingMessage
  readonly text: string
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

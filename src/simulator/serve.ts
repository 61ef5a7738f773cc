import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { HttpResponse } from '../cloud/transport.ts'
import { gatewayRefuse, render } from './answers.ts'
import { chanceHex } from './chance.ts'
import { exchange, type Delivery } from './exchange.ts'
import { noFaults, type FaultPlan } from './fault-plan.ts'
import { applyFaultPlan } from './fault-world.ts'
import { isMeddledWith, keepWorldFile } from './persist.ts'
import type { Operation, SimulatorRequest } from './route.ts'
import { servePage } from './serve-pages.ts'
import type { World } from './state.ts'

/** A request as it arrived, before anything was done about it. */
export interface ServedRequest {
  /** From 1. */
  readonly n: number
  readonly operation: Operation
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface ServeOptions {
  /** 0 takes any free port. */
  readonly port: number
  readonly host?: string
  readonly world: World
  readonly faults?: FaultPlan
  readonly clock: Clock
  /** Holds every changed world before the answer leaves, so that a kill loses nothing. Written only, never read. */
  readonly stateFile?: string
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Called after a request was carried out (or not) and before its answer, if any, leaves. */
  readonly onRequest?: (request: ServedRequest, delivery: Delivery['kind']) => void
}

export interface ServedSimulator {
  /** `http://127.0.0.1:port`, the base of all endpoints. */
  readonly url: string
  readonly port: number
  world(): World
  /** Drops every connection, hung ones too. */
  close(): Promise<void>
}

/** The simulated cloud over HTTP. Rejects when the port cannot be taken. */
export async function serveSimulator(options: ServeOptions): Promise<ServedSimulator> {
  const { clock } = options
  const host = options.host ?? '127.0.0.1'
  const plan = options.faults ?? noFaults
  const begun = applyFaultPlan(options.world, plan)
  const file = options.stateFile === undefined ? null : keepWorldFile(options.stateFile, begun)
  let world = file?.world ?? begun
  let requests = 0
  const scheme = options.tls === undefined ? 'http' : 'https'

  function keep(next: World, mustSave: boolean): void {
    world = next
    if (mustSave) file?.save(world)
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await receive(incoming, scheme)
    if (request === null) {
      write(
        outgoing,
        render(TOO_LARGE, chanceHex(32, world.seed, 'too large', requests), clock.now()),
      )
      return
    }
    const page = servePage(world, incoming.method ?? 'GET', incoming.url ?? '/', request.body)
    if (page !== null) {
      keep(page.world, page.world !== world)
      write(outgoing, page.response)
      return
    }
    await clock.sleep(world.limits.latencyMs / 2)
    const { world: next, operation, delivery } = exchange(world, request, clock.now(), plan)
    // Reads only move counters, but for a fault by which somebody else changes something; a file
    // written for each of them would cost more than it saves.
    keep(next, request.method !== 'GET' || isMeddledWith(world, next))
    requests += 1
    const { method, url, headers } = request
    options.onRequest?.({ n: requests, operation, method, url, headers }, delivery.kind)
    await deliver(delivery, outgoing)
  }

  async function deliver(delivery: Delivery, outgoing: ServerResponse): Promise<void> {
    if (delivery.kind === 'hang') return
    if (delivery.kind === 'reset') {
      outgoing.socket?.resetAndDestroy()
      return
    }
    await clock.sleep(world.limits.latencyMs / 2 + delivery.delayMs)
    write(outgoing, delivery.response)
  }

  const listener: RequestListener = (incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.socket?.destroy())
  }
  const server =
    options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener)
  server.keepAliveTimeout = KEEP_ALIVE_MS
  // A client may begin its next request at the last moment.
  server.headersTimeout = KEEP_ALIVE_MS + 5_000
  const sockets = trackSockets(server)
  await listen(server, options.port, host)
  const { port } = server.address() as AddressInfo
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    world: () => world,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      file?.save(world)
      file?.close()
    },
  }
}

/**
 * As long as the clouds' gateways keep an idle connection. Node's own five seconds meet a client that polls every
 * six just as it sends.
 */
const KEEP_ALIVE_MS = 75_000

/** The gateway takes no more than this ("APIG.0201: Request entity too large"). */
const MOST_BODY_BYTES = 12 * 1024 * 1024
const TOO_LARGE = gatewayRefuse(413, 'APIGW.0201', 'Request entity too large')

/** Null: its body is too large. It is read to its end all the same, or the client would not hear why. */
async function receive(
  incoming: IncomingMessage,
  scheme: string,
): Promise<SimulatorRequest | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MOST_BODY_BYTES) chunks.push(chunk)
  }
  if (size > MOST_BODY_BYTES) return null
  const target = incoming.url ?? '/'
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return {
    method: incoming.method ?? 'GET',
    // Through a proxy it may come whole already.
    url: /^https?:/i.test(target)
      ? target
      : `${scheme}://${headers['host'] ?? 'localhost'}${target}`,
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

function write(outgoing: ServerResponse, response: HttpResponse): void {
  outgoing.writeHead(response.status, response.headers)
  outgoing.end(response.body)
}

function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

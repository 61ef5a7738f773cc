import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A raw server on loopback that misbehaves as the test says, and counts what reached it. */
export interface RawServer {
  readonly url: string
  readonly port: number
  /** Everything received on all connections. */
  readonly received: () => string
  readonly connections: () => number
  close(): Promise<void>
}

/** `behave` is called for each connection's every piece of data. */
export async function rawServer(
  behave: (socket: Socket, piece: string, nth: number) => void,
): Promise<RawServer> {
  let received = ''
  let connections = 0
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    connections += 1
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    let nth = 0
    socket.on('data', (data) => {
      received += data.toString()
      nth += 1
      behave(socket, data.toString(), nth)
    })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received: () => received,
    connections: () => connections,
    close: () => stop(server, open),
  }
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function stop(server: Server, open: Iterable<Socket>): Promise<void> {
  for (const socket of open) socket.destroy()
  server.close()
  await once(server, 'close')
}

export function answer(body: string, extra = ''): string {
  return `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${extra}\r\n${body}`
}

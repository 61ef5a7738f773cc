import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { listen } from './sockets.ts'
import { runs } from './tls.ts'

/** A real forward proxy, Debian's tinyproxy, on loopback. */
export interface ForwardProxy {
  readonly url: string
  readonly port: number
  /** Its log, which names every CONNECT. */
  log(): string
  stop(): Promise<void>
}

export function hasTinyproxy(): boolean {
  return runs('tinyproxy', ['-v'])
}

/** `allowedPorts`: those that CONNECT may go to; it answers 403 for others. */
export async function startTinyproxy(options: {
  readonly allowedPorts: readonly number[]
  readonly user?: string
  readonly password?: string
}): Promise<ForwardProxy> {
  const dir = mkdtempSync(join(tmpdir(), 'tinyproxy-'))
  const port = await freePort()
  const config = join(dir, 'tinyproxy.conf')
  const log = join(dir, 'tinyproxy.log')
  writeFileSync(
    config,
    [
      `Port ${port}`,
      'Listen 127.0.0.1',
      'Allow 127.0.0.1',
      'LogLevel Connect',
      `LogFile "${log}"`,
      ...(options.user === undefined ? [] : [`BasicAuth ${options.user} ${options.password}`]),
      ...options.allowedPorts.map((allowed) => `ConnectPort ${allowed}`),
      '',
    ].join('\n'),
  )
  writeFileSync(log, '', { mode: 0o666 })
  const child = spawn('tinyproxy', ['-d', '-c', config], { stdio: 'ignore' })
  await answersAt(port)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    log: () => readFileSync(log, 'utf8'),
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  return port
}

async function answersAt(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await after(50)
    } finally {
      socket.destroy()
    }
  }
  throw new Error(`no proxy at port ${port}`)
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_PROJECT_ID } from '../../src/simulator/defaults.ts'
import { runCli, startCli } from '../support/cli.ts'
import { fleetCsv, makeFleet } from '../support/fleet.ts'
import { rawServer, type RawServer } from '../support/sockets.ts'

let directory = ''
let server: RawServer
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sdrs-limits-'))
  writeFileSync(join(directory, 'servers.csv'), fleetCsv(makeFleet(2)))
})
afterEach(async () => {
  await server.close()
  rmSync(directory, { recursive: true })
})

const MEGABYTE = 'x'.repeat(1024 * 1024)
/** Sends for ever, as fast as it is read. */
function flood(socket: Socket): void {
  while (!socket.destroyed && socket.write(MEGABYTE));
  if (!socket.destroyed) socket.once('drain', () => flood(socket))
}

test.each<readonly [string, string, (socket: Socket) => void, RegExp, number]>([
  ['never answers', 'http:', () => {}, /no answer from 127\.0\.0\.1:\d+ within 0\.3 s/, 7],
  [
    'stops in the middle of its answer',
    'http:',
    (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"server'),
    /no answer from 127\.0\.0\.1:\d+ within 0\.3 s/,
    7,
  ],
  [
    'does not end its TLS handshake',
    'https:',
    () => {},
    /no connection to 127\.0\.0\.1:\d+ within 0\.3 s/,
    3,
  ],
  [
    'does not stop to answer',
    'http:',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      flood(socket)
    },
    /too large/,
    1,
  ],
  [
    'says that it will not stop to answer',
    'http:',
    (socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{'),
    /too large/,
    1,
  ],
  [
    'sends headers without end',
    'http:',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-long: ')
      flood(socket)
    },
    /is not HTTP|broke/,
    7,
  ],
])(
  'a cloud that %s: exit 4 and one problem, after tries that end',
  async (_, scheme, behave, said, tries) => {
    server = await rawServer((socket, _piece, nth) => {
      if (nth === 1) behave(socket)
    })
    const patience = said.source.includes('within') ? '300ms' : '30s'
    const { code, stdout, stderr } = await runCli(
      ['plan', 'servers.csv', '--request-timeout', patience],
      {
        cwd: directory,
        env: {
          OS_TOKEN: 'token-1',
          SDRS_PROTECT_ENDPOINT: server.url.replace('http:', scheme),
          OS_PROJECT_ID: DEFAULT_PROJECT_ID,
        },
      },
    )
    expect([code, stdout]).toEqual([4, ''])
    expect(stderr).toMatch(said)
    // What happened, what to check, what to type; that it takes long may have been said before.
    const lines = stderr.trim().split('\n')
    expect(lines.filter((line) => !line.startsWith('Reading'))).toHaveLength(3)
    if (scheme === 'http:') expect(server.received().match(/GET /g)).toHaveLength(tries)
    else expect(server.connections()).toBe(tries)
  },
)

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'a sign-in that hangs ends at once on %s, though it may take minutes',
  async (signal, code) => {
    let asked = (): void => {}
    const hangs = new Promise<void>((resolve) => {
      asked = resolve
    })
    server = await rawServer(() => asked())
    const { child, ended } = startCli(
      ['apply', 'servers.csv', '--yes', '--request-timeout', '10m'],
      {
        cwd: directory,
        env: {
          OS_USERNAME: 'u',
          OS_PASSWORD: 'p',
          OS_USER_DOMAIN_NAME: 'd',
          OS_PROJECT_ID: DEFAULT_PROJECT_ID,
          OS_REGION_NAME: 'eu-de',
          OS_AUTH_URL: `http://127.0.0.1:${server.port}/v3`,
          SDRS_PROTECT_ENDPOINT: `http://127.0.0.1:${server.port}`,
        },
      },
    )
    await hangs
    child.kill(signal)
    const finished = await ended
    expect(finished.code).toBe(code)
    expect(finished.stderr).toContain('Interrupted before anything was sent.')
  },
)

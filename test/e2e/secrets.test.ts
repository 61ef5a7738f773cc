import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_PROJECT_ID, DEFAULT_REGION } from '../../src/simulator/defaults.ts'
import type { Operation } from '../../src/simulator/route.ts'
import { CANARIES, filesBelow, leaksIn } from '../support/canaries.ts'
import type { CliOptions, Finished } from '../support/cli.ts'
import { makeFleet, fleetCsv } from '../support/fleet.ts'
import { openQuotingDoor, waysToQuote, type Quoting } from '../support/quoting-door.ts'
import { answer, rawServer } from '../support/sockets.ts'
import { openStrictBench, type StrictBench, type Variables } from '../support/strict-cloud.ts'
import { QUICK } from '../support/workbench.ts'

const FLEET = makeFleet(12, ['g1', 'g2'])
const CRASH = fileURLToPath(new URL('../support/crash-with-headers.mjs', import.meta.url))

let bench: StrictBench
/** What this test itself put into the folder. */
let own: string[]
const cleanUp: (() => unknown)[] = []
beforeEach(async () => {
  bench = await openStrictBench(FLEET, { mode: 'any' })
  own = [join(bench.directory, 'servers.csv')]
  mkdirSync(join(bench.directory, 'tmp'))
})
afterEach(async () => {
  for (const close of cleanUp.splice(0).toReversed()) await close()
  await bench.close()
})

function put(name: string, content: string): string {
  const path = bench.write(name, content)
  own.push(path)
  return path
}

/** Non-ASCII stays out of header values: no real token or key has any. */
const ascii = (text: string): string => text.replaceAll('ü', 'u')
const TOKEN = ascii(CANARIES.token)
const KEY = { ak: CANARIES.accessKey, sk: CANARIES.secretKey, st: CANARIES.securityToken }
const yaml = (text: string): string => JSON.stringify(text)

/** Every way to bring a credential along, for a cloud at `url`. */
const KINDS: readonly (readonly [string, (url: string) => Variables])[] = [
  ['a token', (url) => ({ OS_TOKEN: TOKEN, ...where(url) })],
  [
    'a password',
    (url) => ({
      OS_USERNAME: 'dr-operator',
      OS_PASSWORD: CANARIES.password,
      OS_USER_DOMAIN_NAME: 'OTC1',
      OS_AUTH_URL: `${url}/v3`,
      OS_PROJECT_NAME: DEFAULT_REGION,
    }),
  ],
  [
    'a key',
    (url) => ({
      OS_ACCESS_KEY: KEY.ak,
      OS_SECRET_KEY: KEY.sk,
      OS_SECURITY_TOKEN: KEY.st,
      ...where(url),
    }),
  ],
  [
    'a key, the project looked up',
    (url) => ({
      HUAWEICLOUD_SDK_AK: KEY.ak,
      HUAWEICLOUD_SDK_SK: KEY.sk,
      OS_REGION_NAME: DEFAULT_REGION,
      SDRS_PROTECT_ENDPOINT: url,
    }),
  ],
  [
    'a cloud with a password',
    (url) => cloud(`username: u, user_domain_name: d, password: ${yaml(CANARIES.password)}`, url),
  ],
  ['a cloud with a token', (url) => cloud(`token: ${yaml(TOKEN)}`, url)],
  [
    'a cloud with a key',
    (url) => cloud(`ak: ${KEY.ak}, sk: ${yaml(KEY.sk)}, security_token: ${yaml(KEY.st)}`, url),
  ],
  [
    'the credentials file',
    (url) => {
      put(
        '.huaweicloud/credentials',
        `[basic]\nak=${KEY.ak}\nsk='${KEY.sk}'\nsecurity_token=${KEY.st}\n`,
      )
      return where(url)
    },
  ],
]

function where(url: string): Variables {
  return { SDRS_PROTECT_ENDPOINT: url, OS_PROJECT_ID: DEFAULT_PROJECT_ID }
}

function cloud(auth: string, url: string): Variables {
  put(
    'clouds.yaml',
    `clouds:\n  mine:\n    auth: {auth_url: '${url}/v3', project_id: ${DEFAULT_PROJECT_ID}, ${auth}}\n    sdrs_endpoint_override: ${url}\n`,
  )
  return { OS_CLOUD: 'mine' }
}

/** The program with everything it wrote checked: both streams, every file it left, crash files too. */
async function runWatched(
  typed: readonly string[],
  env: Variables,
  more: { readonly signatures?: Iterable<string>; readonly node?: CliOptions['node'] } = {},
): Promise<Finished> {
  const finished = await bench.run(typed, {
    env: { TMPDIR: join(bench.directory, 'tmp'), ...env },
    ...(more.node === undefined ? {} : { node: more.node }),
  })
  const written = [
    { path: 'stdout', text: finished.stdout, mode: 0o600 },
    { path: 'stderr', text: finished.stderr, mode: 0o600 },
    ...filesBelow(bench.directory, own),
  ]
  for (const { path, text, mode } of written) {
    expect({ path, leaks: leaksIn(text, more.signatures) }).toEqual({ path, leaks: [] })
    expect({ path, mode }).toEqual({ path, mode: 0o600 })
  }
  return finished
}

const APPLY = ['apply', 'servers.csv', '--yes', ...QUICK, '--log-level', 'debug']

/** Everything there is to quote in every way, as the error forms of the clouds; also cut off at any place. */
function errorBodies(quoted: readonly string[], code: string): readonly Quoting['body'][] {
  const text = quoted.flatMap(waysToQuote).join(' | ')
  const pads = [330, 380].map((length) => `${'x'.repeat(length)} ${text}`)
  return [
    JSON.stringify({ error_code: code, error_msg: text, request_id: text }),
    JSON.stringify({ error_code: text, error_msg: 'no' }),
    ...pads.map((pad) => JSON.stringify({ error: { code, message: pad } })),
    JSON.stringify({ error: { code: 403, title: text, message: text } }),
    JSON.stringify({ badRequest: { code, message: text } }),
    `<html><title>${text.replaceAll('<', '&lt;')}</title><pre>${text}</pre></html>`,
    text,
  ]
}

describe.each(KINDS)('with %s, of which nothing is ever written', (_, variables) => {
  test('a cloud that refuses everything and quotes what it was sent', async () => {
    let turn: Quoting = { status: 0, body: '' }
    let bodies = 0
    const door = await openQuotingDoor(null, (_operation, _nth, quoted) => {
      const all = errorBodies(quoted, 'SDRS.0005')
      bodies = all.length
      // A header can hold nothing else.
      const header = quoted.flatMap(waysToQuote).filter((way) => /^[ -~]*$/.test(way))
      return {
        status: turn.status,
        headers: { 'x-request-id': header.join(' ') },
        body: all[turnAt] ?? '',
      }
    })
    cleanUp.push(() => door.close())
    let turnAt = 0
    const env = variables(door.url)
    do {
      turn = { status: [400, 401, 403][turnAt % 3] ?? 400, body: '' }
      const typed =
        turnAt % 2 === 0 ? [...APPLY, '--json'] : ['plan', 'servers.csv', '--log-level', 'debug']
      const { code } = await runWatched(typed, env, { signatures: door.signatures })
      expect(code).toBe(4)
      turnAt += 1
    } while (turnAt < bodies)
    expect(bodies).toBeGreaterThan(5)
  })

  test('a rollout in which creates and jobs fail in many ways', async () => {
    const failReason = (quoted: readonly string[]) => quoted.flatMap(waysToQuote).join(' | ')
    const door = await openQuotingDoor(bench.url, (operation: Operation, nth, quoted) => {
      if (operation === 'createProtectedInstance') {
        const bodies = errorBodies(quoted, 'SDRS.0202')
        const status = [400, 0, 404, 500, 0, 409, 400, 0][nth % 8] ?? 0
        return status === 0 ? null : { status, body: bodies[nth % bodies.length] ?? '' }
      }
      if (operation !== 'showJob' || nth % 2 === 0) return null
      const body = {
        job_id: 'j',
        status: 'FAIL',
        error_code: failReason(quoted),
        fail_reason: failReason(quoted),
      }
      return {
        status: 200,
        body: JSON.stringify(
          nth % 3 === 0 ? { ...body, fail_reason: { inner: [body.fail_reason] } } : body,
        ),
      }
    })
    cleanUp.push(() => door.close())
    const { code, stdout } = await runWatched(
      [...APPLY, '--json', '--max-failures', '100%', '--job-timeout', '3s', '--concurrency', '3'],
      variables(door.url),
      { signatures: door.signatures },
    )
    expect(code).toBe(3)
    expect(stdout).toContain('[redacted]')
    expect(JSON.parse(stdout)).toMatchObject({ totals: { rows: FLEET.length } })
  })

  test.each([
    [1, 'debug'],
    [1, 'info'],
    [8, 'debug'],
  ])('a bug of our own that strikes at request %i, at level %s', async (at, level) => {
    const { code, stderr } = await runWatched(
      ['apply', 'servers.csv', '--yes', ...QUICK, '--log-level', level],
      { ...variables(bench.url), CRASH_AT: String(at) },
      { node: ['--import', CRASH] },
    )
    expect(code).toBe(1)
    expect(stderr).toContain('[redacted]')
  })

  test('a rollout that goes well, with a log', async () => {
    const { code } = await runWatched(APPLY, variables(bench.url))
    expect(code).toBe(0)
  })
})

const EVERYTHING: Variables = {
  OS_TOKEN: CANARIES.token,
  OS_AUTH_TOKEN: CANARIES.token,
  HW_AUTH_TOKEN: CANARIES.token,
  OS_PASSWORD: CANARIES.password,
  HW_PASSWORD: CANARIES.password,
  OS_ACCESS_KEY: CANARIES.accessKey,
  OS_SECRET_KEY: CANARIES.secretKey,
  OS_SECURITY_TOKEN: CANARIES.securityToken,
  HW_ACCESS_KEY: CANARIES.accessKey,
  HW_SECRET_KEY: CANARIES.secretKey,
  HUAWEICLOUD_SDK_AK: CANARIES.accessKey,
  HUAWEICLOUD_SDK_SK: CANARIES.secretKey,
  HTTPS_PROXY: `http://dr:${CANARIES.proxyPassword}@127.0.0.1:1`,
}

describe('nothing is written of any secret', () => {
  test.each([
    [['--help'], 0],
    [['plan', '--help'], 0],
    [['apply', '--help'], 0],
    [['simulate', '--help'], 0],
    [['apply', 'servers.csv', '--no-such-option'], 2],
    [['plan', 'servers.csv', '--rate', '0'], 2],
    [['validate', 'servers.csv', '--json'], 0],
    [['template', '--format', 'yaml'], 0],
  ])('by %j, with every variable set', async (typed, code) => {
    expect(await runWatched(typed, EVERYTHING)).toMatchObject({ code })
  })

  test.each([
    [
      'has an open bracket',
      `clouds:\n  mine:\n    auth: {password: ${yaml(CANARIES.password)}, ak: [`,
    ],
    [
      'has a key twice',
      `clouds:\n  mine:\n    password: ${CANARIES.adminPass}\n    password: ${CANARIES.adminPass}\n`,
    ],
    ['has a tab', `clouds:\n  mine:\n\t  password: ${CANARIES.adminPass}\n`],
    ['has an odd tag', `clouds:\n  mine:\n    password: !!python/x ${CANARIES.adminPass}\n`],
    ['is no mapping', CANARIES.adminPass],
    ['has an alias to nothing', `clouds:\n  mine:\n    password: *${CANARIES.adminPass}\n`],
    [
      'has a password in its address',
      `clouds:\n  mine:\n    auth: {token: t0ken}\n    sdrs_endpoint_override: ftp://u:${CANARIES.adminPass}@host\n`,
    ],
    [
      'has a password in a good address',
      `clouds:\n  mine:\n    auth: {token: t0ken}\n    sdrs_endpoint_override: https://u:${CANARIES.adminPass}@host/\n`,
    ],
    ['lacks half of a key', `clouds:\n  mine:\n    auth: {ak: ${KEY.ak}}\n`],
    [
      'has another cloud only',
      `clouds:\n  yours:\n    auth: {password: ${yaml(CANARIES.password)}}\n`,
    ],
  ])('when clouds.yaml %s', async (_, content) => {
    put('clouds.yaml', content)
    const { code, stderr } = await runWatched(
      ['plan', 'servers.csv', '--cloud', 'mine', '--log-level', 'debug'],
      {},
    )
    expect([2, 4]).toContain(code)
    const said = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('debug '))
    // What happened, what to check, what to type next.
    expect(said.length).toBeLessThanOrEqual(3)
  })

  test.each([
    ['is not there', 'http://dr:PASSWORD@127.0.0.1:1', 4],
    ['is no URL', 'http://dr:PASSWORD@:x', 2],
    ['has another scheme', 'socks5://dr:PASSWORD@127.0.0.1:1', 2],
  ])('when the proxy %s', async (_, url, code) => {
    const env = {
      ...where('https://sdrs.example.invalid'),
      OS_TOKEN: TOKEN,
      HTTPS_PROXY: url.replace('PASSWORD', CANARIES.proxyPassword),
    }
    const typed = ['plan', 'servers.csv', '--log-level', 'debug']
    expect(await runWatched(typed, env)).toMatchObject({ code })
  })

  test('when the proxy quotes the password that it refuses', async () => {
    const proxy = await rawServer((socket, piece) => {
      const sent = /proxy-authorization: (.*)\r/i.exec(piece)?.[1] ?? ''
      const body = answer(sent, `x-you-sent: ${sent}\r\n`)
      socket.end(body.replace('200 OK', `407 ${sent}`))
    })
    cleanUp.push(() => proxy.close())
    const { code, stderr } = await runWatched(['plan', 'servers.csv', '--log-level', 'debug'], {
      ...where('https://sdrs.example.invalid'),
      OS_TOKEN: TOKEN,
      HTTPS_PROXY: proxy.url.replace('//', `//dr:${CANARIES.proxyPassword}@`),
    })
    expect(code).toBe(4)
    expect(stderr).toContain('407')
    expect(proxy.received()).not.toContain('cnrToken')
  })

  test.each(['csv', 'yaml'])(
    'of the columns of an inventory that hold any (%s)',
    async (format) => {
      const [header = '', ...lines] = fleetCsv(FLEET).trim().split('\n')
      const pass = CANARIES.adminPass
      const csv = [
        `${header},admin_pass,user_data,OS-EXT-SRV-ATTR:user_data,owner`,
        ...lines.map((line) => `${line},${pass},${pass},${pass},dba`),
      ].join('\n')
      const rows = lines.map((line) => {
        const [id = '', name = '', group = ''] = line.split(',')
        return {
          server_id: id,
          name,
          server_group: group,
          adminPass: pass,
          user_data: pass,
          owner: 'dba',
        }
      })
      const text = format === 'csv' ? `${csv}\n` : JSON.stringify(rows)
      const file = put(`with-secrets.${format}`, text)
      const door = await openQuotingDoor(bench.url, (operation, nth) =>
        operation === 'createProtectedInstance' && nth % 2 === 0
          ? { status: 400, body: '{}' }
          : null,
      )
      cleanUp.push(() => door.close())
      const env = { ...where(door.url), OS_TOKEN: TOKEN }
      const typed = [
        'apply',
        file,
        '--yes',
        ...QUICK,
        '--max-failures',
        '100%',
        '--log-level',
        'debug',
      ]
      const { code } = await runWatched(typed, env)
      expect(code).toBe(3)
      const remaining = readFileSync(join(bench.runFolder(), 'remaining.csv'), 'utf8')
      expect(remaining).toContain('dba')
      await runWatched(['validate', file, '--json'], {})
      await runWatched(['plan', file, '--json', '--out', 'plan.json'], env)
    },
  )
})

describe('who else may read', () => {
  test('nobody: every file of a run is 0600, its folder 0700, the lock and the simulator’s world too', async () => {
    const running = bench.start(
      ['apply', 'servers.csv', '--yes', '--simulate', '--job-time', '3s', '--log-level', 'debug'],
      {},
    )
    const reports = join(bench.directory, 'reports')
    const held = (): string[] =>
      existsSync(reports) ? readdirSync(reports).filter((name) => name === '.lock') : []
    await running.said(/g1/)
    await expect.poll(() => held().length, { timeout: 20_000 }).toBeGreaterThan(0)
    const during = filesBelow(bench.directory, own)
    expect(during.some(({ path }) => path.includes('.lock'))).toBe(true)
    expect((await running.ended).code).toBe(0)
    const files = [...during, ...filesBelow(bench.directory, own)]
    expect(files.filter(({ mode }) => mode !== 0o600)).toEqual([])
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        join(reports, 'simulator.json'),
        ...[
          'journal.ndjson',
          'report.json',
          'report.csv',
          'report.html',
          'report.md',
          'remaining.csv',
          'run.log',
        ].map((name) => join(bench.runFolder(), name)),
      ]),
    )
    expect(statSync(bench.runFolder()).mode & 0o777).toBe(0o700)
  })

  test.skipIf(!existsSync('/proc/self/cmdline'))('the process list shows no secret', async () => {
    const hung = await rawServer(() => {})
    cleanUp.push(() => hung.close())
    const running = bench.start(['plan', 'servers.csv'], {
      env: { ...EVERYTHING, ...where(hung.url) },
    })
    await expect.poll(() => hung.connections(), { timeout: 20_000 }).toBe(1)
    for (const file of ['cmdline', 'comm']) {
      expect(leaksIn(readFileSync(`/proc/${running.child.pid}/${file}`, 'utf8'))).toEqual([])
    }
  })
})

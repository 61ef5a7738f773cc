import { afterEach, beforeAll, afterAll, describe, expect, test } from 'vitest'
import { DEFAULT_PROJECT_ID } from '../../src/simulator/defaults.ts'
import { makeFleet } from '../support/fleet.ts'
import { hasTinyproxy, startTinyproxy, type ForwardProxy } from '../support/forward-proxy.ts'
import { answer, rawServer, type RawServer } from '../support/sockets.ts'
import {
  KNOWN,
  keyVariables,
  openStrictBench,
  passwordVariables,
  tokenVariables,
  type StrictBench,
  type Variables,
} from '../support/strict-cloud.ts'
import { createPrivateAuthority, hasOpenssl, type PrivateAuthority } from '../support/tls.ts'

const openssl = hasOpenssl()
const tinyproxy = openssl && hasTinyproxy()
const FLEET = makeFleet(4)

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const close of cleanUp.splice(0).toReversed()) await close()
})

let authority: PrivateAuthority
beforeAll(() => {
  if (openssl) authority = createPrivateAuthority()
})
afterAll(() => authority?.remove())

async function openBench(names?: readonly string[], expired = false): Promise<StrictBench> {
  const tls = names === undefined ? {} : { tls: authority.issue(names, { expired }) }
  const bench = await openStrictBench(FLEET, tls)
  cleanUp.push(() => bench.close())
  return bench
}

async function openRaw(behave: Parameters<typeof rawServer>[0]): Promise<RawServer> {
  const server = await rawServer(behave)
  cleanUp.push(() => server.close())
  return server
}

/** What went wrong, what to check and what to type next: three lines at most, none of them a stack. */
function expectOneProblem(stderr: string): void {
  const lines = stderr.trim().split('\n')
  expect(lines.length).toBeLessThanOrEqual(3)
  expect(lines[0]).toMatch(/^sdrs-protect: /)
  expect(stderr).not.toContain('    at ')
}

describe.skipIf(!openssl)('TLS with a private authority (needs openssl)', () => {
  const THIS_HOST = ['IP:127.0.0.1', 'DNS:localhost']

  test.each([
    ['a token, OS_CACERT', tokenVariables, 'OS_CACERT'],
    ['a password, OS_CACERT', passwordVariables, 'OS_CACERT'],
    ['a key, OS_CACERT', keyVariables, 'OS_CACERT'],
    ['a token, NODE_EXTRA_CA_CERTS', tokenVariables, 'NODE_EXTRA_CA_CERTS'],
  ])('a whole rollout with %s', async (_, variables, name) => {
    const bench = await openBench(THIS_HOST)
    expect(bench.url).toMatch(/^https:/)
    const { code, stderr } = await bench.apply({
      ...variables(bench.url),
      [name]: authority.caFile,
    })
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('ertificate')])
    expect(bench.report().totals).toMatchObject({ created: FLEET.length })
    expect(bench.refusedSignatures()).toBe(0)
  })

  function cloudsYaml(bench: StrictBench, trust: string): Variables {
    bench.write(
      'clouds.yaml',
      `clouds:\n  mine:\n    auth: {token: '${KNOWN.token}', project_id: ${DEFAULT_PROJECT_ID}}\n    sdrs_endpoint_override: ${bench.url}\n    ${trust}\n`,
    )
    return { OS_CLOUD: 'mine' }
  }

  test('cacert of clouds.yaml is trusted, and wins over OS_CACERT', async () => {
    const bench = await openBench(THIS_HOST)
    const env = cloudsYaml(bench, `cacert: ${authority.caFile}`)
    expect((await bench.plan(env)).code).toBe(0)
    expect((await bench.plan({ ...env, OS_CACERT: '/nonexistent' })).code).toBe(0)
  })

  test('verify: false accepts any certificate, with a warning that says so', async () => {
    const bench = await openBench(THIS_HOST, true)
    const { code, stderr } = await bench.plan(cloudsYaml(bench, 'verify: false'))
    expect(code).toBe(0)
    expect(stderr).toContain('verify: false')
  })

  test.each([
    ['unknown authority', THIS_HOST, false, false, 'OS_CACERT'],
    ['other name', ['DNS:other.example'], false, true, 'another host name'],
    ['expired certificate', THIS_HOST, true, true, 'expired'],
  ])('%s: exit 4, one problem, nothing sent', async (_, names, expired, trusted, said) => {
    for (const variables of [tokenVariables, passwordVariables]) {
      const bench = await openBench(names, expired)
      const trust = trusted ? { OS_CACERT: authority.caFile } : {}
      const { code, stdout, stderr } = await bench.plan({ ...variables(bench.url), ...trust })
      expect([code, stdout]).toEqual([4, ''])
      expect(stderr).toContain(said)
      expectOneProblem(stderr)
      expect(bench.requests).toHaveLength(0)
    }
  })

  test('a CA file that is not there is wrong usage', async () => {
    const bench = await openBench(THIS_HOST)
    const { code, stderr } = await bench.plan({
      ...tokenVariables(bench.url),
      OS_CACERT: '/nonexistent.pem',
    })
    expect(code).toBe(2)
    expect(stderr).toContain('OS_CACERT')
    expectOneProblem(stderr)
  })

  describe.skipIf(!tinyproxy)('through a forward proxy (needs tinyproxy)', () => {
    let proxy: ForwardProxy
    async function proxied(options: { user?: string; password?: string } = {}) {
      const bench = await openBench(THIS_HOST)
      proxy = await startTinyproxy({ allowedPorts: [bench.cloud.port], ...options })
      cleanUp.push(() => proxy.stop())
      return bench
    }

    test.each([
      ['a token', tokenVariables],
      ['a password', passwordVariables],
      ['a key', keyVariables],
    ])('a plan with %s: its log shows the CONNECT and no credential', async (_, variables) => {
      const bench = await proxied()
      const { code, stderr } = await bench.plan({
        ...variables(bench.url),
        OS_CACERT: authority.caFile,
        HTTPS_PROXY: proxy.url,
      })
      expect(code).toBe(0)
      // A key without a project takes that of the region, and says so.
      expect(stderr).toMatch(/^(No project was named: .*\n)?$/)
      expect(proxy.log()).toContain(`CONNECT 127.0.0.1:${bench.cloud.port}`)
      expect(bench.asked('listProtectedInstances')).toBe(1)
      for (const secret of [KNOWN.token, KNOWN.accessKey, KNOWN.password]) {
        expect(proxy.log()).not.toContain(secret)
      }
    })

    test('NO_PROXY goes past it', async () => {
      const bench = await proxied()
      const { code } = await bench.plan({
        ...tokenVariables(bench.url),
        OS_CACERT: authority.caFile,
        HTTPS_PROXY: proxy.url,
        NO_PROXY: 'example.com,127.0.0.1',
      })
      expect(code).toBe(0)
      expect(proxy.log()).not.toContain('CONNECT 127.0.0.1')
    })

    test('that wants a password: with it a whole rollout; without it exit 4, and said why', async () => {
      const bench = await proxied({ user: 'dr', password: 'canary-proxy-1' })
      const env = { ...tokenVariables(bench.url), OS_CACERT: authority.caFile }
      const wrong = `http://dr:canary-proxy-2@127.0.0.1:${proxy.port}`
      const refused = await bench.plan({ ...env, HTTPS_PROXY: wrong }, ['--log-level', 'debug'])
      expect(refused.code).toBe(4)
      expect(refused.stderr).toMatch(/proxy .* 40\d/)
      expect(refused.stderr + refused.stdout).not.toContain('canary-proxy')
      expect(bench.requests).toHaveLength(0)

      const right = `http://dr:canary-proxy-1@127.0.0.1:${proxy.port}`
      expect((await bench.apply({ ...env, HTTPS_PROXY: right })).code).toBe(0)
      expect(bench.report().totals.created).toBe(FLEET.length)
    })
  })
})

describe('what the credentials are never sent to', () => {
  test('plain http, but for this machine: exit 2, wherever the address comes from', async () => {
    const bench = await openBench()
    bench.write(
      'clouds.yaml',
      `clouds:\n  mine:\n    auth: {token: t0ken, project_id: ${DEFAULT_PROJECT_ID}}\n    sdrs_endpoint_override: http://sdrs.example\n`,
    )
    const password = passwordVariables(bench.url)
    const tries: readonly (readonly [string, Variables, readonly string[]])[] = [
      ['--endpoint', tokenVariables(bench.url), ['--endpoint', 'http://sdrs.example']],
      ['--endpoint', tokenVariables(bench.url), ['--endpoint', 'http://127.0.0.1.example']],
      ['OS_AUTH_URL', { ...password, OS_AUTH_URL: 'http://iam.example/v3' }, []],
      ['clouds.yaml', {}, ['--cloud', 'mine']],
    ]
    for (const [from, env, more] of tries) {
      const { code, stderr } = await bench.plan(env, more)
      expect(code).toBe(2)
      expect(stderr).toContain(from)
      expect(stderr).toContain('plain http')
      expectOneProblem(stderr)
    }
    expect(bench.requests).toHaveLength(0)
  })

  test.each([301, 302, 303, 307, 308])('the target of a redirect (%i): exit 4', async (status) => {
    const target = await openRaw((socket) => socket.write(answer('{"server_groups":[]}')))
    const door = await openRaw((socket) =>
      socket.write(
        `HTTP/1.1 ${status} Go\r\nlocation: ${target.url}/v1\r\ncontent-length: 0\r\n\r\n`,
      ),
    )
    const bench = await openBench()
    for (const variables of [tokenVariables, passwordVariables, keyVariables]) {
      const { code, stdout, stderr } = await bench.plan(variables(door.url))
      expect([code, stdout]).toEqual([4, ''])
      expect(stderr).toContain('redirect')
      expectOneProblem(stderr)
    }
    expect(target.connections()).toBe(0)
    // One each: asking again would be answered with the same redirect.
    expect(door.received().match(/HTTP\/1\.1\r\n/g)).toHaveLength(3)
  })
})

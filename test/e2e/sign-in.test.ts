import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_PROJECT_ID, DEFAULT_REGION } from '../../src/simulator/defaults.ts'
import { makeFleet } from '../support/fleet.ts'
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

const FLEET = makeFleet(12, ['g1', 'g2', 'g3'])
const METADATA_ELSEWHERE = fileURLToPath(
  new URL('../support/metadata-elsewhere.mjs', import.meta.url),
)

let bench: StrictBench
beforeEach(async () => {
  bench = await openStrictBench(FLEET)
})
afterEach(() => bench.close())

/** What a rollout came to: `ROLLED_OUT` when every row was created and the cloud never once said no. */
async function rollOut(env: Variables, more: readonly string[] = []) {
  const { code, stderr } = await bench.apply(env, more)
  if (code === 4) throw new Error(stderr)
  const { totals, requests } = bench.report()
  const { 200: good = 0, ...others } = requests.byStatus
  const wrong = bench.refusedSignatures()
  return { code, created: totals.created, others, missing: requests.total - good, wrong }
}
const ROLLED_OUT = { code: 0, created: FLEET.length, others: {}, missing: 0, wrong: 0 }

/** Every request was signed, and the cloud's own verifier has checked each. */
function expectAllSigned(): void {
  const unsigned = bench.requests.filter(
    ({ headers }) =>
      headers['authorization']?.startsWith(`SDK-HMAC-SHA256 Access=${KNOWN.accessKey},`) !== true,
  )
  expect(unsigned).toEqual([])
  expect(bench.requests.length).toBeGreaterThan(FLEET.length)
}

const ENDPOINTS = (url: string): string =>
  ['sdrs', 'ecs', 'vpc', 'identity']
    .map((name) => `    ${name}_endpoint_override: ${url}`)
    .join('\n')
const yaml = (text: string): string => JSON.stringify(text)

describe('a whole rollout with a token', () => {
  test.each(['OS_TOKEN', 'OS_AUTH_TOKEN', 'HW_AUTH_TOKEN'])('of %s', async (name) => {
    const { OS_TOKEN = '', ...where } = tokenVariables(bench.url)
    expect(await rollOut({ ...where, [name]: `${OS_TOKEN}\n` })).toEqual(ROLLED_OUT)
    expect(bench.asked('createToken')).toBe(0)
  })

  test('and flags for where', async () => {
    expect(
      await rollOut({ OS_TOKEN: KNOWN.token, OS_PROJECT_ID: 'overruled' }, [
        '--endpoint',
        `${bench.url}/v1/`,
        '--project-id',
        DEFAULT_PROJECT_ID,
      ]),
    ).toEqual(ROLLED_OUT)
  })
})

describe('a whole rollout with a password', () => {
  test('finds the endpoint in the catalogue, and signs in once', async () => {
    expect(await rollOut(passwordVariables(bench.url))).toEqual(ROLLED_OUT)
    expect(bench.asked('createToken')).toBe(1)
  })

  test('of the HW_ variables, scoped by the project ID', async () => {
    expect(
      await rollOut({
        HW_USER_NAME: KNOWN.user,
        HW_PASSWORD: KNOWN.password,
        HW_DOMAIN_NAME: KNOWN.domain,
        HW_AUTH_URL: `${bench.url}/v3`,
        HW_PROJECT_ID: DEFAULT_PROJECT_ID,
      }),
    ).toEqual(ROLLED_OUT)
    expect(bench.asked('createToken')).toBe(1)
  })
})

describe('a whole rollout with a key, every request signed', () => {
  test.each([
    ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK', 'HUAWEICLOUD_SDK_SECURITY_TOKEN'],
    ['HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_SECURITY_TOKEN'],
    ['OS_ACCESS_KEY', 'OS_SECRET_KEY', 'OS_SECURITY_TOKEN'],
  ])('of %s, with the project looked up by the region', async (accessKey, secretKey, token) => {
    const key = { [accessKey]: KNOWN.accessKey, [secretKey]: KNOWN.secretKey }
    expect(
      await rollOut({
        ...key,
        [token]: 'temporary-security-token',
        OS_REGION_NAME: DEFAULT_REGION,
        SDRS_PROTECT_ENDPOINT: bench.url,
      }),
    ).toEqual(ROLLED_OUT)
    expect(bench.asked('listProjects')).toBe(1)
    expectAllSigned()
    for (const { headers } of bench.requests) {
      expect(headers['x-security-token']).toBe('temporary-security-token')
      expect(headers['authorization']).toContain('x-security-token')
    }
  })

  test('and a project ID: nothing is looked up, and every request names the project', async () => {
    expect(
      await rollOut({
        ...keyVariables(bench.url),
        HUAWEICLOUD_SDK_PROJECT_ID: DEFAULT_PROJECT_ID,
      }),
    ).toEqual(ROLLED_OUT)
    expect(bench.asked('listProjects')).toBe(0)
    expectAllSigned()
    expect(new Set(bench.requests.map(({ headers }) => headers['x-project-id']))).toEqual(
      new Set([DEFAULT_PROJECT_ID]),
    )
  })

  test('of ~/.huaweicloud/credentials', async () => {
    bench.write(
      'home/.huaweicloud/credentials',
      `[basic]\nak = ${KNOWN.accessKey}\nsk = ${KNOWN.secretKey}\n`,
    )
    expect(
      await rollOut({
        HOME: `${bench.directory}/home`,
        HW_REGION_NAME: DEFAULT_REGION,
        SDRS_PROTECT_ENDPOINT: bench.url,
      }),
    ).toEqual(ROLLED_OUT)
    expectAllSigned()
  })
})

describe('a whole rollout with a cloud of clouds.yaml', () => {
  test('a password split over clouds.yaml and secure.yaml, in ~/.config/openstack', async () => {
    bench.write(
      '.config/openstack/clouds.yaml',
      `clouds:\n  mine:\n    auth:\n      auth_url: ${bench.url}/v3\n      username: ${KNOWN.user}\n      user_domain_name: ${KNOWN.domain}\n      project_name: ${DEFAULT_REGION}\n`,
    )
    bench.write(
      '.config/openstack/secure.yaml',
      `clouds:\n  mine:\n    auth:\n      password: ${yaml(KNOWN.password)}\n`,
    )
    expect(await rollOut({}, ['--cloud', 'mine'])).toEqual(ROLLED_OUT)
    expect(bench.asked('createToken')).toBe(1)
  })

  test.each([
    ['auth.ak and auth.sk', `auth: {ak: ${KNOWN.accessKey}, sk: ${yaml(KNOWN.secretKey)}}`],
    [
      'access_key and secret_key at the top',
      `access_key: ${KNOWN.accessKey}\n    secret_key: ${yaml(KNOWN.secretKey)}`,
    ],
    ['ak and sk at the top', `ak: ${KNOWN.accessKey}\n    sk: ${yaml(KNOWN.secretKey)}`],
  ])('with %s and a vendor profile, named by OS_CLOUD', async (_, keys) => {
    bench.write(
      'clouds.yaml',
      `clouds:\n  mine:\n    profile: otc\n${ENDPOINTS(bench.url)}\n    ${keys}\n`,
    )
    expect(await rollOut({ OS_CLOUD: 'mine' })).toEqual(ROLLED_OUT)
    expect(bench.asked('listProjects')).toBe(1)
    expectAllSigned()
  })

  test('a token, in the file that OS_CLIENT_CONFIG_FILE names', async () => {
    const file = bench.write(
      'elsewhere/any-name.yaml',
      `clouds:\n  mine:\n    auth:\n      token: ${yaml(KNOWN.token)}\n      project_id: ${DEFAULT_PROJECT_ID}\n${ENDPOINTS(bench.url)}\n`,
    )
    bench.write('clouds.yaml', 'clouds:\n  other: {}\n')
    expect(await rollOut({ OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: 'mine' })).toEqual(ROLLED_OUT)
  })
})

describe('the chain', () => {
  const everything = (url: string): readonly (readonly [source: string, Variables])[] => [
    ['cloud mine in', { OS_CLOUD: 'mine' }],
    ['OS_TOKEN', { OS_TOKEN: KNOWN.token }],
    ['OS_AUTH_TOKEN', { OS_AUTH_TOKEN: KNOWN.token }],
    ['HW_AUTH_TOKEN', { HW_AUTH_TOKEN: KNOWN.token }],
    [
      'HUAWEICLOUD_SDK_AK',
      { HUAWEICLOUD_SDK_AK: KNOWN.accessKey, HUAWEICLOUD_SDK_SK: KNOWN.secretKey },
    ],
    ['HW_ACCESS_KEY', { HW_ACCESS_KEY: KNOWN.accessKey, HW_SECRET_KEY: KNOWN.secretKey }],
    ['OS_ACCESS_KEY', { OS_ACCESS_KEY: KNOWN.accessKey, OS_SECRET_KEY: KNOWN.secretKey }],
    [
      'OS_USERNAME',
      {
        OS_USERNAME: KNOWN.user,
        OS_PASSWORD: KNOWN.password,
        OS_USER_DOMAIN_NAME: KNOWN.domain,
        OS_AUTH_URL: url,
      },
    ],
    [
      'HW_USER_NAME',
      {
        HW_USER_NAME: KNOWN.user,
        HW_PASSWORD: KNOWN.password,
        HW_DOMAIN_NAME: KNOWN.domain,
        HW_AUTH_URL: url,
      },
    ],
    ['/home/.huaweicloud/credentials', { HOME: '' }],
  ]

  test('goes by its order, says at debug which source it used, and never the secret', async () => {
    bench.write(
      'clouds.yaml',
      `clouds:\n  mine:\n    auth: {token: ${yaml(KNOWN.token)}, project_id: ${DEFAULT_PROJECT_ID}}\n`,
    )
    bench.write(
      'home/.huaweicloud/credentials',
      `[basic]\nak = ${KNOWN.accessKey}\nsk = ${KNOWN.secretKey}\n`,
    )
    const sources = everything(bench.url)
    const used: string[] = []
    for (const nth of sources.keys()) {
      const env = {
        ...Object.assign({}, ...sources.slice(nth).map(([, variables]) => variables)),
        HOME: `${bench.directory}/home`,
        SDRS_PROTECT_ENDPOINT: bench.url,
        OS_PROJECT_ID: DEFAULT_PROJECT_ID,
      }
      const { code, stdout, stderr } = await bench.plan(env, ['--log-level', 'debug'])
      expect(code).toBe(0)
      used.push(/^debug credentials found .*source=(.*)$/m.exec(stderr)?.[1] ?? stderr)
      for (const secret of [KNOWN.token, KNOWN.password, KNOWN.secretKey]) {
        expect(stdout + stderr).not.toContain(secret)
      }
    }
    expect(used).toHaveLength(sources.length)
    for (const [nth, [source]] of sources.entries()) expect(used[nth]).toContain(source)
  })

  test('a half-filled set of variables is passed over for a whole one, and named when there is none', async () => {
    const half = { OS_ACCESS_KEY: KNOWN.accessKey }
    const where = { SDRS_PROTECT_ENDPOINT: bench.url, OS_PROJECT_ID: DEFAULT_PROJECT_ID }
    expect((await bench.plan({ ...passwordVariables(bench.url), ...half })).code).toBe(0)
    const sent = bench.requests.length
    const { code, stderr } = await bench.plan({ ...where, ...half })
    expect(code).toBe(4)
    expect(stderr).toContain('OS_SECRET_KEY')
    expect(bench.requests).toHaveLength(sent)
  })
})

describe('the agency of an ECS', () => {
  let metadata: RawServer
  afterEach(() => metadata.close())

  async function plan(env: Variables) {
    return bench.run(['plan', 'servers.csv', '--log-level', 'debug'], {
      node: ['--import', METADATA_ELSEWHERE],
      env: {
        METADATA_PORT: String(metadata.port),
        SDRS_PROTECT_ENDPOINT: bench.url,
        OS_REGION_NAME: DEFAULT_REGION,
        ...env,
      },
    })
  }

  test('is asked only when that is wanted; its temporary key signs every request', async () => {
    const credential = {
      access: KNOWN.accessKey,
      secret: KNOWN.secretKey,
      securitytoken: 'agency-security-token',
      expires_at: new Date(Date.now() + 24 * 3_600_000).toISOString(),
    }
    metadata = await rawServer((socket) => socket.write(answer(JSON.stringify({ credential }))))
    expect(await plan({})).toMatchObject({ code: 4, stdout: '' })
    expect(metadata.connections()).toBe(0)

    const { code, stdout, stderr } = await plan({ SDRS_PROTECT_ECS_AGENCY: 'true' })
    expect(code).toBe(0)
    expect(stderr).toContain('source=SDRS_PROTECT_ECS_AGENCY')
    expect(stdout + stderr).not.toContain(KNOWN.secretKey)
    expect(metadata.received()).toContain('GET /openstack/latest/securitykey ')
    for (const { headers } of bench.requests) {
      expect(headers['x-security-token']).toBe('agency-security-token')
    }
    expect(bench.refusedSignatures()).toBe(0)
    expect(bench.asked('listServerGroups')).toBe(1)
  })

  test('that is not there is exit 4', async () => {
    metadata = await rawServer((socket) =>
      socket.write('HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n'),
    )
    const { code, stderr } = await plan({ SDRS_PROTECT_ECS_AGENCY: '1' })
    expect(code).toBe(4)
    expect(stderr).toContain('agency')
    expect(bench.requests).toHaveLength(0)
  })
})

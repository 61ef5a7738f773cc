import { describe, expect, test } from 'vitest'
import { connect, type ConnectOptions } from '../../../src/cloud/sign-in/connect.ts'
import { readSignInFiles } from '../../../src/cloud/sign-in/files.ts'
import type { HttpRequest, HttpResponse } from '../../../src/cloud/transport.ts'
import { Failure } from '../../../src/failure.ts'
import { silentLog } from '../../../src/log.ts'
import { createSecretRegistry } from '../../../src/secrets.ts'
import { json, manualClock, scriptedTransport } from '../../support/fake-iam.ts'
import { memoryFiles } from '../../support/memory-files.ts'

const PROJECT = '0123456789abcdef0123456789abcdef'
const password = { OS_USERNAME: 'dr', OS_PASSWORD: 'canary-1', OS_USER_DOMAIN_NAME: 'OTC1' }
const key = { OS_ACCESS_KEY: 'AK1', OS_SECRET_KEY: 'canary-2' }
const token = { OS_TOKEN: 'canary-3' }
const PRIVATE = 'https://iam.eu-de.private.example/v3'
const sdrs = (region_id: string, kind: string): object => ({
  type: 'sdrs',
  endpoints: [{ region_id, interface: kind, url: 'https://sdrs.private.example/v1' }],
})

function answer(catalog: readonly object[], { method, url }: HttpRequest): HttpResponse {
  const project = { id: PROJECT, name: 'eu-de' }
  if (method === 'POST') {
    const expires_at = '2030-07-01T00:00:00Z'
    return json(201, { token: { expires_at, project, catalog } }, { 'x-subject-token': 'canary-4' })
  }
  if (!url.includes('/v3/projects')) return json(200, { token: { project } })
  const name = new URL(url).searchParams.get('name')
  return json(200, { projects: [{ ...project, name }] })
}

async function signIn(
  env: Readonly<Record<string, string>>,
  flags: ConnectOptions['flags'] = {},
  catalog: readonly object[] = [],
  files: Readonly<Record<string, string>> = {},
) {
  const transport = scriptedTransport((request) => answer(catalog, request))
  const end = await (async () =>
    connect({
      env,
      flags,
      files: await readSignInFiles(flags.cloud, memoryFiles(files, env)),
      requestTimeoutMs: 1000,
      transport,
      clock: manualClock(Date.UTC(2030, 5, 1)),
      log: silentLog,
      secrets: createSecretRegistry(),
    }))().catch((error: unknown) => {
    if (error instanceof Failure) return error
    throw error
  })
  const asked = new Set(transport.requests.map(({ url }) => new URL(url).hostname))
  const used = end instanceof Failure ? [] : Object.values(end.endpoints)
  const hosts = [...asked, ...used.flatMap((url) => (url === null ? [] : new URL(url).hostname))]
  return { end, hosts }
}

/** The name of a region is no proof of the cloud: private ones call theirs `eu-de` as well. */
describe('a region that is known is not reached where another address is of another cloud', () => {
  const IN_CLOUD = `clouds: {c: {auth: {auth_url: "${PRIVATE}", username: dr, password: canary-5, user_domain_name: D, project_name: eu-de}, region_name: eu-de}}`
  test.each<[string, Record<string, string>, ConnectOptions['flags'], readonly object[]]>([
    ['a password and IAM of another', { ...password, OS_AUTH_URL: PRIVATE }, {}, []],
    ['a key and IAM of another', { ...key, OS_AUTH_URL: PRIVATE }, {}, []],
    ['a token and IAM of another', { ...token, OS_AUTH_URL: PRIVATE }, {}, []],
    [
      'IAM on this machine',
      { ...password, OS_AUTH_URL: 'http://127.0.0.1:1/v3', OS_REGION_NAME: 'eu-de' },
      {},
      [],
    ],
    ['the name of a project', { ...key, OS_AUTH_URL: PRIVATE, OS_PROJECT_NAME: 'eu-de_x' }, {}, []],
    ['a cloud of clouds.yaml', {}, { cloud: 'c' }, []],
    [
      'a catalogue with an internal address only',
      { ...password, OS_AUTH_URL: PRIVATE },
      {},
      [sdrs('eu-de', 'internal')],
    ],
    [
      "the Huawei Cloud SDKs' own variable",
      { ...key, HUAWEICLOUD_SDK_IAM_ENDPOINT: PRIVATE, OS_REGION_NAME: 'eu-de' },
      {},
      [],
    ],
    [
      "the Terraform provider's cloud",
      { ...key, HW_CLOUD: 'private.example', HW_REGION_NAME: 'cn-north-4' },
      {},
      [],
    ],
    [
      'a cloud whose name ends in the name of the known one',
      {
        ...key,
        OS_AUTH_URL: 'https://iam-pub.eu-ch2.sc.otc.t-systems.com',
        OS_REGION_NAME: 'eu-de',
      },
      {},
      [],
    ],
    [
      'one that only looks like it',
      { ...key, OS_AUTH_URL: 'https://iam.evilotc.t-systems.com.example', OS_REGION_NAME: 'eu-de' },
      {},
      [],
    ],
  ])('SDRS: %s', async (_, env, flags, catalog) => {
    const { end, hosts } = await signIn(env, flags, catalog, {
      '/project/clouds.yaml': IN_CLOUD,
    })
    expect(end).toMatchObject({ kind: 'usage', hint: expect.stringContaining('--endpoint') })
    expect(hosts.filter((host) => /^(sdrs|ecs|vpc|evs)\./.test(host))).toEqual([])
  })

  test.each([
    ['a password', password],
    ['a key', key],
    ['a token', token],
  ])('IAM: %s and SDRS of another', async (_, credential) => {
    const env = { ...credential, OS_REGION_NAME: 'eu-de' }
    const { end, hosts } = await signIn(env, { endpoint: 'https://sdrs.private.example' })
    expect(end).toMatchObject({ kind: 'usage', hint: expect.stringContaining('OS_AUTH_URL') })
    expect(hosts).toEqual([])
  })

  test.each<[string, Record<string, string>, string]>([
    [
      'of the region',
      { OS_AUTH_URL: 'https://iam.eu-de.otc.t-systems.com/v3' },
      'eu-de.otc.t-systems.com',
    ],
    [
      'of the whole cloud',
      { OS_AUTH_URL: 'https://iam.myhuaweicloud.com/v3', OS_REGION_NAME: 'cn-north-4' },
      'cn-north-4.myhuaweicloud.com',
    ],
    [
      'as a cloud is named for Terraform',
      { HW_CLOUD: 'myhuaweicloud.com', HW_REGION_NAME: 'cn-north-4' },
      'cn-north-4.myhuaweicloud.com',
    ],
  ])('its own IAM, %s, still leads to it', async (_, env, domain) => {
    const { end } = await signIn({ ...key, ...env })
    expect(end).toMatchObject({ endpoints: { sdrs: `https://sdrs.${domain}` } })
  })

  test('another region of the catalogue is named', async () => {
    const env = { ...password, OS_AUTH_URL: PRIVATE }
    const { end } = await signIn(env, {}, [sdrs('eu-west', 'public')])
    expect(end).toMatchObject({ hint: expect.stringContaining('eu-west') })
  })
})

test('a plain address in the catalogue is answered by the flag that names another', async () => {
  const url = 'http://sdrs.private.example/v1'
  const endpoints = [{ region_id: 'eu-de', interface: 'public', url }]
  const env = { ...password, OS_AUTH_URL: PRIVATE }
  const { end } = await signIn(env, {}, [{ type: 'sdrs', endpoints }])
  expect(end).toMatchObject({ kind: 'usage', hint: expect.stringContaining('--endpoint') })
})

test('the address of the call itself is an address of IAM', async () => {
  const OS_AUTH_URL = 'https://iam.eu-de.otc.t-systems.com/v3/auth/tokens'
  const { hosts, end } = await signIn({ ...password, OS_AUTH_URL })
  expect(hosts).toContain('iam.eu-de.otc.t-systems.com')
  expect(end).toMatchObject({ projectId: PROJECT })
})

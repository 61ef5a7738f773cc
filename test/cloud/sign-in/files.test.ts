import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import { readCloud } from '../../../src/cloud/sign-in/clouds-yaml.ts'
import { readSignInFiles, trustOf } from '../../../src/cloud/sign-in/files.ts'
import { memoryFiles } from '../../support/memory-files.ts'

const HERE = '/project/clouds.yaml'
const USER = '/home/dr/.config/openstack/clouds.yaml'
const SYSTEM = '/etc/openstack/clouds.yaml'
const withToken = (token: string): string => `clouds: {c: {auth: {token: ${token}}}}`

describe('clouds.yaml', () => {
  test('is searched for in the usual places, in their order', async () => {
    const all = {
      '/given.yaml': withToken('given'),
      [HERE]: withToken('here'),
      [USER]: withToken('user'),
      [SYSTEM]: withToken('system'),
    }
    const env = { OS_CLIENT_CONFIG_FILE: '/given.yaml' }
    const found: unknown[] = []
    for (const path of Object.keys(all)) {
      found.push((await readCloud('c', memoryFiles(all, env))).credential)
      delete all[path as keyof typeof all]
    }
    expect(found).toEqual(
      ['given', 'here', 'user', 'system'].map((token) => ({ kind: 'token', token })),
    )
    await expect(readCloud('c', memoryFiles(all, env))).rejects.toThrow(Failure)
  })

  test('reads a password with its project', async () => {
    const text = `
clouds:
  otc:
    profile: otc
    auth:
      username: dr
      password: 0123
      user_domain_name: OTC00000000001
      project_name: eu-nl_dr
    region_name: eu-nl
    cacert: ~/ca.pem
    verify: no`
    expect(await readCloud('otc', memoryFiles({ [HERE]: text }))).toMatchObject({
      credential: {
        kind: 'password',
        username: 'dr',
        password: '0123',
        domain: { name: 'OTC00000000001' },
      },
      authUrl: 'https://iam.eu-nl.otc.t-systems.com',
      projectName: 'eu-nl_dr',
      region: 'eu-nl',
      caFile: '/home/dr/ca.pem',
      verify: false,
    })
  })

  test('merges secure.yaml over it, from wherever that is', async () => {
    const files = memoryFiles({
      [HERE]:
        'clouds: {c: {auth: {username: dr, password: old, user_domain_id: d1, project_id: p1}}}',
      '/etc/openstack/secure.yaml': 'clouds: {c: {auth: {password: new}}, other: {}}',
    })
    expect(await readCloud('c', files)).toMatchObject({
      credential: { username: 'dr', password: 'new', domain: { id: 'd1' } },
      projectId: 'p1',
    })
  })

  test('takes anchors and merge keys', async () => {
    const text =
      'x: &x {ak: A, sk: S}\nclouds:\n  c:\n    <<: *x\n    region_name: eu-de\n    cacert: ~'
    expect(await readCloud('c', memoryFiles({ [HERE]: text }))).toMatchObject({
      credential: { accessKey: 'A' },
      caFile: null,
    })
  })

  test.each([
    ['auth: {ak: A, sk: S}'],
    ['auth: {access_key: A, secret_key: S}'],
    ['ak: A, sk: S'],
    ['access_key: A, secret_key: S'],
  ])('reads a key written as %s', async (keys) => {
    const files = memoryFiles({ [HERE]: `clouds: {c: {${keys}, region_name: eu-de}}` })
    expect(await readCloud('c', files)).toMatchObject({
      credential: { kind: 'ak-sk', accessKey: 'A', secretKey: 'S', securityToken: null },
      region: 'eu-de',
    })
  })

  test.each([
    ['otc', 'eu-de', 'https://iam.eu-de.otc.t-systems.com'],
    ['otc-swiss', 'eu-ch2', 'https://iam-pub.eu-ch2.sc.otc.t-systems.com'],
  ])('knows the profile %s', async (profile, region, authUrl) => {
    const files = memoryFiles({ [HERE]: `clouds: {c: {profile: ${profile}, ak: A, sk: S}}` })
    expect(await readCloud('c', files)).toMatchObject({ region, authUrl })
  })

  test('names what a cloud lacks, and the clouds there are', async () => {
    const files = memoryFiles({ [HERE]: 'clouds: {c: {auth: {username: dr}}, d: {}}' })
    expect((await readCloud('c', files)).missing).toBe('auth.password, auth.user_domain_name')
    await expect(readCloud('e', files)).rejects.toMatchObject({
      kind: 'usage',
      hint: 'it has "c", "d"',
    })
  })

  test('does not quote a broken file, which may hold a secret', async () => {
    const files = memoryFiles({ [HERE]: 'clouds: {c: {auth: {password: canary-1' })
    const error: unknown = await readCloud('c', files).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Failure)
    expect(JSON.stringify([String(error), error])).not.toContain('canary-1')
  })
})

describe('readSignInFiles', () => {
  const files = {
    [HERE]: 'clouds: {c: {cacert: /ca.pem, ak: A, sk: S}}',
    '/home/dr/.huaweicloud/credentials':
      '[basic]\nak = HA\nsk = HS==\nsecurity_token = ST\nproject_id = p9\niam_endpoint = https://iam.example\n[global]\nak = other\n',
  }

  test('reads the cloud that the flag or OS_CLOUD names, the flag first', async () => {
    const env = { OS_CLOUD: 'missing' }
    const read = await readSignInFiles('c', memoryFiles(files, env))
    expect(read.cloud?.credential).toMatchObject({ accessKey: 'A' })
    expect(trustOf(read)).toEqual({ caFile: '/ca.pem' })
    await expect(readSignInFiles(undefined, memoryFiles(files, env))).rejects.toThrow(Failure)
  })

  test("reads the SDKs' file otherwise", async () => {
    const read = await readSignInFiles(undefined, memoryFiles(files))
    expect(read).toMatchObject({
      cloud: null,
      huaweicloud: {
        credential: { kind: 'ak-sk', accessKey: 'HA', secretKey: 'HS==', securityToken: 'ST' },
        projectId: 'p9',
        authUrl: 'https://iam.example',
      },
    })
    expect(trustOf(read)).toEqual({})
    expect(await readSignInFiles(undefined, memoryFiles({}))).toEqual({
      cloud: null,
      huaweicloud: null,
    })
  })

  test('says what the file lacks', async () => {
    const read = await readSignInFiles(
      undefined,
      memoryFiles({ '/home/dr/.huaweicloud/credentials': '[basic]\nak = HA\n' }),
    )
    expect(read.huaweicloud).toMatchObject({ credential: null, missing: 'sk in [basic]' })
  })
})

import { describe, expect, test } from 'vitest'
import { findCredentials, type SignInFiles } from '../../../src/cloud/sign-in/chain.ts'
import type { Profile } from '../../../src/cloud/sign-in/credential.ts'

const noFiles: SignInFiles = { cloud: null, huaweicloud: null }
const profile: Profile = {
  source: 'a file',
  credential: { kind: 'ak-sk', accessKey: 'fa', secretKey: 'fs', securityToken: null },
  missing: null,
  authUrl: null,
  projectId: null,
  projectName: null,
  projectDomain: null,
  region: null,
  endpoints: {},
  caFile: null,
  verify: true,
}

/** In the order in which they win. */
const sets: readonly (readonly [
  source: string,
  variables: Record<string, string>,
  kind: string,
])[] = [
  ['OS_TOKEN', { OS_TOKEN: 't1' }, 'token'],
  ['OS_AUTH_TOKEN', { OS_AUTH_TOKEN: 't2' }, 'token'],
  ['HW_AUTH_TOKEN', { HW_AUTH_TOKEN: 't3' }, 'token'],
  [
    'HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK',
    { HUAWEICLOUD_SDK_AK: 'a1', HUAWEICLOUD_SDK_SK: 's1' },
    'ak-sk',
  ],
  ['HW_ACCESS_KEY, HW_SECRET_KEY', { HW_ACCESS_KEY: 'a2', HW_SECRET_KEY: 's2' }, 'ak-sk'],
  ['OS_ACCESS_KEY, OS_SECRET_KEY', { OS_ACCESS_KEY: 'a3', OS_SECRET_KEY: 's3' }, 'ak-sk'],
  [
    'OS_USERNAME, OS_PASSWORD',
    { OS_USERNAME: 'u1', OS_PASSWORD: 'p1', OS_USER_DOMAIN_NAME: 'd1' },
    'password',
  ],
  [
    'HW_USER_NAME, HW_PASSWORD',
    { HW_USER_NAME: 'u2', HW_PASSWORD: 'p2', HW_DOMAIN_NAME: 'd2' },
    'password',
  ],
]

describe('findCredentials', () => {
  test.each(sets.map(([source, , kind], nth) => ({ source, kind, nth })))(
    '$source wins over everything after it',
    ({ source, kind, nth }) => {
      const env = Object.assign({}, ...sets.slice(nth).map(([, variables]) => variables))
      const found = findCredentials(
        { ...env, SDRS_PROTECT_ECS_AGENCY: '1' },
        { cloud: null, huaweicloud: profile },
      )
      expect(found).toMatchObject({ source, credential: { kind } })
    },
  )

  test('falls back on the SDK file, and on an agency only when asked for it', () => {
    const asked = { SDRS_PROTECT_ECS_AGENCY: '1' }
    const files = { cloud: null, huaweicloud: profile }
    expect(findCredentials(asked, files)).toMatchObject({ source: 'a file' })
    expect(findCredentials(asked, noFiles)).toMatchObject({ credential: { kind: 'agency' } })
    expect(findCredentials({}, noFiles)).toHaveProperty('problem')
    expect(findCredentials({ SDRS_PROTECT_ECS_AGENCY: '0' }, noFiles)).toHaveProperty('problem')
  })

  test('a named cloud decides alone, also when it is of no use', () => {
    const env = { OS_TOKEN: 't' }
    expect(findCredentials(env, { ...noFiles, cloud: profile })).toMatchObject({ source: 'a file' })
    const incomplete = { ...profile, credential: null, missing: 'auth.sk' }
    expect(findCredentials(env, { ...noFiles, cloud: incomplete })).toMatchObject({
      problem: { hint: 'add auth.sk' },
    })
  })

  test('takes the security token of the same family only', () => {
    const env = {
      HW_ACCESS_KEY: 'a',
      HW_SECRET_KEY: 's',
      HW_SECURITY_TOKEN: 'st',
      OS_SECURITY_TOKEN: 'other',
    }
    expect(findCredentials(env, noFiles)).toMatchObject({ credential: { securityToken: 'st' } })
    const { HW_SECURITY_TOKEN: _, ...without } = env
    expect(findCredentials(without, noFiles)).toMatchObject({ credential: { securityToken: null } })
  })

  test('passes over a half-filled set when a later one is complete', () => {
    const env = { HUAWEICLOUD_SDK_AK: 'a', HW_ACCESS_KEY: 'b', HW_SECRET_KEY: 's' }
    expect(findCredentials(env, noFiles)).toMatchObject({ credential: { accessKey: 'b' } })
  })

  test.each([
    [{ HW_ACCESS_KEY: 'a' }, 'HW_SECRET_KEY'],
    [{ OS_SECRET_KEY: 's' }, 'OS_ACCESS_KEY'],
    [{ OS_USERNAME: 'u' }, 'OS_PASSWORD and OS_USER_DOMAIN_NAME'],
    [{ OS_PASSWORD: 'p', OS_DOMAIN_NAME: 'd' }, 'OS_USERNAME'],
    [{ HW_USER_NAME: 'u', HW_PASSWORD: 'p' }, 'HW_DOMAIN_NAME'],
  ])('names the variables that %o lacks', (env, lacking) => {
    const found = findCredentials(env, noFiles)
    expect('problem' in found ? found.problem.hint : '').toContain(`${lacking} not`)
  })

  test('trims, and takes blank for unset', () => {
    expect(findCredentials({ OS_TOKEN: '  ', OS_AUTH_TOKEN: 't\n' }, noFiles)).toMatchObject({
      credential: { token: 't' },
    })
  })

  test('takes a domain by its ID too', () => {
    const env = { OS_USERNAME: 'u', OS_PASSWORD: 'p', OS_USER_DOMAIN_ID: 'd' }
    expect(findCredentials(env, noFiles)).toMatchObject({ credential: { domain: { id: 'd' } } })
  })
})

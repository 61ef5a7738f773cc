import { expect, test } from 'vitest'
import type { Credential } from '../../../src/cloud/sign-in/credential.ts'
import type { TokenUser } from '../../../src/cloud/sign-in/iam.ts'
import { identityOf } from '../../../src/cloud/sign-in/identity.ts'

const PASSWORD: Credential = {
  kind: 'password',
  username: 'jane',
  password: 'canary',
  domain: { name: 'OTC1' },
}

function keyOf(accessKey: string, securityToken: string | null = null): Credential {
  return { kind: 'ak-sk', accessKey, secretKey: 'canary', securityToken }
}

test.each<[string, Credential, TokenUser | null]>([
  ['user jane (domain OTC1), by password from X', PASSWORD, null],
  ['user jane (domain ID d1), by password from X', { ...PASSWORD, domain: { id: 'd1' } }, null],
  ['user Jane (domain OTC-1), by password from X', PASSWORD, { name: 'Jane', domain: 'OTC-1' }],
  ['user Jane (domain OTC1), by password from X', PASSWORD, { name: 'Jane', domain: null }],
  ['access key …WXYZ, from X', keyOf('ABCDEFGHIJKLMNOPWXYZ'), null],
  ['temporary access key …WXYZ, from X', keyOf('ABCDEFGHIJKLMNOPWXYZ', 'canary'), null],
  // Four characters of a short text would be most of it.
  ['access key …, from X', keyOf('ABCDEFG'), null],
  ['a token from X', { kind: 'token', token: 'canary' }, null],
  ['the agency of this ECS, as X asks for', { kind: 'agency' }, null],
])('%s', (expected, credential, told) => {
  const said = identityOf(credential, 'X', told)
  expect(said).toBe(expected)
  expect(said).not.toContain('canary')
})

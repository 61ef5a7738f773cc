import { createHash } from 'node:crypto'
import { gatewayRefuse, type Answer } from './answers.ts'
import type { SimulatorRequest } from './route.ts'
import type { World } from './state.ts'
import { readAuthorization, verifySignature } from './verify-signature.ts'

const REFUSALS_THAT_LOCK = 5
const LOCK_MS = 5 * 60_000

/** The gateway's doorman: null in second place lets the request through. */
export function authorise(
  world: World,
  request: SimulatorRequest,
  now: number,
): readonly [World, Answer | null] {
  const token = request.headers['x-auth-token'] ?? ''
  if (token !== '') return [world, judgeToken(world, token, now)]
  const parts = readAuthorization(request.headers['authorization'])
  if (parts === null) {
    return [
      world,
      incorrect('APIGW.0301', 'Incorrect IAM authentication information: no credential'),
    ]
  }
  return judgeSignature(world, request, parts.accessKey, now)
}

function judgeToken(world: World, token: string, now: number): Answer | null {
  const known = world.auth.tokens[tokenKey(token)]
  if (known === undefined) {
    return world.auth.mode === 'any'
      ? null
      : incorrect('APIGW.0301', 'Incorrect IAM authentication information: decrypt token fail')
  }
  if (known.revoked) {
    return incorrect('APIGW.0301', 'Incorrect IAM authentication information: token revoked')
  }
  return now < known.expiresAt
    ? null
    : incorrect('APIGW.0307', 'The token must be updated: token expires')
}

function judgeSignature(
  world: World,
  request: SimulatorRequest,
  accessKey: string,
  now: number,
): readonly [World, Answer | null] {
  const secretKey = world.auth.accessKeys[accessKey]
  if (secretKey === undefined) {
    return world.auth.mode === 'any'
      ? [world, null]
      : [
          world,
          incorrect(
            'APIGW.0301',
            'Incorrect IAM authentication information: AK access key not exist',
          ),
        ]
  }
  const refusals = (world.auth.refusals[accessKey] ?? []).filter((at) => at > now - LOCK_MS)
  if (refusals.length >= REFUSALS_THAT_LOCK) {
    return [
      world,
      incorrect('APIGW.0301', 'Incorrect IAM authentication information: the key is locked'),
    ]
  }
  const fault = verifySignature(request, secretKey, now)
  if (fault === null) return [world, null]
  const auth = {
    ...world.auth,
    refusals: { ...world.auth.refusals, [accessKey]: [...refusals, now] },
  }
  const message =
    fault === 'skewed'
      ? 'Signature expired: the request time differs from the server time by more than 15 minutes'
      : `verify aksk signature fail, ${fault}`
  return [
    { ...world, auth },
    incorrect('APIGW.0301', `Incorrect IAM authentication information: ${message}`),
  ]
}

function incorrect(code: string, message: string): Answer {
  return gatewayRefuse(401, code, message)
}

function tokenKey(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export function withToken(world: World, token: string, expiresAt: number): World {
  const tokens = { ...world.auth.tokens, [tokenKey(token)]: { expiresAt, revoked: false } }
  return { ...world, auth: { ...world.auth, tokens } }
}

/** Revokes every token issued so far, or one token, which need not be of ours. */
export function revokeTokens(world: World, token?: string): World {
  const revoked =
    token === undefined
      ? Object.fromEntries(
          Object.entries(world.auth.tokens).map(([key, { expiresAt }]) => [
            key,
            { expiresAt, revoked: true },
          ]),
        )
      : {
          ...world.auth.tokens,
          [tokenKey(token)]: { expiresAt: Number.MAX_SAFE_INTEGER, revoked: true },
        }
  return { ...world, auth: { ...world.auth, tokens: revoked } }
}

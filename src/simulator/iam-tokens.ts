import { iamRefuse, type Answer } from './answers.ts'
import { knownToken, withToken } from './auth.ts'
import { newId, reading, type Call, type Handler } from './call.ts'
import { aboutOf, child, domainId, identify, scopeOf, userId } from './iam-identity.ts'
import { catalogueOf } from './iam-projects.ts'
import type { TokenAbout, World } from './state.ts'

/**
 * `POST /v3/auth/tokens` with a password or a token, scoped to the project or the domain by ID or by name, or to
 * nothing. `?nocatalog` leaves the catalogue out.
 */
export const createToken: Handler = (world, call) => {
  const auth = child(call.body, 'auth')
  const who = identify(world, child(auth, 'identity'), call.now)
  if ('refusal' in who) return [world, who.refusal]
  const scope = scopeOf(world, auth['scope'])
  if (typeof scope !== 'string') return [world, scope.refusal]
  const [withId, id] = newId(world, 'token')
  const token = `MIIsimulated${id.replaceAll('-', '')}`
  const about: TokenAbout = {
    issuedAt: call.now,
    methods: who.methods,
    user: who.user,
    domain: who.domain,
    scope,
  }
  const answer: Answer = {
    status: 201,
    headers: { 'x-subject-token': token },
    data: { token: tokenOnWire(world, about, who.until, call) },
  }
  return [withToken(withId, token, who.until, about), answer]
}

/** `GET /v3/auth/tokens`: what the token in `X-Subject-Token` is good for. 404 for one that is not (any more). */
export const showToken: Handler = reading((world, call) => {
  const subject = call.headers['x-subject-token'] ?? ''
  if (subject === '') {
    return iamRefuse(400, 'Bad Request', 'The header X-Subject-Token is missing.')
  }
  const known = knownToken(world, subject, call.now)
  if (known === null) return iamRefuse(404, 'Not Found', 'Could not find the token.')
  const about = aboutOf(world, known.about)
  return {
    status: 200,
    headers: { 'x-subject-token': subject },
    data: { token: tokenOnWire(world, about, known.expiresAt, call) },
  }
})

/** `HEAD /v3/auth/tokens`: the same without saying it. */
export const checkToken: Handler = (world, call) => {
  const [after, { data: _, ...answer }] = showToken(world, call)
  return [after, { ...answer, data: null }]
}

function tokenOnWire(world: World, about: TokenAbout, expiresAt: number, call: Call): object {
  const { user, domain, scope } = about
  return {
    methods: about.methods,
    issued_at: micros(about.issuedAt),
    expires_at: micros(expiresAt),
    user: {
      id: userId(world, { name: user, domain }),
      name: user,
      domain: { id: domainId(world, domain), name: domain },
      password_expires_at: '',
    },
    ...(scope === 'unscoped' ? {} : { roles: [{ id: '0', name: 'te_admin' }] }),
    ...(scope === 'project' ? { project: { ...world.project, domain: world.domain } } : {}),
    ...(scope === 'domain' ? { domain: world.domain } : {}),
    ...(scope === 'unscoped' || isAsked(call.query.get('nocatalog'))
      ? {}
      : { catalog: catalogueOf(world, call.origin) }),
  }
}

/** A parameter of which the mere presence counts. */
function isAsked(value: string | null): boolean {
  return value !== null && value !== 'false'
}

/** A time too far for a date, of a token that lasts for ever, is told as the last one there is. */
function micros(at: number): string {
  return new Date(Math.min(at, 253_402_300_799_999)).toISOString().replace('Z', '000Z')
}

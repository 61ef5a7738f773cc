import { iamRefuse, isRecord, type Answer } from './answers.ts'
import { knownToken } from './auth.ts'
import { chanceHex } from './chance.ts'
import { text } from './fields.ts'
import type { TokenAbout, World } from './state.ts'

/** Who asks for a token, and until when it may last at most. */
export interface Identified {
  readonly user: string
  readonly domain: string
  readonly methods: readonly string[]
  readonly until: number
}

/** Reads `auth.identity` of a sign-in: a password, or a token that is to be scoped anew. */
export function identify(
  world: World,
  identity: Record<string, unknown>,
  now: number,
): Identified | { readonly refusal: Answer } {
  const { methods } = identity
  const [method, another] = Array.isArray(methods) ? methods.map(String) : []
  if (method === undefined) return { refusal: BAD_BODY }
  if (another !== undefined || (method !== 'password' && method !== 'token')) {
    const said = [method, another].filter((each) => each !== undefined).join(', ')
    return {
      refusal: iamRefuse(
        401,
        'Unauthorized',
        `Sign-in by ${said} is not simulated: password and token are.`,
      ),
    }
  }
  return method === 'password'
    ? byPassword(world, child(child(identity, 'password'), 'user'), now)
    : byToken(world, text(child(identity, 'token')['id']), now)
}

function byPassword(
  world: World,
  user: Record<string, unknown>,
  now: number,
): Identified | { readonly refusal: Answer } {
  const [id, name, password] = [text(user['id']), text(user['name']), text(user['password'])]
  if ((id === '' && name === '') || password === '') return { refusal: BAD_BODY }
  const signedIn = (who: string, domain: string): Identified => ({
    user: who,
    domain,
    methods: ['password'],
    until: now + world.limits.tokenTtlMs,
  })
  const { users } = world.auth
  const domain = domainNamed(world, child(user, 'domain'))
  // Anybody, and so anything that they say of themselves.
  if (users.length === 0) return signedIn(name === '' ? id : name, domain ?? world.domain.name)
  const known = users.find(
    (each) =>
      each.password === password &&
      (id === '' ? each.name === name && each.domain === domain : id === userId(world, each)),
  )
  return known === undefined
    ? { refusal: iamRefuse(401, 'Unauthorized', 'The username or password is wrong.') }
    : signedIn(known.name, known.domain)
}

/** What is left of its time is all that the new one gets. Only a token of this world's own says whose it is. */
function byToken(
  world: World,
  token: string,
  now: number,
): Identified | { readonly refusal: Answer } {
  if (token === '') return { refusal: BAD_BODY }
  const known = knownToken(world, token, now)
  if (known === null) {
    return {
      refusal: iamRefuse(
        401,
        'Unauthorized',
        'The token is not one that this IAM issued, or it has expired: sign in with a password.',
      ),
    }
  }
  const { user, domain, methods } = aboutOf(world, known.about)
  return {
    user,
    domain,
    methods: [...new Set(['token', ...methods])],
    until: known.expiresAt,
  }
}

/** A token of an older file says nothing of itself: it is the project's, as all were then. */
export function aboutOf(world: World, about: TokenAbout | null): TokenAbout {
  return (
    about ?? {
      issuedAt: 0,
      methods: ['password'],
      user: 'simulated',
      domain: world.domain.name,
      scope: 'project',
    }
  )
}

/** Of `auth.scope`: the project or the domain of this world by ID or by name, or none. */
export function scopeOf(
  world: World,
  scope: unknown,
): TokenAbout['scope'] | { readonly refusal: Answer } {
  if (!isRecord(scope)) return 'unscoped'
  const { project, domain } = scope
  if (isRecord(project)) {
    const owner = child(project, 'domain')
    const isHere =
      isNamed(project, world.project) &&
      (Object.keys(owner).length === 0 || isNamed(owner, world.domain))
    return isHere ? 'project' : { refusal: notFound('project') }
  }
  if (isRecord(domain)) {
    return isNamed(domain, world.domain) ? 'domain' : { refusal: notFound('domain') }
  }
  return 'unscoped'
}

/** By ID where there is one, else by name; by neither is by nothing. */
function isNamed(
  asked: Record<string, unknown>,
  thing: { readonly id: string; readonly name: string },
): boolean {
  const id = text(asked['id'])
  return id === '' ? text(asked['name']) === thing.name : id === thing.id
}

function notFound(what: string): Answer {
  return iamRefuse(401, 'Unauthorized', `The ${what} of the scope was not found.`)
}

/** The name of a domain that is given by ID or by name; null: not given. An unknown ID stands for itself. */
function domainNamed(world: World, domain: Record<string, unknown>): string | null {
  const id = text(domain['id'])
  if (id === '') return text(domain['name']) || null
  const names = [world.domain.name, ...world.auth.users.map((user) => user.domain)]
  return names.find((name) => domainId(world, name) === id) ?? id
}

export function domainId(world: World, name: string): string {
  return name === world.domain.name ? world.domain.id : chanceHex(32, 0, 'domain', name)
}

export function userId(
  world: World,
  { name, domain }: { readonly name: string; readonly domain: string },
): string {
  return chanceHex(32, 0, 'user', domainId(world, domain), name)
}

const BAD_BODY = iamRefuse(400, 'Bad Request', 'The request body is invalid')

/** An empty one for whatever is none. */
export function child(tree: unknown, key: string): Record<string, unknown> {
  const value = isRecord(tree) ? tree[key] : undefined
  return isRecord(value) ? value : {}
}

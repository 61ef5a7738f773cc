import { iamRefuse, isRecord, ok, type Answer } from './answers.ts'
import { withToken } from './auth.ts'
import { newId, reading, type Handler } from './call.ts'
import { text } from './fields.ts'
import type { World } from './state.ts'

/** `POST /v3/auth/tokens` with a password, scoped to the project by ID or by name. */
export const createToken: Handler = (world, { body, now, origin }) => {
  const auth = record(record(body)['auth'])
  const user = record(record(record(auth['identity'])['password'])['user'])
  const refusal = checkUser(world, user) ?? checkScope(world, record(auth['scope']))
  if (refusal !== null) return [world, refusal]
  const [withId, id] = newId(world, 'token')
  const token = `MIIsimulated${id.replaceAll('-', '')}`
  const expiresAt = now + world.limits.tokenTtlMs
  const answer: Answer = {
    status: 201,
    headers: { 'x-subject-token': token },
    data: {
      token: {
        methods: ['password'],
        issued_at: micros(now),
        expires_at: micros(expiresAt),
        project: {
          id: world.project.id,
          name: world.project.name,
          domain: world.domain,
        },
        user: { id: world.domain.id, name: text(user['name']), domain: world.domain },
        roles: [{ id: '0', name: 'te_admin' }],
        catalog: catalogue(world, origin),
      },
    },
  }
  return [withToken(withId, token, expiresAt), answer]
}

function checkUser(world: World, user: Record<string, unknown>): Answer | null {
  const name = text(user['name'])
  const password = text(user['password'])
  if (name === '' || password === '') {
    return iamRefuse(400, 'Bad Request', 'The request body is invalid')
  }
  const domain = text(record(user['domain'])['name'])
  const { users } = world.auth
  const known = users.some(
    (each) => each.name === name && each.password === password && each.domain === domain,
  )
  return users.length === 0 || known
    ? null
    : iamRefuse(401, 'Unauthorized', 'The username or password is wrong.')
}

function checkScope(world: World, scope: Record<string, unknown>): Answer | null {
  const project = record(scope['project'])
  const wrong =
    (text(project['id']) !== '' && project['id'] !== world.project.id) ||
    (text(project['name']) !== '' && project['name'] !== world.project.name)
  return wrong ? iamRefuse(401, 'Unauthorized', 'The project of the scope was not found.') : null
}

/** One origin serves everything here, so all endpoints look alike. */
function catalogue(world: World, origin: string): object[] {
  const endpoint = (url: string): object[] => [
    {
      id: `${world.region}-public`,
      interface: 'public',
      region: world.region,
      region_id: world.region,
      url,
    },
  ]
  const inProject = endpoint(`${origin}/v1/${world.project.id}`)
  return [
    { id: 'sdrs', type: 'sdrs', name: 'sdrs', endpoints: inProject },
    { id: 'ecs', type: 'ecs', name: 'ecs', endpoints: inProject },
    { id: 'vpc', type: 'vpc', name: 'vpc', endpoints: endpoint(`${origin}/v1`) },
    {
      id: 'evs',
      type: 'evs',
      name: 'evs',
      endpoints: endpoint(`${origin}/v2/${world.project.id}`),
    },
    { id: 'iam', type: 'identity', name: 'iam', endpoints: endpoint(`${origin}/v3`) },
  ]
}

/** `GET /v3/projects?name=…` and `GET /v3/auth/projects`. */
export const listProjects: Handler = reading((world, { query }) => {
  const name = query.get('name') ?? ''
  const matches = name === '' || name === world.project.name
  const project = {
    ...world.project,
    domain_id: world.domain.id,
    parent_id: world.domain.id,
    enabled: true,
    is_domain: false,
    description: '',
    links: {},
  }
  return ok({ projects: matches ? [project] : [], links: { next: null, previous: null } })
})

/** OpenStack clients ask which identity versions there are before they sign in. */
export const showIdentityVersions: Handler = reading((_world, { origin }) =>
  ok({ version: identityVersion(origin) }),
)

export function identityVersion(origin: string): object {
  return {
    id: 'v3.6',
    status: 'stable',
    updated: '2016-04-04T00:00:00Z',
    links: [{ rel: 'self', href: `${origin}/v3/` }],
    'media-types': [
      { base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' },
    ],
  }
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

function micros(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z')
}

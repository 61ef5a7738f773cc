import { iamRefuse, ok } from './answers.ts'
import { reading, type Handler } from './call.ts'
import type { World } from './state.ts'

/** `GET /v3/projects?name=…&domain_id=…`: both compared as they are. */
export const listProjects: Handler = reading((world, { query }) => {
  const name = query.get('name') ?? ''
  const domainId = query.get('domain_id') ?? ''
  const matches =
    (name === '' || name === world.project.name) &&
    (domainId === '' || domainId === world.domain.id) &&
    query.get('enabled') !== 'false'
  return ok({ projects: matches ? [projectOnWire(world)] : [], links: NO_MORE })
})

/** `GET /v3/projects/{id}`. */
export const showProject: Handler = reading((world, { id }) =>
  id === world.project.id
    ? ok({ project: projectOnWire(world) })
    : iamRefuse(404, 'Not Found', 'Could not find the project.'),
)

/** `GET /v3/auth/projects`: those that a token can be scoped to. */
export const listAuthProjects: Handler = reading((world) =>
  ok({ projects: [projectOnWire(world)], links: NO_MORE }),
)

/** `GET /v3/auth/domains?name=…`. */
export const listAuthDomains: Handler = reading((world, { query }) => {
  const name = query.get('name') ?? ''
  const domain = { ...world.domain, enabled: true, description: '', links: {} }
  return ok({ domains: name === '' || name === domain.name ? [domain] : [], links: NO_MORE })
})

/** `GET /v3/auth/catalog`: what clients with an access key read, who never get a token. */
export const showCatalogue: Handler = reading((world, { origin }) =>
  ok({ catalog: catalogueOf(world, origin), links: NO_MORE }),
)

const NO_MORE = { self: null, next: null, previous: null }

function projectOnWire(world: World): object {
  return {
    ...world.project,
    domain_id: world.domain.id,
    parent_id: world.domain.id,
    enabled: true,
    is_domain: false,
    description: '',
    links: {},
  }
}

/** One origin serves everything here, so all endpoints look alike. */
export function catalogueOf(world: World, origin: string): object[] {
  const { id } = world.project
  const entry = (type: string, name: string, url: string): object => ({
    id: type,
    type,
    name,
    endpoints: [
      {
        id: `${world.region}-${type}-public`,
        interface: 'public',
        region: world.region,
        region_id: world.region,
        url,
      },
    ],
  })
  return [
    entry('sdrs', 'sdrs', `${origin}/v1/${id}`),
    entry('ecs', 'ecs', `${origin}/v1/${id}`),
    entry('vpc', 'vpc', `${origin}/v1`),
    entry('evs', 'evs', `${origin}/v2/${id}`),
    // The Terraform provider of Open Telekom Cloud finds SDRS beside this one, and not by its own entry.
    entry('volumev2', 'evs', `${origin}/v2/${id}`),
    entry('identity', 'iam', `${origin}/v3`),
  ]
}

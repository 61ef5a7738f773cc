import { ok, type Answer } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { listOfServers, serverBy } from './server-list.ts'
import { serverOnWire } from './server-wire.ts'
import type { Limits, World } from './state.ts'

const MOST_PER_PAGE = 1000
/** Huawei Cloud takes so many IDs in `server_id`. */
const MOST_IDS = 100

/** A page by its number, from 1; 0 is the first as well. Null: the request cannot be read. */
export function serverPageOf(
  query: URLSearchParams,
  { mostPerPage }: Pick<Limits, 'mostPerPage'>,
): { readonly limit: number; readonly page: number } | null {
  const limit = whole(query.get('limit'), 25)
  const page = whole(query.get('offset'), 1)
  if (limit < 1 || limit > MOST_PER_PAGE || page < 0) return null
  return { limit: Math.min(limit, mostPerPage ?? limit), page: Math.max(page, 1) }
}

/** `offset` is a page number here, unlike in SDRS; a `marker`, the last ID seen, wins over it. */
export const listServers: Handler = reading((world, { query, now }) => {
  const ids = (query.get('server_id') ?? '').split(',').filter((id) => id !== '')
  if (ids.length > 0 && world.limits.dialect === 'huawei') return serversById(world, ids, now)
  const asked = serverPageOf(query, world.limits)
  if (asked === null) return badRequest()
  const { limit, page } = asked
  const list = listOfServers(world, query.get('name') ?? '', now)
  const marker = query.get('marker') ?? ''
  const after = marker === '' ? null : list.placeOf(marker)
  if (after === -1) return badRequest()
  const from = after === null ? (page - 1) * limit : after + 1
  return ok({
    count: list.length,
    servers: list.slice(from, from + limit).map((each) => serverOnWire(each, world.project.id)),
  })
})

function serversById(world: World, ids: readonly string[], now: number): Answer {
  if (ids.length > MOST_IDS) return badRequest()
  const servers = ids.map((id) => {
    const server = serverBy(world, id, now)
    return server === null ? { id, fault: NO_SUCH_SERVER } : serverOnWire(server, world.project.id)
  })
  return ok({ count: servers.length, servers })
}

export const showServer: Handler = reading((world, { id, now }) => {
  const server = serverBy(world, id, now)
  return server === null
    ? { status: 404, data: { itemNotFound: NO_SUCH_SERVER } }
    : ok({ server: serverOnWire(server, world.project.id) })
})

const NO_SUCH_SERVER = { message: 'Instance could not be found.', code: 'Ecs.0114' }

function badRequest(): Answer {
  return {
    status: 400,
    data: { badRequest: { message: 'Invalid request parameters.', code: 'Ecs.0005' } },
  }
}

function whole(text: string | null, otherwise: number): number {
  if (text === null || text === '') return otherwise
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : -1
}

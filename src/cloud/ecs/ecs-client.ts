import { serverKey } from '../../keys.ts'
import { unreadable, type Reads } from '../reads.ts'
import { flavorListSchema, serverListSchema, type Flavor, type Server } from './ecs-schema.ts'
import { readNumberedPages, type Place } from './server-pages.ts'

/** What is read of ECS. All reject with ApiError only. */
export interface EcsClient {
  /**
   * All servers of the project, DR servers included. `expected`: IDs that had better be among them; a list of
   * several pages that lacks one is read twice, since a server deleted meanwhile shifts others out of sight.
   */
  listServers(
    signal?: AbortSignal,
    more?: {
      readonly expected?: readonly string[]
      /** Hears of each page how many have been read. */
      readonly onRead?: (servers: number) => void
    },
  ): Promise<Server[]>
  /** All flavors, of all zones. */
  listFlavors(signal?: AbortSignal): Promise<Flavor[]>
}

/** The most that `limit` takes. */
const PAGE = 1_000

export function createEcsClient(reads: Reads): EcsClient {
  const service = 'ecs'
  return {
    async listServers(signal, { expected = [], onRead } = {}) {
      const operation = 'listServers'
      let read = 0
      const servers = await readNumberedPages({
        pageSize: PAGE,
        async ask(place) {
          const path = `cloudservers/detail?limit=${PAGE}&${queryOf(place)}`
          const answer = await reads.get(
            { service, operation, path, schema: serverListSchema },
            signal,
          )
          read += answer.servers.length
          onRead?.(read)
          return { items: answer.servers, count: answer.count }
        },
        mayLack(found) {
          const known = new Set([...found.keys()].map(serverKey))
          return expected.some((id) => !known.has(serverKey(id)))
        },
        endless: () =>
          unreadable(operation, 'the pages of the list do not end, or do not fit together'),
      })
      return withoutEmptyTelling(servers)
    },
    listFlavors(signal) {
      const path = 'cloudservers/flavors'
      return reads.get(
        { service, operation: 'listFlavors', path, schema: flavorListSchema },
        signal,
      )
    },
  }
}

/** A service that tells of no server at all which disk it boots from does not tell it: its nulls say nothing. */
function withoutEmptyTelling(servers: Server[]): Server[] {
  if (servers.some(({ volumes }) => volumes?.some(({ isSystem }) => isSystem === true) === true)) {
    return servers
  }
  return servers.map((server) => ({
    ...server,
    volumes: server.volumes?.map(({ id }) => ({ id, isSystem: null })) ?? null,
  }))
}

function queryOf(place: Place): string {
  return 'page' in place ? `offset=${place.page}` : `marker=${encodeURIComponent(place.marker)}`
}

import type { HttpResponse } from '../cloud/transport.ts'
import { isRecord } from './answers.ts'
import { revokeTokens } from './auth.ts'
import { logItems } from './log.ts'
import { pathOf } from './route.ts'
import type { World } from './state.ts'
import { saveWorld } from './world-file.ts'

interface Page {
  readonly world: World
  readonly response: HttpResponse
}

/**
 * What no cloud has: a look behind the scenes, for tests and the curious. Null: not one of these.
 * `GET /_simulator/world`, `GET /_simulator/ledger`, `GET /_simulator/group-ledger`,
 * `GET /_simulator/requests` (counts by operation), `POST /_simulator/tokens/revoke` (all issued tokens, or `{"token": "…"}`).
 */
export function servePage(world: World, method: string, url: string, body: string): Page | null {
  switch (`${method} ${pathOf(url)}`) {
    case 'GET /_simulator/world':
      return show(world, saveWorld(world))
    case 'GET /_simulator/ledger':
      return show(world, logItems(world.ledger))
    case 'GET /_simulator/group-ledger':
      return show(world, logItems(world.groupLedger))
    case 'GET /_simulator/requests':
      return show(world, world.counters)
    case 'POST /_simulator/tokens/revoke': {
      const token = tokenIn(body)
      return show(token === null ? revokeTokens(world) : revokeTokens(world, token), {
        revoked: true,
      })
    }
    default:
      return null
  }
}

function show(world: World, data: unknown): Page {
  return {
    world,
    response: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: `${JSON.stringify(data, null, 2)}\n`,
    },
  }
}

function tokenIn(body: string): string | null {
  try {
    const json: unknown = JSON.parse(body)
    const token = isRecord(json) ? json['token'] : undefined
    return typeof token === 'string' ? token : null
  } catch {
    return null
  }
}

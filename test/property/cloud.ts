import type { Clock } from '../../src/clock.ts'
import { TransportError, type HttpRequest, type HttpResponse } from '../../src/cloud/transport.ts'
import { chance } from '../../src/simulator/chance.ts'
import { exchange, type Delivery } from '../../src/simulator/exchange.ts'
import { noFaults, type FaultPlan } from '../../src/simulator/fault-plan.ts'
import { routeOf, type Operation } from '../../src/simulator/route.ts'
import { serverKey, type World } from '../../src/simulator/state.ts'
import { tableOf } from '../../src/simulator/table.ts'

/** One request as an onlooker between the tool and the cloud sees it. */
export interface Sighting {
  /** Which run sent it, from 1. */
  readonly run: number
  readonly operation: Operation
  /** Whose create this is, by `serverKey`; null for every other request. */
  readonly server: string | null
  /** The ID of the one thing that it asks for, such as a job's; '' for all else. */
  readonly subject: string
  readonly sentAt: number
  /** Null while it is on its way, and for good if its connection never opened. */
  arrivedAt: number | null
  /** When the sender learnt its end; null if it never did. */
  endedAt: number | null
  /** A status, or what happened instead. */
  answer: string
  /** A create that the world carried out. */
  accepted: boolean
  /** The list that this answers was read whole by the sender. */
  readable: boolean
  /** Instances, by ID, that its answer shows in use, none of their parts missing. */
  healthy: readonly string[]
}

export interface Weather {
  readonly faults: FaultPlan
  /** The share of requests whose connection never opens. */
  readonly unreachable: number
}

export const FAIR: Weather = { faults: noFaults, unreachable: 0 }

/**
 * The simulated cloud with a wire in front: requests need time to arrive, and what is on the wire
 * arrives even if its sender has died or hung up meanwhile, as with a real network.
 */
export interface Cloud {
  readonly sightings: readonly Sighting[]
  world(): World
  weather(next: Weather): void
  /** What somebody else does there. */
  change(by: (world: World) => World): void
  /** Rejects with TransportError, as a transport does.  */
  send(request: HttpRequest, run: number, hooks: SendHooks): Promise<HttpResponse>
}

interface SendHooks {
  /** It leaves the sender. */
  readonly onSent: (sighting: Sighting) => void
  /** The world has dealt with it; nothing of that has come back yet. */
  readonly onCarriedOut: (sighting: Sighting) => void
}

export function openCloud(options: {
  readonly world: World
  readonly clock: Clock
  readonly latencyMs: number
  /**
   * A service that lacks SDRS.1305: it would create a second instance for a server. The tool must
   * not lean on that refusal as long as the list lags less than it looks.
   */
  readonly forgetful: boolean
}): Cloud {
  const { clock } = options
  let { world } = options
  let weather = FAIR
  const sightings: Sighting[] = []

  function arrive(request: HttpRequest, sighting: Sighting): Delivery {
    sighting.arrivedAt = clock.now()
    const before = world.ledger.length
    const result = exchange(
      world,
      {
        method: request.method,
        url: request.url,
        headers: { ...request.headers, host: 'sdrs.test' },
        body: request.body ?? '',
      },
      clock.now(),
      weather.faults,
    )
    sighting.accepted = sighting.server !== null && result.world.ledger.length > before
    world = options.forgetful ? { ...result.world, serverUse: tableOf() } : result.world
    return result.delivery
  }

  async function travel(
    request: HttpRequest,
    sighting: Sighting,
    hooks: SendHooks,
  ): Promise<HttpResponse> {
    const deadline = clock.now() + request.timeoutMs
    const isLost = chance(world.seed, 'unreachable', sightings.length) < weather.unreachable
    await clock.sleep(options.latencyMs / 2)
    if (isLost) throw new TransportError('not-sent', 'connection refused', 'ECONNREFUSED')
    const delivery = arrive(request, sighting)
    hooks.onCarriedOut(sighting)
    await clock.sleep(options.latencyMs / 2)
    if (delivery.kind === 'reset') {
      throw new TransportError('reset', 'the connection was reset', 'ECONNRESET')
    }
    const at = delivery.kind === 'hang' ? Infinity : clock.now() + delivery.delayMs
    await clock.sleep(Math.min(at, deadline) - clock.now())
    if (delivery.kind === 'hang' || at > deadline) {
      throw new TransportError('timeout', 'no answer in time', 'UND_ERR_HEADERS_TIMEOUT')
    }
    return delivery.response
  }

  return {
    sightings,
    world: () => world,
    weather(next) {
      weather = next
    },
    change(by) {
      world = by(world)
    },
    async send(request, run, hooks) {
      const { operation, id } = routeOf({ ...request, body: request.body ?? '' })
      const sighting: Sighting = {
        run,
        operation,
        server: operation === 'createProtectedInstance' ? serverOf(request.body ?? '') : null,
        subject: id,
        sentAt: clock.now(),
        arrivedAt: null,
        endedAt: null,
        answer: 'no answer',
        accepted: false,
        readable: false,
        healthy: [],
      }
      sightings.push(sighting)
      hooks.onSent(sighting)
      try {
        const response = await orAborted(travel(request, sighting, hooks), request.signal)
        sighting.answer = describe(response)
        const shown = response.status === 200 ? parse(response.body) : null
        sighting.readable = shown !== null && !('unexpected' in shown)
        sighting.healthy = healthyIn(shown)
        return response
      } catch (error) {
        sighting.answer = error instanceof TransportError ? error.failure : String(error)
        throw error
      } finally {
        sighting.endedAt = clock.now()
      }
    },
  }
}

function serverOf(body: string): string {
  const wire = JSON.parse(body) as { protected_instance: { server_id: string } }
  return serverKey(wire.protected_instance.server_id)
}

/** The status, and the service's code if it says one. */
function describe({ status, body }: HttpResponse): string {
  const code = /"(?:error_)?code":\s*"([^"]+)"/.exec(status >= 400 ? body : '')?.[1]
  return code === undefined ? String(status) : `${status} ${code}`
}

function parse(body: string): object | null {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' ? parsed : null
  } catch {
    return null
  }
}

const HEALTHY: readonly unknown[] = ['available', 'protected']

function healthyIn(shown: object | null): string[] {
  if (shown === null) return []
  const { protected_instance: one, protected_instances: many } = shown as {
    readonly protected_instance?: unknown
    readonly protected_instances?: unknown
  }
  const all = Array.isArray(many) ? (many as unknown[]) : [one]
  return all.flatMap((each) => {
    if (typeof each !== 'object' || each === null) return []
    const { id, status } = each as { readonly id?: unknown; readonly status?: unknown }
    return typeof id === 'string' && HEALTHY.includes(status) ? [id] : []
  })
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(new TransportError('aborted', 'the request was aborted', 'ABORT_ERR'))
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

import type { Clock, Random } from '../clock.ts'
import {
  TransportError,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from '../cloud/transport.ts'
import { exchange } from './exchange.ts'
import { noFaults, type FaultPlan } from './fault-plan.ts'
import { applyFaultPlan } from './fault-world.ts'
import type { Operation, SimulatorRequest } from './route.ts'
import type { World } from './state.ts'

export interface SimulatorTransportOptions {
  readonly initial: World
  readonly faults?: FaultPlan
  readonly clock: Clock
  /** With it, latency varies by half around its value; without it every request takes the same time. */
  readonly random?: Random
  /** A request's way there and back; the world's own when absent. */
  readonly latencyMs?: number
  /** Called after each request that reached the world, before its answer is on its way; what it throws reaches the sender. */
  readonly onChange?: (world: World, operation: Operation) => void
}

export interface SimulatorTransport extends Transport {
  world(): World
}

/** The simulated cloud in this process, behind the same port as the real one. All waiting is `clock.sleep`. */
export function simulatorTransport(options: SimulatorTransportOptions): SimulatorTransport {
  const { clock, random } = options
  const plan = options.faults ?? noFaults
  let world = applyFaultPlan(options.initial, plan)

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const deadline = clock.now() + request.timeoutMs
    const latency =
      (options.latencyMs ?? world.limits.latencyMs) * (random === undefined ? 1 : 0.5 + random())
    await wait(latency / 2, deadline, request.signal)
    const result = exchange(world, toSimulator(request), clock.now(), plan)
    world = result.world
    options.onChange?.(world, result.operation)
    const { delivery } = result
    if (delivery.kind === 'reset') {
      await wait(latency / 2, deadline, request.signal)
      throw new TransportError('reset', 'the connection was reset', 'ECONNRESET')
    }
    // A hang is an answer that takes for ever: it ends at the deadline.
    const answered = delivery.kind === 'answer'
    await wait(answered ? latency / 2 + delivery.delayMs : Infinity, deadline, request.signal)
    if (!answered) throw timedOut()
    return delivery.response
  }

  async function wait(
    ms: number,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    stopIfAborted(signal)
    const left = deadline - clock.now()
    if (ms > 0) await clock.sleep(Math.min(ms, Math.max(0, left)), signal)
    stopIfAborted(signal)
    if (ms > left) throw timedOut()
  }

  return { send, world: () => world }
}

function timedOut(): TransportError {
  return new TransportError('timeout', 'no answer in time', 'UND_ERR_HEADERS_TIMEOUT')
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new TransportError('aborted', 'the request was aborted', 'ABORT_ERR')
}

function toSimulator(request: HttpRequest): SimulatorRequest {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value
  headers['host'] ??= /^[a-z]+:\/\/([^/?#]*)/i.exec(request.url)?.[1] ?? 'localhost'
  return { method: request.method, url: request.url, headers, body: request.body ?? '' }
}

import { exchange, type Delivery } from '../../src/simulator/exchange.ts'
import {
  loadFaultPlan,
  type FaultPlan,
  type FaultPlanInput,
} from '../../src/simulator/fault-plan.ts'
import { applyFaultPlan } from '../../src/simulator/fault-world.ts'
import type { SimulatorRequest } from '../../src/simulator/route.ts'
import type { World } from '../../src/simulator/state.ts'
import { Table } from '../../src/simulator/table.ts'
import { loadWorld } from '../../src/simulator/world-file.ts'
import { step } from '../../src/simulator/world.ts'

export const PROJECT = '0123456789abcdef0123456789abcdef'
export const NOW = Date.UTC(2026, 10, 1)
export const MINUTE = 60_000

/** The n-th server's ID. */
export function serverId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
}

/** Two groups, servers 1–6 in the first and 7–9 in the second, five-minute jobs. */
export function smallWorld(changes: Record<string, unknown> = {}): World {
  return loadWorld({
    limits: { jobTimeMs: 5 * MINUTE, otherJobTimeMs: MINUTE },
    groups: [
      { name: 'erp', id: 'group-erp' },
      { name: 'web', id: 'group-web' },
    ],
    servers: Array.from({ length: 9 }, (_, index) => ({
      id: serverId(index + 1),
      name: `server-${index + 1}`,
      group: index < 6 ? 'erp' : 'web',
      disks: 2,
    })),
    subnets: [{ id: 'net-1', cidr: '192.168.1.0/24' }],
    ...changes,
  })
}

export interface Asked {
  readonly world: World
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of many shapes by path
  readonly json: any
}

export function requestOf(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { 'x-auth-token': 'any' },
): SimulatorRequest {
  const isAbsolute = path.startsWith('/')
  return {
    method,
    url: `http://sdrs.test${isAbsolute ? path : `/v1/${PROJECT}/${path}`}`,
    headers: { host: 'sdrs.test', ...headers },
    body: body === undefined ? '' : JSON.stringify(body),
  }
}

/** One step on a deep-frozen world: whoever mutates its input throws. */
export function ask(...[world, ...asked]: Parameters<typeof askUnfrozen>): Asked {
  return askUnfrozen(deepFreeze(world), ...asked)
}

/** One step, without the freezing of `ask`, which goes through the whole world. */
export function askUnfrozen(
  world: World,
  method: string,
  path: string,
  body?: unknown,
  now = NOW,
  headers?: Record<string, string>,
): Asked {
  const [next, response] = step(world, requestOf(method, path, body, headers), now)
  return {
    world: next,
    status: response.status,
    headers: response.headers,
    body: response.body,
    json: response.body.startsWith('{') ? JSON.parse(response.body) : null,
  }
}

export interface Suffered extends Asked {
  readonly kind: Delivery['kind']
  readonly delayMs: number
}

/** The same under a fault plan. */
export function askUnder(
  faults: FaultPlan,
  world: World,
  method: string,
  path: string,
  body?: unknown,
  now = NOW,
): Suffered {
  const result = exchange(deepFreeze(world), requestOf(method, path, body), now, faults)
  const { delivery } = result
  const response =
    delivery.kind === 'answer' ? delivery.response : { status: 0, headers: {}, body: '' }
  return {
    ...response,
    world: result.world,
    kind: delivery.kind,
    delayMs: delivery.kind === 'answer' ? delivery.delayMs : 0,
    json: response.body.startsWith('{') ? JSON.parse(response.body) : null,
  }
}

/** The world, as the fault plan changes it when it opens. */
export function troubled(plan: FaultPlanInput, changes: Record<string, unknown> = {}): World {
  return applyFaultPlan(smallWorld(changes), loadFaultPlan(plan))
}

export function createBody(n: number, fields: Record<string, unknown> = {}): object {
  return {
    protected_instance: {
      server_group_id: n <= 6 ? 'group-erp' : 'group-web',
      server_id: serverId(n),
      name: `dr-${n}`,
      ...fields,
    },
  }
}

export function create(
  world: World,
  n: number,
  fields: Record<string, unknown> = {},
  now = NOW,
): Asked {
  return ask(world, 'POST', 'protected-instances', createBody(n, fields), now)
}

export function codeOf(asked: Asked): string {
  const { error, itemNotFound, error_code: ofGateway } = asked.json ?? {}
  return error?.code ?? itemNotFound?.code ?? ofGateway ?? `${asked.status}`
}

const frozen = new WeakSet()

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || frozen.has(value)) return value
  frozen.add(value)
  for (const each of Object.values(value)) deepFreeze(each)
  if (value instanceof Table) for (const each of value.values()) deepFreeze(each)
  return Object.freeze(value)
}

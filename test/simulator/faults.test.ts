import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { exchange } from '../../src/simulator/exchange.ts'
import {
  loadFaultPlan,
  type FaultPlan,
  type FaultPlanInput,
} from '../../src/simulator/fault-plan.ts'
import { harshFaults, mildFaults } from '../../src/simulator/fault-profiles.ts'
import { applyFaultPlan } from '../../src/simulator/fault-world.ts'
import { logItems } from '../../src/simulator/log.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import type { World } from '../../src/simulator/state.ts'
import { saveWorld, SimulatorFileError } from '../../src/simulator/world-file.ts'
import { createBody, deepFreeze, NOW, PROJECT, requestOf, serverId, smallWorld } from './ask.ts'

type Rules = NonNullable<FaultPlanInput['rules']>
const plan = (...rules: Rules): FaultPlan => loadFaultPlan({ rules })
const ON = 'createProtectedInstance'

/** What became of creates of these servers, one after the other. */
function fates(world: World, faults: FaultPlan, servers: readonly number[]) {
  let current = world
  const seen = servers.map((n) => {
    const result = exchange(
      deepFreeze(current),
      requestOf('POST', 'protected-instances', createBody(n)),
      NOW,
      faults,
    )
    current = result.world
    const { delivery } = result
    return delivery.kind === 'answer' ? delivery.response.status : delivery.kind
  })
  return { seen, world: current, created: logItems(current.ledger).map((entry) => entry.serverId) }
}

describe('rules', () => {
  test('the n-th request of an operation', () => {
    const { seen, created } = fates(
      smallWorld(),
      plan({ on: ON, nth: 2, do: { status: 409 } }),
      [1, 2, 2, 3],
    )
    expect(seen).toEqual([200, 409, 200, 200])
    expect(created).toEqual([1, 2, 3].map(serverId))
  })

  test('one server, the first time, by name or by ID', () => {
    for (const server of ['server-2', serverId(2), 'dr-2', 'ser*-2']) {
      const { seen } = fates(
        smallWorld(),
        plan({ on: ON, server, times: 1, do: { status: 503 } }),
        [1, 2, 2],
      )
      expect(seen).toEqual([200, 503, 200])
    }
  })

  test('each server once', () => {
    const { seen } = fates(
      smallWorld(),
      plan({ on: ON, timesPerServer: 1, do: { status: 429 } }),
      [1, 1, 2, 2],
    )
    expect(seen).toEqual([429, 200, 429, 200])
  })

  test('the first that matches decides, and the others still count', () => {
    const rules = plan(
      { on: ON, nth: 1, do: { status: 409 } },
      { on: ON, nth: 2, do: { status: 503 } },
    )
    expect(fates(smallWorld(), rules, [1, 2, 3]).seen).toEqual([409, 503, 200])
  })

  test('chance hangs on the server and its attempt, not on the order of arrival', () => {
    const faults = loadFaultPlan({
      seed: 3,
      rules: [{ on: ON, probability: 0.5, do: { status: 503 } }],
    })
    const forth = fates(smallWorld(), faults, [1, 2, 3, 4, 5, 6, 7, 8, 9]).seen
    const back = fates(smallWorld(), faults, [9, 8, 7, 6, 5, 4, 3, 2, 1]).seen
    expect(back.toReversed()).toEqual(forth)
    expect(new Set(forth)).toEqual(new Set([200, 503]))
  })
})

describe('effects', () => {
  const one = (effect: Rules[number]['do']) =>
    fates(smallWorld(), plan({ on: ON, do: effect }), [1])

  test.each([
    [{ reset: 'before' } as const, 'reset', 0],
    [{ reset: 'after' } as const, 'reset', 1],
    [{ hang: 'before' } as const, 'hang', 0],
    [{ hang: 'after' } as const, 'hang', 1],
    [{ status: 500 } as const, 500, 0],
    [{ status: 502, carriedOut: true } as const, 502, 1],
    [{ status: 504, carriedOut: true } as const, 504, 1],
    [{ status: 408, carriedOut: true } as const, 408, 1],
    [{ garbage: 'truncated' } as const, 200, 1],
    [{ slowMs: 100 } as const, 200, 1],
    [{ contentType: 'text/plain' } as const, 200, 1],
  ])('%o', (effect, fate, creates) => {
    const { seen, created, world } = one(effect)
    expect([seen, created.length, world.counters]).toEqual([[fate], creates, { [ON]: 1 }])
  })

  function answerOf(effect: Rules[number]['do']) {
    const { delivery } = exchange(
      smallWorld(),
      requestOf('POST', 'protected-instances', createBody(1)),
      NOW,
      plan({ on: ON, do: effect }),
    )
    if (delivery.kind !== 'answer') throw new Error(delivery.kind)
    return delivery.response
  }

  test('bodies come in every form that the cloud has', () => {
    const body = (form: 'error' | 'badRequest' | 'gateway' | 'iam') =>
      JSON.parse(answerOf({ status: 400, code: 'SDRS.1018', body: form, message: 'm' }).body)
    expect(body('error')).toEqual({ error: { code: 'SDRS.1018', message: 'm' } })
    expect(body('badRequest')).toEqual({ badRequest: { code: 'SDRS.1018', message: 'm' } })
    expect(body('gateway')).toMatchObject({ error_code: 'SDRS.1018', error_msg: 'm' })
    expect(body('iam')).toMatchObject({ error: { code: 400, message: 'm' } })
    expect(answerOf({ status: 503, body: 'html' })).toMatchObject({
      headers: { 'content-type': 'text/html' },
      body: expect.stringMatching(/^<html>/),
    })
    expect(answerOf({ status: 504, body: 'empty' }).body).toBe('')
    for (const garbage of ['html', 'truncated'] as const) {
      expect(() => JSON.parse(answerOf({ garbage }).body)).toThrow()
    }
    expect(answerOf({ garbage: 'empty' }).body).toBe('')
  })

  test('Retry-After in seconds and as a date', () => {
    expect(answerOf({ status: 503, retryAfter: 7 }).headers['retry-after']).toBe('7')
    expect(
      answerOf({ status: 503, retryAfter: 7, retryAfterAs: 'date' }).headers['retry-after'],
    ).toBe('Sun, 01 Nov 2026 00:00:07 GMT')
  })

  test('tokens are revoked from a request on', () => {
    const signIn = requestOf(
      'POST',
      '/v3/auth/tokens',
      {
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { name: 'a', password: 'b' } },
          },
          scope: { project: { id: PROJECT } },
        },
      },
      {},
    )
    const faults = plan({ on: 'listQuotas', nth: 2, do: { revokeTokens: true } })
    const signedIn = exchange(smallWorld(), signIn, NOW, faults)
    const { delivery } = signedIn
    const token =
      delivery.kind === 'answer' ? (delivery.response.headers['x-subject-token'] ?? '') : ''
    let { world } = signedIn
    const statuses = [1, 2, 3].map(() => {
      const result = exchange(
        world,
        requestOf('GET', 'sdrs/quotas', undefined, { 'x-auth-token': token }),
        NOW,
        faults,
      )
      ;({ world } = result)
      return result.delivery.kind === 'answer'
        ? result.delivery.response.status
        : result.delivery.kind
    })
    expect(statuses).toEqual([200, 401, 401])
  })
})

describe('plans', () => {
  test.each([
    [
      'a 409 that was carried out',
      { rules: [{ on: ON, do: { status: 409, carriedOut: true } }] },
      /408, 500, 502 and 504/,
    ],
    ['a misspelled key', { rules: [{ on: ON, nht: 3, do: { status: 409 } }] }, /nht/],
    [
      'a probability over 1',
      { rules: [{ on: ON, probability: 2, do: { status: 409 } }] },
      /rules\[0\]\.probability/,
    ],
    ['an unknown limit', { limits: { speed: 1 } }, /speed/],
    ['no object', [], /fault plan/],
  ])('%s is refused, with its place', (_what, json, message) => {
    expect(() => loadFaultPlan(json)).toThrow(SimulatorFileError)
    expect(() => loadFaultPlan(json)).toThrow(message)
  })

  test('change the world: limits, groups, failing jobs; applied again they change nothing', () => {
    const faults = loadFaultPlan({
      limits: { listLagMs: 500 },
      groups: [{ name: 'er*', parallel: 1 }],
      jobs: [{ server: 'server-2', errorCode: 'X.1', failReason: 'no' }],
    })
    const once = applyFaultPlan(smallWorld(), faults)
    const saved = saveWorld(once)
    expect(saved.limits.listLagMs).toBe(500)
    expect(saved.groups.map((group) => group.parallel)).toEqual([1, null])
    expect(
      saved.servers.flatMap((server) => (server.createFails === null ? [] : server.name)),
    ).toEqual(['server-2'])
    expect(saveWorld(applyFaultPlan(once, faults))).toEqual(saved)
  })

  test('mild: every create gets through within a few attempts', () => {
    const rows = Array.from({ length: 300 }, (_, n) => ({
      serverId: serverId(n),
      name: `s-${n}`,
      serverGroup: 'g',
      serverGroupId: 'g',
    }))
    const faults = mildFaults(5)
    let world = applyFaultPlan(seedWorld({ rows, projectId: PROJECT, now: NOW }), faults)
    const hit = new Set<number | string>()
    for (const row of rows) {
      for (
        let attempt = 0;
        world.ledger.length === 0 || logItems(world.ledger).at(-1)?.serverId !== row.serverId;
        attempt++
      ) {
        expect(attempt).toBeLessThan(12)
        const body = {
          protected_instance: { server_group_id: 'g', server_id: row.serverId, name: row.name },
        }
        const result = exchange(world, requestOf('POST', 'protected-instances', body), NOW, faults)
        ;({ world } = result)
        hit.add(
          result.delivery.kind === 'answer'
            ? result.delivery.response.status
            : result.delivery.kind,
        )
      }
    }
    expect([...hit]).toEqual(expect.arrayContaining([200, 400, 409, 429, 503, 'reset']))
    expect(saveWorld(world).servers.every((server) => server.createFails === null)).toBe(true)
  })

  test('harsh makes some jobs fail', () => {
    const rows = Array.from({ length: 300 }, (_, n) => ({
      serverId: serverId(n),
      name: `s-${n}`,
      serverGroup: 'g',
    }))
    const world = applyFaultPlan(seedWorld({ rows, projectId: PROJECT, now: NOW }), harshFaults(5))
    const failing = saveWorld(world).servers.filter((server) => server.createFails !== null)
    expect(failing.length).toBeGreaterThan(5)
    expect(failing.length).toBeLessThan(50)
  })

  test('the sample plan of the demo is one, and one job of its fails', () => {
    const json: unknown = JSON.parse(readFileSync('samples/demo-faults.json', 'utf8'))
    const csv = readFileSync('samples/servers.csv', 'utf8').trim().split('\n').slice(1)
    const rows = csv
      .map((line) => line.split(','))
      .map(([id = '', name = '']) => ({ serverId: id, name, serverGroup: 'g' }))
    const world = applyFaultPlan(
      seedWorld({ rows, projectId: PROJECT, now: NOW }),
      loadFaultPlan(json),
    )
    expect(saveWorld(world).servers.filter((server) => server.createFails !== null)).toHaveLength(1)
  })
})

import { describe, expect, test } from 'vitest'
import { TransportError, type HttpRequest } from '../../src/cloud/transport.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { createBody, NOW, requestOf, smallWorld } from './ask.ts'

const ON = 'createProtectedInstance'

function setUp(rules: NonNullable<FaultPlanInput['rules']> = [], limits: object = {}) {
  const clock = virtualClock(NOW)
  const transport = simulatorTransport({
    initial: smallWorld({ limits }),
    faults: loadFaultPlan({ rules }),
    clock,
  })
  const create = (n: number, more: Partial<HttpRequest> = {}) => {
    const { method, url, headers, body } = requestOf('POST', 'protected-instances', createBody(n))
    return transport.send({
      method: method as 'POST',
      url,
      headers,
      body,
      timeoutMs: 30_000,
      ...more,
    })
  }
  return { clock, transport, create }
}

const failureOf = async (sent: Promise<unknown>): Promise<string> => {
  try {
    await sent
    return 'answered'
  } catch (error) {
    return error instanceof TransportError ? error.failure : 'another error'
  }
}

describe('the in-process transport', () => {
  test('answers after the latency, having acted half-way', async () => {
    const { clock, transport, create } = setUp([], { latencyMs: 100 })
    const response = await clock.run(create(1))
    expect([response.status, clock.now()]).toEqual([200, NOW + 100])
    expect(transport.world().ledger.chunks[0]?.[0]?.at).toBe(NOW + 50)
  })

  test.each([
    [{ reset: 'before' } as const, 'reset', 0, 0],
    [{ reset: 'after' } as const, 'reset', 0, 1],
    [{ hang: 'before' } as const, 'timeout', 30_000, 0],
    [{ hang: 'after' } as const, 'timeout', 30_000, 1],
    [{ slowMs: 40_000 } as const, 'timeout', 30_000, 1],
    [{ slowMs: 20_000 } as const, 'answered', 20_000, 1],
  ])('%o', async (effect, failure, waited, creates) => {
    const { clock, transport, create } = setUp([{ on: ON, do: effect }])
    expect(await clock.run(failureOf(create(1)))).toBe(failure)
    expect([clock.now() - NOW, transport.world().ledger.length]).toEqual([waited, creates])
  })

  test('an abort ends the waiting, not what was carried out', async () => {
    const { clock, transport, create } = setUp([{ on: ON, do: { hang: 'after' } }])
    const stop = new AbortController()
    const sent = failureOf(create(1, { signal: stop.signal }))
    await clock.run(clock.sleep(1000).then(() => stop.abort()))
    expect(await clock.run(sent)).toBe('aborted')
    expect([clock.now() - NOW, transport.world().ledger.length]).toEqual([1000, 1])
    expect(await failureOf(create(2, { signal: stop.signal }))).toBe('aborted')
    expect(transport.world().ledger.length).toBe(1)
  })

  test('every world is shown before its answer leaves', async () => {
    const clock = virtualClock(NOW)
    const seen: [string, number][] = []
    const transport = simulatorTransport({
      initial: smallWorld(),
      clock,
      onChange: (world, operation) => seen.push([operation, world.ledger.length]),
    })
    const { url, headers, body } = requestOf('POST', 'protected-instances', createBody(1))
    await transport.send({ method: 'POST', url, headers, body, timeoutMs: 1000 })
    expect(seen).toEqual([[ON, 1]])
  })
})

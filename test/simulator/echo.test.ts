import { expect, test } from 'vitest'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { askUnder, codeOf, create, createBody, MINUTE, NOW, smallWorld } from './ask.ts'

type Effect = NonNullable<FaultPlanInput['rules']>[number]['do']

function second(effect: Effect, n: number, now: number): string {
  const faults = loadFaultPlan({ rules: [{ on: 'createProtectedInstance', do: effect }] })
  const first = askUnder(faults, smallWorld(), 'POST', 'protected-instances', createBody(1))
  expect(first.status).toBe(200)
  const again = askUnder(faults, first.world, 'POST', 'protected-instances', createBody(n), now)
  expect(again.world.ledger.length).toBe(again.status === 200 ? 2 : 1)
  return again.status === 200 ? '200' : codeOf(again)
}

test.each(['SDRS.1334', 'SDRS.1811', 'SDRS.1358', 'SDRS.0306'])(
  '%s while the first create is under way, then SDRS.1305',
  (code) => {
    const READY = NOW + 5 * MINUTE
    expect(second({ echo: code }, 1, READY - 1)).toBe(code)
    expect(second({ echo: code }, 1, READY)).toBe('SDRS.1305')
    expect(second({ echo: code, while: 'alive' }, 1, READY)).toBe(code)
  },
)

test('another server is not refused, nor one whose create left nothing', () => {
  expect(second({ echo: 'SDRS.1334' }, 2, NOW)).toBe('200')
  expect(second({ echo: 'SDRS.1334', while: 'alive' }, 7, NOW)).toBe('200')
})

test('a create that is no echo does not use the rule up', () => {
  const faults = loadFaultPlan({
    rules: [{ on: 'createProtectedInstance', times: 1, do: { echo: 'SDRS.1811' } }],
  })
  const { world } = create(smallWorld(), 1)
  const other = askUnder(faults, world, 'POST', 'protected-instances', createBody(2))
  const echo = askUnder(faults, other.world, 'POST', 'protected-instances', createBody(1))
  const plain = askUnder(faults, echo.world, 'POST', 'protected-instances', createBody(1))
  expect([other.status, codeOf(echo), codeOf(plain)]).toEqual([200, 'SDRS.1811', 'SDRS.1305'])
})

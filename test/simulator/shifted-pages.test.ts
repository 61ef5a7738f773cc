import { describe, expect, test } from 'vitest'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import type { World } from '../../src/simulator/state.ts'
import { ask, askUnder, create, MINUTE, NOW, smallWorld } from './ask.ts'

type Effect = NonNullable<FaultPlanInput['rules']>[number]['do']
const READY = NOW + 5 * MINUTE

function worldOfNine(changes: Record<string, unknown> = {}): World {
  let world = smallWorld(changes)
  for (let n = 1; n <= 9; n++) ({ world } = create(world, n))
  return world
}

/** One walk through a list, four items a page, under one fault that strikes once. */
function walk(effect: Effect, start = worldOfNine(), times: number | null = 1) {
  const faults = loadFaultPlan({
    rules: [{ on: 'listProtectedInstances', do: effect, ...(times === null ? {} : { times }) }],
  })
  let world = start
  const pages = [0, 4, 8].map((offset) => {
    const path = `protected-instances?limit=4&offset=${offset}`
    const asked = askUnder(faults, world, 'GET', path, undefined, READY)
    ;({ world } = asked)
    return asked.json.protected_instances.map(({ name }: { name: string }) => name).join(' ')
  })
  return { pages, world }
}

describe('an item deleted between two pages', () => {
  test('a walk by offset misses one that is there', () => {
    const { pages, world } = walk({ deleteBetweenPages: 'server-3' })
    expect(pages).toEqual(['dr-1 dr-2 dr-3 dr-4', 'dr-6 dr-7 dr-8 dr-9', ''])
    const { json } = ask(world, 'GET', 'protected-instances', undefined, READY)
    expect(json.count).toBe(8)
    // Somebody else did it: no act of ours, and the server is free again.
    expect(world.ledger.length).toBe(9)
    expect(create(world, 3, {}, READY).status).toBe(200)
  })

  test('also in a list that lags', () => {
    const { pages } = walk(
      { deleteBetweenPages: 'server-1' },
      worldOfNine({ limits: { listLagMs: MINUTE, jobTimeMs: MINUTE } }),
    )
    expect(pages).toEqual(['dr-1 dr-2 dr-3 dr-4', 'dr-6 dr-7 dr-8 dr-9', ''])
  })

  test('nobody whom the glob does not name is deleted', () => {
    const { pages } = walk({ deleteBetweenPages: 'server-9' })
    expect(pages).toEqual(['dr-1 dr-2 dr-3 dr-4', 'dr-5 dr-6 dr-7 dr-8', 'dr-9'])
  })
})

test('a service may give less a page than it is asked for', () => {
  const world = worldOfNine({ limits: { mostPerPage: 4, jobTimeMs: 5 * MINUTE } })
  const page = (query: string) =>
    ask(world, 'GET', `protected-instances?${query}`, undefined, READY).json
  expect(page('limit=999').protected_instances).toHaveLength(4)
  expect(page('offset=4&limit=3').protected_instances).toHaveLength(3)
  expect(page('limit=999&offset=8')).toMatchObject({
    count: 9,
    protected_instances: [{ name: 'dr-9' }],
  })
  const faults = loadFaultPlan({ rules: [{ on: '*', do: { repeatPage: 'previous' } }] })
  const path = 'protected-instances?limit=999&offset=8'
  const again = askUnder(faults, world, 'GET', path, undefined, READY).json.protected_instances
  expect(again.map(({ name }: { name: string }) => name)).toEqual(['dr-5', 'dr-6', 'dr-7', 'dr-8'])
})

test('a page comes again', () => {
  const first = 'dr-1 dr-2 dr-3 dr-4'
  expect(walk({ repeatPage: 'previous' }).pages).toEqual([first, first, 'dr-9'])
  const endless = walk({ repeatPage: 'first' }, worldOfNine(), null)
  expect(endless.pages).toEqual([first, first, first])
  expect(walk({ repeatPage: 'previous' }, worldOfNine(), null).pages).toEqual([
    first,
    first,
    'dr-5 dr-6 dr-7 dr-8',
  ])
})

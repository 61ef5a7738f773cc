import { afterEach, describe, expect, test, vi } from 'vitest'
import type { SeedRow } from '../../src/simulator/seed.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import { settle } from '../../src/simulator/settle.ts'
import type { World } from '../../src/simulator/state.ts'
import { Table } from '../../src/simulator/table.ts'
import { makeRows } from '../support/rollout.ts'
import { askUnfrozen, MINUTE, NOW, PROJECT, serverId } from './ask.ts'

/**
 * What a request looks at, counted, in a small world and in one ten times as large: whatever costs the same in both
 * is linear in a rollout. No time is measured.
 */
const SMALL = 120
const LARGE = 10 * SMALL
const PER_GROUP = 10
const PAGE = 20

let visits = 0

/** From here on each record that a table hands out counts. */
function count(): void {
  visits = 0
  const { get, has } = Table.prototype
  vi.spyOn(Table.prototype, 'get').mockImplementation(function (this: Table<unknown>, key) {
    visits += 1
    return get.call(this, key)
  })
  vi.spyOn(Table.prototype, 'has').mockImplementation(function (this: Table<unknown>, key) {
    visits += 1
    return has.call(this, key)
  })
  for (const walk of ['keys', 'values', 'find', 'some', 'reduce', 'map'] as const) {
    const all: (...args: never[]) => unknown = Table.prototype[walk]
    vi.spyOn(Table.prototype, walk).mockImplementation(function (
      this: Table<unknown>,
      ...args: never[]
    ) {
      visits += this.size
      return all.apply(this, args) as never
    })
  }
}

afterEach(() => {
  vi.restoreAllMocks()
})

function rowsOf(servers: number): readonly SeedRow[] {
  return makeRows(servers, servers / PER_GROUP)
}

/** Half of the servers are protected, with a quota that has to be counted. */
function worldOf(servers: number): World {
  let world = seedWorld({
    rows: rowsOf(servers),
    projectId: PROJECT,
    now: NOW,
    limits: { pairQuota: 1_000_000, jobTimeMs: { min: MINUTE, max: MINUTE } },
    seed: 1,
  })
  for (let number = 1; number <= servers / 2; number += 1) world = created(world, number, NOW)
  return world
}

function created(world: World, number: number, at: number): World {
  const key = serverId(number).replaceAll('-', '')
  const group = world.groupNames.get(groupOf(world, number)) ?? ''
  const answer = askUnfrozen(
    world,
    'POST',
    'protected-instances',
    {
      protected_instance: {
        server_group_id: group,
        server_id: serverId(number),
        name: `server-${number}`,
      },
    },
    at,
  )
  expect(answer.status, `${key}: ${answer.body}`).toBe(200)
  return answer.world
}

function groupOf(world: World, number: number): string {
  return `g${((number - 1) % world.groups.size) + 1}`
}

const LATER = NOW + 10 * MINUTE

/** Everything that a reader of all pages looks at, for each item. */
function perItem(world: World, path: (page: number) => string, list: string): number {
  let items = 0
  count()
  for (let page = 0; ; page += 1) {
    const { json } = askUnfrozen(world, 'GET', path(page), undefined, LATER + page)
    items += json[list].length
    if (json[list].length < PAGE) break
  }
  vi.restoreAllMocks()
  return visits / items
}

const [small, large] = [worldOf(SMALL), worldOf(LARGE)]

describe('a walk through all pages looks at each item as often among ten times as many', () => {
  test.each([
    [
      'listServers',
      'servers',
      (page: number) => `/v1/${PROJECT}/cloudservers/detail?limit=${PAGE}&offset=${page + 1}`,
    ],
    [
      'listVolumes',
      'volumes',
      (page: number) => `/v2/${PROJECT}/cloudvolumes/detail?limit=${PAGE}&offset=${page * PAGE}`,
    ],
    [
      'listProtectedInstances',
      'protected_instances',
      (page: number) => `protected-instances?limit=${PAGE}&offset=${page * PAGE}`,
    ],
  ] as const)('%s', (_, list, path) => {
    const [few, many] = [perItem(small, path, list), perItem(large, path, list)]
    expect(few).toBeGreaterThan(0.5)
    expect(many).toBeLessThan(1.2 * few)
  })
})

/** What one request looks at, after one like it has. */
function perCall(world: World, request: (world: World) => World): number {
  const before = request(world)
  count()
  request(before)
  vi.restoreAllMocks()
  return visits
}

const CALLS = {
  create: (world: World) => created(world, firstFree(world), LATER),
  showJob: (world: World) =>
    askUnfrozen(world, 'GET', `jobs/${world.ledger.chunks[0]?.[0]?.jobId}`, undefined, LATER).world,
  showReplication: (world: World) =>
    askUnfrozen(world, 'GET', `replications/${pairOf(world)}`, undefined, LATER).world,
  'listVolumes of a few': (world: World) =>
    askUnfrozen(
      world,
      'GET',
      `/v2/${PROJECT}/cloudvolumes/detail?ids=['${diskOf(world)}']`,
      undefined,
      LATER,
    ).world,
  'listProtectedInstances of a group': (world: World) =>
    askUnfrozen(
      world,
      'GET',
      `protected-instances?server_group_id=${world.groupNames.get('g1')}`,
      undefined,
      LATER,
    ).world,
  'list of instances by ID': (world: World) =>
    askUnfrozen(
      world,
      'GET',
      `protected-instances?protected_instance_ids=${encodeURIComponent(JSON.stringify([firstInstance(world)]))}`,
      undefined,
      LATER,
    ).world,
} as const

describe('a request looks at as much among ten times as many', () => {
  test.each(Object.entries(CALLS))('%s', (_, request) => {
    const [few, many] = [perCall(small, request), perCall(large, request)]
    expect(many).toBeLessThanOrEqual(1.2 * few + 4)
  })

  test('whatever is on its way out', () => {
    const leaving = (world: World): World =>
      world.instanceOrder.chunks
        .flat()
        .reduce(
          (next, id) => askUnfrozen(next, 'DELETE', `protected-instances/${id}`, {}, LATER).world,
          world,
        )
    const [few, many] = [leaving(small), leaving(large)]
    expect(many.departures.size).toBe(LARGE / 2)
    count()
    settle(few, LATER)
    const atSmall = visits
    settle(many, LATER)
    expect(visits - atSmall).toBe(atSmall)
    const gone = settle(many, LATER + MINUTE * 60)
    vi.restoreAllMocks()
    expect(gone.departures.size).toBe(0)
    expect(gone.departing).toBeNull()
    expect(gone.pairsInUse).toBe(0)
  })
})

test('what is counted on the way is what there is', () => {
  const counted = large.groups.reduce((sum, { pairCount }) => sum + pairCount, 0)
  expect(large.pairsInUse).toBe(counted)
  expect(counted).toBeGreaterThan(LARGE / 2)
})

/** Of the second half of the servers, which were left out. */
function firstFree(world: World): number {
  let number = world.servers.size / 2 + 1
  while (world.createsByServer.has(serverId(number).replaceAll('-', ''))) number += 1
  return number
}

function firstInstance(world: World): string {
  return world.instanceOrder.chunks[0]?.[0] ?? ''
}

function pairOf(world: World): string {
  return world.instances.get(firstInstance(world))?.pairs[0]?.id ?? ''
}

function diskOf(world: World): string {
  return world.servers.get(serverId(1).replaceAll('-', ''))?.disks[0]?.id ?? ''
}

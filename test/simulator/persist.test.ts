import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/clock.ts'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import { keepWorldFile, openWorldFile, readWorldFile } from '../../src/simulator/persist.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import type { World } from '../../src/simulator/state.ts'
import { loadWorld, saveWorld, SimulatorFileError } from '../../src/simulator/world-file.ts'
import { step } from '../../src/simulator/world.ts'
import { makeRows } from '../support/rollout.ts'
import { actWorld, instanceOf } from './act-world.ts'
import {
  ask,
  askUnder,
  create,
  createBody,
  MINUTE,
  NOW,
  PROJECT,
  requestOf,
  smallWorld,
} from './ask.ts'
import { READY } from './group-world.ts'

let dir = ''
let path = ''

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'world-'))
  path = join(dir, 'simulator.json')
})
afterEach(() => rmSync(dir, { recursive: true }))

/** As whatever is in the file, whatever its form. */
function onDisk(): unknown {
  return plain(readWorldFile(path))
}

function plain(world: World): unknown {
  return JSON.parse(JSON.stringify(saveWorld(world)))
}

const FAULTS = loadFaultPlan({
  rules: [
    { on: 'createProtectedInstance', probability: 0.2, timesPerServer: 1, do: { status: 503 } },
    { on: 'createProtectedInstance', nth: 3, do: { reset: 'after' } },
  ],
})
const INCREMENTAL = { wholeUpTo: 0 }

/** What clients may do to it, in an order of chance; a minute passes with each. */
function* history(begun: World, seed: number, length: number): Generator<World> {
  const random = seededRandom(seed)
  const pick = <T>(some: readonly T[]): T | undefined => some[Math.floor(random() * some.length)]
  let world = begun
  for (let at = 0; at < length; at += 1) {
    const now = NOW + at * MINUTE
    const instance = pick([...world.instances.keys()]) ?? 'none'
    const group = pick(['group-erp', 'group-web']) ?? ''
    const act = pick(['start', 'stop', 'failover']) ?? ''
    const requests = [
      ['POST', 'protected-instances', createBody(1 + Math.floor(random() * 9))],
      ['POST', 'protected-instances', createBody(1 + Math.floor(random() * 9))],
      ['DELETE', `protected-instances/${instance}`, { delete_target_server: random() < 0.5 }],
      ['PUT', `protected-instances/${instance}`, { protected_instance: { name: `n-${at}` } }],
      [
        'POST',
        `protected-instances/${instance}/tags/action`,
        { action: 'create', tags: [{ key: `k${at}`, value: 'v' }] },
      ],
      ['POST', `server-groups/${group}/action`, { [`${act}-server-group`]: {} }],
      ['PUT', `server-groups/${group}`, { server_group: { name: `g-${at}` } }],
      ['GET', 'protected-instances', undefined],
    ] as const
    const [method, what, body] = pick(requests) ?? requests[0]
    ;({ world } = askUnder(FAULTS, world, method, what, body, now))
    yield world
  }
}

describe('a world that is stored by its changes', () => {
  test.each([1, 2, 3, 4])('is the one that was saved, at any moment (seed %i)', (seed) => {
    const file = keepWorldFile(path, smallWorld({ limits: { jobTimeMs: 3 * MINUTE } }), INCREMENTAL)
    for (const world of history(file.world, seed, 60)) {
      file.save(world)
      const { counters, faults, ...rest } = saveWorld(world)
      expect(onDisk()).toMatchObject(JSON.parse(JSON.stringify({ ...rest, counters, faults })))
    }
    file.close()
    expect(readFileSync(path, 'utf8').trimEnd()).not.toContain('\n')
    expect(readdirSync(dir)).toEqual(['simulator.json'])
  })

  test('keeps what is done to what is protected', () => {
    const file = keepWorldFile(path, actWorld(), INCREMENTAL)
    let { world } = file
    const id = instanceOf(world, 1).id
    const acts = [
      ['POST', `protected-instances/${id}/resize`, { resize: { dr_flavorRef: 's3.xlarge.4' } }],
      ['POST', `protected-instances/${id}/nic`, { subnet_id: 'net-1' }],
      [
        'POST',
        'disaster-recovery-drills',
        { disaster_recovery_drill: { server_group_id: 'group-erp', name: 'spring' } },
      ],
      [
        'POST',
        'replications',
        { replication: { server_group_id: 'group-erp', volume_id: 'free-1', name: 'data' } },
      ],
      ['POST', `protected-instances/${id}/tags`, { tag: { key: 'k', value: 'v' } }],
    ] as const
    for (const [nth, [method, what, body]] of acts.entries()) {
      const asked = ask(world, method, what, body, READY + nth * MINUTE)
      expect([what, asked.status]).toEqual([what, expect.toBeOneOf([200, 204])])
      ;({ world } = asked)
      file.save(world)
      expect(onDisk()).toEqual(plain(world))
    }
    const { acts: kept, drills, loosePairs } = saveWorld(world)
    expect([Object.keys(kept).length, drills.length, loosePairs.length]).toEqual([1, 1, 1])
  })

  test('goes on as the one in memory would', () => {
    const file = keepWorldFile(path, smallWorld(), INCREMENTAL)
    let last = file.world
    for (const world of history(file.world, 7, 40)) file.save((last = world))
    for (const each of ['protected-instances', 'server-groups', 'replications', 'sdrs/quotas']) {
      const at = NOW + 41 * MINUTE
      const [there, here] = [readWorldFile(path), last].map(
        (world) => ask(world, 'GET', each, undefined, at).json,
      )
      expect(there).toEqual(here)
    }
  })

  test('cut off anywhere it is one that an answer left, the last or the one before', () => {
    const file = keepWorldFile(path, smallWorld(), INCREMENTAL)
    const worlds = [plain(file.world)]
    let { world } = file
    for (const n of [1, 2, 7]) {
      ;({ world } = create(world, n))
      file.save(world)
      worlds.push(plain(world))
    }
    const bytes = readFileSync(path)
    const ends = [...bytes.entries()].flatMap(([at, byte]) => (byte === 10 ? [at] : []))
    expect(ends).toHaveLength(4)
    const anywhere = Array.from({ length: 60 }, (_, nth) => Math.floor((bytes.length * nth) / 60))
    const cuts = [...anywhere, ...ends.flatMap((end) => [end, end + 1, end + 2, end + 12])]
    for (const cut of cuts.filter((each) => each > (ends[0] ?? 0) && each <= bytes.length)) {
      writeFileSync(path, bytes.subarray(0, cut))
      const whole = ends.filter((end) => end < cut).length
      expect(onDisk()).toEqual(worlds[whole - 1])
    }
  })

  test('a torn line is followed by nothing', () => {
    const file = keepWorldFile(path, smallWorld(), INCREMENTAL)
    file.save(create(file.world, 1).world)
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"changes":{"inst`)
    const next = openWorldFile(path, (saved) => saved ?? smallWorld())
    next.save(create(next.world, 2).world)
    expect(readWorldFile(path).ledger.length).toBe(2)
  })

  test.each([
    ['not JSON', '{"changes":{\n{"changes":{}}\n', /simulator\.json:2 is not JSON/],
    ['of a part that is not known', '{"changes":{"moods":{"whole":1}}}\n', /:2 changes moods/],
    ['out of its place', '{"changes":{"ledger":{"after":5,"more":[]}}}\n', /:2 changes ledger/],
    ['of another form', '{"changes":[1]}\n', /:2 is not a change/],
  ])('a line that is %s is refused with its place', (_what, line, message) => {
    writeFileSync(path, `${JSON.stringify(saveWorld(smallWorld()))}\n${line}`)
    expect(() => readWorldFile(path)).toThrow(SimulatorFileError)
    expect(() => readWorldFile(path)).toThrow(message)
  })

  test('of two processes with one world the one that saves last wins, with all of its own', () => {
    const one = keepWorldFile(path, smallWorld(), INCREMENTAL)
    const other = openWorldFile(path, (saved) => saved ?? smallWorld())
    const first = create(one.world, 1).world
    one.save(first)
    expect(onDisk()).toEqual(plain(first))
    const second = create(other.world, 2).world
    other.save(second)
    expect(onDisk()).toEqual(plain(second))
    const third = create(first, 3).world
    one.save(third)
    expect(onDisk()).toEqual(plain(third))
    other.close()
    expect(onDisk()).toEqual(plain(third))
  })

  test('a small one is one JSON document at any moment', () => {
    const file = openWorldFile(path, () => smallWorld())
    const { world } = create(file.world, 1)
    file.save(world)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(plain(world))
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })
})

test('what a create writes does not grow with the world', () => {
  const perCreate = [200, 2_000].map((servers) => {
    const rows = makeRows(servers, 4)
    const file = keepWorldFile(path, seedWorld({ rows, projectId: PROJECT, now: NOW }))
    let { world } = file
    let written = 0
    let before = statSync(path)
    for (const { serverId, name } of rows) {
      const group = [...world.groups.keys()][0]
      const body = { protected_instance: { server_group_id: group, server_id: serverId, name } }
      ;[world] = step(world, requestOf('POST', 'protected-instances', body), NOW)
      file.save(world)
      const now = statSync(path)
      written += now.ino === before.ino ? now.size - before.size : now.size
      before = now
    }
    file.close()
    expect(readWorldFile(path).instances.size).toBe(servers)
    return written / servers
  })
  const [few = 0, many = 0] = perCreate
  // The lines, and now and then the whole: it doubles before it is written anew.
  expect(many).toBeLessThan(2 * few)
  expect(many).toBeLessThan(12_000)
})

test('every field of a world that a saved one has is stored when it changes', () => {
  const world = smallWorld()
  const file = keepWorldFile(path, world, INCREMENTAL)
  const changed = loadWorld({
    ...saveWorld(file.world),
    seed: 2,
    region: 'r',
    serial: 99,
    project: { id: PROJECT, name: 'other' },
  })
  file.save({ ...file.world, seed: 2, region: 'r', serial: 99, project: changed.project })
  expect(onDisk()).toMatchObject({ seed: 2, region: 'r', serial: 99, project: { name: 'other' } })
})

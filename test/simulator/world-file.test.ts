import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { healthyDeletes } from '../../src/simulator/audit.ts'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import { logItems } from '../../src/simulator/log.ts'
import { loadWorld, saveWorld, SimulatorFileError } from '../../src/simulator/world-file.ts'
import { ask, askUnder, create, MINUTE, NOW, smallWorld, troubled } from './ask.ts'

/** Saved by version 0.1.0: one instance, one that its create left in `error` and that is being deleted. */
const OLD: unknown = JSON.parse(
  readFileSync(new URL('world-of-0.1.0.json', import.meta.url), 'utf8'),
)

describe('a world that version 0.1.0 saved', () => {
  test('goes on where it stopped', () => {
    const world = loadWorld(OLD)
    const statusesAt = (now: number): string[] =>
      ask(world, 'GET', 'protected-instances', undefined, now).json.protected_instances.map(
        ({ name, status }: { name: string; status: string }) => `${name} ${status}`,
      )
    expect(statusesAt(NOW + 6 * MINUTE)).toEqual(['dr-1 available', 'dr-2 deleting'])
    expect(statusesAt(NOW + 7 * MINUTE)).toEqual(['dr-1 available'])
    expect(logItems(world.ledger).map(({ kind }) => kind)).toEqual(['create', 'create', 'delete'])
    expect(world.faults.seen).toMatchObject({ createProtectedInstance: 3 })
    expect(create(world, 3, {}, NOW + 7 * MINUTE).status).toBe(200)
  })

  test('does not say of a delete that it hit a healthy instance, which it cannot know', () => {
    expect(healthyDeletes(loadWorld(OLD))).toEqual([])
  })
})

test('anomalies, a job without end and a window of time are saved with the world', () => {
  const faults = loadFaultPlan({
    rules: [{ on: '*', fromMs: 1_000, do: { status: 404, body: 'gateway' } }],
  })
  const planned = troubled({
    jobs: [{ server: 'server-1', errorCode: 'X.1', failReason: '', repairedAfterMs: MINUTE }],
    instances: [
      {
        server: '*',
        turns: [{ afterMs: 2 * MINUTE, status: 'fault' }],
        omissions: [{ from: 'ready', afterMs: 3 * MINUTE, forMs: MINUTE }],
        station: { says: null },
        jobNeverEnds: true,
      },
    ],
  })
  const made = create(planned, 1)
  const { world } = askUnder(faults, made.world, 'GET', 'protected-instances')
  const again = loadWorld(JSON.parse(JSON.stringify(saveWorld(world))))
  expect(saveWorld(again)).toEqual(saveWorld(world))
  for (const after of [0, 5, 6, 7, 8, 9].map((each) => each * MINUTE)) {
    for (const path of ['protected-instances', `jobs/${made.json.job_id}`]) {
      const [now, then] = [again, world].map((each) =>
        ask(each, 'GET', path, undefined, NOW + after),
      )
      expect(now?.body).toBe(then?.body)
    }
  }
  expect(askUnder(faults, again, 'GET', 'server-groups', undefined, NOW + 1_000).status).toBe(404)
})

test('what the preflight may find is saved with the world', () => {
  const world = smallWorld({
    limits: { unsupportedFlavors: ['x*'] },
    servers: [
      {
        id: 'a',
        group: 'erp',
        locked: true,
        lockSource: 'SMS',
        lockScene: 'migration',
        taskState: 'rebooting',
        frozen: true,
        osType: 'Windows',
        keyName: 'KeyPair-1',
        dedicatedHostId: 'host-1',
        disks: [{ size: 10, type: 'SSD', encrypted: true, shared: true, system: false }],
      },
      { id: 'b', group: 'erp' },
    ],
    subnets: [{ id: 'net-1', cidr: '10.0.0.0/24', gatewayIp: '10.0.0.9' }],
    flavors: [{ id: 's3.large.2', status: 'obt', zones: { z: 'abandon' }, specs: { k: 'v' } }],
    activeDomains: [{ soldOut: true }],
  })
  const again = loadWorld(JSON.parse(JSON.stringify(saveWorld(world))))
  expect(saveWorld(again)).toEqual(saveWorld(world))
  for (const path of ['cloudservers/detail', 'cloudservers/flavors', 'subnets', 'active-domains']) {
    expect(ask(again, 'GET', path).body).toBe(ask(world, 'GET', path).body)
  }
})

test('what was done to groups, and what goes wrong with them, is saved with the world', () => {
  const planned = troubled({
    groups: [
      {
        name: 'erp',
        syncTimeMs: { min: MINUTE, max: 30 * MINUTE },
        startFails: { errorCode: 'X.1', failReason: '', times: 1, leaves: 'protected' },
      },
    ],
    pairs: [{ server: 'server-1', device: '/dev/vdb', afterMs: MINUTE, faultLevel: '5' }],
    drServers: [{ server: 'server-2', tags: ['a=b'], deletedAfterMs: 9 * MINUTE }],
  })
  let { world } = create(create(planned, 1).world, 2)
  const path = 'server-groups/group-erp/action'
  for (const [action, after] of [
    ['start', 5],
    ['failover', 20],
    ['start', 30],
    ['start', 30],
  ] as const) {
    const body = { [`${action}-server-group`]: {} }
    ;({ world } = ask(world, 'POST', path, body, NOW + after * MINUTE))
  }
  expect(logItems(world.groupLedger)).toHaveLength(4)
  const again = loadWorld(JSON.parse(JSON.stringify(saveWorld(world))))
  expect(saveWorld(again)).toEqual(saveWorld(world))
  for (const after of [0, 5, 6, 8, 14, 20, 21, 30, 31, 60].map((each) => each * MINUTE)) {
    for (const list of [
      'server-groups',
      'protected-instances',
      'replications',
      'cloudservers/detail',
    ]) {
      const [now, then] = [again, world].map((each) =>
        ask(each, 'GET', list, undefined, NOW + after),
      )
      expect(now?.body).toBe(then?.body)
    }
  }
})

test.each([
  ['starting', 'protected'],
  ['stopping', 'available'],
  ['creating', 'available'],
])('a group that was %s when a world of before was saved arrives', (during, after) => {
  const groups = [
    {
      name: 'erp',
      id: 'group-erp',
      status: 'available',
      move: { during, after, endsAt: NOW + MINUTE },
    },
  ]
  const world = smallWorld({ groups, servers: [] })
  const again = loadWorld(JSON.parse(JSON.stringify(saveWorld(world))))
  for (const each of [world, again]) {
    const statusAt = (now: number): string =>
      ask(each, 'GET', 'server-groups/group-erp', undefined, now).json.server_group.status
    expect([statusAt(NOW), statusAt(NOW + MINUTE)]).toEqual([during, after])
  }
})

test('a world of before offers what its servers have, and has gateways', () => {
  const world = loadWorld(OLD)
  const { flavors } = ask(world, 'GET', 'cloudservers/flavors').json
  expect(flavors.length).toBeGreaterThan(1)
  for (const server of ask(world, 'GET', 'cloudservers/detail').json.servers) {
    expect(server).toMatchObject({ locked: false, 'OS-EXT-STS:task_state': null })
  }
  for (const subnet of ask(world, 'GET', 'subnets').json.subnets) {
    expect(subnet.gateway_ip).toMatch(/\.1$/)
  }
})

test('the sample world is one in which something went wrong', () => {
  const sample = new URL('../../samples/world-after-failover.json', import.meta.url)
  const world = loadWorld(JSON.parse(readFileSync(sample, 'utf8')))
  const read = (path: string) => ask(world, 'GET', path).json
  expect(
    read('server-groups').server_groups.map((group: Record<string, unknown>) =>
      [group['name'], group['status'], group['priority_station']].join(' '),
    ),
  ).toEqual(['erp available source', 'web protected source', 'batch failed-over target'])
  const { protected_instances: instances } = read('protected-instances')
  const invalid = instances.filter(({ status }: { status: string }) => status === 'invalid')
  expect([instances.length, invalid.length]).toEqual([13, 1])
  const { replications } = read('replications')
  const broken = replications.filter((pair: { fault_level: string }) => pair.fault_level === '5')
  expect(broken).toMatchObject([{ status: 'fault', failure_detail: 'the link is broken' }])
})

test.each([
  ['an unknown field', { groups: [], speed: 1 }, /speed/],
  ['another version', { version: 2 }, /version/],
  [
    'an anomaly that is none',
    { servers: [{ id: 'a', anomalies: { turns: [{ afterMs: -1, status: 'error' }] } }] },
    /servers\[0\]\.anomalies\.turns\[0\]\.afterMs/,
  ],
])('%s is refused, with its place', (_what, json, message) => {
  expect(() => loadWorld(json)).toThrow(SimulatorFileError)
  expect(() => loadWorld(json)).toThrow(message)
})

test('a world without anomalies says so in few words', () => {
  const [server] = saveWorld(smallWorld()).servers
  expect(server?.anomalies).toBeNull()
})

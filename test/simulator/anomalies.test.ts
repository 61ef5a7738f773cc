import { describe, expect, test } from 'vitest'
import { jobSchema } from '../../src/cloud/sdrs/sdrs-schema.ts'
import type { FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import type { World } from '../../src/simulator/state.ts'
import { ask, codeOf, create, MINUTE, NOW, serverId, smallWorld, troubled } from './ask.ts'

type Befalls = NonNullable<FaultPlanInput['instances']>[number]
type Fails = NonNullable<FaultPlanInput['jobs']>[number]

const READY = NOW + 5 * MINUTE
const befalls = (what: Omit<Befalls, 'server'>): World =>
  troubled({ instances: [{ server: 'server-1', ...what }] })
const fails = (what: Omit<Fails, 'server' | 'errorCode' | 'failReason'>): World =>
  troubled({ jobs: [{ server: 'server-1', errorCode: 'EVS.2024', failReason: 'no', ...what }] })

function idOf(world: World): string {
  return world.instances.keySeq().first('')
}

function shownAt(world: World, now: number): { status: string; priority_station?: string } {
  return ask(world, 'GET', `protected-instances/${idOf(world)}`, undefined, now).json
    .protected_instance
}

function listedAt(world: World, now: number): number {
  const { json } = ask(world, 'GET', 'protected-instances', undefined, now)
  expect(json.count).toBe(json.protected_instances.length)
  return json.count
}

function jobAt(world: World, id: string, now: number) {
  return jobSchema.parse(ask(world, 'GET', `jobs/${id}`, undefined, now).json)
}

describe('turns of an instance', () => {
  test('left in error by its create, it is repaired while somebody waits', () => {
    const { world, json } = create(fails({ repairedAfterMs: 90_000 }), 1)
    expect(jobAt(world, json.job_id, READY).status).toBe('FAIL')
    expect(shownAt(world, READY + 89_999).status).toBe('error')
    expect(shownAt(world, READY + 90_000).status).toBe('available')
    expect(jobAt(world, json.job_id, READY + 90_000).status).toBe('FAIL')
  })

  test('repaired in a protected group it is protected, and its DR server is one like any other', () => {
    const made = create(fails({ repairedAfterMs: 0 }), 1)
    const started = ask(
      made.world,
      'POST',
      'server-groups/group-erp/action',
      { 'start-server-group': {} },
      READY,
    )
    const later = READY + 2 * MINUTE
    expect(shownAt(started.world, later).status).toBe('protected')
    const target = started.world.instances.get(idOf(made.world))?.targetServerId
    const path = `protected-instances/${idOf(made.world)}`
    const gone = ask(started.world, 'DELETE', path, { delete_target_server: false }, later)
    expect(ask(gone.world, 'GET', `cloudservers/${target}`, undefined, later + MINUTE).status).toBe(
      200,
    )
  })

  test('long healthy, it goes into error, and comes back', () => {
    const { world } = create(
      befalls({
        turns: [
          { afterMs: 60 * MINUTE, status: 'error' },
          { afterMs: 90 * MINUTE, status: 'available' },
        ],
      }),
      1,
    )
    const statuses = [0, 59, 60, 89, 90].map((each) => shownAt(world, READY + each * MINUTE).status)
    expect(statuses).toEqual(['available', 'available', 'error', 'error', 'available'])
  })

  test('of the first create only', () => {
    const planned = troubled({
      jobs: [
        { server: 'server-1', errorCode: 'X.1', failReason: '', leavesInstance: false, times: 1 },
      ],
      instances: [{ server: 'server-1', times: 1, turns: [{ afterMs: 0, status: 'error' }] }],
    })
    const first = create(planned, 1).world
    const second = create(first, 1, {}, READY).world
    const last = second.instances.find(({ createdAt }) => createdAt === READY)
    expect(last?.anomalies).toBeNull()
  })
})

describe('omissions from lists', () => {
  test('never listed at first, then seen, then left out for long, then back', () => {
    const { world } = create(
      befalls({
        omissions: [{ forMs: 20_000 }, { from: 'ready', afterMs: MINUTE, forMs: 10 * MINUTE }],
      }),
      1,
    )
    expect([0, 19_999, 20_000].map((ms) => listedAt(world, NOW + ms))).toEqual([0, 0, 1])
    const after = [0, 1, 10, 11].map((each) => listedAt(world, READY + each * MINUTE))
    expect(after).toEqual([1, 0, 0, 1])
    expect(shownAt(world, READY + 5 * MINUTE).status).toBe('available')
    expect(codeOf(create(world, 1, {}, READY + 5 * MINUTE))).toBe('SDRS.1305')
  })

  test('of one instance, whichever list is asked for', () => {
    const both = create(create(befalls({ omissions: [{ forMs: MINUTE }] }), 1).world, 2).world
    const list = (query: string) =>
      ask(both, 'GET', `protected-instances?${query}`).json.protected_instances
    expect(list('server_group_id=group-erp').map(({ name }: { name: string }) => name)).toEqual([
      'dr-2',
    ])
    expect(list(`protected_instance_ids=["${idOf(create(smallWorld(), 1).world)}"]`)).toEqual([])
  })
})

describe('jobs and instances that disagree', () => {
  test('a job that says RUNNING for ever beside a healthy instance', () => {
    const serial = { limits: { jobTimeMs: 5 * MINUTE, groupParallel: 1 } }
    const planned = troubled({ instances: [{ server: 'server-1', jobNeverEnds: true }] }, serial)
    const { world, json } = create(planned, 1)
    const late = NOW + 30 * 24 * 60 * MINUTE
    expect(shownAt(world, late).status).toBe('available')
    expect(jobAt(world, json.job_id, late)).toMatchObject({ status: 'RUNNING', endTime: null })
    // It is the job's word only: the group is free again.
    expect(create(world, 2, {}, READY).status).toBe(200)
  })

  test('a job that fails in a late sub-job and leaves a healthy instance', () => {
    const { world, json } = create(fails({ leavesInstance: 'healthy' }), 1)
    const job = jobAt(world, json.job_id, READY)
    expect([job.status, ...job.subJobs.map((each) => each.status)]).toEqual([
      'FAIL',
      'SUCCESS',
      'FAIL',
    ])
    expect(shownAt(world, READY).status).toBe('available')
  })

  test('the same under a parent that succeeded', () => {
    const { world, json } = create(fails({ leavesInstance: 'healthy', subJobOnly: true }), 1)
    const job = jobAt(world, json.job_id, READY)
    expect([job.status, job.subJobs.at(-1)?.status]).toEqual(['SUCCESS', 'FAIL'])
    expect(shownAt(world, READY).status).toBe('available')
  })
})

test.each(['TARGET', 'Target ', ''])('a station spelled %o', (says) => {
  const { world } = create(befalls({ station: { says } }), 1)
  expect(shownAt(world, READY).priority_station).toBe(says)
})

test('a station left out', () => {
  const { world } = create(befalls({ station: { says: null } }), 1)
  expect(shownAt(world, READY)).not.toHaveProperty('priority_station')
  expect(shownAt(create(smallWorld(), 1).world, READY).priority_station).toBe('source')
})

test('an earlier instance in a world file has anomalies too', () => {
  const world = smallWorld({
    instances: [
      {
        server: serverId(1),
        group: 'erp',
        status: 'error',
        anomalies: { turns: [{ at: NOW + MINUTE, status: 'available' }], station: { says: '' } },
      },
    ],
  })
  expect(shownAt(world, NOW)).toMatchObject({ status: 'error', priority_station: '' })
  expect(shownAt(world, NOW + MINUTE).status).toBe('available')
})

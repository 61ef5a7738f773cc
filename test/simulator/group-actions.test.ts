import { describe, expect, test } from 'vitest'
import { jobSchema } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import type { World } from '../../src/simulator/state.ts'
import {
  ask,
  askUnder,
  codeOf,
  create,
  MINUTE,
  NOW,
  serverId,
  smallWorld,
  troubled,
} from './ask.ts'
import {
  act,
  drServerOf,
  groupActs,
  groupAt,
  IN_SYNC,
  instancesAt,
  LIMITS,
  ON,
  pairsAt,
  READY,
  twoProtected,
  type Action,
} from './group-world.ts'

function jobAt(world: World, id: string, now: number) {
  return jobSchema.parse(ask(world, 'GET', `jobs/${id}`, undefined, now).json)
}

describe('a start', () => {
  const started = act(twoProtected(), 'start', READY)

  test('takes group and instances from available over starting to protected', () => {
    const seen = [READY - 1, READY, ON - 1, ON].map((at) => [
      groupAt(started.world, at)['status'],
      ...new Set(instancesAt(started.world, at).map((each) => each.slice(5))),
    ])
    expect(seen).toEqual([
      ['available', 'creating'],
      ['starting', 'starting'],
      ['starting', 'starting'],
      ['protected', 'protected'],
    ])
  })

  test('has a job with a sub-job a pair', () => {
    const middle = jobAt(started.world, started.json.job_id, READY + MINUTE / 2)
    expect([middle.type, middle.status, middle.serverGroupId]).toEqual([
      'startProtectionGroupNoCG',
      'RUNNING',
      'group-erp',
    ])
    const end = ask(started.world, 'GET', `jobs/${started.json.job_id}`, undefined, ON).json
    expect([end.status, end.error_code, end.entities.sub_jobs.length]).toEqual(['SUCCESS', null, 4])
    const { replications } = ask(started.world, 'GET', 'replications', undefined, ON).json
    expect(
      end.entities.sub_jobs.map(
        (each: { entities: Record<string, string> }) => each.entities['replication_pair_id'],
      ),
    ).toEqual(replications.map(({ id }: { id: string }) => id))
    expect(new Set(end.entities.sub_jobs.map((each: { status: string }) => each.status))).toEqual(
      new Set(['SUCCESS']),
    )
  })

  test('leaves alone what is broken on its own', () => {
    const world = smallWorld({
      limits: LIMITS,
      instances: [
        { server: serverId(1), group: 'erp' },
        { server: serverId(2), group: 'erp', status: 'error' },
      ],
    })
    const made = act(world, 'start', NOW)
    const job = jobAt(made.world, made.json.job_id, NOW + MINUTE)
    expect(job.subJobs).toHaveLength(2)
    expect(pairsAt(made.world, NOW + MINUTE)).toEqual(['protected copying 0 0', 'error  0 0'])
  })

  test('and then a stop', () => {
    const stopped = act(started.world, 'stop', IN_SYNC)
    expect(groupAt(stopped.world, IN_SYNC)['status']).toBe('stopping')
    const job = jobAt(stopped.world, stopped.json.job_id, IN_SYNC + MINUTE)
    expect([job.type, job.status, job.subJobs.length]).toEqual([
      'stopProtectionGroupNoCG',
      'SUCCESS',
      4,
    ])
    expect(groupAt(stopped.world, IN_SYNC + MINUTE)['status']).toBe('available')
    expect(groupActs(stopped.world)).toEqual(['start protected', 'stop available'])
  })
})

describe('an action is refused', () => {
  const on = act(twoProtected(), 'start', READY).world
  const inStatus = (status: string) =>
    smallWorld({
      groups: [{ name: 'erp', id: 'group-erp', status }],
      servers: [{ id: serverId(1), group: 'erp' }],
      instances: [{ server: serverId(1), group: 'erp' }],
    })
  const deleting = ask(
    twoProtected(),
    'DELETE',
    `protected-instances/${twoProtected().instances.keySeq().first('')}`,
    undefined,
    READY,
  ).world

  test.each<[string, World, Action, number, string]>([
    ['a start without a pair', smallWorld(), 'start', NOW, 'SDRS.1015'],
    ['a start while it starts', on, 'start', ON - 1, 'SDRS.1018'],
    ['a stop while it starts', on, 'stop', ON - 1, 'SDRS.1019'],
    ['a start once it is on', on, 'start', ON, 'SDRS.1018'],
    ['a stop while it is off', twoProtected(), 'stop', READY, 'SDRS.1019'],
    ['a failover while it is off', twoProtected(), 'failover', READY, 'SDRS.1019'],
    ['a switch of sides while it is off', twoProtected(), 'reverse', READY, 'SDRS.1019'],
    ['a stop while it stops', inStatus('stopping'), 'stop', NOW, 'SDRS.1002'],
    ['a stop once it is failed over', inStatus('failed-over'), 'stop', NOW, 'SDRS.1002'],
    ['a start while a create runs', twoProtected(), 'start', READY - 1, 'SDRS.1002'],
    ['a start while an instance is deleted', deleting, 'start', READY, 'SDRS.1002'],
    ['a start in error', inStatus('error'), 'start', NOW, 'SDRS.1020'],
    ['a start while it is made', inStatus('creating'), 'start', NOW, 'SDRS.1020'],
    ['a start while it reverses', inStatus('reversing'), 'start', NOW, 'SDRS.1018'],
    ['a start after a failed stop', inStatus('error-stopping'), 'start', NOW, 'SDRS.1018'],
  ])('%s', (_what, world, action, now, code) => {
    const refused = act(world, action, now)
    expect([refused.status, codeOf(refused)]).toEqual([400, code])
    expect(groupActs(refused.world).at(-1)).toBe(`${action} ${code}`)
    expect(refused.world.groups).toBe(world.groups)
  })

  test('as busy with 409, where the world says so', () => {
    const limits = { ...LIMITS, busyAs: 'conflict' }
    const busy = act(twoProtected({ limits }), 'start', READY - 1)
    expect([busy.status, codeOf(busy)]).toEqual([409, 'SDRS.1002'])
    expect(act(smallWorld({ limits }), 'start', NOW).status).toBe(400)
  })

  test('of a group that is not there, or without the one key', () => {
    expect(codeOf(act(on, 'start', ON, 'nowhere'))).toBe('SDRS.1013')
    expect(codeOf(ask(on, 'POST', 'server-groups/group-erp/action', {}, ON))).toBe('SDRS.0206')
    const odd = { 'start-server-group': null }
    expect(codeOf(ask(on, 'POST', 'server-groups/group-erp/action', odd, ON))).toBe('SDRS.0206')
  })

  test.each([{}, { priority_station: 'source' }, { priority_station: 'eu-de-02' }])(
    'a planned failover to %o',
    (wanted) => {
      const body = { 'reverse-server-group': wanted }
      const refused = ask(on, 'POST', 'server-groups/group-erp/action', body, ON)
      expect([refused.status, codeOf(refused)]).toEqual([400, 'SDRS.0216'])
    },
  )

  test('and so is a create while the group starts', () => {
    expect(codeOf(create(on, 3, {}, ON - 1))).toBe('SDRS.1325')
    expect(create(on, 3, {}, ON).status).toBe(200)
  })
})

describe('a start that fails', () => {
  const failing = (startFails: Record<string, unknown>): World => {
    const plan: FaultPlanInput = {
      groups: [
        {
          name: 'erp',
          startFails: { errorCode: 'EVS.2024', failReason: 'volume is error!', ...startFails },
        },
      ],
    }
    return create(create(troubled(plan, { limits: LIMITS }), 1).world, 2).world
  }

  test('leaves the group, its instances and pairs in error-starting; the next may succeed', () => {
    const first = act(failing({ times: 1 }), 'start', READY)
    expect(groupAt(first.world, ON - 1)['status']).toBe('starting')
    expect(groupAt(first.world, ON)['status']).toBe('error-starting')
    expect(instancesAt(first.world, ON)).toEqual(['dr-1 error-starting', 'dr-2 error-starting'])
    expect(pairsAt(first.world, ON)).toEqual(['error-starting inactive 0 0'])
    const job = jobAt(first.world, first.json.job_id, ON)
    expect([job.status, job.errorCode, job.failReason]).toEqual([
      'FAIL',
      'EVS.2024',
      'volume is error!',
    ])
    const failed = ask(first.world, 'GET', 'task-center/failure-jobs', undefined, ON).json
    expect(failed.failure_jobs).toMatchObject([
      { resource_id: 'group-erp', failure_status: 'startFail', error_code: 'EVS.2024' },
    ])
    const second = act(first.world, 'start', ON)
    expect(groupAt(second.world, ON + MINUTE)['status']).toBe('protected')
    expect(pairsAt(second.world, ON + MINUTE)).toEqual(['protected copying 0 0'])
    expect(groupActs(second.world)).toEqual(['start error-starting', 'start protected'])
  })

  test('of every time, or leaves nothing behind', () => {
    let { world } = act(failing({ leaves: 'available' }), 'start', READY)
    expect(groupAt(world, ON)['status']).toBe('available')
    ;({ world } = act(world, 'start', ON))
    expect(groupAt(world, ON + MINUTE)['status']).toBe('available')
  })

  test('in the sub-jobs of one server alone, under a parent that succeeded', () => {
    const part = { subJobOnly: true, leaves: 'protected', server: 'server-2' }
    const first = act(failing(part), 'start', READY)
    const job = jobAt(first.world, first.json.job_id, ON)
    expect([job.status, job.errorCode]).toEqual(['SUCCESS', null])
    expect(job.subJobs.map(({ status, errorCode }) => `${status} ${errorCode}`)).toEqual([
      'SUCCESS null',
      'SUCCESS null',
      'FAIL EVS.2024',
      'FAIL EVS.2024',
    ])
    expect(groupAt(first.world, ON)['status']).toBe('protected')
    expect(instancesAt(first.world, ON)).toEqual(['dr-1 protected', 'dr-2 error-starting'])
    expect(pairsAt(first.world, IN_SYNC)).toEqual([
      'protected active 100 0',
      'error-starting inactive 0 0',
    ])
  })
})

describe('a group that was failed over', () => {
  const on = act(twoProtected(), 'start', READY).world
  const lost = act(on, 'failover', IN_SYNC)
  const OVER = IN_SYNC + MINUTE

  test('has its production on the other side, and its pairs stand still', () => {
    expect(groupAt(lost.world, OVER - 1)).toMatchObject({
      status: 'failing-over',
      priority_station: 'source',
    })
    expect(groupAt(lost.world, OVER)).toMatchObject({
      status: 'failed-over',
      priority_station: 'target',
    })
    expect(instancesAt(lost.world, OVER)).toEqual(['dr-1 failed-over', 'dr-2 failed-over'])
    expect(pairsAt(lost.world, OVER)).toEqual(['failed-over active-stopped 0 0'])
    expect(jobAt(lost.world, lost.json.job_id, OVER).type).toBe('failoverProtectionGroupNoCG')
  })

  test('runs on its DR servers, which stay where they are', () => {
    expect(drServerOf(lost.world, 1, OVER - 1).json.server.status).toBe('SHUTOFF')
    expect(drServerOf(lost.world, 1, OVER).json.server).toMatchObject({
      status: 'ACTIVE',
      'OS-EXT-AZ:availability_zone': 'eu-de-02',
    })
  })

  test.each([false, true])('has its servers change places in the list: %s', (swapsServers) => {
    const limits = { ...LIMITS, swapsServers }
    const turned = act(act(twoProtected({ limits }), 'start', READY).world, 'failover', ON).world
    const serversAt = (now: number): unknown[] => {
      const { json } = ask(turned, 'GET', 'protected-instances', undefined, now)
      const [{ source_server: first, target_server: second }] = json.protected_instances
      return [first, second]
    }
    expect(serversAt(ON + MINUTE - 1)[0]).toBe(serverId(1))
    const [first, second] = serversAt(ON)
    expect(serversAt(ON + MINUTE)).toEqual(swapsServers ? [second, first] : [first, second])
  })

  test('is reprotected by the very call that starts another, and the ledger tells', () => {
    const again = act(lost.world, 'start', OVER)
    expect(groupAt(again.world, OVER)['status']).toBe('reprotecting')
    expect(jobAt(again.world, again.json.job_id, OVER).type).toBe('reprotectProtectionGroupNoCG')
    const at = OVER + MINUTE
    expect(groupAt(again.world, at)).toMatchObject({
      status: 'protected',
      priority_station: 'target',
    })
    expect(pairsAt(again.world, at)).toEqual(['protected copying 0 0'])
    expect(groupActs(again.world)).toEqual([
      'start protected',
      'failover failed-over',
      'reprotect protected',
    ])
  })

  test.each(['failed-over', 'error-reprotecting'])(
    'and so is one that a file says is %s: its sides are turned then at the latest',
    (status) => {
      const world = smallWorld({
        limits: LIMITS,
        groups: [{ name: 'erp', id: 'group-erp', status }],
        servers: [{ id: serverId(1), group: 'erp' }],
        instances: [{ server: serverId(1), group: 'erp' }],
      })
      const again = act(world, 'start', NOW).world
      expect(groupActs(again)).toEqual(['reprotect protected'])
      expect(groupAt(again, NOW + MINUTE)).toMatchObject({
        status: 'protected',
        priority_station: 'target',
      })
    },
  )
})

test('a planned switch turns the sides and keeps what is in sync', () => {
  const on = act(twoProtected(), 'start', READY).world
  const turned = act(on, 'reverse', IN_SYNC).world
  expect(groupAt(turned, IN_SYNC)['status']).toBe('reversing')
  const at = IN_SYNC + MINUTE
  expect(groupAt(turned, at)).toMatchObject({ status: 'protected', priority_station: 'target' })
  expect(pairsAt(turned, at)).toEqual(['protected active 100 0'])
  const back = act(turned, 'reverse', at).world
  expect(groupAt(back, at + MINUTE)['priority_station']).toBe('source')
})

test('somebody else acts on a group between two requests, out of the ledger', () => {
  const on = act(twoProtected(), 'start', READY).world
  const rule = {
    on: 'startServerGroup',
    do: { somebodyElse: 'failover', group: 'erp' },
  } as const
  const faults = loadFaultPlan({ rules: [rule] })
  const path = 'server-groups/group-erp/action'
  const body = { 'start-server-group': {} }
  const early = askUnder(faults, on, 'POST', path, body, ON - 1)
  expect([codeOf(early), groupAt(early.world, ON)['status']]).toEqual(['SDRS.1018', 'protected'])
  const meddled = askUnder(faults, on, 'POST', path, body, ON)
  expect(codeOf(meddled)).toBe('SDRS.1018')
  expect(groupAt(meddled.world, ON + MINUTE)['status']).toBe('failed-over')
  expect(groupActs(meddled.world)).toEqual(['start protected', 'start SDRS.1018'])
})

describe('an answer that is lost', () => {
  test.each([
    ['reset', { reset: 'after' }, 'starting', 1],
    ['reset', { reset: 'before' }, 'available', 0],
    ['hang', { hang: 'after' }, 'starting', 1],
    ['answer', { status: 502, carriedOut: true }, 'starting', 1],
  ] as const)('%s %j', (kind, effect, status, acts) => {
    const faults = loadFaultPlan({
      rules: [{ on: 'startServerGroup', group: 'erp', times: 1, do: effect }],
    })
    const body = { 'start-server-group': {} }
    const path = 'server-groups/group-erp/action'
    const lost = askUnder(faults, twoProtected(), 'POST', path, body, READY)
    expect(lost.kind).toBe(kind)
    expect(groupAt(lost.world, READY)['status']).toBe(status)
    expect(groupActs(lost.world)).toHaveLength(acts)
    const again = askUnder(faults, lost.world, 'POST', path, body, READY)
    expect(again.status).toBe(acts === 0 ? 200 : 400)
  })
})

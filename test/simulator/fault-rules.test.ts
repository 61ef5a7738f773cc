import { describe, expect, test } from 'vitest'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import type { World } from '../../src/simulator/state.ts'
import {
  ask,
  askUnder,
  codeOf,
  create,
  createBody,
  MINUTE,
  NOW,
  PROJECT,
  serverId,
  smallWorld,
} from './ask.ts'

type Rule = NonNullable<FaultPlanInput['rules']>[number]

/** Requests one after the other under one rule; what each was answered. */
function answersTo(
  rule: Rule,
  requests: readonly { readonly path: string; readonly at?: number }[],
  world: World,
): string[] {
  const faults = loadFaultPlan({ rules: [rule] })
  let current = world
  return requests.map(({ path, at }) => {
    const asked = askUnder(faults, current, 'GET', path, undefined, NOW + (at ?? 0))
    current = asked.world
    return asked.status === 200 ? '200' : `${asked.status} ${codeOf(asked)}`
  })
}

const ids = (...list: string[]): string => encodeURIComponent(JSON.stringify(list))
const gateway = { status: 404, body: 'gateway' } as const
const GATEWAY_404 = '404 APIGW.0101'

test('the whole endpoint is gone for some seconds, counted from the first request', () => {
  const rule: Rule = { on: '*', fromMs: 1_000, untilMs: 4_000, do: gateway }
  const requests = [500, 1_499, 1_500, 4_499, 4_500].map((at, n) => ({
    path: n % 2 === 0 ? 'protected-instances' : 'server-groups',
    at,
  }))
  expect(answersTo(rule, requests, smallWorld())).toEqual([
    '200',
    '200',
    GATEWAY_404,
    GATEWAY_404,
    '200',
  ])
})

test('one group may not be listed', () => {
  const lists = [
    'protected-instances?server_group_id=group-erp',
    `protected-instances?server_group_ids=${ids('group-web', 'group-erp')}`,
    `protected-instances?server_group_ids=${ids('group-web')}&server_group_id=group-erp`,
    'protected-instances?server_group_id=group-web',
    'protected-instances',
  ].map((path) => ({ path }))
  for (const group of ['erp', 'group-erp']) {
    const rule: Rule = { on: 'listProtectedInstances', group, do: { status: 403 } }
    expect(answersTo(rule, lists, smallWorld())).toEqual([
      '403 SDRS.0005',
      '403 SDRS.0005',
      '200',
      '200',
      '200',
    ])
  }
})

test('a group is also that of a create, of an instance, of a job, of a path', () => {
  const made = create(smallWorld(), 1)
  const id = made.world.instances.keySeq().first('')
  const requests = [
    { path: `jobs/${made.json.job_id}` },
    { path: `protected-instances/${id}` },
    { path: 'server-groups/group-erp' },
    { path: 'server-groups/group-web' },
  ]
  const rule: Rule = { on: '*', group: 'erp', do: gateway }
  expect(answersTo(rule, requests, made.world)).toEqual([
    GATEWAY_404,
    GATEWAY_404,
    GATEWAY_404,
    '200',
  ])
  const refused = askUnder(
    loadFaultPlan({ rules: [rule] }),
    smallWorld(),
    'POST',
    'protected-instances',
    createBody(1),
  )
  expect(refused.status).toBe(404)
})

describe('one negative answer', () => {
  const first = create(smallWorld(), 1)
  const second = create(first.world, 2)
  const polls = [first, first, second, second].map(({ json }) => ({ path: `jobs/${json.job_id}` }))

  test('of the gateway, to the first poll of each job', () => {
    const rule: Rule = { on: 'showJob', timesPerServer: 1, do: gateway }
    expect(answersTo(rule, polls, second.world)).toEqual([GATEWAY_404, '200', GATEWAY_404, '200'])
    const asked = askUnder(
      loadFaultPlan({ rules: [rule] }),
      second.world,
      'GET',
      `jobs/${first.json.job_id}`,
    )
    expect(asked.json).toEqual({
      error_code: 'APIGW.0101',
      error_msg: expect.any(String),
      request_id: expect.any(String),
    })
  })

  test('of the service itself, word for word what an unknown ID is answered', () => {
    const rule: Rule = { on: 'show*', server: 'server-2', times: 1, do: { notFound: true } }
    const unknown = askUnder(loadFaultPlan({}), second.world, 'GET', 'jobs/0000')
    const answers = answersTo(rule, polls, second.world)
    expect(answers).toEqual(['200', '200', `${unknown.status} ${codeOf(unknown)}`, '200'])
  })

  test('that there is nothing to deny does not use the rule up', () => {
    const rule: Rule = { on: '*', times: 1, do: { notFound: true } }
    const [list, poll] = answersTo(rule, [{ path: 'protected-instances' }, ...polls], second.world)
    expect([list, poll?.slice(0, 3)]).toEqual(['200', '404'])
  })
})

test('error codes in lower case, in every form', () => {
  const faults = loadFaultPlan({ rules: [{ on: '*', do: { lowerCaseCodes: true } }] })
  const busy = create(smallWorld({ limits: { groupParallel: 1, jobTimeMs: MINUTE } }), 1).world
  const refused = askUnder(faults, busy, 'POST', 'protected-instances', createBody(2))
  expect([refused.status, codeOf(refused)]).toEqual([400, 'sdrs.1018'])
  expect(codeOf(askUnder(faults, busy, 'GET', 'nowhere'))).toBe('apigw.0101')
  const list = askUnder(faults, busy, 'GET', 'protected-instances')
  expect(list.json.count).toBe(1)
})

test.each([
  ['listServers', 'cloudservers/detail'],
  ['showServer', `cloudservers/${serverId(1)}`],
  ['listFlavors', 'cloudservers/flavors'],
  ['listSubnets', 'subnets'],
  ['listPrivateIps', 'subnets/net-1/privateips'],
  ['listVolumes', `/v2/${PROJECT}/cloudvolumes/detail`],
])('%s may be forbidden or absent', (operation, path) => {
  const under = (effect: object, on: string): number =>
    askUnder(
      loadFaultPlan({ rules: [{ on, do: effect as never }] }),
      smallWorld(),
      'GET',
      path,
      undefined,
      NOW,
    ).status
  expect(under({ status: 403 }, operation)).toBe(403)
  expect(under({ status: 404, body: 'gateway' }, operation)).toBe(404)
  expect(under({ status: 403 }, 'listQuotas')).toBe(200)
  const counted = ask(smallWorld(), 'GET', path).world.counters
  expect(counted).toEqual({ [operation]: 1 })
})

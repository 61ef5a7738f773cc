import { describe, expect, test } from 'vitest'
import type { Row } from '../../src/inventory/row.ts'
import { NO_OPEN_WORK } from '../../src/journal/replay.ts'
import { planRollout, type PlanRolloutInput } from '../../src/rollout/plan-rollout.ts'
import {
  answeringCloud,
  FORBIDDEN,
  ok,
  type AnsweringCloud,
  type Question,
  type Reply,
} from '../support/answering-cloud.ts'
import { makeRow } from '../support/rollout.ts'

/** A project as it is told; each server has two volumes. */
interface Project {
  readonly servers: number
  readonly groups: number
  readonly vpcs: number
  /** The first so many servers are protected. */
  readonly protectedServers?: number
  /** Volumes of nobody's server. */
  readonly otherVolumes?: number
}

const serverId = (n: number): string => `a0000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

function rowsOf(
  { servers, groups }: Project,
  fields: (group: number, n: number) => Partial<Row>,
): Row[] {
  return numbers(servers).map((n) =>
    makeRow(n + 1, {
      serverId: serverId(n),
      name: `s${n}`,
      serverGroup: `g${n % groups}`,
      ...fields(n % groups, n),
    }),
  )
}

function pageOf<T>(list: readonly T[], query: URLSearchParams, from: number): readonly T[] {
  return list.slice(from, from + Number(query.get('limit')))
}

function answering(project: Project): (question: Question) => Reply {
  const { servers, groups, vpcs } = project
  const all = numbers(servers).map((n) => ({
    id: serverId(n),
    name: `s${n}`,
    status: 'ACTIVE',
    'os-extended-volumes:volumes_attached': [{ id: `v${n}-0`, bootIndex: '0' }, { id: `v${n}-1` }],
  }))
  const volumes = [
    ...numbers(project.otherVolumes ?? 0).map((n) => ({ id: `other-${n}` })),
    ...numbers(servers).flatMap((n) => [{ id: `v${n}-0` }, { id: `v${n}-1` }]),
  ]
  const instances = numbers(project.protectedServers ?? 0).map((n) => ({
    id: `i${n}`,
    name: `s${n}`,
    server_group_id: `g-${n % groups}`,
    status: 'available',
    source_server: serverId(n),
    target_server: `t${n}`,
    priority_station: 'source',
  }))
  const serverGroups = numbers(groups).map((n) => ({
    id: `g-${n}`,
    name: `g${n}`,
    status: 'available',
    source_vpc_id: `vpc-${n % vpcs}`,
    target_vpc_id: `vpc-${n % vpcs}`,
    priority_station: 'source',
  }))
  return ({ what, query }) => {
    const offset = Number(query.get('offset') ?? 0)
    switch (what.split('/').slice(2).join('/')) {
      case 'server-groups':
        return ok({ server_groups: pageOf(serverGroups, query, offset), count: groups })
      case 'protected-instances':
        return ok({
          protected_instances: pageOf(instances, query, offset),
          count: instances.length,
        })
      case 'cloudservers/detail':
        return ok({ servers: pageOf(all, query, (offset - 1) * 1_000), count: servers })
      case 'cloudservers/flavors':
        return ok({ flavors: [{ id: 's3.large.2' }] })
      case 'subnets':
        return ok({ subnets: numbers(groups).map((n) => ({ id: `net-${n}` })) })
      case 'cloudvolumes/detail': {
        const some = query.get('ids')
        if (some === null)
          return ok({ volumes: pageOf(volumes, query, offset), count: volumes.length })
        const found = volumes.filter(({ id }) => some.includes(`'${id}'`))
        return ok({ volumes: found, count: found.length })
      }
      case 'sdrs/quotas':
        return ok({ quotas: { resources: [] } })
      case 'active-domains':
        return ok({ domains: [] })
      default:
        return ok({ privateips: [] })
    }
  }
}

async function plan(
  cloud: AnsweringCloud,
  rows: readonly Row[],
  more: Partial<PlanRolloutInput> = {},
) {
  const { sdrs, ecs, vpc, evs, clock } = cloud
  const planned = await clock.run(
    planRollout({
      rows,
      selection: {},
      openWork: NO_OPEN_WORK,
      client: sdrs,
      others: { ecs, vpc, evs },
      clock,
      replaceFailed: false,
      dialect: 'otc',
      ...more,
    }),
  )
  if (planned.kind !== 'planned') throw new Error(planned.kind)
  return planned.plan
}

const addressed = (group: number, n: number) => ({
  primarySubnetId: `net-${group}`,
  primaryIpAddress: `10.0.${n >> 8}.${n & 255}`,
})

describe('so many requests, and not one a row', () => {
  test.each<[number, Project]>([
    [25, { servers: 500, groups: 10, vpcs: 5, otherVolumes: 1_500 }],
    [60, { servers: 10_000, groups: 40, vpcs: 4 }],
  ])('at most %i for %j', async (most, project) => {
    const cloud = answeringCloud(answering(project), { rate: 50 })
    const planned = await plan(cloud, rowsOf(project, addressed))
    expect(planned.rows.filter(({ action }) => action.kind === 'create')).toHaveLength(
      project.servers,
    )
    expect(cloud.requests.counts().total).toBeLessThanOrEqual(most)
    expect(cloud.requests.counts().byStatus).toEqual({ 200: cloud.asked.length })
  })
})

const SMALL = { servers: 6, groups: 2, vpcs: 1 } as const

describe('the other services are asked', () => {
  test('of nothing where every row is protected', async () => {
    const project = { ...SMALL, protectedServers: 6 }
    const cloud = answeringCloud(answering(project))
    await plan(cloud, rowsOf(project, addressed))
    expect(cloud.asked.map(({ what }) => what)).toEqual([
      'sdrs /v1/server-groups',
      'sdrs /v1/protected-instances',
    ])
  })

  test('of what the rows without protection name', async () => {
    const project = { ...SMALL, protectedServers: 5 }
    const cloud = answeringCloud(answering(project))
    await plan(cloud, rowsOf(project, addressed))
    const query = (what: string) => cloud.asked.filter((each) => each.what.startsWith(what))
    expect(query('evs')[0]?.query.get('ids')).toBe("['v5-0','v5-1']")
    expect(query('vpc /v1/subnets/').map(({ what }) => what)).toEqual([
      'vpc /v1/subnets/net-1/privateips',
    ])
  })

  test('of what is selected', async () => {
    const cloud = answeringCloud(answering(SMALL))
    await plan(cloud, rowsOf(SMALL, addressed), { selection: { rows: [[1, 1]] } })
    expect(cloud.count('vpc /v1/subnets/')).toBe(1)
  })

  test('of nothing without a preflight', async () => {
    const cloud = answeringCloud(answering(SMALL))
    await plan(cloud, rowsOf(SMALL, addressed), { others: null })
    expect(cloud.asked).toHaveLength(2)
  })
})

test('SDRS itself is needed, and the others are not', async () => {
  const refusing = (service: string) => {
    const answer = answering(SMALL)
    return answeringCloud((question) =>
      question.what.startsWith(service) ? FORBIDDEN : answer(question),
    )
  }
  await expect(plan(refusing('sdrs'), rowsOf(SMALL, addressed))).rejects.toMatchObject({
    class: 'access',
  })
  for (const service of ['ecs', 'vpc', 'evs', 'sdrs /v1/sdrs', 'sdrs /v1/active']) {
    const planned = await plan(refusing(service), rowsOf(SMALL, addressed))
    expect(planned.rows.map(({ action }) => action.kind)).toEqual(numbers(6).map(() => 'create'))
  }
})

test('a group is planned to be switched on as a whole, whatever part of the inventory is selected', async () => {
  const cloud = answeringCloud(({ what }) =>
    what.includes('server-groups')
      ? ok({
          server_groups: [
            { id: 'group-1', name: 'one', status: 'available' },
            { id: 'group-2', name: 'two', status: 'available' },
          ],
        })
      : ok({
          protected_instances: [
            { id: 'i1', server_group_id: 'group-1', status: 'available', source_server: 's1' },
          ],
        }),
  )
  const rows = [
    makeRow(1, { serverId: 's1', name: 'a', serverGroup: 'one' }),
    makeRow(2, { serverId: 's2', name: 'b', serverGroup: 'one' }),
    makeRow(3, { serverId: 's3', name: 'c', serverGroup: 'two' }),
  ]
  const planned = await cloud.clock.run(
    planRollout({
      rows,
      selection: { limit: 1 },
      openWork: NO_OPEN_WORK,
      client: cloud.sdrs,
      others: null,
      clock: cloud.clock,
      replaceFailed: false,
      dialect: 'otc',
      work: { creates: false, enable: { partial: false } },
    }),
  )
  if (planned.kind !== 'planned') throw new Error(planned.kind)
  expect(planned.enabling?.groups).toMatchObject([
    { group: { id: 'group-1' }, rows: 2, healthy: 1, action: { kind: 'refuse' } },
  ])
})

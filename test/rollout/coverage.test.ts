import { describe, expect, test } from 'vitest'
import { countClasses } from '../../src/coverage/classes.ts'
import { readCoverage, type Coverage } from '../../src/rollout/coverage.ts'
import {
  answeringCloud,
  FORBIDDEN,
  ok,
  type AnsweringCloud,
  type Question,
  type Reply,
} from '../support/answering-cloud.ts'
import { NOTHING_EXCLUDED } from '../support/coverage.ts'

const serverId = (n: number): string => `a0000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const SERVERS = 2_500
const PROTECTED = 500

/** 2,500 servers with a volume each, the first 500 with an instance. */
function answer({ what, query }: Question): Reply {
  const limit = Number(query.get('limit'))
  const offset = Number(query.get('offset'))
  const part = <T>(count: number, from: number, make: (n: number) => T): T[] =>
    Array.from({ length: Math.max(0, Math.min(limit, count - from)) }, (_, n) => make(from + n))
  if (what.endsWith('/server-groups')) {
    return ok({ server_groups: part(1, offset, () => ({ id: 'g', name: 'erp' })), count: 1 })
  }
  if (what.endsWith('/protected-instances')) {
    const items = part(PROTECTED, offset, (n) => ({
      id: `i${n}`,
      status: 'available',
      server_group_id: 'g',
      source_server: serverId(n),
    }))
    return ok({ protected_instances: items, count: PROTECTED })
  }
  if (what.endsWith('/cloudservers/detail')) {
    const servers = part(SERVERS, (Math.max(1, offset) - 1) * limit, (n) => ({
      id: serverId(n),
      name: `s${n}`,
      status: 'ACTIVE',
      'os-extended-volumes:volumes_attached': [{ id: `v${n}`, bootIndex: '0' }],
    }))
    return ok({ servers, count: SERVERS })
  }
  if (what.endsWith('/cloudservers/flavors')) return ok({ flavors: [] })
  if (what.includes('/cloudvolumes/detail')) {
    return ok({ volumes: part(SERVERS, offset, (n) => ({ id: `v${n}` })), count: SERVERS })
  }
  return { status: 404, body: {} }
}

async function read(
  reply: (question: Question) => Reply = answer,
  without: Partial<Record<'ecs' | 'evs', null>> = {},
): Promise<{ readonly cloud: AnsweringCloud; readonly coverage: Coverage }> {
  const cloud = answeringCloud(reply)
  const { sdrs: client, ecs, vpc, evs, clock } = cloud
  const others = { ecs, vpc, evs, ...without }
  const work = readCoverage({ client, others, clock, exclusion: NOTHING_EXCLUDED, dialect: 'otc' })
  return { cloud, coverage: await clock.run(work) }
}

const except =
  (part: string, reply: Reply) =>
  (question: Question): Reply =>
    question.what.includes(part) ? reply : answer(question)

test('asks a page for a thousand servers, and no server alone', async () => {
  const { cloud, coverage } = await read()
  expect(countClasses(coverage.servers)).toMatchObject({ protected: 500, protectable: 2_000 })
  expect(coverage.unchecked).toEqual([])
  expect(cloud.count('sdrs')).toBe(2)
  expect(cloud.count('ecs /v1/cloudservers/detail')).toBe(3)
  expect(cloud.count('ecs /v1/cloudservers/flavors')).toBe(1)
  expect(cloud.count('evs')).toBeLessThanOrEqual(4)
  expect(cloud.asked).toHaveLength(cloud.count('sdrs') + cloud.count('ecs') + cloud.count('evs'))
})

describe('what may not be read', () => {
  test.each([
    ['EVS', 'cloudvolumes', 'evs'],
    ['flavors', 'cloudservers/flavors', 'ecs'],
  ])('of %s speaks against nobody, and is said once', async (_, part, service) => {
    const { coverage } = await read(except(part, FORBIDDEN))
    expect(countClasses(coverage.servers)).toMatchObject({ protectable: 2_000, notProtectable: 0 })
    expect(coverage.unchecked.map((each) => each.service)).toEqual([service])
  })

  test('without an endpoint of EVS neither', async () => {
    const { coverage } = await read(answer, { evs: null })
    expect(coverage.unchecked).toMatchObject([{ service: 'evs' }])
  })

  test.each<[string, Reply]>([
    ['403', FORBIDDEN],
    ['404', { status: 404, body: {} }],
    ['500', { status: 500, body: {} }],
  ])('of the servers ends it, since nothing could be said: %s', async (_, reply) => {
    await expect(read(except('cloudservers/detail', reply))).rejects.toMatchObject({
      name: 'Failure',
      kind: 'access',
    })
  })

  test('nor without an endpoint of ECS', async () => {
    await expect(read(answer, { ecs: null })).rejects.toMatchObject({ kind: 'access' })
  })

  test('of SDRS ends it, and nothing else is asked', async () => {
    const cloud = answeringCloud(except('server-groups', FORBIDDEN))
    const { sdrs: client, clock, ...others } = cloud
    const work = readCoverage({
      client,
      others,
      clock,
      exclusion: NOTHING_EXCLUDED,
      dialect: 'otc',
    })
    await expect(clock.run(work)).rejects.toMatchObject({ class: 'access' })
    expect(cloud.count('ecs') + cloud.count('evs')).toBe(0)
  })
})

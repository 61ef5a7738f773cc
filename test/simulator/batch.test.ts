import { describe, expect, test } from 'vitest'
import { jobSchema } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { doubleCreates, healthyDeletes } from '../../src/simulator/audit.ts'
import { logItems } from '../../src/simulator/log.ts'
import type { World } from '../../src/simulator/state.ts'
import { instanceOf, jobAt, refusalOf } from './act-world.ts'
import { ask, create, MINUTE, NOW, serverId, smallWorld, troubled } from './ask.ts'
import { instancesAt, LIMITS, READY } from './group-world.ts'

function batch(world: World, servers: readonly number[], fields: Record<string, unknown> = {}) {
  const wanted = {
    name_prefix: 'erp',
    server_group_id: 'group-erp',
    servers: servers.map((n) => ({ server_id: serverId(n) })),
    ...fields,
  }
  return ask(world, 'POST', 'protected-instances/batch', { protected_instances: wanted }, NOW)
}

describe('a batch of creates', () => {
  const made = batch(smallWorld(), [1, 2, 3], {
    description: 'three',
    tags: [{ key: 'a', value: '1' }],
    servers: [1, 2, 3].map((n) => ({
      server_id: serverId(n),
      ...(n === 2 ? { flavorRef: 's3.xlarge.4' } : {}),
    })),
  })

  test('has one job, with a sub-job a server', () => {
    const job = jobAt(made.world, made, READY)
    expect([job.job_type, job.status]).toEqual(['createProtectedInstanceNoCG', 'SUCCESS'])
    const parsed = jobSchema.parse(job)
    expect([parsed.serverGroupId, parsed.protectedInstanceId]).toEqual(['group-erp', null])
    expect(
      job.entities.sub_jobs.map((each: { entities: Record<string, string> }) => [
        each.entities['protected_instance_id'],
        each.entities['native_server_id'],
      ]),
    ).toEqual(
      [1, 2, 3].map((n) => {
        const { id, target_server: target } = instanceOf(made.world, n)
        return [id, target]
      }),
    )
    const [single] = job.entities.sub_jobs
    expect(ask(made.world, 'GET', `jobs/${single.job_id}`, undefined, READY).json).toMatchObject({
      status: 'SUCCESS',
      entities: { protected_instance_id: instanceOf(made.world, 1).id },
    })
  })

  test('makes instances that are told apart by a number', () => {
    expect(instancesAt(made.world, NOW)).toEqual([
      'erp-0001 creating',
      'erp-0002 creating',
      'erp-0003 creating',
    ])
    expect(instanceOf(made.world, 3)).toMatchObject({
      description: 'three',
      tags: [{ key: 'a', value: '1' }],
      status: 'available',
    })
    expect(made.world.instances.get(instanceOf(made.world, 2).id)?.flavor).toBe('s3.xlarge.4')
  })

  test('stands in the ledger like single ones', () => {
    expect(logItems(made.world.ledger)).toHaveLength(3)
    expect(doubleCreates(made.world)).toEqual([])
  })

  test.each<[string, readonly number[], Record<string, unknown>, string]>([
    ['of none', [], {}, 'SDRS.0201'],
    ['of more than five', [1, 2, 3, 4, 5, 6], {}, 'SDRS.0201'],
    ['without a prefix', [1], { name_prefix: '' }, 'SDRS.0202'],
    ['with a long prefix', [1], { name_prefix: 'x'.repeat(60) }, 'SDRS.0202'],
    ['without a group', [1], { server_group_id: undefined }, 'SDRS.0207'],
    ['of one server twice', [1, 1], {}, 'SDRS.1305'],
    ['of a server that is not there', [1, 2, 99], {}, 'SDRS.1326'],
  ])('%s is refused as a whole', (_what, servers, fields, code) => {
    const refused = batch(smallWorld(), servers, fields)
    expect(refusalOf(refused)).toBe(code)
    expect(refused.world.instances.size).toBe(0)
    expect(refused.world.jobs.size).toBe(0)
  })

  test('with a prefix as long as it may be', () => {
    expect(batch(smallWorld(), [1], { name_prefix: 'x'.repeat(59) }).status).toBe(200)
  })

  test('is one to a group that runs one create at once', () => {
    const world = smallWorld({ limits: { ...LIMITS, groupParallel: 1 } })
    const two = batch(world, [1, 2])
    expect(two.status).toBe(200)
    expect(refusalOf(batch(two.world, [3]))).toBe('SDRS.1018')
    expect(refusalOf(create(two.world, 3))).toBe('SDRS.1018')
    expect(create(two.world, 3, {}, READY).status).toBe(200)
  })

  test('fails where one of its creates does, and only that one is a failed task', () => {
    const world = troubled({
      jobs: [{ server: 'server-2', errorCode: 'EVS.2024', failReason: 'no', leavesInstance: true }],
    })
    const made2 = batch(world, [1, 2])
    const job = jobAt(made2.world, made2, READY)
    expect([job.status, job.error_code]).toEqual(['FAIL', 'EVS.2024'])
    expect(job.entities.sub_jobs.map((each: { status: string }) => each.status)).toEqual([
      'SUCCESS',
      'FAIL',
    ])
    const tasks = (query: string): unknown[] =>
      ask(made2.world, 'GET', `task-center/failure-jobs${query}`, undefined, READY).json
        .failure_jobs
    expect(tasks('?server_group_id=group-erp')).toMatchObject([{ resource_name: 'erp-0002' }])
    expect(tasks('')).toEqual([])
  })
})

describe('a batch of deletes', () => {
  const world = create(batch(smallWorld(), [1, 2, 3]).world, 7).world
  const idOf = (n: number): string => instanceOf(world, n).id
  const remove = (ids: readonly unknown[], now = READY, fields: Record<string, unknown> = {}) =>
    ask(
      world,
      'POST',
      'protected-instances/delete',
      { protected_instances: ids.map((id) => ({ id })), ...fields },
      now,
    )

  test('has one job, and leaves nothing', () => {
    const gone = remove([idOf(1), idOf(2)], READY, { delete_target_server: true })
    const job = jobAt(gone.world, gone, READY + MINUTE)
    expect([job.job_type, job.status, job.entities.sub_jobs.length]).toEqual([
      'deleteProtectedInstanceNoCG',
      'SUCCESS',
      2,
    ])
    expect(instancesAt(gone.world, READY + MINUTE)).toEqual([
      'erp-0003 available',
      'dr-7 available',
    ])
    expect(gone.world.instances.get(idOf(1))?.deletion?.deletesTarget).toBe(true)
    expect(healthyDeletes(gone.world)).toHaveLength(2)
  })

  test.each<[string, readonly unknown[], number, string]>([
    ['of none', [], READY, 'SDRS.0201'],
    ['of more than twenty', Array(21).fill('x'), READY, 'SDRS.0201'],
    ['of one twice', [idOf(1), idOf(1)], READY, 'SDRS.0201'],
    ['of two groups', [idOf(1), idOf(7)], READY, 'SDRS.0201'],
    ['of one that is not there', [idOf(1), 'x'], READY, 'SDRS.1320'],
  ])('%s is refused as a whole', (_what, ids, now, code) => {
    const refused = remove(ids, now)
    expect(refusalOf(refused)).toBe(code)
    expect(refused.world.instances).toBe(world.instances)
  })

  test('of one that is being made is refused as a whole', () => {
    const refused = remove([idOf(1)], NOW)
    expect([refused.status, refused.world.instances]).toEqual([400, world.instances])
  })
})

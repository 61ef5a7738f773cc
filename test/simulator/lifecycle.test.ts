import { describe, expect, test } from 'vitest'
import { jobSchema, protectedInstanceSchema } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { logItems } from '../../src/simulator/log.ts'
import type { World } from '../../src/simulator/state.ts'
import { ask, codeOf, create, MINUTE, NOW, serverId, smallWorld } from './ask.ts'

function jobAt(world: World, id: string, now: number) {
  return jobSchema.parse(ask(world, 'GET', `jobs/${id}`, undefined, now).json)
}

function listAt(world: World, now: number, query = '') {
  const { json } = ask(world, 'GET', `protected-instances${query}`, undefined, now)
  return json.protected_instances.map((item: unknown) => protectedInstanceSchema.parse(item))
}

describe('a create over time', () => {
  const { world, json } = create(smallWorld(), 1)

  test('the job goes from INIT over RUNNING to SUCCESS, sub-jobs with it', () => {
    const start = jobAt(world, json.job_id, NOW)
    expect([start.status, start.protectedInstanceId, start.subJobs]).toEqual(['INIT', null, []])
    const middle = jobAt(world, json.job_id, NOW + 3 * MINUTE)
    expect(middle.status).toBe('RUNNING')
    expect(middle.protectedInstanceId).not.toBeNull()
    expect(middle.targetServerId).not.toBeNull()
    expect(middle.subJobs.map((job) => job.status)).toEqual(['RUNNING', 'RUNNING'])
    const before = jobAt(world, json.job_id, NOW + 5 * MINUTE - 1)
    expect([before.status, before.endTime]).toEqual(['RUNNING', null])
    const end = jobAt(world, json.job_id, NOW + 5 * MINUTE)
    expect([end.status, end.endTime]).toEqual(['SUCCESS', '2026-11-01T00:05:00.000Z'])
    expect(end.subJobs.map((job) => job.status)).toEqual(['SUCCESS', 'SUCCESS'])
  })

  test('the instance goes from creating to available, with progress', () => {
    expect(listAt(world, NOW)[0]).toMatchObject({
      status: 'creating',
      progress: 0,
      targetServer: null,
    })
    expect(listAt(world, NOW + 3 * MINUTE)[0]).toMatchObject({ status: 'creating', progress: 60 })
    expect(listAt(world, NOW + 5 * MINUTE)[0]).toMatchObject({
      status: 'available',
      progress: 100,
      name: 'dr-1',
      sourceServer: serverId(1),
      serverGroupId: 'group-erp',
      createdAt: '2026-11-01 00:00:00.000',
    })
  })

  test('in a protected group it ends protected', () => {
    const groups = [{ name: 'erp', id: 'group-erp', status: 'protected' }]
    const made = create(smallWorld({ groups, servers: [{ id: serverId(1), group: 'erp' }] }), 1)
    expect(listAt(made.world, NOW + 9 * MINUTE)[0].status).toBe('protected')
  })

  test('the DR server is in ECS with what was asked for', () => {
    const fields = {
      flavorRef: 's3.xlarge.2',
      primary_subnet_id: 'net-1',
      primary_ip_address: '192.168.1.9',
    }
    const made = create(smallWorld(), 1, fields)
    const [instance] = listAt(made.world, NOW + 5 * MINUTE)
    const { server } = ask(
      made.world,
      'GET',
      `cloudservers/${instance.targetServer}`,
      undefined,
      NOW + 5 * MINUTE,
    ).json
    expect(server).toMatchObject({
      status: 'SHUTOFF',
      flavor: { id: 's3.xlarge.2' },
      'OS-EXT-AZ:availability_zone': 'eu-de-02',
    })
    expect(Object.values(server.addresses)).toEqual([
      [expect.objectContaining({ addr: '192.168.1.9' })],
    ])
  })

  test('an unknown job is not found', () => {
    expect(ask(world, 'GET', 'jobs/00000000ffffffffffffffffffffffff').status).toBe(404)
  })
})

describe('a create that fails', () => {
  const fails = (createFails: object): World =>
    smallWorld({
      servers: [
        {
          id: serverId(1),
          group: 'erp',
          disks: 2,
          createFails: { errorCode: 'EVS.2024', failReason: 'volume is error!', ...createFails },
        },
      ],
    })
  const END = NOW + 5 * MINUTE

  test('leaves an instance in error, which still holds the server', () => {
    const made = create(fails({}), 1)
    const job = jobAt(made.world, made.json.job_id, END)
    expect(job).toMatchObject({
      status: 'FAIL',
      errorCode: 'EVS.2024',
      failReason: 'volume is error!',
    })
    expect(listAt(made.world, END)[0].status).toBe('error')
    expect(listAt(made.world, END, '?query_type=status_abnormal')).toHaveLength(1)
    expect(codeOf(create(made.world, 1, {}, END))).toBe('SDRS.1305')
    const failed = ask(
      made.world,
      'GET',
      'task-center/failure-jobs?server_group_id=group-erp',
      undefined,
      END,
    ).json
    expect(failed).toMatchObject({
      count: 1,
      failure_jobs: [
        { job_id: made.json.job_id, failure_status: 'createFail', error_code: 'EVS.2024' },
      ],
    })
  })

  test('or nothing, and then the server is free again, and its pairs', () => {
    const made = create(fails({ leavesInstance: false, times: 1 }), 1)
    expect(listAt(made.world, END - 1)).toHaveLength(1)
    expect(codeOf(create(made.world, 1, {}, END - 1))).toBe('SDRS.1305')
    expect(listAt(made.world, END)).toHaveLength(0)
    const again = create(made.world, 1, {}, END)
    expect(again.status).toBe(200)
    const group = ask(again.world, 'GET', 'server-groups/group-erp', undefined, END).json
      .server_group
    expect([group.protected_instance_num, group.replication_num]).toEqual([1, 2])
    expect(jobAt(again.world, again.json.job_id, END + 5 * MINUTE).status).toBe('SUCCESS')
  })

  test('or only a sub-job, under a parent that succeeded', () => {
    const made = create(fails({ subJobOnly: true }), 1)
    const job = jobAt(made.world, made.json.job_id, END)
    expect(job.status).toBe('SUCCESS')
    expect(job.subJobs.map((each) => [each.status, each.errorCode])).toEqual([
      ['SUCCESS', null],
      ['FAIL', 'EVS.2024'],
    ])
  })
})

describe('delete', () => {
  const made = create(smallWorld(), 1)
  const READY = NOW + 5 * MINUTE
  const id = listAt(made.world, READY)[0].id
  const remove = (body?: object, now = READY) =>
    ask(made.world, 'DELETE', `protected-instances/${id}`, body, now)

  test('takes a job, then the server may be protected again', () => {
    const removed = remove({ delete_target_server: true, delete_target_eip: false })
    expect(jobAt(removed.world, removed.json.job_id, READY).type).toBe(
      'deleteProtectedInstanceNoCG',
    )
    expect(listAt(removed.world, READY)[0].status).toBe('deleting')
    expect(codeOf(create(removed.world, 1, {}, READY))).toBe('SDRS.1305')
    expect(listAt(removed.world, READY + MINUTE)).toHaveLength(0)
    const shown = ask(removed.world, 'GET', `protected-instances/${id}`, undefined, READY + MINUTE)
    expect([shown.status, codeOf(shown)]).toEqual([400, 'SDRS.1320'])
    const again = create(removed.world, 1, {}, READY + MINUTE)
    expect(again.status).toBe(200)
    expect(logItems(again.world.ledger).map((entry) => entry.kind)).toEqual([
      'create',
      'delete',
      'create',
    ])
  })

  test.each([
    [true, 404],
    [false, 200],
  ])('with delete_target_server %s the DR server answers %i afterwards', (withTarget, status) => {
    const target = listAt(made.world, READY)[0].targetServer
    const removed = remove({ delete_target_server: withTarget })
    expect(
      ask(removed.world, 'GET', `cloudservers/${target}`, undefined, READY + MINUTE).status,
    ).toBe(status)
  })

  test('is refused while creating or deleting', () => {
    expect(codeOf(remove(undefined, NOW))).toBe('SDRS.1301')
    const removed = remove()
    expect(
      codeOf(ask(removed.world, 'DELETE', `protected-instances/${id}`, undefined, READY)),
    ).toBe('SDRS.1301')
  })
})

test('a group is created, renamed and deleted', () => {
  const wire = {
    name: 'batch',
    source_availability_zone: 'eu-de-01',
    target_availability_zone: 'eu-de-02',
    source_vpc_id: 'vpc-1',
    domain_id: 'd',
    dr_type: 'migration',
  }
  const made = ask(smallWorld(), 'POST', 'server-groups', { server_group: wire })
  const id = jobAt(made.world, made.json.job_id, NOW).serverGroupId
  const at = (world: World, now: number) => ask(world, 'GET', `server-groups/${id}`, undefined, now)
  expect(at(made.world, NOW).json.server_group.status).toBe('creating')
  expect(at(made.world, NOW + MINUTE).json.server_group).toMatchObject({
    status: 'available',
    name: 'batch',
    source_vpc_id: 'vpc-1',
  })
  const renamed = ask(
    made.world,
    'PUT',
    `server-groups/${id}`,
    { server_group: { name: 'night' } },
    NOW + MINUTE,
  )
  expect(renamed.json.server_group.name).toBe('night')
  const gone = ask(renamed.world, 'DELETE', `server-groups/${id}`, undefined, NOW + MINUTE)
  expect(at(gone.world, NOW + MINUTE).json.server_group.status).toBe('deleting')
  const shown = at(gone.world, NOW + 2 * MINUTE)
  expect([shown.status, codeOf(shown)]).toEqual([400, 'SDRS.1013'])
  const used = create(smallWorld(), 1).world
  expect(codeOf(ask(used, 'DELETE', 'server-groups/group-erp'))).toBe('SDRS.1001')
})

test('an instance is renamed and tagged, and nothing else about it changes', () => {
  const { world } = create(smallWorld(), 1, { tags: [{ key: 'a', value: '1' }] })
  const [before] = listAt(world, NOW)
  const path = `protected-instances/${before.id}`
  const renamed = ask(world, 'PUT', path, { protected_instance: { name: 'other' } })
  const action = (w: World, name: string, tags: object[]) =>
    ask(w, 'POST', `${path}/tags/action`, { action: name, tags })
  const tagged = action(renamed.world, 'create', [
    { key: 'b', value: '2' },
    { key: 'a', value: '3' },
  ])
  expect(tagged.status).toBe(204)
  expect(listAt(tagged.world, NOW)).toEqual([
    { ...before, name: 'other', tags: { a: '3', b: '2' } },
  ])
  expect(codeOf(action(tagged.world, 'replace', []))).toBe('SDRS.2201')
  expect(codeOf(action(tagged.world, 'create', []))).toBe('SDRS.2202')
  const untagged = action(tagged.world, 'delete', [{ key: 'a' }] as object[])
  expect(ask(untagged.world, 'GET', `${path}/tags`).json.tags).toEqual([{ key: 'b', value: '2' }])
})

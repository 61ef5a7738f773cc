import { describe, expect, test } from 'vitest'
import { jobSchema } from '../../src/cloud/sdrs/sdrs-schema.ts'
import type { World } from '../../src/simulator/state.ts'
import { actWorld, DONE, instanceOf, jobAt, refusalOf } from './act-world.ts'
import { ask, MINUTE, smallWorld } from './ask.ts'
import { act, groupAt, READY } from './group-world.ts'

function drill(world: World, fields: Record<string, unknown> = {}, now = READY) {
  const body = {
    disaster_recovery_drill: { server_group_id: 'group-erp', name: 'spring', ...fields },
  }
  return ask(world, 'POST', 'disaster-recovery-drills', body, now)
}

function listAt(world: World, now: number, query = '') {
  return ask(world, 'GET', `disaster-recovery-drills${query}`, undefined, now).json
    .disaster_recovery_drills
}

describe('a drill', () => {
  const made = drill(actWorld(), { drill_vpc_id: 'vpc-drill' })
  const [{ id }] = listAt(made.world, DONE)
  const path = `disaster-recovery-drills/${id}`

  test('is made by a job with a sub-job an instance', () => {
    const job = jobAt(made.world, made, DONE)
    expect([job.job_type, job.status]).toEqual(['createDisasterRecoveryDrill', 'SUCCESS'])
    expect(job.entities).toMatchObject({
      disaster_recovery_drill_id: id,
      server_group_id: 'group-erp',
    })
    expect(jobSchema.parse(job).subJobs).toHaveLength(2)
    expect(jobAt(made.world, made, DONE - 1).status).toBe('RUNNING')
    expect(jobAt(made.world, made, READY).entities).not.toHaveProperty('disaster_recovery_drill_id')
  })

  test('is shown with the documented fields', () => {
    expect(listAt(made.world, DONE - 1)).toMatchObject([
      { id, status: 'creating', drill_servers: [] },
    ])
    const shown = ask(made.world, 'GET', path, undefined, DONE).json.disaster_recovery_drill
    expect(shown).toEqual({
      id,
      name: 'spring',
      status: 'available',
      server_group_id: 'group-erp',
      drill_vpc_id: 'vpc-drill',
      created_at: '2026-11-01 00:05:00.000',
      updated_at: '2026-11-01 00:06:00.000',
      drill_servers: [1, 2].map((n) => ({
        protected_instance: instanceOf(made.world, n).id,
        drill_server_id: expect.any(String),
      })),
    })
  })

  test('counts for its group, which cannot be deleted with it', () => {
    expect(groupAt(actWorld(), READY)).toMatchObject({
      disaster_recovery_drill_num: 0,
      test_vpc_id: null,
    })
    expect(groupAt(made.world, DONE)).toMatchObject({
      disaster_recovery_drill_num: 1,
      test_vpc_id: null,
    })
    let { world } = made
    for (const n of [1, 2]) {
      const gone = `protected-instances/${instanceOf(world, n).id}`
      ;({ world } = ask(world, 'DELETE', gone, undefined, DONE))
    }
    const deletion = ask(world, 'DELETE', 'server-groups/group-erp', undefined, DONE + MINUTE)
    expect(refusalOf(deletion)).toBe('SDRS.1003')
  })

  test('leaves the groups without one to be asked for', () => {
    const path = 'server-groups?query_type=period_no_dr_drill'
    const { server_groups: groups } = ask(made.world, 'GET', path, undefined, DONE).json
    expect(groups.map((each: Record<string, string>) => each['name'])).toEqual(['web'])
  })

  test('is renamed', () => {
    const body = { disaster_recovery_drill: { name: 'autumn' } }
    const renamed = ask(made.world, 'PUT', path, body, DONE)
    expect(renamed.json.disaster_recovery_drill).toMatchObject({ id, name: 'autumn' })
    expect(listAt(renamed.world, DONE)).toMatchObject([{ name: 'autumn' }])
    const odd = { disaster_recovery_drill: { name: 'a b' } }
    expect(refusalOf(ask(made.world, 'PUT', path, odd, DONE))).toBe('SDRS.0202')
  })

  test('is deleted by a job, and gone then; a VPC that was its own is free again', () => {
    const gone = ask(made.world, 'DELETE', path, undefined, DONE)
    expect(listAt(gone.world, DONE)).toMatchObject([{ status: 'deleting' }])
    expect(refusalOf(ask(gone.world, 'DELETE', path, undefined, DONE))).toBe('SDRS.1913')
    const job = jobAt(gone.world, gone, DONE + MINUTE)
    expect([job.job_type, job.status]).toEqual(['deleteDisasterRecoveryDrill', 'SUCCESS'])
    expect(listAt(gone.world, DONE + MINUTE)).toEqual([])
    const shown = ask(gone.world, 'GET', path, undefined, DONE + MINUTE)
    expect([shown.status, refusalOf(shown)]).toEqual([400, 'SDRS.1902'])
    expect(groupAt(gone.world, DONE + MINUTE)['disaster_recovery_drill_num']).toBe(0)
    const again = drill(gone.world, { drill_vpc_id: 'vpc-drill' }, DONE + MINUTE)
    expect(again.status).toBe(200)
  })

  test('is not deleted while it is made', () => {
    expect(refusalOf(ask(made.world, 'DELETE', path, undefined, DONE - 1))).toBe('SDRS.1913')
  })

  test('has a VPC of its own where none is named', () => {
    const { world } = drill(made.world, { name: 'second' }, DONE)
    const vpcs = listAt(world, DONE).map((each: Record<string, string>) => each['drill_vpc_id'])
    expect(new Set(vpcs).size).toBe(2)
    expect(groupAt(world, DONE)['disaster_recovery_drill_num']).toBe(2)
  })

  test.each([
    ['?server_group_id=group-erp', 1],
    ['?server_group_id=group-web', 0],
    ['?name=prin', 1],
    ['?name=x', 0],
    ['?status=available', 1],
    ['?status=creating', 0],
    ['?drill_vpc_id=vpc-drill', 1],
    ['?drill_vpc_id=vpc', 0],
    ['?limit=1&offset=1', 0],
  ])('is listed under %s: %i', (query, count) => {
    expect(listAt(made.world, DONE, query)).toHaveLength(count)
  })
})

describe('a drill is refused', () => {
  const running = drill(actWorld(), { drill_vpc_id: 'vpc-drill' }).world
  const subnets = [
    { id: 'net-1', cidr: '192.168.1.0/24', vpcId: 'prod' },
    { id: 'net-2', cidr: '10.0.0.0/24', vpcId: 'elsewhere' },
    { id: 'net-3', cidr: '192.168.1.0/24', vpcId: 'twin' },
  ]
  const inVpc = actWorld({
    subnets,
    groups: [
      { name: 'erp', id: 'group-erp', sourceVpcId: 'prod' },
      { name: 'web', id: 'group-web' },
    ],
  })
  const { source_vpc_id: vpc } = groupAt(actWorld(), READY)

  test.each<[string, World, Record<string, unknown>, string]>([
    ['without a group', actWorld(), { server_group_id: '' }, 'SDRS.0207'],
    ['of no group', actWorld(), { server_group_id: 'nowhere' }, 'SDRS.1013'],
    ['without a name', actWorld(), { name: '' }, 'SDRS.0202'],
    ['of an empty group', actWorld(), { server_group_id: 'group-web' }, 'SDRS.1015'],
    ['in the group’s own VPC', actWorld(), { drill_vpc_id: vpc }, 'SDRS.1907'],
    ['in another drill’s VPC', running, { drill_vpc_id: 'vpc-drill' }, 'SDRS.1921'],
    ['in a VPC of other blocks', inVpc, { drill_vpc_id: 'elsewhere' }, 'SDRS.1909'],
    ['while its group starts', act(actWorld(), 'start', READY).world, {}, 'SDRS.1002'],
  ])('%s', (_what, world, fields, code) => {
    const refused = drill(world, fields)
    expect([refused.status, refusalOf(refused)]).toEqual([400, code])
    expect(refused.world.drills).toBe(world.drills)
  })

  test('but not in a VPC of the same blocks', () => {
    expect(drill(inVpc, { drill_vpc_id: 'twin' }).status).toBe(200)
  })

  test('without its one object', () => {
    expect(refusalOf(ask(actWorld(), 'POST', 'disaster-recovery-drills', {}, READY))).toBe(
      'SDRS.0201',
    )
  })
})

test('a drill that a file says could not be deleted can be tried again', () => {
  const spec = { id: 'd', name: 'old', groupId: 'group-erp', vpcId: 'v', status: 'error-deleting' }
  const world = smallWorld({ drills: [spec] })
  expect(listAt(world, READY)).toMatchObject([{ id: 'd', status: 'error-deleting' }])
  const gone = ask(world, 'DELETE', 'disaster-recovery-drills/d', undefined, READY)
  expect([gone.status, listAt(gone.world, DONE)]).toEqual([200, []])
})

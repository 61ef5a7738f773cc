import { describe, expect, test } from 'vitest'
import { isWhole } from '../../src/instance-status.ts'
import type { World } from '../../src/simulator/state.ts'
import { actWorld, DONE, instanceOf, jobAt, refusalOf } from './act-world.ts'
import { ask, MINUTE, serverId, smallWorld } from './ask.ts'
import { act, drServerOf, instancesAt, LIMITS, pairsAt, READY } from './group-world.ts'

function resize(world: World, n: number, fields: Record<string, unknown>, now = READY) {
  const path = `protected-instances/${instanceOf(world, n, now).id}/resize`
  return ask(world, 'POST', path, { resize: fields }, now)
}

function flavors(world: World, n: number, now: number): string[] {
  const own = ask(world, 'GET', `cloudservers/${serverId(n)}`, undefined, now).json.server
  return [own.flavor.id, drServerOf(world, n, now).json.server.flavor.id]
}

describe('an instance is resized', () => {
  const resized = resize(actWorld(), 1, { dr_flavorRef: 's3.xlarge.4' })

  test('through resizing, and its pairs know nothing of it', () => {
    expect(instancesAt(resized.world, DONE - 1)).toEqual(['dr-1 resizing', 'dr-2 available'])
    expect(isWhole('resizing')).toBe(true)
    expect(pairsAt(resized.world, DONE - 1)).toEqual(['available inactive 0 0'])
    expect(instancesAt(resized.world, DONE)).toEqual(['dr-1 available', 'dr-2 available'])
    const job = jobAt(resized.world, resized, DONE)
    expect([job.job_type, job.status, job.entities.sub_jobs.length]).toEqual([
      'resizeProtectedInstanceNew',
      'SUCCESS',
      1,
    ])
    expect(job.entities.protected_instance_id).toBe(instanceOf(resized.world, 1).id)
  })

  test.each([
    [{ flavorRef: 's3.xlarge.4' }, ['s3.xlarge.4', 's3.xlarge.4'], 2],
    [{ flavorRef: 's3.xlarge.4', dr_flavorRef: 's3.medium.4' }, ['s3.xlarge.4', 's3.xlarge.4'], 2],
    [{ production_flavorRef: 's3.xlarge.4' }, ['s3.xlarge.4', 's3.large.2'], 1],
    [{ dr_flavorRef: 's3.xlarge.4' }, ['s3.large.2', 's3.xlarge.4'], 1],
    [
      { production_flavorRef: 's3.medium.4', dr_flavorRef: 's3.xlarge.4' },
      ['s3.medium.4', 's3.xlarge.4'],
      2,
    ],
  ])('%o', (fields, expected, parts) => {
    const asked = resize(actWorld(), 1, fields)
    expect(flavors(asked.world, 1, DONE - 1)).toEqual(['s3.large.2', 's3.large.2'])
    expect(flavors(asked.world, 1, DONE)).toEqual(expected)
    expect(jobAt(asked.world, asked, DONE).entities.sub_jobs).toHaveLength(parts)
  })

  test('on the side that production runs on', () => {
    let { world } = act(actWorld(), 'start', READY)
    ;({ world } = act(world, 'reverse', DONE))
    const at = DONE + MINUTE
    const { world: after } = resize(world, 1, { dr_flavorRef: 's3.xlarge.4' }, at)
    expect(flavors(after, 1, at + MINUTE)).toEqual(['s3.xlarge.4', 's3.large.2'])
    expect(refusalOf(resize(world, 1, { production_flavorRef: 's3.xlarge.4' }, at))).toBe(
      'SDRS.1319',
    )
  })

  test('again after a failure', () => {
    const world = smallWorld({
      limits: LIMITS,
      instances: [{ server: serverId(1), group: 'erp', status: 'error-resizing' }],
    })
    expect(pairsAt(world, READY)).toEqual(['available inactive 0 0'])
    const again = resize(world, 1, { dr_flavorRef: 's3.xlarge.4' })
    const statuses = [READY, DONE].map(
      (now) => ask(again.world, 'GET', 'protected-instances', undefined, now).json,
    )
    expect(statuses.map((each) => each.protected_instances[0].status)).toEqual([
      'resizing',
      'available',
    ])
  })
})

describe('resizing is refused', () => {
  const busy = resize(actWorld(), 1, { dr_flavorRef: 's3.xlarge.4' }).world
  const starting = act(actWorld(), 'start', READY).world
  const path = `protected-instances/${instanceOf(actWorld(), 1).id}`

  test.each<[string, World, number, Record<string, unknown>, string]>([
    ['to nothing', actWorld(), 1, {}, 'SDRS.0201'],
    ['to what it is', actWorld(), 1, { flavorRef: 's3.large.2' }, 'SDRS.1341'],
    ['of a running server', actWorld(), 2, { flavorRef: 's3.xlarge.4' }, 'SDRS.1319'],
    ['to no flavor', actWorld(), 1, { dr_flavorRef: 'x9.none.1' }, 'SDRS.1353'],
    ['to a family without DR', actWorld(), 1, { production_flavorRef: 'c6.a.1' }, 'SDRS.1356'],
    ['while it is resized', busy, 1, { dr_flavorRef: 's3.medium.4' }, 'SDRS.1328'],
    ['while its group starts', starting, 1, { dr_flavorRef: 's3.medium.4' }, 'SDRS.1024'],
  ])('%s', (_what, world, n, fields, code) => {
    const refused = resize(world, n, fields)
    expect([refused.status, refusalOf(refused)]).toEqual([400, code])
    expect(refused.world.instances).toBe(world.instances)
  })

  test('of no instance, and without its one object', () => {
    const body = { resize: { flavorRef: 's3.xlarge.4' } }
    const gone = ask(actWorld(), 'POST', 'protected-instances/x/resize', body, READY)
    expect(refusalOf(gone)).toBe('SDRS.1320')
    expect(refusalOf(ask(actWorld(), 'POST', `${path}/resize`, {}, READY))).toBe('SDRS.0201')
  })

  test('and so are a delete, a NIC and an action of its group while it runs', () => {
    expect(refusalOf(ask(busy, 'DELETE', path, undefined, READY))).toBe('SDRS.1301')
    expect(refusalOf(ask(busy, 'POST', `${path}/nic`, { subnet_id: 'net-1' }, READY))).toBe(
      'SDRS.1327',
    )
    expect(refusalOf(act(busy, 'start', DONE - 1))).toBe('SDRS.1002')
    expect(act(busy, 'start', DONE).status).toBe(200)
  })
})

import { describe, expect, test } from 'vitest'
import type { World } from '../../src/simulator/state.ts'
import { actWorld, DONE, instanceOf, jobAt, refusalOf } from './act-world.ts'
import { ask, MINUTE, serverId } from './ask.ts'
import { act, drServerOf, instancesAt, READY } from './group-world.ts'

function nic(world: World, n: number, body: Record<string, unknown>, now = READY, verb = 'nic') {
  const path = `protected-instances/${instanceOf(world, n, now).id}/${verb}`
  return ask(world, 'POST', path, body, now)
}

function addressesOf(server: { addresses: Record<string, { addr: string }[]> }): string[] {
  return Object.values(server.addresses).flatMap((list) => list.map(({ addr }) => addr))
}

function portsOf(world: World, n: number, now: number): string[] {
  const { server } = ask(world, 'GET', `cloudservers/${serverId(n)}`, undefined, now).json
  return Object.values<{ 'OS-EXT-IPS:port_id': string }[]>(server.addresses).flatMap((list) =>
    list.map((each) => each['OS-EXT-IPS:port_id']),
  )
}

describe('a NIC', () => {
  const added = nic(actWorld(), 1, { subnet_id: 'net-1', ip_address: '192.168.1.20' })

  test('is added to both servers through nic-creating', () => {
    expect(instancesAt(added.world, DONE - 1)).toEqual(['dr-1 nic-creating', 'dr-2 available'])
    expect(instancesAt(added.world, DONE)).toEqual(['dr-1 available', 'dr-2 available'])
    const own = ask(added.world, 'GET', `cloudservers/${serverId(1)}`, undefined, DONE).json
    expect(addressesOf(own.server)).toEqual([expect.any(String), '192.168.1.20'])
    expect(addressesOf(drServerOf(added.world, 1, DONE).json.server)).toContain('192.168.1.20')
    const job = jobAt(added.world, added, DONE)
    expect([job.job_type, job.status]).toEqual(['addNicNew', 'SUCCESS'])
    expect(job.entities.nic_id).toBe(portsOf(added.world, 1, DONE)[1])
  })

  test('gets a free address where none is named, and nobody else does', () => {
    const one = nic(actWorld(), 1, { subnet_id: 'net-1' })
    const two = nic(one.world, 2, { subnet_id: 'net-1' })
    const { privateips } = ask(two.world, 'GET', 'subnets/net-1/privateips', undefined, DONE).json
    expect(privateips.map((each: Record<string, string>) => each['ip_address'])).toEqual([
      '192.168.1.2',
      '192.168.1.3',
    ])
  })

  test('is deleted through nic-deleting, and its address is free again', () => {
    const [, nicId] = portsOf(added.world, 1, DONE)
    const gone = nic(added.world, 1, { nic_id: nicId }, DONE, 'nic/delete')
    expect(instancesAt(gone.world, DONE)).toEqual(['dr-1 nic-deleting', 'dr-2 available'])
    const at = DONE + MINUTE
    const job = jobAt(gone.world, gone, at)
    expect([job.job_type, job.status, job.entities.nic_id]).toEqual([
      'deleteNicNew',
      'SUCCESS',
      nicId,
    ])
    expect(portsOf(gone.world, 1, at)).toHaveLength(1)
    const again = nic(gone.world, 2, { subnet_id: 'net-1', ip_address: '192.168.1.20' }, at)
    expect(again.status).toBe(200)
  })

  test('is deleted by the DR server’s port as well', () => {
    const { server } = drServerOf(added.world, 1, DONE).json
    const port = Object.values<{ addr: string; 'OS-EXT-IPS:port_id': string }[]>(server.addresses)
      .flat()
      .find(({ addr }) => addr === '192.168.1.20')
    const gone = nic(added.world, 1, { nic_id: port?.['OS-EXT-IPS:port_id'] }, DONE, 'nic/delete')
    expect([gone.status, portsOf(gone.world, 1, DONE + MINUTE).length]).toEqual([200, 1])
  })

  test.each([
    ['of a subnet that is not there', { subnet_id: 'x' }, 'SDRS.1335'],
    ['of no subnet', {}, 'SDRS.1335'],
    ['of a subnet of another VPC', { subnet_id: 'net-far' }, 'SDRS.1335'],
    ['out of the subnet', { subnet_id: 'net-1', ip_address: '10.0.0.9' }, 'SDRS.0219'],
    ['of the gateway', { subnet_id: 'net-1', ip_address: '192.168.1.1' }, 'SDRS.0219'],
    ['that is no address', { subnet_id: 'net-1', ip_address: 7 }, 'SDRS.0219'],
    ['in use', { subnet_id: 'net-1', ip_address: '192.168.1.20' }, 'SDRS.1334'],
  ])('with an address %s is refused', (_what, body, code) => {
    const subnets = [
      { id: 'net-1', cidr: '192.168.1.0/24' },
      { id: 'net-far', cidr: '192.168.9.0/24', vpcId: 'far' },
    ]
    const world = nic(actWorld({ subnets }), 1, {
      subnet_id: 'net-1',
      ip_address: '192.168.1.20',
    }).world
    expect(refusalOf(nic(world, 2, body))).toBe(code)
  })

  test('too many are refused, and so is one in hand', () => {
    let world = actWorld()
    let now = READY
    for (let count = 1; count < 12; count++) {
      ;({ world } = nic(world, 1, { subnet_id: 'net-1' }, now))
      expect(refusalOf(nic(world, 1, { subnet_id: 'net-1' }, now))).toBe('SDRS.1327')
      now += MINUTE
    }
    expect(portsOf(world, 1, now)).toHaveLength(12)
    expect(refusalOf(nic(world, 1, { subnet_id: 'net-1' }, now))).toBe('SDRS.1340')
  })

  test.each<[string, (world: World) => unknown, string]>([
    ['without an ID', () => '', 'SDRS.0223'],
    ['that is not there', () => 'x', 'SDRS.1310'],
    ['that is the first', (world) => portsOf(world, 1, DONE)[0], 'SDRS.1311'],
  ])('%s is not deleted', (_what, idOf, code) => {
    const body = { nic_id: idOf(added.world) }
    expect(refusalOf(nic(added.world, 1, body, DONE, 'nic/delete'))).toBe(code)
  })

  test('is not added while the group starts', () => {
    const { world } = act(actWorld(), 'start', READY)
    expect(refusalOf(nic(world, 1, { subnet_id: 'net-1' }))).toBe('SDRS.1024')
  })
})

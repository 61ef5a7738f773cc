import { describe, expect, test } from 'vitest'
import { ApiError } from '../../../src/cloud/errors.ts'
import { answeringCloud, ok, present, type Reply } from '../../support/answering-cloud.ts'

const subnet = (n: number, over: object = {}) => ({
  id: `net-${n}`,
  name: `subnet-${n}`,
  cidr: '192.168.0.0/24',
  gateway_ip: '192.168.0.1',
  vpc_id: 'vpc-1',
  neutron_network_id: `net-${n}`,
  neutron_subnet_id: `sub-${n}`,
  ...over,
})

describe('subnets', () => {
  test('of one VPC, by markers, each once', async () => {
    const all = Array.from({ length: 2_500 }, (_, n) => subnet(n))
    const cloud = answeringCloud(({ query }) => {
      const from = all.findIndex(({ id }) => id === query.get('marker')) + 1
      return ok({ subnets: all.slice(from, from + 2_000) })
    })
    const found = await cloud.clock.run(present(cloud.vpc).listSubnets('vpc 1'))
    expect(found).toHaveLength(2_500)
    expect(found[0]).toEqual({
      networkId: 'net-0',
      name: 'subnet-0',
      cidr: '192.168.0.0/24',
      gatewayIp: '192.168.0.1',
      vpcId: 'vpc-1',
    })
    expect(cloud.asked.map(({ what, query }) => `${what}?${query.toString()}`)).toEqual([
      'vpc /v1/subnets?limit=2000&vpc_id=vpc+1',
      'vpc /v1/subnets?limit=2000&marker=net-1999&vpc_id=vpc+1',
      // A service may cap its pages below what it was asked for.
      'vpc /v1/subnets?limit=2000&marker=net-2499&vpc_id=vpc+1',
    ])
  })

  test('whose pages are capped are read whole; a handful is taken for the end', async () => {
    const all = Array.from({ length: 230 }, (_, n) => subnet(n))
    const cloud = answeringCloud(({ query }) => {
      const from = all.findIndex(({ id }) => id === query.get('marker')) + 1
      return ok({ subnets: all.slice(from, from + 100) })
    })
    expect(await cloud.clock.run(present(cloud.vpc).listSubnets('vpc-1'))).toHaveLength(230)
    expect(cloud.asked).toHaveLength(3)
  })

  test('a marker that the service ignores ends the list', async () => {
    const page = Array.from({ length: 2_000 }, (_, n) => subnet(n))
    const cloud = answeringCloud(() => ok({ subnets: page }))
    expect(await cloud.clock.run(present(cloud.vpc).listSubnets('vpc-1'))).toHaveLength(2_000)
    expect(cloud.asked).toHaveLength(2)
  })

  const read = (body: unknown) => {
    const cloud = answeringCloud(() => ok(body))
    return cloud.clock.run(present(cloud.vpc).listSubnets('vpc-1'))
  }

  test('an odd field costs that field; the network is the subnet where it is not told', async () => {
    const odd = { cidr: [], gateway_ip: {}, name: null, vpc_id: true, neutron_network_id: null }
    expect(await read({ subnets: [subnet(1, odd), null] })).toEqual([
      { networkId: 'net-1', name: '', cidr: null, gatewayIp: null, vpcId: null },
    ])
    expect(await read({ subnets: null })).toEqual([])
  })

  test.each([{}, { subnets: [{}] }, { subnets: 'none' }])(
    '%j could hide a subnet that a row names',
    async (body) => {
      await expect(read(body)).rejects.toBeInstanceOf(ApiError)
    },
  )
})

describe('addresses in use', () => {
  test('of one network', async () => {
    const cloud = answeringCloud(() =>
      ok({
        privateips: [
          { id: '1', ip_address: '192.168.0.5', status: 'ACTIVE', device_owner: 'compute:x' },
          { id: '2', ip_address: null },
          null,
          'odd',
          { ip_address: '192.168.0.6' },
        ],
      }),
    )
    const found = cloud.clock.run(present(cloud.vpc).listPrivateIps('net/1'))
    expect(await found).toEqual(['192.168.0.5', '192.168.0.6'])
    expect(cloud.asked.map(({ what, query }) => `${what}?${query.toString()}`)).toEqual([
      'vpc /v1/subnets/net%2F1/privateips?limit=2000',
    ])
  })

  test.each<[string, Reply]>([
    ['by the service', { status: 404, body: { code: 'VPC.0202', message: 'no such subnet' } }],
    ['by the gateway', { status: 404, body: { error_code: 'APIGW.0101', error_msg: 'no API' } }],
    ['by a page', { status: 404, body: 'not here' }],
  ])('a 404 is an answer, not asked twice: %s', async (_, reply) => {
    const cloud = answeringCloud(() => reply)
    const asking = present(cloud.vpc).listPrivateIps('net-1')
    await expect(cloud.clock.run(asking)).rejects.toMatchObject({ httpStatus: 404 })
    expect(cloud.asked).toHaveLength(1)
  })

  test('a service that fails is asked three times, one that hangs once', async () => {
    const failing = answeringCloud(() => ({ status: 500, body: {} }))
    await expect(
      failing.clock.run(present(failing.vpc).listPrivateIps('net-1')),
    ).rejects.toMatchObject({ httpStatus: 500 })
    expect(failing.asked).toHaveLength(3)
    const hanging = answeringCloud(() => 'hangs')
    const from = hanging.clock.now()
    await expect(
      hanging.clock.run(present(hanging.vpc).listPrivateIps('net-1')),
    ).rejects.toBeInstanceOf(ApiError)
    expect(hanging.asked).toHaveLength(1)
    expect(hanging.clock.now() - from).toBe(30_000)
  })
})

import { describe, expect, test } from 'vitest'
import type { World } from '../../src/simulator/state.ts'
import { ask, create, MINUTE, NOW, PROJECT, serverId, smallWorld } from './ask.ts'

const READY = NOW + 5 * MINUTE

describe('volumes', () => {
  const world = smallWorld({
    servers: [
      {
        id: serverId(1),
        group: 'erp',
        disks: [
          { id: 'a', size: 80, type: 'SSD' },
          { id: 'b', encrypted: true },
        ],
      },
      { id: serverId(2), group: 'erp', disks: [{ id: 'c' }, { id: 's', shared: true }] },
      {
        id: serverId(3),
        group: 'erp',
        disks: [{ id: 's', shared: true, system: false, device: '/dev/vdz' }],
      },
    ],
  })
  const list = (query: string, from: World = world) =>
    ask(from, 'GET', `/v2/${PROJECT}/cloudvolumes/detail?${query}`, undefined, READY)
  const idsOf = (query: string): string =>
    list(query)
      .json.volumes.map(({ id }: { id: string }) => id)
      .join('')

  test('only metadata and multiattach tell of encryption and sharing', () => {
    expect(list('').json).toMatchObject({
      count: 4,
      volumes: [
        {
          id: 'a',
          size: 80,
          volume_type: 'SSD',
          status: 'in-use',
          bootable: 'true',
          multiattach: false,
          availability_zone: 'eu-de-01',
          attachments: [{ server_id: serverId(1), device: '/dev/vda' }],
        },
        {
          id: 'b',
          bootable: 'false',
          encrypted: false,
          metadata: { __system__encrypted: '1' },
        },
        { id: 'c' },
        {
          id: 's',
          multiattach: true,
          shareable: 'false',
          attachments: [
            { server_id: serverId(2), device: '/dev/vdb' },
            { server_id: serverId(3), device: '/dev/vdz' },
          ],
        },
      ],
    })
    expect(list('').json.volumes[0].metadata).toEqual({})
  })

  test.each([
    [`ids=${encodeURIComponent("['a','s','unknown']")}`, 'as'],
    [`ids=${encodeURIComponent('["b"]')}`, 'b'],
    ['limit=2', 'ab'],
    ['limit=2&offset=2', 'cs'],
    ['limit=2&offset=4', ''],
    ['limit=2&marker=b', 'cs'],
    ['limit=2&marker=s', ''],
  ])('%s', (query, ids) => {
    expect(idsOf(query)).toBe(ids)
  })

  test('60 IDs at most, and 1000 a page', () => {
    const ids = (count: number): string =>
      `ids=${encodeURIComponent(`[${Array.from({ length: count }, (_, n) => `'${n}'`).join(',')}]`)}`
    expect(
      [ids(60), ids(61), 'limit=1000', 'limit=1001'].map((query) => list(query).status),
    ).toEqual([200, 400, 200, 400])
  })

  test('a DR server has its own, of the same kind, found by page and by ID', () => {
    const plain = smallWorld({
      servers: [{ id: serverId(1), group: 'erp', disks: [{ id: 'a', size: 80 }, { id: 'b' }] }],
    })
    const made = create(plain, 1).world
    const { volumes, count } = list('', made).json
    expect(count).toBe(4)
    const target = ask(made, 'GET', 'protected-instances', undefined, READY).json
      .protected_instances[0].target_server
    expect(volumes.slice(2)).toMatchObject([
      { size: 80, bootable: 'true', availability_zone: 'eu-de-02' },
      { size: 40, bootable: 'false', attachments: [{ server_id: target, device: '/dev/vdb' }] },
    ])
    const shown = ask(made, 'GET', `cloudservers/${target}`, undefined, READY).json.server
    expect(
      shown['os-extended-volumes:volumes_attached'].map(({ id }: { id: string }) => id),
    ).toEqual(volumes.slice(2).map(({ id }: { id: string }) => id))
    const byId = list(`ids=${encodeURIComponent(`['${volumes[3].id}']`)}`, made).json.volumes
    expect(byId).toEqual([volumes[3]])
  })
})

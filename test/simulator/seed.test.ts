import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { seedWorld, type SeedRow } from '../../src/simulator/seed.ts'
import { loadWorld, saveWorld } from '../../src/simulator/world-file.ts'
import { ask, create, MINUTE, NOW, PROJECT, serverId, smallWorld } from './ask.ts'

const seed = (rows: SeedRow[], base?: ReturnType<typeof seedWorld>) =>
  seedWorld({ rows, projectId: PROJECT, now: NOW, ...(base === undefined ? {} : { base }) })

describe('a seeded world', () => {
  test('takes a create of every row', () => {
    const row = fc.record(
      {
        serverGroup: fc.constantFrom('erp', 'web'),
        serverGroupId: fc.constantFrom('id-1', 'id-2'),
        subnet: fc.constantFrom('net-1', 'net-2'),
        address: fc.tuple(
          fc.integer({ min: 1, max: 223 }),
          fc.integer({ min: 0, max: 255 }),
          // The edges of a /24, and where its gateway would be.
          fc.constantFrom('1.0', '1.1', '1.254', '1.255', null),
        ),
        flavor: fc.constantFrom('c6.large.2', 's3.large.2', 'g3.xlarge.4'),
      },
      { requiredKeys: ['serverGroup'] },
    )
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (shapes) => {
        const rows = shapes.map(
          ({ subnet, address, serverGroup, serverGroupId, flavor }, n): SeedRow => ({
            serverId: serverId(n),
            name: `s-${n}`,
            ...(serverGroupId === undefined ? { serverGroup } : { serverGroupId }),
            ...(subnet === undefined ? {} : { primarySubnetId: subnet }),
            ...(subnet === undefined || address === undefined
              ? {}
              : { primaryIpAddress: `${address[0]}.${address[1]}.${address[2] ?? `1.${n}`}` }),
            ...(flavor === undefined ? {} : { flavor }),
          }),
        )
        const wanted = new Set<string>()
        const possible = rows.filter(({ primarySubnetId, primaryIpAddress }) => {
          const place = `${primarySubnetId}/${primaryIpAddress}`
          const isFree = primaryIpAddress === undefined || !wanted.has(place)
          wanted.add(place)
          return isFree
        })
        let world = seed(possible)
        for (const each of possible) {
          const wire = {
            server_group_id: each.serverGroupId ?? groupIdFor(each.serverGroup ?? ''),
            server_id: each.serverId,
            name: each.name,
            primary_subnet_id: each.primarySubnetId,
            primary_ip_address: each.primaryIpAddress,
            flavorRef: each.flavor,
          }
          const created = ask(world, 'POST', 'protected-instances', { protected_instance: wire })
          expect(created.body).toContain('job_id')
          ;({ world } = created)
        }
        expect(world.ledger.length).toBe(possible.length)
      }),
      { numRuns: 200 },
    )
  })

  test('knows a group by its name, its ID, or both', () => {
    const world = seed([
      { serverId: serverId(1), name: 'a', serverGroupId: groupIdFor('erp') },
      { serverId: serverId(2), name: 'b', serverGroup: 'erp' },
      { serverId: serverId(3), name: 'c', serverGroupId: 'id-of-web' },
      { serverId: serverId(4), name: 'd', serverGroup: 'web', serverGroupId: 'id-of-web' },
      { serverId: serverId(5), name: 'e', serverGroupId: 'deadbeef-1' },
    ])
    expect(saveWorld(world).groups.map(({ id, name }) => [id, name])).toEqual([
      [groupIdFor('erp'), 'erp'],
      ['id-of-web', 'web'],
      ['deadbeef-1', 'group-deadbeef'],
    ])
  })

  test('is only added to: what it has stays', () => {
    const rows = [{ serverId: serverId(1), name: 'a', serverGroup: 'erp' }]
    const first = seed(rows)
    const body = {
      protected_instance: { server_group_id: groupIdFor('erp'), server_id: serverId(1), name: 'a' },
    }
    const { world } = ask(first, 'POST', 'protected-instances', body)
    const more = seed([...rows, { serverId: serverId(2), name: 'b', serverGroup: 'web' }], world)
    expect(more.ledger.length).toBe(1)
    expect(saveWorld(more).servers.map((server) => server.id)).toEqual([serverId(1), serverId(2)])
    expect(saveWorld(seed(rows, more))).toEqual(saveWorld(more))
  })
})

describe('a world file', () => {
  test('saved in the middle of things, it goes on just the same', () => {
    const createFails = { errorCode: 'X.1', failReason: 'no', leavesInstance: false }
    const place = { primary_subnet_id: 'net-1', primary_ip_address: '192.168.1.7' }
    let world = smallWorld({
      limits: { jobTimeMs: MINUTE, groupParallel: 3 },
      servers: [1, 2, 3].map((n) => ({
        id: serverId(n),
        group: 'erp',
        ...(n === 2 ? { createFails } : {}),
      })),
    })
    ;({ world } = create(world, 1, place))
    ;({ world } = create(world, 2))
    const again = loadWorld(JSON.parse(JSON.stringify(saveWorld(world))))
    expect(saveWorld(again)).toEqual(saveWorld(world))
    const later = (from: typeof world): unknown => {
      let current = from
      const answers = [
        [
          'POST',
          'protected-instances',
          {
            protected_instance: {
              server_group_id: 'group-erp',
              server_id: serverId(3),
              name: 'x',
              ...place,
            },
          },
        ],
        [
          'POST',
          'protected-instances',
          {
            protected_instance: { server_group_id: 'group-erp', server_id: serverId(2), name: 'y' },
          },
        ],
        ['GET', 'protected-instances'],
        ['GET', 'server-groups'],
        ['GET', 'task-center/failure-jobs?server_group_id=group-erp'],
      ].map(([method, path, body]) => {
        const asked = ask(current, method as string, path as string, body, NOW + 2 * MINUTE)
        current = asked.world
        return [asked.status, asked.body]
      })
      return answers
    }
    expect(later(again)).toEqual(later(world))
  })

  test('may bring instances that somebody made earlier', () => {
    const world = smallWorld({
      instances: [
        { server: serverId(1), group: 'erp' },
        { server: serverId(7), group: 'web', name: 'broken', status: 'fault' },
        { server: serverId(2), group: 'erp', status: 'error' },
      ],
    })
    const { json } = ask(world, 'GET', 'protected-instances')
    expect(
      json.protected_instances.map(
        (each: { name: string; status: string; source_server: string }) => [
          each.name,
          each.status,
          each.source_server,
        ],
      ),
    ).toEqual([
      ['server-1', 'available', serverId(1)],
      ['broken', 'fault', serverId(7)],
      ['server-2', 'error', serverId(2)],
    ])
    expect(create(world, 1).json.error.code).toBe('SDRS.1305')
    expect(create(world, 3).status).toBe(200)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CoveredServer } from '../../src/coverage/coverage.ts'
import { gapInventory } from '../../src/coverage/gap-inventory.ts'
import { checkRow } from '../../src/inventory/row-schema.ts'
import { server } from '../plan/preflight/told.ts'
import { GROUP, OTHER_GROUP, group, serverId } from '../report/build.ts'
import { found, read } from '../inventory/read-inventory.ts'

const erp = group(GROUP, { name: 'erp' })

function gap(number: number, over: Partial<CoveredServer> & { readonly name?: string } = {}) {
  const { name = `web-${number}`, ...rest } = over
  const one: CoveredServer = {
    server: server(number, { name }),
    class: 'protectable',
    group: erp,
    obstacle: null,
    fits: 1,
    ...rest,
  }
  return one
}

describe('a name', () => {
  const made = async (
    names: readonly string[],
    dialect: 'otc' | 'huawei' = 'otc',
  ): Promise<readonly string[]> => {
    const csv = await gapInventory(
      names.map((name, at) => gap(at + 1, { name })),
      [erp],
      dialect,
    )
    return (await read(csv, { dialect })).rows.map(({ name }) => name)
  }

  test.each([
    ['web-01.prod_x', 'web-01.prod_x'],
    ['Bürö 01 (alt)', 'Bueroe-01-alt'],
    ['数据库', 'ShuJuKu'],
    ['', 'server-00000001'],
  ])('%j becomes %j', async (name, wanted) => expect(await made([name])).toEqual([wanted]))

  test('may be Chinese where the cloud takes that, in 64 bytes and whole characters', async () => {
    const names = await made(['数据库-1', '库'.repeat(30)], 'huawei')
    expect(names).toEqual(['数据库-1', '库'.repeat(21)])
  })

  test('that several have, whatever its case, ends in the ID in each, in any order', async () => {
    const names = ['web', 'WEB', 'db', 'x'.repeat(64), 'x'.repeat(65)]
    expect(await made(names)).toEqual([
      'web-00000001',
      'WEB-00000002',
      'db',
      `${'x'.repeat(55)}-00000004`,
      `${'x'.repeat(55)}-00000005`,
    ])
  })

  test('of whatever the cloud calls its servers is one that the inventory takes, and no two are alike', async () => {
    const names = fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 90 }), fc.string()), {
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.constantFrom('otc' as const, 'huawei' as const),
        async (all, dialect) => {
          const results = await made(all, dialect)
          for (const name of results) {
            const fields = { server_id: serverId(1), name, server_group: 'erp' }
            expect(checkRow(fields, dialect)).toEqual([])
          }
          expect(new Set(results.map((name) => name.toLowerCase())).size).toBe(all.length)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('the inventory of a gap', () => {
  test('is the protectable servers, read back as they were meant, without a finding', async () => {
    const csv = await gapInventory(
      [gap(1), gap(2, { class: 'excluded' }), gap(3, { name: '=a b', group: null }), gap(4)],
      [erp],
      'otc',
    )
    const inventory = await read(csv, { group: 'erp' })
    expect(found(inventory)).toEqual([])
    expect(
      inventory.rows.map(({ serverId: id, name, serverGroup }) => [id, name, serverGroup]),
    ).toEqual([
      [serverId(1), 'web-1', 'erp'],
      [serverId(3), 'a-b', 'erp'],
      [serverId(4), 'web-4', 'erp'],
    ])
    expect(csv.split('\n')[2]).toBe(`${serverId(3)},a-b,`)
  })

  test('without a gap is a header, which is a valid inventory', async () => {
    const header = await gapInventory([], [], 'otc')
    expect(header).toBe('server_id,name,server_group\n')
    expect((await read(header)).totals.errors).toBe(0)
  })

  test.each([
    ['shares its name', 'erp', 'erp'],
    ['is called like nothing', 'None', 'web'],
    ['is called like an ID', 'a'.repeat(32), 'web'],
    ['has a name that a reader would mend', ' erp\u200b', 'web'],
    ['has no name', '', 'web'],
  ])('names a group by its ID where it %s', async (_, name, other) => {
    const own = group(GROUP, { name })
    const groups = [own, group(OTHER_GROUP, { name: other })]
    const [row] = (await read(await gapInventory([gap(1, { group: own })], groups, 'otc'))).rows
    expect([row?.serverGroupId, row?.serverGroup]).toEqual([GROUP, undefined])
  })

  test.each(['=cmd', "'quoted'", 'a,b', 'a"b', '@home', '1e5'])(
    'names a group %j as it is called',
    async (name) => {
      const own = group(GROUP, { name })
      const inventory = await read(await gapInventory([gap(1, { group: own })], [own], 'otc'))
      expect(found(inventory)).toEqual([])
      expect(inventory.rows[0]?.serverGroup).toBe(name)
    },
  )
})

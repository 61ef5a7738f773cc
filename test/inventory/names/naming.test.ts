import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { remainingCsv } from '../../../src/inventory/write.ts'
import { fitDescription } from '../../../src/inventory/names/fit-description.ts'
import type { InventoryOptions } from '../../../src/inventory/read.ts'
import { checkRow } from '../../../src/inventory/row-schema.ts'
import { codes, found, id, read, readYaml } from '../read-inventory.ts'

function csv(names: readonly string[], more = ''): string {
  const quoted = names.map((name, at) => `${id(at + 1)},"${name.replaceAll('"', '""')}",erp${more}`)
  return ['server_id,name,server_group', ...quoted, ''].join('\n')
}

const namesOf = async (text: string, options: Partial<InventoryOptions>) =>
  (await read(text, options)).rows.map(({ name }) => name)

test('by default a name that the API refuses is an error, and stays as it is', async () => {
  const inventory = await read(csv(['Büro 01', 'x'.repeat(65)]))
  expect(found(inventory)).toEqual(['2:38 name-invalid-characters', '3:38 name-too-long'])
  expect(inventory.rows[0]?.name).toBe('Büro 01')
  expect(inventory.problems.map(({ hint }) => hint)).toEqual([
    'for example "Buero-01"; --fit-names changes every such name',
    `for example "${'x'.repeat(64)}"; --fit-names changes every such name`,
  ])
})

test('a suggestion for a Chinese name is one that the dialect takes', async () => {
  const hint = async (dialect: 'otc' | 'huawei') =>
    (await read(csv(['数据库 1']), { dialect })).problems[0]?.hint
  expect(await hint('otc')).toBe(
    'for example "ShuJuKu-1"; Chinese characters are for --dialect huawei; --fit-names changes every such name',
  )
  expect(await hint('huawei')).toBe('for example "数据库-1"; --fit-names changes every such name')
})

test('what the name holds that is not allowed is told by the dialect', async () => {
  const { problems } = await read(csv(['数据库 ü']), { dialect: 'huawei' })
  expect(problems[0]?.message).toContain('the name holds " " "ü";')
})

test('every suggestion passes, in both dialects', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
      fc.constantFrom('otc' as const, 'huawei' as const),
      async (name, dialect) => {
        const { problems } = await readYaml(
          JSON.stringify([{ server_id: id(1), name, server_group: 'erp', description: name }]),
          { dialect },
        )
        for (const { hint, field, value } of problems) {
          const [, suggestion] = /^for example "(.*?)"; /su.exec(hint ?? '') ?? []
          if (suggestion === undefined || field === null) continue
          const row = { server_id: id(1), name: 'n', server_group: 'erp', [field]: suggestion }
          expect(checkRow(row, dialect)).toEqual([])
          expect(suggestion).not.toBe(value)
        }
      },
    ),
    { numRuns: 300 },
  )
})

describe('--fit-names', () => {
  const options = { fitNames: true } as const

  test('changes what the API refuses, leaves the rest, and says of each what it was', async () => {
    const inventory = await read(csv(['Büro', 'web', '★']), options)
    expect(inventory.totals.errors).toBe(0)
    expect(codes(inventory)).toEqual(['fields-fitted'])
    expect(inventory.rows.map(({ name, changes }) => [name, changes])).toEqual([
      ['Buero-00000001', [{ field: 'name', from: 'Büro', to: 'Buero-00000001', by: 'fit' }]],
      ['web', undefined],
      ['server-00000003', [{ field: 'name', from: '★', to: 'server-00000003', by: 'fit' }]],
    ])
  })

  test('keeps different names different', async () => {
    const names = await namesOf(csv(['Büro', 'Buero', 'Bu\u0308ro', 'Büro ', 'Büro!']), options)
    expect(new Set(names).size).toBe(5)
  })

  test('remaining.csv holds the inventory’s own cells, and its rows have the same names', async () => {
    const inventory = await read(csv(['Büro', 'Buero', 'Büro!', 'x'.repeat(80)]), options)
    const rest = remainingCsv(inventory, inventory.rows.slice(2))
    expect(rest).toContain('Büro!')
    expect(await namesOf(rest, options)).toEqual(inventory.rows.slice(2).map(({ name }) => name))
  })

  test('a part of the rows, in any order, has the same names; no two changed ones are alike', async () => {
    const unit = fc.constantFrom('ü', 'u', 'e', ' ', '-', '!', '数', 'x'.repeat(30))
    const fleet = fc.uniqueArray(
      fc.tuple(fc.uuid(), fc.string({ unit, minLength: 1, maxLength: 6 })),
      {
        selector: ([server]) => server,
        minLength: 1,
        maxLength: 12,
      },
    )
    await fc.assert(
      fc.asyncProperty(
        fleet.chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows))),
        fc.constantFrom(undefined, '{name}-dr', '{server_group}.{name}'),
        async ([all, some], nameTemplate) => {
          const naming = { fitNames: true, ...(nameTemplate === undefined ? {} : { nameTemplate }) }
          const named = async (rows: readonly (readonly [string, string])[]) => {
            const list = rows.map(([server_id, name]) => ({ server_id, name, server_group: 'erp' }))
            return (await readYaml(JSON.stringify(list), naming)).rows
          }
          const whole = await named(all)
          const byServer = new Map(whole.map(({ serverId, name }) => [serverId, name]))
          for (const { serverId, name } of await named(some)) {
            expect(name).toBe(byServer.get(serverId))
          }
          const changed = whole.filter(({ changes = [] }) => changes.some(({ by }) => by === 'fit'))
          expect(new Set(changed.map(({ name }) => name)).size).toBe(changed.length)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('--name-template', () => {
  test('comes before the rules', async () => {
    const inventory = await read(csv(['web', 'x'.repeat(62)]), { nameTemplate: '{name}-dr' })
    expect(inventory.rows[0]).toMatchObject({
      name: 'web-dr',
      changes: [{ field: 'name', from: 'web', to: 'web-dr', by: 'template' }],
    })
    expect(found(inventory)).toEqual(['3:38 name-too-long'])
    expect(inventory.problems.find(({ code }) => code === 'name-too-long')?.message).toContain(
      '65 bytes',
    )
  })

  test('needs what it names: a row without it is told so, at its name', async () => {
    const text = `server_id,name,server_group,wave\n${id(1)},a,erp,1\n${id(2)},b,erp,\n`
    const inventory = await read(text, { nameTemplate: '{wave}-{name}' })
    expect(found(inventory)).toEqual(['3:38 name-template-empty'])
    expect(inventory.problems[0]?.message).toBe('the row has nothing for {wave} of --name-template')
  })

  test('without {name} needs no column for it', async () => {
    const text = `server_id,server_group\n${id(1)},erp\n`
    expect(await namesOf(text, { nameTemplate: 'dr-{server_id8}' })).toEqual(['dr-00000001'])
    expect(found(await read(text))).toEqual(['1:1 missing-column'])
  })

  test('that is wrong is one error, and none of every row', async () => {
    for (const nameTemplate of ['{nme}', '{name} (dr)']) {
      expect(found(await read(csv(['a', 'b']), { nameTemplate }))).toEqual([
        'name-template-invalid',
      ])
    }
    expect(
      (await read(csv(['a']), { nameTemplate: '{name} (dr)', fitNames: true })).totals.errors,
    ).toBe(0)
  })

  test('a row without a name has none', async () => {
    const inventory = await read(csv(['']), { nameTemplate: '{name}-dr', fitNames: true })
    expect(found(inventory)).toEqual(['2:38 name-missing'])
  })
})

describe('--fit-descriptions', () => {
  test.each([
    ['plain', 'plain'],
    ['a <b>\r\n c', 'a (b)  c'],
    ['\u0007', ''],
    ['ü'.repeat(40), 'ü'.repeat(32)],
    [`${'x'.repeat(63)}ü`, 'x'.repeat(63)],
    [`${'x'.repeat(60)}👨‍👩‍👧`, 'x'.repeat(60)],
    [`${'x'.repeat(62)}e\u0301`, 'x'.repeat(62)],
  ])('%j becomes %j', (text, wanted) => expect(fitDescription(text)).toBe(wanted))

  test('is valid, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (text) => {
        const description = fitDescription(text)
        const row = { server_id: id(1), name: 'n', server_group: 'g', description }
        expect(checkRow(row, 'otc')).toEqual([])
        expect(description).not.toMatch(/\p{Cc}/u)
        expect(fitDescription(description)).toBe(description)
      }),
    )
  })

  test('says what it was, and is left out where nothing is left', async () => {
    const rows = [
      { server_id: id(1), name: 'a', server_group: 'erp', description: '<x>' },
      { server_id: id(2), name: 'b', server_group: 'erp', description: 'x\u0007\u0007' },
      { server_id: id(3), name: 'c', server_group: 'erp', description: 'fine' },
    ]
    const text = JSON.stringify(rows)
    const inventory = await readYaml(text, { fitDescriptions: true })
    expect(inventory.totals.errors).toBe(0)
    expect(
      inventory.rows.map(({ description, changes }) => [description, changes?.[0]?.from]),
    ).toEqual([
      ['(x)', '<x>'],
      ['x', 'x\u0007\u0007'],
      ['fine', undefined],
    ])
    expect((await readYaml(text)).totals.errors).toBe(1)
  })
})

describe('--resolve-names', () => {
  const options = { resolveNames: true } as const

  test('an export without IDs is refused with the reason, and read with it', async () => {
    const text = `name,VM UUID,server_group\nweb,${id(1)},erp\n`
    const refused = await read(text)
    expect(found(refused)).toEqual(['1:6 foreign-id-column'])
    expect(refused.problems[0]?.hint).toContain('--resolve-names')
    const inventory = await read(text, options)
    expect(codes(inventory).toSorted()).toEqual([
      'carried-columns',
      'foreign-id-unused',
      'names-to-resolve',
    ])
    expect(inventory.rows[0]).toMatchObject({
      serverId: '',
      name: 'web',
      carried: { 'VM UUID': id(1) },
    })
  })

  test('numbers of a database under an ID’s header are not used, and carried', async () => {
    const text = `ID,Name,server_group\n1201,web,erp\n1202,db,erp\n`
    expect(found(await read(text))).toEqual(['1:1 foreign-id-values'])
    const inventory = await read(text, options)
    expect(inventory.totals.errors).toBe(0)
    expect(inventory.rows.map(({ serverId, carried }) => [serverId, carried['ID']])).toEqual([
      ['', '1201'],
      ['', '1202'],
    ])
  })

  test('a column that --map names stays what it is', async () => {
    const text = `ID,Name,server_group\n1201,web,erp\n1202,db,erp\n`
    const inventory = await read(text, { ...options, map: { server_id: 'ID' } })
    expect(found(inventory)).toEqual(['1:1 foreign-id-values'])
  })

  test('an empty cell is matched, one that is wrong stays an error', async () => {
    const text = `server_id,name,server_group\n,web,erp\nx1,db,erp\n${id(3)},app,erp\n`
    expect(found(await read(text))).toEqual(['2:1 server-id-missing', '3:1 server-id-invalid'])
    expect(found(await read(text, options))).toEqual(['3:1 server-id-invalid'])
  })

  test('without a name there is nothing to match by', async () => {
    const nameTemplate = 'dr-{server_id8}'
    expect(
      found(await read('server_id,server_group\n,erp\n', { ...options, nameTemplate })),
    ).toEqual(['1:1 missing-column'])
    const text = `server_id,name,server_group\n,,erp\n${id(2)},,erp\n`
    expect(found(await read(text, { ...options, nameTemplate }))).toEqual(['2:2 name-missing'])
    expect(found(await readYaml('- server_group: erp', options))).toEqual(['1:3 name-missing'])
  })

  test('a name that wants the server’s ID is made once that is known, by the same rules', async () => {
    const text = 'name,server_group\nBüro,erp\nweb,erp\n'
    const naming = { ...options, fitNames: true, nameTemplate: '{name}-dr' } as const
    const inventory = await read(text, naming)
    expect(inventory.rows.map(({ name }) => name)).toEqual(['Büro', 'web-dr'])
    const matched = { name: 'Büro', availabilityZone: null, status: null, leftOut: [] }
    const named = inventory.rows.map((row) => inventory.identify(row, { serverId: id(7), matched }))
    expect(named.map(({ row, problems }) => [row.serverId, row.name, problems])).toEqual([
      [id(7), 'Buero-dr-00000007', []],
      [id(7), 'web-dr', []],
    ])
    expect(named[0]?.row.changes).toEqual([
      { field: 'name', from: 'Büro', to: 'Buero-dr-00000007', by: 'fit' },
    ])
  })

  test('and is told where it is not allowed', async () => {
    const nameTemplate = '{name}-{server_id}'
    const inventory = await read(`name,server_group\n${'x'.repeat(30)},erp\n`, {
      ...options,
      nameTemplate,
    })
    expect(inventory.totals.errors).toBe(0)
    const [row] = inventory.rows
    if (row === undefined) throw new Error('no row')
    const { problems } = inventory.identify(row, { serverId: id(7) })
    expect(problems).toMatchObject([
      { code: 'name-too-long', row: 1, line: 2, field: 'name', severity: 'error' },
    ])
    expect(problems[0]?.hint).toBe('--fit-names changes every such name')
  })
})

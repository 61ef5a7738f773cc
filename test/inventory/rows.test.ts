import { describe, expect, test } from 'vitest'
import { codes, found, id, read } from './read-inventory.ts'

const one = (field: string, value: string, options = {}, more: Record<string, string> = {}) => {
  const cells = { server_id: id(1), name: 'a', server_group: 'g', ...more, [field]: value }
  const quoted = Object.values(cells).map((cell) => `"${cell.replaceAll('"', '""')}"`)
  return read(`${Object.keys(cells).join(',')}\n${quoted.join(',')}\n`, options)
}

describe('rules of one field', () => {
  const han = '中'
  test.each([
    ['server_id', id(1).toUpperCase(), []],
    ['server_id', id(1).replaceAll('-', ''), []],
    ['server_id', '', ['server-id-missing']],
    ['server_id', `${id(1)}0`, ['server-id-invalid']],
    ['server_id', id(1).replace('-', ''), ['server-id-invalid']],
    ['server_id', `g${id(1).slice(1)}`, ['server-id-invalid']],
    ['name', 'A.z_0-9', []],
    ['name', 'x'.repeat(64), []],
    ['name', 'x'.repeat(65), ['name-too-long']],
    ['name', '', ['name-missing']],
    ['name', 'a b', ['name-invalid-characters']],
    ['name', han, ['name-invalid-characters']],
    ['server_group_id', 'with blank', ['group-id-invalid']],
    ['server_group', '', ['group-missing']],
    ['description', 'ü'.repeat(32), []],
    ['description', 'ü'.repeat(33), ['description-too-long']],
    ['description', 'a>b', ['description-invalid-characters']],
    ['primary_subnet_id', 'no uuid', ['subnet-invalid']],
    ['primary_subnet_id', 'no-uuid', []],
    ['primary_ip_address', '10.0.0.1', ['ip-without-subnet']],
    ['flavor', 's3.large', []],
    ['flavor', 's3 large', ['flavor-invalid']],
    ['cluster_id', 'c', ['huawei-only']],
    ['tenancy', 'dedicated', ['huawei-only']],
    ['dedicated_host_id', '--', []],
    ['wave', 'last', []],
  ])('%s %s', async (field, value, expected) => {
    const inventory = await one(field, value)
    expect(new Set(codes(inventory))).toEqual(new Set(expected))
    for (const problem of inventory.problems) {
      expect(problem).toMatchObject({ severity: 'error', row: 1, line: 2 })
    }
  })

  test.each([
    ['name', han.repeat(21), []],
    ['name', han.repeat(22), ['name-too-long']],
    ['name', 'ü', ['name-invalid-characters']],
    ['cluster_id', 'c', []],
    ['tenancy', 'shared', []],
    ['tenancy', 'Dedicated', ['tenancy-invalid']],
    ['dedicated_host_id', 'h', ['host-without-tenancy']],
  ])('with --dialect huawei: %s %s', async (field, value, expected) => {
    expect(codes(await one(field, value, { dialect: 'huawei' }))).toEqual(expected)
  })

  test('takes an IPv4 address together with a subnet', async () => {
    const subnet = { primary_subnet_id: id(9) }
    expect(codes(await one('primary_ip_address', '10.0.0.1', {}, subnet))).toEqual([])
    const wrong = ['10.0.0.256', '10.0.0', 'fe80::1', '010.0.0.1']
    for (const ip of wrong) {
      expect(codes(await one('primary_ip_address', ip, {}, subnet))).toEqual(['ip-invalid'])
    }
  })

  test('finds everything that is wrong with a row at once', async () => {
    const text = `server_id,name,server_group,primary_ip_address\nx,a b,,1.2.3\n`
    expect(found(await read(text))).toEqual([
      '2:1 server-id-invalid',
      '2:3 name-invalid-characters',
      '2:7 group-missing',
      '2:8 ip-invalid',
      '2:8 ip-without-subnet',
    ])
  })
})

const tags = (text: string) => one('tags', text)
const many = (count: number): string =>
  Array.from({ length: count }, (_, index) => `k${index}=v`).join(';')

describe('tags', () => {
  test.each([
    ['k=v;k2=v2', { k: 'v', k2: 'v2' }],
    [' k = v ; ; k2= ;', { k: 'v', k2: '' }],
    [
      '{"k":"v","n":007,"e":1e5,"b":true,"z":null}',
      { k: 'v', n: '007', e: '1e5', b: 'true', z: '' },
    ],
    ['["k=v", {"key": "k2", "value": "v2"}]', { k: 'v', k2: 'v2' }],
    ['_sys_enterprise=0;k=v', { k: 'v' }],
    ['{"__proto__": "v"}', Object.fromEntries([['__proto__', 'v']])],
  ])('reads %s', async (text, expected) => {
    const inventory = await tags(text)
    expect(inventory.totals.errors).toBe(0)
    expect(JSON.stringify(inventory.rows[0]?.tags)).toBe(JSON.stringify(expected))
  })

  test.each([
    [many(10), []],
    [many(11), ['tags-too-many']],
    [`${'k'.repeat(36)}=${'v'.repeat(43)}`, []],
    [`${'😀'.repeat(36)}=${'😀'.repeat(43)}`, []],
    [`${'k'.repeat(37)}=v`, ['tag-key-length']],
    ['=v', ['tag-key-length']],
    [`k=${'v'.repeat(44)}`, ['tag-value-too-long']],
    ['k=a=b', ['tag-value-invalid-characters']],
    ['a/b=c', ['tag-key-invalid-characters']],
    ['k=a\nb', ['tag-value-invalid-characters']],
    ['env', ['tag-without-equals']],
    ['k=1;k=2', ['tag-duplicate']],
    ['{"k":"1","k":"2"}', ['tag-duplicate']],
    ['{"k":{"n":"1"}}', ['tag-nested']],
    ['{"k": "v".x}', ['tags-unreadable']],
  ])('judges %s', async (text, expected) => {
    expect(codes(await tags(text))).toEqual(expected)
  })

  test('takes tag:KEY columns with the key as written, where a cell is filled', async () => {
    const text = `server_id,name,server_group,tag:Env,Tag: a b,tag:x|y,tag:Env\n${id(1)},a,g,prod,,1,2\n`
    const inventory = await read(text)
    expect(found(inventory)).toEqual([
      '1:46 tag-key-invalid-characters',
      '1:54 duplicate-tag-column',
    ])
    expect(inventory.rows[0]?.tags).toEqual({ Env: 'prod' })
  })

  test('points at the cell of a tag:KEY column', async () => {
    const text = `server_id,name,server_group,tag:a,tag:b\n${id(1)},a,g,1,<\n`
    expect(found(await read(text))).toEqual(['2:44 tag-value-invalid-characters'])
  })

  test('refuses tags and tag:KEY columns together', async () => {
    expect(found(await read('server_id,name,server_group,tags,tag:a\n'))).toEqual([
      'no-rows',
      '1:34 tags-twice',
    ])
  })

  test('tells once that system tags are left out', async () => {
    const rows = [1, 2, 3].map((n) => `${id(n)},n${n},g,_sys_a=${n};k=v`)
    const inventory = await read(`server_id,name,server_group,tags\n${rows.join('\n')}\n`)
    expect(inventory.problems.map((p) => [p.severity, p.code, p.row])).toEqual([
      ['info', 'system-tags', 1],
    ])
  })
})

const group = (cells: string, options = {}) =>
  read(`server_id,name,server_group,server_group_id\n${id(1)},a,${cells}\n`, options)

describe('groups', () => {
  test('gives --group to rows that name none, as an ID when it is one', async () => {
    expect((await group(',', { group: 'g' })).rows[0]).toMatchObject({ serverGroup: 'g' })
    expect((await group(',', { group: id(7) })).rows[0]).toMatchObject({ serverGroupId: id(7) })
    expect((await group('own,', { group: id(7) })).rows[0]).not.toHaveProperty('serverGroupId')
  })

  test('takes an ID in server_group as one, and compares it with server_group_id', async () => {
    expect((await group(`${id(7)},`)).rows[0]).toMatchObject({ serverGroupId: id(7) })
    expect(codes(await group(`${id(7)},${id(7).replaceAll('-', '')}`))).toEqual([])
    expect(found(await group(`${id(7)},${id(8)}`))).toEqual(['2:40 group-mismatch'])
  })

  test('keeps a name beside an ID, and finds a name with two IDs', async () => {
    const text = `server_id,name,server_group,server_group_id\n${id(1)},a,g,${id(7)}\n${id(2)},b,g,${id(8)}\n`
    const inventory = await read(text)
    expect(found(inventory)).toEqual(['3:42 group-with-two-ids'])
    expect(inventory.rows[0]).toMatchObject({ serverGroup: 'g', serverGroupId: id(7) })
  })
})

describe('rules across rows', () => {
  test('finds a server twice in any spelling, at the later row, naming the first', async () => {
    const compact = id(10).replaceAll('-', '').toUpperCase()
    const text = `name,server_id,server_group\na,${id(10)},g\nb,${compact},h\nc,${id(10)},i\n`
    const inventory = await read(text)
    expect(found(inventory)).toEqual(['3:3 duplicate-server', '4:3 duplicate-server'])
    for (const problem of inventory.problems) expect(problem.message).toContain('row 1 (line 2)')
  })

  test('warns of a name twice in one group, not in two', async () => {
    const rows = [`${id(1)},a,g`, `${id(2)},a,h`, `${id(3)},a,g`]
    const inventory = await read(`server_id,name,server_group\n${rows.join('\n')}\n`)
    expect(found(inventory)).toEqual(['4:38 duplicate-name'])
    expect(inventory.totals).toMatchObject({ errors: 0, warnings: 1 })
  })
})

import { describe, expect, test } from 'vitest'
import { codes, found, id, read, readYaml } from './read-inventory.ts'

describe('header matching', () => {
  test.each([
    ['SERVER-ID', 'Name', 'Server Group'],
    ['serverId', ' n_a-m e ', 'server-group'],
    ['Instance ID', 'Instance Name', 'Protection Group'],
    ['云服务器ID', '名称', '保护组'],
    ['ID', '云服务器名称', 'Protection Group Name'],
    ['openstack.id', 'openstack.name', 'server_group'],
  ])('knows %s, %s and %s', async (...headers) => {
    const inventory = await read(`${headers.join(',')}\n${id(1)},a,g\n`)
    expect(inventory.problems).toEqual([])
    expect(inventory.rows[0]).toMatchObject({ serverId: id(1), name: 'a', serverGroup: 'g' })
  })

  test('refuses two headers for one field, naming both, and --map settles it', async () => {
    const text = `server_id,ID,name,server_group\n${id(1)},${id(2)},a,g\n`
    const inventory = await read(text)
    expect(found(inventory)).toEqual(['1:11 two-columns'])
    expect(inventory.problems[0]).toMatchObject({ field: 'server_id', row: null })
    expect(inventory.problems[0]?.message).toMatch(/"server_id".*"ID"/)
    const settled = await read(text, { map: { server_id: 'ID' } })
    expect(settled.totals.errors).toBe(0)
    expect(settled.rows[0]).toMatchObject({ serverId: id(2), carried: { server_id: id(1) } })
  })

  test('names a missing column once, not in every row', async () => {
    const inventory = await read(`serverid,names\n${id(1)},a\n${id(2)},b\n`)
    expect(found(inventory)).toEqual(['1:1 missing-column', '1:10 missing-column'])
    expect(inventory.problems.map(({ field }) => field)).toEqual(['server_group', 'name', null])
    expect(inventory.problems[1]?.hint).toContain('names')
  })

  test('carries other columns untouched and names them in one notice', async () => {
    const text = `server_id,name,server_group,Owner,note,,note\n${id(1)},a,g, N/A ,x,,y\n`
    const inventory = await read(text)
    expect(inventory.rows[0]?.carried).toEqual({ Owner: 'N/A ', note: 'x', 'note (2)': 'y' })
    expect(inventory.columns).toEqual([
      'server_id',
      'name',
      'server_group',
      'Owner',
      'note',
      '',
      'note',
    ])
    expect(inventory.problems).toMatchObject([
      { severity: 'info', code: 'carried-columns', line: 1, column: 29, row: null },
    ])
  })
})

describe('exports', () => {
  const text = `ID,Name,Status,Flavor,IP Address\n${id(1)},a,ACTIVE,s3,10.0.0.1\n`

  test('does not take what describes the production server', async () => {
    const [row] = (await read(text, { group: 'g' })).rows
    expect(row).not.toHaveProperty('flavor')
    expect(row).not.toHaveProperty('primaryIpAddress')
    expect(row?.carried).toEqual({ Status: 'ACTIVE', Flavor: 's3', 'IP Address': '10.0.0.1' })
    expect(codes(await read(text, { group: 'g' }))).toContain('export-columns')
  })

  test('takes it with --map', async () => {
    const map = { flavor: 'Flavor', primary_ip_address: 'ip_address' }
    const [row] = (await read(text, { group: 'g', map })).rows
    expect(row).toMatchObject({ flavor: 's3', primaryIpAddress: '10.0.0.1' })
  })

  test('takes a flavor column beside our own server_id', async () => {
    const [row] = (await read(text.replace('ID', 'Server ID'), { group: 'g' })).rows
    expect(row).toMatchObject({ flavor: 's3' })
    expect(row).not.toHaveProperty('primaryIpAddress')
  })

  test('treats a list of JSON objects the same way', async () => {
    const json = `[{"ID":"${id(1)}","Name":"a","Flavor":"s3","Networks":{"vpc":["10.0.0.1"]}}]`
    const inventory = await read(json, { group: 'g' }, 'export.json')
    expect(inventory.format).toBe('json')
    expect(inventory.rows[0]?.carried).toEqual({ Flavor: 's3', Networks: '{"vpc":["10.0.0.1"]}' })
    expect(inventory.rows[0]).not.toHaveProperty('flavor')
  })
})

describe('secrets', () => {
  const secret = 'hunter2-canary'
  test.each(['admin_pass', 'adminPass', 'OS-EXT-SRV-ATTR:user_data', 'key', 'Private Key', '密码'])(
    'drops a column %s',
    async (header) => {
      const text = `server_id,name,${header},server_group\nx y,a b,${secret},g\nx,b,${secret},g,${secret}\n`
      const inventory = await read(text)
      expect(JSON.stringify(inventory)).not.toContain(secret)
      expect(inventory.columns).toEqual(['server_id', 'name', 'server_group'])
      expect(codes(inventory)).toContain('secret-columns')
    },
  )

  test('shows no cell of a row whose cells have slipped', async () => {
    const text = `server_id,name,description,admin_pass\n${id(1)},a,b,c,${secret}\n${id(2)},a,<${secret},b,c\n`
    expect(JSON.stringify(await read(text, { group: 'g' }))).not.toContain(secret)
  })

  test('drops them from nested values too', async () => {
    const yaml = `- {server_id: ${id(1)}, name: a, admin_pass: ${secret}, metadata: {user_data: ${secret}, x: [{password: ${secret}}]}}`
    const inventory = await readYaml(yaml, { group: 'g' })
    expect(JSON.stringify(inventory)).not.toContain(secret)
    expect(inventory.rows[0]?.carried).toEqual({ metadata: '{"x":[{}]}' })
  })

  test('does not read them with --map either', async () => {
    const text = `server_id,name,admin_pass\n${id(1)},a,${secret}\n`
    const inventory = await read(text, { group: 'g', map: { description: 'admin_pass' } })
    expect(codes(inventory)).toContain('map-secret-header')
    expect(JSON.stringify(inventory)).not.toContain(secret)
  })
})

describe('--map and --set', () => {
  const text = `server_id,name,server_group,Stage,wave\n${id(1)},a,g,prod,7\n`

  test('maps headers, exactly as written before in spirit', async () => {
    const both = `server_id,name,server_group,My Wave,my_wave\n${id(1)},a,g,1,2\n`
    expect((await read(both, { map: { wave: 'my_wave' } })).rows[0]?.wave).toBe('2')
    expect(found(await read(both, { map: { wave: 'MYWAVE' } }))).toEqual(['map-ambiguous-header'])
    expect((await read(text, { map: { 'tag:env': 'stage' } })).rows[0]?.tags).toEqual({
      env: 'prod',
    })
  })

  test('lets one column feed two fields', async () => {
    const inventory = await read(`server_id,server_group\n${id(1)},g\n`, {
      map: { name: 'server_id' },
    })
    expect(inventory.rows[0]).toMatchObject({ serverId: id(1), name: id(1) })
  })

  test('sets constant columns in place of columns, with a warning', async () => {
    const inventory = await read(text, { set: { wave: '1', description: 'x', 'tag:env': 'test' } })
    expect(inventory.rows[0]).toMatchObject({ wave: '1', description: 'x', tags: { env: 'test' } })
    expect(found(inventory)).toEqual(['1:35 set-overrides-column'])
  })

  test.each([
    [{ map: { nme: 'name' } }, 'map-unknown-field'],
    [{ map: { wave: 'Waves' } }, 'map-missing-header'],
    [{ set: { wav: '1' } }, 'set-unknown-field'],
    [{ set: { wave: '1' }, map: { wave: 'wave' } }, 'set-and-map'],
  ])('refuses %j', async (options, code) => {
    const inventory = await read(text, options)
    expect(inventory.problems.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code, row: null, line: null },
    ])
  })

  test('suggests the field or header that was meant', async () => {
    expect((await read(text, { map: { nme: 'x' } })).problems[0]?.hint).toContain('"name"')
    expect((await read(text, { map: { wave: 'Stagee' } })).problems[0]?.hint).toContain('"Stage"')
  })

  test('judges a constant once, not in every row', async () => {
    const rows = `server_id,name,server_group\n${id(1)},a,g\n${id(2)},b,g\n`
    const inventory = await read(rows, { set: { primary_ip_address: '1.2.3' } })
    expect(inventory.problems.map(({ code, row }) => [code, row])).toEqual([
      ['ip-invalid', null],
      ['ip-without-subnet', null],
    ])
  })
})

describe('what may hold a secret', () => {
  test.each([
    'Passwort',
    'Admin-Passwort',
    'Kennwort',
    'Schlüsselpaar',
    'Mot de passe',
    'user_data_base64',
    'User Data (base64)',
    'Password (initial)',
    'admin_password_1',
    'root_password_hash',
    'private_key_pem',
    'ssh_authorized_keys',
    'secret_value',
    'personality',
    'cloud-init',
    'Root PW',
    '密钥对名称',
    '登录密码',
    'properties.userData.0',
  ])('%s is left out', async (header) => {
    const inventory = await read(`server_id,name,server_group,${header}\n${id(1)},a,g,canary\n`)
    expect(codes(inventory)).toEqual(['secret-columns'])
    expect(JSON.stringify(inventory.rows)).not.toContain('canary')
  })

  test.each([
    'Sekretariat',
    'Secretary',
    'Kostenschlüssel',
    'compass_id',
    'Monkey',
    'tag:secret-level',
  ])('%s is not', async (header) => {
    const inventory = await read(`server_id,name,server_group,${header}\n${id(1)},a,g,x\n`)
    expect(codes(inventory)).not.toContain('secret-columns')
  })
})

describe('a list without a header', () => {
  test.each([
    ['of IDs', `${id(1)}\n${id(2)}\n`],
    ['of cells', `${id(1)},web-1,g\n${id(2)},web-2,g\n`],
    ['with the ID later', `web-1,${id(1)}\nweb-2,${id(2)}\n`],
    ['openstack -f value', `${id(1)} web-1 ACTIVE\n${id(2)} web-2 ACTIVE\n`],
  ])('%s is one error', async (_, text) => {
    const inventory = await read(text)
    expect(codes(inventory)).toEqual(['header-missing'])
  })
})

test('of two headers that are the same --map can choose none', async () => {
  const other = await read(`server_id,ID,name,server_group\n${id(1)},${id(2)},a,g\n`)
  expect(other.problems.map(({ hint }) => hint)).toEqual([
    "choose one, for example with --map 'server_id=server_id'",
  ])
  const same = await read(`server_id,name,name,server_group\n${id(1)},a,b,g\n`)
  expect(same.problems.map(({ hint }) => hint)).toEqual(['rename or delete one of them'])
})

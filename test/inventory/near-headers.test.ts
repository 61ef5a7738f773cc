import { describe, expect, test } from 'vitest'
import {
  describesProduction,
  FIELDS,
  fieldOfHeader,
  headerKey,
} from '../../src/inventory/fields.ts'
import { found, id, read, readYaml } from './read-inventory.ts'

describe('a header that is nearly a field', () => {
  test.each([
    ['server_grup', 'server_id,name,server_grup', '1:16 missing-column'],
    ['sever_id', 'sever_id,name,server_group', '1:1 missing-column'],
    ['Naem', 'server_id,Naem,server_group', '1:11 missing-column'],
    ['wawe', 'server_id,name,server_group,wawe', '1:29 near-header'],
    ['waev', 'server_id,name,server_group,waev', '1:29 near-header'],
    ['descripton', 'server_id,name,server_group,descripton', '1:29 near-header'],
    ['primary_ip_adress', 'server_id,name,server_group,primary_ip_adress', '1:29 near-header'],
    ['tag', 'server_id,name,server_group,tag', '1:29 near-header'],
    ['tags:env', 'server_id,name,server_group,tags:env', '1:29 near-tag-header'],
    ['tag.env', 'server_id,name,server_group,tag.env', '1:29 near-tag-header'],
  ])('%s is said once, at the header', async (header, headers, problem) => {
    const row = (number: number): string =>
      [id(number), `n${number}`, 'g', 'x'].slice(0, headers.split(',').length).join(',')
    const inventory = await read(`${headers}\n${row(1)}\n${row(2)}\n`)
    expect(found(inventory).filter((each) => !each.includes('invalid'))).toEqual([problem])
    const { hint } = inventory.problems.find(({ code }) => problem.endsWith(code)) ?? {}
    expect(hint).toContain(`=${header}'`)
  })

  test.each(['note', 'state', 'tenant', 'zone', 'cost', 'region', 'Image', 'floor', 'owner'])(
    '%s is a word of its own',
    async (header) => {
      expect(found(await read(`server_id,name,server_group,${header}\n${id(1)},a,g,x\n`))).toEqual(
        [],
      )
    },
  )

  test('is no matter where the field is given otherwise', async () => {
    const text = `server_id,name,server_group,server_grup,wave,wawe\n${id(1)},a,g,h,1,2\n`
    expect(found(await read(text))).toEqual([])
  })

  test('in YAML it is said at the first such key, not once a row', async () => {
    const rows = [1, 2, 3].map((number) => `- {server_id: ${id(number)}, nam: a, server_group: g}`)
    expect(found(await readYaml(rows.join('\n')))).toEqual(['1:53 missing-column'])
  })

  test('of many columns a hint names a few', async () => {
    const headers = Array.from({ length: 500 }, (_, at) => `column ${at}`)
    const { problems } = await read(`${headers.join(',')}\n${headers.join(',')}\n`)
    const hint = problems.find(({ code }) => code === 'missing-column')?.hint ?? ''
    expect(hint).toContain('and 488 more')
    expect(hint.length).toBeLessThan(400)
  })
})

describe('aliases', () => {
  test.each([
    ['云服务器名称', 'name'],
    ['弹性云服务器名称', 'name'],
    ['弹性云服务器ID', 'server_id'],
    ['ECS-ID', 'server_id'],
    ['Instanz-ID', 'server_id'],
    ['ECS-Name', 'name'],
    ['Schutzgruppe', 'server_group'],
    ['Beschreibung', 'description'],
    ['Welle', 'wave'],
  ])('%s is %s', (header, field) => {
    expect(fieldOfHeader(header)).toBe(field)
  })

  test('each is in the form that headers are compared in, and of one field only', () => {
    const all = Object.values<{ readonly name: string; readonly aliases: readonly string[] }>(
      FIELDS,
    )
    const keys = all.flatMap(({ name, aliases }) => [headerKey(name), ...aliases])
    expect(keys.map(headerKey)).toEqual(keys)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test("our own names of the DR server's address and subnet are never taken for an export's", () => {
    const ours = ['primary_ip_address', 'primary_subnet_id', 'server_id', 'name', 'wave']
    expect(ours.filter(describesProduction)).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { found, id, read, readYaml } from './read-inventory.ts'

/** Rows of `header`, `name` and a group, with these IDs. */
const withIds = (header: string, ids: readonly string[]): string =>
  [`${header},name,server_group`, ...ids.map((each, at) => `${each},n${at},g`), ''].join('\n')

const count = (number: number, make: (at: number) => string): string[] =>
  Array.from({ length: number }, (_, at) => make(at))

describe('columns that hold the IDs of another system', () => {
  const UUIDS = count(3, id)

  test.each([
    ['sys_id', 'ServiceNow'],
    ['Sys ID', 'ServiceNow'],
    ['cmdb_ci_server.sys_id', 'ServiceNow'],
    ['VM UUID', 'vCenter'],
    ['SMBIOS UUID', 'vCenter'],
    ['vi-sdk-uuid', 'vCenter'],
    ['vmId', 'Azure'],
    ['MoRef', 'vCenter'],
    ['netbox_id', 'NetBox'],
  ])('%s is never server_id by itself, and the one error names %s', async (header, system) => {
    const inventory = await read(withIds(header, UUIDS))
    expect(found(inventory)).toEqual(['1:1 foreign-id-column'])
    expect(inventory.problems[0]).toMatchObject({ field: 'server_id', row: null })
    expect(inventory.problems[0]?.message).toContain(system)
    expect(inventory.problems[0]?.message).toContain(`"${header}"`)
    expect(inventory.problems[0]?.hint).toContain('openstack server list')
    expect(inventory.rows.map(({ serverId }) => serverId)).toEqual(['', '', ''])
  })

  test('are named together, at the first of them', async () => {
    const text = `name,VM ID,VM UUID,SMBIOS UUID,server_group\na,vm-1,${id(1)},${id(2)},g\n`
    const inventory = await read(text)
    expect(found(inventory)).toEqual(['1:6 foreign-id-column'])
    expect(inventory.problems[0]?.message).toMatch(
      /vCenter \(RVTools\) or Azure: "VM ID", "VM UUID", "SMBIOS UUID"$/,
    )
  })

  test('are carried beside a server_id', async () => {
    const inventory = await read(`server_id,sys_id,name,server_group\n${id(1)},${id(2)},a,g\n`)
    expect(found(inventory)).toEqual([])
    expect(inventory.rows[0]).toMatchObject({ serverId: id(1), carried: { sys_id: id(2) } })
  })

  test('--map takes one all the same, with a warning', async () => {
    const inventory = await read(withIds('sys_id', UUIDS), { map: { server_id: 'sys_id' } })
    expect(inventory.totals).toMatchObject({ errors: 0, warnings: 1 })
    expect(found(inventory)).toEqual(['1:1 map-foreign-id'])
    expect(inventory.rows[0]?.serverId).toBe(UUIDS[0])
  })

  test('give one error in YAML too, in place of one a row', async () => {
    const rows = UUIDS.map((each, at) => `- {name: n${at}, server_group: g, sys_id: "${each}"}`)
    expect(found(await readYaml(rows.join('\n')))).toEqual(['1:31 foreign-id-column'])
  })
})

describe('a server_id column that is plainly of another kind', () => {
  test.each([
    ['NetBox', count(30, (at) => String(at + 1))],
    ['vCenter', count(30, (at) => `vm-${at + 100}`)],
    ['AWS', count(30, (at) => `i-0abc${at.toString(16).padStart(13, '0')}`)],
    ['Azure', count(30, (at) => `/subscriptions/x/resourceGroups/y/virtualMachines/v${at}`)],
    ['Google', count(30, (at) => `49230012345678901${at.toString().padStart(2, '0')}`)],
    ['IP addresses', count(30, (at) => `10.0.0.${at}`)],
    ['host names', count(30, (at) => `erp-db-${at}.example.com`)],
  ])('gives one error that says what it looks like: %s', async (looks, ids) => {
    const inventory = await read(withIds('ID', ids))
    expect(found(inventory)).toEqual(['1:1 foreign-id-values'])
    expect(inventory.problems[0]).toMatchObject({ field: 'server_id', row: null, value: ids[0] })
    expect(inventory.problems[0]?.message).toContain(looks)
    expect(inventory.problems[0]?.message).toMatch(/^30 of 30 values of "ID"/)
  })

  test('stands for more than nine in ten; the other cells keep their own errors', async () => {
    const numbers = count(19, (at) => String(at + 1))
    expect(found(await read(withIds('ID', [...numbers, id(1)])))).toEqual(['1:1 foreign-id-values'])
    expect(found(await read(withIds('ID', [...numbers, 'x/y'])))).toEqual([
      '1:1 foreign-id-values',
      '21:1 server-id-invalid',
    ])
    const nine = [...numbers.slice(0, 9), id(1)]
    expect(found(await read(withIds('ID', nine)))).toEqual(
      count(9, (at) => `${at + 2}:1 server-id-invalid`),
    )
  })

  test('is not one slip, and not a UUID that has lost a digit', async () => {
    expect(found(await read(withIds('server_id', ['vm-1'])))).toEqual(['2:1 server-id-invalid'])
    const short = count(3, (at) => id(at + 1).slice(1))
    expect(found(await read(withIds('server_id', short)))).toEqual(
      count(3, (at) => `${at + 2}:1 server-id-invalid`),
    )
  })

  test('does not count empty cells, and is told in YAML at the first key', async () => {
    const inventory = await read(withIds('ID', ['1', '', '2', '--', '3']))
    expect(found(inventory)).toEqual([
      '1:1 foreign-id-values',
      '3:1 server-id-missing',
      '5:1 server-id-missing',
    ])
    const yaml = await readYaml(
      '- {name: a, id: 1, server_group: g}\n- {name: b, id: 2, server_group: g}',
    )
    expect(found(yaml)).toEqual(['1:13 foreign-id-values'])
  })

  test('32 hex digits are an ID, whoever gave them', async () => {
    const hex = count(3, (at) => id(at).replaceAll('-', ''))
    expect(found(await read(withIds('server_id', hex)))).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { refuse } from '../../src/commands/checked-inventory.ts'
import { parseInventory, type InventoryOptions } from '../../src/inventory/read.ts'
import { resolveGroups } from '../../src/plan/groups.ts'
import { parseSettings } from '../../src/settings.ts'
import { GROUP, OTHER_GROUP, group, serverId } from '../report/build.ts'
import { testIo } from '../ui/support.ts'

const CLOUD = [
  group(GROUP, { name: 'here' }),
  group(OTHER_GROUP, { name: 'twice' }),
  group('aaaaaaaa-0000-4000-8000-000000000003', { name: 'twice' }),
]

/** What stderr says of an inventory whose groups are held against those of the cloud. */
async function refused(source: string, text: string, more: Partial<InventoryOptions> = {}) {
  const options = { map: {}, set: {}, dialect: 'otc', ...more } as const
  const inventory = await parseInventory(source, Buffer.from(text), options)
  expect(inventory.totals.errors).toBe(0)
  const { problems } = resolveGroups(inventory.rows, CLOUD)
  const line = { command: 'apply', positionals: [source], options: {}, env: {} } as const
  const result = parseSettings(line)
  if (!result.ok) throw new Error(result.errors.join('\n'))
  const { io, stderr } = testIo()
  expect(refuse(inventory, problems, result.settings, io)).toBe(2)
  return [...stderr().matchAll(/^\S+?:(\d+):(\d+) error ([\w-]+)/gm)].map(([, ...found]) => found)
}

async function resolved(text: string) {
  const options = { map: {}, set: {}, dialect: 'otc' } as const
  const inventory = await parseInventory('servers.csv', Buffer.from(text), options)
  return resolveGroups(inventory.rows, CLOUD)
}

describe('a group that the cloud does not have is shown at its cell', () => {
  test('behind a cell of several lines, where the row has started above', async () => {
    const csv = `server_id,name,note,server_group
${serverId(1)},web-1,"two
lines",nowhere
${serverId(2)},web-2,one,twice
${serverId(3)},web-3,one,here
${serverId(4)},web-4,"€,€",nowhere
`
    expect(await refused('servers.csv', csv)).toEqual([
      ['3', '8', 'group-unknown'],
      ['4', '48', 'group-ambiguous'],
    ])
  })

  test('once a name, however many rows have it, with the rows and what was meant', async () => {
    const rows = Array.from({ length: 12 }, (_, at) => `${serverId(at + 1)},web-${at},heer\n`)
    const { problems } = await resolved(`server_id,name,server_group\n${rows.join('')}`)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ code: 'group-unknown', row: 1, line: 2, value: 'heer' })
    expect(problems[0]?.message).toContain('12 rows: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more')
    expect(problems[0]?.hint).toMatch(/^did you mean "here"\?/)
  })

  test('in YAML', async () => {
    const yaml = `servers:
  - server_id: ${serverId(1)}
    name: web-1
    server_group: nowhere
  - { server_id: ${serverId(2)}, name: web-2, server_group_id: ${serverId(9)} }
`
    const flow = `  - { server_id: ${serverId(2)}, name: web-2, server_group_id: `.length + 1
    expect(await refused('servers.yaml', yaml)).toEqual([
      ['4', '19', 'group-unknown'],
      ['5', String(flow), 'group-unknown'],
    ])
  })

  test('under the header that --map names', async () => {
    const csv = `Gruppe,server_id,name\nhere,${serverId(1)},web-1\nnowhere,${serverId(2)},web-2\n`
    const map = { server_group: 'Gruppe' }
    expect(await refused('servers.csv', csv, { map })).toEqual([['3', '1', 'group-unknown']])
  })

  test('at the row, when it came from the command line', async () => {
    const csv = `server_id,name\n${serverId(1)},web-1\n`
    expect(await refused('servers.csv', csv, { group: 'nowhere' })).toEqual([
      ['2', '1', 'group-unknown'],
    ])
  })
})

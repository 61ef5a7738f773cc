import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Server } from '../../src/cloud/ecs/ecs-schema.ts'
import type { Row } from '../../src/inventory/row.ts'
import { matchNames, sameServerProblems } from '../../src/plan/match-names.ts'
import { instance, row, serverId } from '../report/build.ts'
import { server } from './preflight/told.ts'

const unnamed = (number: number, name: string, over: Partial<Row> = {}): Row =>
  row(number, { serverId: '', name, ...over })

function matched(
  rows: readonly Row[],
  servers: readonly Server[],
  instances = [] as never[] | ReturnType<typeof instance>[],
) {
  const { byRow, problems } = matchNames(rows, servers, instances)
  return {
    servers: Object.fromEntries([...byRow].map(([number, { serverId: id }]) => [number, id])),
    codes: problems.map(({ row: number, code }) => `${number} ${code}`),
    problems,
    byRow,
  }
}

describe('a row without an ID', () => {
  test('is matched by its exact name, with case', () => {
    const servers = [
      server(1, { name: 'web' }),
      server(2, { name: 'Web' }),
      server(3, { name: 'web-1' }),
    ]
    const found = matched([unnamed(1, 'web'), unnamed(2, 'WEB')], servers)
    expect(found.servers).toEqual({ 1: serverId(1) })
    expect(found.codes).toEqual(['2 server-name-unknown'])
    expect(found.problems[0]).toMatchObject({ line: 3, field: 'name', value: 'WEB' })
    expect(found.byRow.get(1)?.matched).toEqual({
      name: 'web',
      availabilityZone: 'eu-de-01',
      status: 'ACTIVE',
      leftOut: [],
    })
  })

  test('by the name in the inventory, not by the one that was made of it', () => {
    const changes = [{ field: 'name', from: 'Büro', to: 'Buero-dr', by: 'fit' }] as const
    const servers = [server(1, { name: 'Büro' }), server(2, { name: 'Buero-dr' })]
    expect(matched([unnamed(1, 'Buero-dr', { changes })], servers).servers).toEqual({
      1: serverId(1),
    })
  })

  test('by no name at all is matched to nothing', () => {
    expect(matched([unnamed(1, '')], [server(1, { name: '' })]).codes).toEqual([
      '1 server-name-unknown',
    ])
  })

  test('that several servers bear is refused, with each of them', () => {
    const servers = [
      server(1, { name: 'web' }),
      server(2, { name: 'web', availabilityZone: null, status: 'SHUTOFF' }),
    ]
    const { codes, problems } = matched([unnamed(1, 'web')], servers)
    expect(codes).toEqual(['1 server-name-ambiguous'])
    expect(problems[0]?.message).toBe(
      `2 servers are named "web": ${serverId(1)} (eu-de-01, ACTIVE), ${serverId(2)} (zone unknown, SHUTOFF)`,
    )
    expect(problems[0]?.hint).toBe('write the ID of the right one into server_id')
  })

  test('a near miss is suggested', () => {
    const hint = (name: string) =>
      matched([unnamed(1, name)], [server(1, { name: 'web-01' })]).problems[0]?.hint
    expect(hint('WEB-01')).toBe('did you mean "web-01"?')
    expect(hint('web-02')).toBe('did you mean "web-01"?')
    expect(hint('database')).toBe('check the spelling, the project and the region')
  })
})

test('a row with an ID is left alone, whatever its name', () => {
  expect(matched([row(1, { name: 'web' })], [server(2, { name: 'web' })]).servers).toEqual({})
})

describe('a DR server', () => {
  const two = [server(1, { name: 'web' }), server(9, { name: 'web', status: 'SHUTOFF' })]
  const pair = { sourceServer: serverId(1), targetServer: serverId(9).toUpperCase() }

  test('is never taken for its production server', () => {
    const { servers, byRow } = matched([unnamed(1, 'web')], two, [instance(1, pair)])
    expect(servers).toEqual({ 1: serverId(1) })
    expect(byRow.get(1)?.matched.leftOut).toEqual([serverId(9)])
  })

  test('is not taken where it is the only one of its name', () => {
    const { codes } = matched([unnamed(1, 'web')], two.slice(1), [instance(1, pair)])
    expect(codes).toEqual(['1 server-name-of-dr-server'])
  })

  test('of which the service does not tell yet makes the name ambiguous, and that is said', () => {
    const { codes, problems } = matched([unnamed(1, 'web')], two, [
      instance(1, { sourceServer: serverId(1), targetServer: null, status: 'creating' }),
    ])
    expect(codes).toEqual(['1 server-name-ambiguous'])
    expect(problems[0]?.hint).toContain('wait until that has ended')
  })

  test('after a failover nobody knows which of the two it is', () => {
    for (const over of [{ status: 'failed-over' }, { priorityStation: 'target' }] as const) {
      const { codes, problems } = matched([unnamed(1, 'web')], two, [
        instance(1, { ...pair, ...over }),
      ])
      expect(codes).toEqual(['1 server-name-ambiguous'])
      expect(problems[0]?.hint).toContain('after a failover')
    }
  })

  test('that is the production server of another instance is a server like any other', () => {
    const { codes } = matched([unnamed(1, 'web')], two, [
      instance(1, pair),
      instance(2, { sourceServer: serverId(9), targetServer: null }),
    ])
    expect(codes).toEqual(['1 server-name-ambiguous'])
  })
})

test('of many unknown names near misses are looked for among few, and letters alone in all', () => {
  const servers = Array.from({ length: 30 }, (_, n) => server(n + 1, { name: `Web-${n}x` }))
  const rows = servers.map((_, n) => unnamed(n + 1, n < 28 ? `web-${n}y` : `web-${n}x`))
  const hints = matched(rows, servers).problems.map(({ hint }) => hint?.startsWith('did you mean'))
  expect(hints.filter(Boolean)).toHaveLength(25 + 2)
  expect(hints.at(-1)).toBe(true)
})

describe('two rows with one server', () => {
  const found = { name: 'web', availabilityZone: null, status: null, leftOut: [] }

  test.each<[string, readonly Row[], string[]]>([
    [
      'both matched',
      [row(1, { matched: found }), row(2, { serverId: serverId(1), matched: found })],
      ['2 name'],
    ],
    [
      'the first matched',
      [row(1, { matched: found }), row(2, { serverId: serverId(1).toUpperCase() })],
      ['2 server_id'],
    ],
    ['the later matched', [row(1), row(2, { serverId: serverId(1), matched: found })], ['2 name']],
    ['none matched: told already', [row(1), row(2, { serverId: serverId(1) })], []],
    ['none known', [unnamed(1, 'a'), unnamed(2, 'b')], []],
  ])('%s', (_, rows, wanted) => {
    const problems = sameServerProblems(rows)
    expect(problems.map(({ row: number, field }) => `${number} ${field}`)).toEqual(wanted)
    for (const problem of problems) {
      expect(problem).toMatchObject({ code: 'duplicate-server', line: 3 })
      expect(problem.message).toContain('row 1 (line 2)')
    }
  })
})

test('over random fleets with namesakes and DR servers nothing is ever picked that is not the only one', () => {
  const name = fc.constantFrom('web', 'Web', 'db', 'app', 'ü')
  const station = fc.constantFrom('source' as const, 'target' as const)
  const fleet = fc.record({
    servers: fc.array(name, { maxLength: 8 }),
    wanted: fc.array(name, { minLength: 1, maxLength: 6 }),
    instances: fc.array(fc.tuple(fc.nat(8), fc.option(fc.nat(8)), station), { maxLength: 4 }),
  })
  fc.assert(
    fc.property(fleet, ({ servers: names, wanted, instances: pairs }) => {
      const servers = names.map((each, n) => server(n + 1, { name: each }))
      const instances = pairs.map(([source, target, priorityStation], n) =>
        instance(n + 1, {
          sourceServer: serverId(source + 1),
          targetServer: target === null ? null : serverId(target + 1),
          priorityStation,
        }),
      )
      const { byRow, problems } = matchNames(
        wanted.map((each, n) => unnamed(n + 1, each)),
        servers,
        instances,
      )
      const sources = new Set(instances.map(({ sourceServer }) => sourceServer))
      for (const [n, each] of wanted.entries()) {
        // Told anew, from the drawn lists.
        const namesakes = servers.filter((one) => one.name === each)
        const left = namesakes.filter(
          ({ id }) =>
            sources.has(id) ||
            !instances.some((one) => one.targetServer === id && one.priorityStation === 'source'),
        )
        const match = byRow.get(n + 1)
        expect(problems.filter((one) => one.row === n + 1)).toHaveLength(
          match === undefined ? 1 : 0,
        )
        expect(match?.serverId).toBe(left.length === 1 ? left[0]?.id : undefined)
      }
    }),
    { numRuns: 2_000 },
  )
})

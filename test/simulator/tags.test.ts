import { describe, expect, test } from 'vitest'
import type { World } from '../../src/simulator/state.ts'
import { instanceOf, refusalOf } from './act-world.ts'
import { ask, create, smallWorld } from './ask.ts'
import { READY } from './group-world.ts'

const tag = (key: string, value: string) => ({ key, value })

/** dr-1 of web and blue, dr-2 of web and green, dr-3 of db, dr-4 without a tag. */
function taggedWorld(): World {
  const tags = [
    [tag('tier', 'web'), tag('ring', 'blue')],
    [tag('tier', 'web'), tag('ring', 'green')],
    [tag('tier', 'db')],
    [],
  ]
  return tags.reduce(
    (world, each, index) => create(world, index + 1, { tags: each }).world,
    smallWorld(),
  )
}

const world = taggedWorld()
const path = `protected-instances/${instanceOf(world, 1).id}/tags`
const tagsAt = (at: World) => ask(at, 'GET', path, undefined, READY).json.tags

describe('one tag', () => {
  test('is added, or put over what its key had', () => {
    const added = ask(world, 'POST', path, { tag: tag('owner', 'ops') }, READY)
    expect([added.status, added.body]).toEqual([204, ''])
    expect(tagsAt(added.world)).toContainEqual(tag('owner', 'ops'))
    const over = ask(world, 'POST', path, { tag: tag('tier', 'app') }, READY)
    expect(tagsAt(over.world)).toEqual([tag('ring', 'blue'), tag('tier', 'app')])
  })

  test('is taken away by its key, as the path has it', () => {
    const gone = ask(world, 'DELETE', `${path}/ring`, undefined, READY)
    expect([gone.status, gone.body, tagsAt(gone.world)]).toEqual([204, '', [tag('tier', 'web')]])
    const odd = ask(world, 'POST', path, { tag: tag('größe %', 'x') }, READY).world
    const encoded = ask(odd, 'DELETE', `${path}/${encodeURIComponent('größe %')}`, undefined, READY)
    expect([encoded.status, tagsAt(encoded.world)]).toEqual([204, tagsAt(world)])
  })

  test.each([
    ['POST', '', {}, 'SDRS.2202'],
    ['POST', '', { tag: tag('', 'x') }, 'SDRS.2205'],
    ['POST', '', { tag: tag('a', 'x*') }, 'SDRS.2207'],
    ['DELETE', '/nothing', undefined, '404 SDRS.2206'],
    ['DELETE', '/%20', undefined, 'SDRS.2205'],
  ])('%s tags%s %o is refused', (method, rest, body, code) => {
    expect(refusalOf(ask(world, method, `${path}${rest}`, body, READY))).toBe(code)
  })

  test('of no instance', () => {
    const elsewhere = 'protected-instances/x/tags'
    expect(refusalOf(ask(world, 'POST', elsewhere, { tag: tag('a', '') }, READY))).toBe('SDRS.1320')
    expect(refusalOf(ask(world, 'DELETE', `${elsewhere}/a`, undefined, READY))).toBe('SDRS.1320')
  })
})

describe('some tags', () => {
  const act = (at: World, action: string, tags: unknown) =>
    ask(at, 'POST', `${path}/action`, { action, tags }, READY)
  const some = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => tag(`k${from + index}`, 'v'))

  // "You can add a maximum of 20 tags to a protected instance", but 10 with its create; on Huawei Cloud 10.
  test.each([
    ['otc', 20],
    ['huawei', 10],
  ] as const)('on %s up to %d, however they come', (dialect, most) => {
    const from = create(smallWorld({ limits: { dialect } }), 1)
    const bare = `protected-instances/${instanceOf(from.world, 1).id}/tags`
    const add = (at: World, tags: unknown) =>
      ask(at, 'POST', `${bare}/action`, { action: 'create', tags }, READY)
    const full = add(add(from.world, some(0, 7)).world, some(7, most))
    expect([full.status, ask(full.world, 'GET', bare, undefined, READY).json.tags.length]).toEqual([
      204,
      most,
    ])
    expect(refusalOf(add(full.world, some(most, most + 1)))).toBe('SDRS.2203')
    expect(refusalOf(ask(full.world, 'POST', bare, { tag: tag('z', '') }, READY))).toBe('SDRS.2203')
    expect(add(full.world, some(0, 3)).status).toBe(204)
    expect(refusalOf(add(from.world, some(0, most + 1)))).toBe('SDRS.2203')
    const action = {
      action: 'filter',
      tags: some(0, most + 1).map(({ key }) => ({ key, values: [] })),
    }
    const by = 'protected-instances/resource_instances/action'
    expect(refusalOf(ask(from.world, 'POST', by, action, READY))).toBe('SDRS.2203')
  })

  test('with a create up to 10', () => {
    expect(create(smallWorld(), 1, { tags: some(0, 10) }).status).toBe(200)
    expect(refusalOf(create(smallWorld(), 1, { tags: some(0, 11) }))).toBe('SDRS.2203')
  })

  // "The character set of the tags will not be checked."
  test.each([
    [[{ key: 'no*such' }]],
    [[{ key: 'x'.repeat(99), value: '*'.repeat(99) }]],
    [[{ key: 'nothing' }, { key: 'nothing', value: 1 }]],
    [some(0, 25)],
  ])('are deleted whether they are there or not: %o', (tags) => {
    const gone = act(world, 'delete', [...tags, { key: 'tier' }])
    expect([gone.status, tagsAt(gone.world)]).toEqual([204, [tag('ring', 'blue')]])
  })

  test.each([
    [[{ key: '' }], 'SDRS.2205'],
    [[{ value: 'web' }], 'SDRS.2205'],
    [['tier'], 'SDRS.2205'],
    [[{ key: 1 }], 'SDRS.2204'],
    ['tier', 'SDRS.0201'],
    [[], 'SDRS.2202'],
  ])('are not deleted without a key: %o', (tags, code) => {
    expect(refusalOf(act(world, 'delete', tags))).toBe(code)
  })
})

test('the project’s tags are each key once, with all its values', () => {
  expect(ask(world, 'GET', 'protected-instances/tags', undefined, READY).json).toEqual({
    tags: [
      { key: 'ring', values: ['blue', 'green'] },
      { key: 'tier', values: ['db', 'web'] },
    ],
  })
  expect(ask(smallWorld(), 'GET', 'protected-instances/tags').json).toEqual({ tags: [] })
})

describe('instances by tags', () => {
  const by = (body: Record<string, unknown>) =>
    ask(world, 'POST', 'protected-instances/resource_instances/action', body, READY)
  const names = (body: Record<string, unknown>): string =>
    by({ action: 'filter', ...body })
      .json.resources.map((each: Record<string, string>) => each['resource_name']?.slice(3))
      .join('')
  const asks = (key: string, ...values: string[]) => ({ key, values })

  test.each([
    [{}, '1234'],
    [{ tags: [asks('tier', 'web')] }, '12'],
    [{ tags: [asks('tier', 'web', 'db')] }, '123'],
    [{ tags: [asks('tier')] }, '123'],
    [{ tags: [asks('tier', 'web'), asks('ring', 'green')] }, '2'],
    [{ tags_any: [asks('tier', 'db'), asks('ring', 'green')] }, '23'],
    [{ not_tags: [asks('tier', 'web'), asks('ring', 'green')] }, '134'],
    [{ not_tags_any: [asks('tier', 'db'), asks('ring', 'green')] }, '14'],
    [{ matches: [{ key: 'resource_name', value: 'R-3' }] }, '3'],
    [{ matches: [{ key: 'resource_name', value: '' }] }, ''],
    [{ tags: [asks('tier')], matches: [{ key: 'resource_name', value: '1' }] }, '1'],
    [{ limit: '2', offset: '1' }, '23'],
    [{ limit: 2 }, '12'],
  ])('%o are %s', (body, expected) => {
    expect(names(body)).toBe(expected)
  })

  test('have their details and tags, and are counted over all pages', () => {
    const { resources, total_count: total } = by({ action: 'filter', limit: '1' }).json
    const [instance] = [instanceOf(world, 1)]
    expect([total, resources]).toEqual([
      4,
      [
        {
          resource_id: instance.id,
          resource_name: 'dr-1',
          resource_detail: instance,
          tags: instance.tags,
        },
      ],
    ])
    expect(by({ action: 'count', tags: [asks('tier')] }).json).toEqual({ total_count: 3 })
  })

  const many = Array.from({ length: 21 }, (_, index) => asks(`k${index}`))
  test.each<[Record<string, unknown>, string]>([
    [{ action: 'list' }, 'SDRS.2210'],
    [{}, 'SDRS.2210'],
    [{ action: 'count', limit: '1' }, 'SDRS.2211'],
    [{ action: 'filter', limit: '0' }, 'SDRS.2220'],
    [{ action: 'filter', limit: '1001' }, 'SDRS.2220'],
    [{ action: 'filter', offset: '-1' }, 'SDRS.0222'],
    [{ action: 'filter', tags: {} }, 'SDRS.0201'],
    [{ action: 'filter', tags: many }, 'SDRS.2203'],
    [{ action: 'filter', tags: [asks('')] }, 'SDRS.2205'],
    [{ action: 'filter', tags: [{ values: [] }] }, 'SDRS.2204'],
    [{ action: 'filter', tags: [{ key: 'a', values: [1] }] }, 'SDRS.2207'],
    [{ action: 'filter', tags: [asks('a', 'x', 'x')] }, 'SDRS.2219'],
    [{ action: 'filter', tags: [asks('a', ...many.map(({ key }) => key))] }, 'SDRS.2218'],
    [{ action: 'filter', not_tags: [asks('a'), asks('a', 'x')] }, 'SDRS.2209'],
    [{ action: 'filter', matches: [{ key: '', value: '' }] }, 'SDRS.2213'],
    [{ action: 'filter', matches: [{ key: 'name', value: '' }] }, 'SDRS.2214'],
    [{ action: 'filter', matches: [{ key: 'resource_name' }] }, 'SDRS.2216'],
    [{ action: 'filter', matches: [{ key: 'resource_name', value: 1 }] }, 'SDRS.2217'],
    [
      { action: 'filter', matches: Array(2).fill({ key: 'resource_name', value: 'a' }) },
      'SDRS.2215',
    ],
  ])('%o is refused', (body, code) => {
    expect(refusalOf(by(body))).toBe(code)
  })
})

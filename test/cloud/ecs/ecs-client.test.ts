import { expect, test } from 'vitest'
import { UNREADABLE } from '../../../src/cloud/errors.ts'
import { answeringCloud, ok, present } from '../../support/answering-cloud.ts'

const server = (n: number) => ({ id: `0000000a-${n}`, name: `s${n}`, status: 'ACTIVE' })
const all = Array.from({ length: 2_300 }, (_, n) => server(n))

test('servers come in pages of a thousand, and whoever waits hears how many', async () => {
  const cloud = answeringCloud(({ query }) => {
    const page = Number(query.get('offset'))
    return ok({ servers: all.slice((page - 1) * 1_000, page * 1_000), count: all.length })
  })
  const heard: number[] = []
  // Whatever the spelling, it is the same server.
  const expected = ['0000000A7']
  const onRead = (read: number): void => void heard.push(read)
  const list = present(cloud.ecs).listServers(undefined, { expected, onRead })
  expect(await cloud.clock.run(list)).toHaveLength(2_300)
  expect(heard).toEqual([1_000, 2_000, 2_300])
  expect(cloud.asked.map(({ what, query }) => `${what}?${query.toString()}`)).toEqual([
    'ecs /v1/cloudservers/detail?limit=1000&offset=1',
    'ecs /v1/cloudservers/detail?limit=1000&offset=2',
    'ecs /v1/cloudservers/detail?limit=1000&offset=3',
  ])
})

test('a service that goes by markers is asked by markers', async () => {
  const cloud = answeringCloud(({ query }) => {
    const from = all.findIndex(({ id }) => id === query.get('marker')) + 1
    return ok({ servers: all.slice(from, from + 1_000), count: all.length })
  })
  expect(await cloud.clock.run(present(cloud.ecs).listServers())).toHaveLength(2_300)
  expect(cloud.asked).toHaveLength(4)
})

test('flavors are asked for once, without a zone', async () => {
  const cloud = answeringCloud(() => ok({ flavors: [{ id: 'a' }, { id: 'b' }] }))
  expect(await cloud.clock.run(present(cloud.ecs).listFlavors())).toMatchObject([
    { id: 'a' },
    { id: 'b' },
  ])
  expect(cloud.asked.map(({ what, query }) => `${what}?${query.toString()}`)).toEqual([
    'ecs /v1/cloudservers/flavors?',
  ])
})

test.each([{}, [], { servers: {} }, { count: 2 }])('%j is not a list of servers', async (body) => {
  const cloud = answeringCloud(() => ok(body))
  await expect(cloud.clock.run(present(cloud.ecs).listServers())).rejects.toMatchObject({
    code: UNREADABLE,
  })
})

test('where the service tells system disks at all, a server without one has none', async () => {
  const withDisks = (n: number, ...disks: readonly object[]) => ({
    ...server(n),
    'os-extended-volumes:volumes_attached': disks.map((disk, at) => ({ id: `d${at}`, ...disk })),
  })
  const isSystem = async (...servers: readonly object[]) => {
    const cloud = answeringCloud(() => ok({ servers }))
    const found = await cloud.clock.run(present(cloud.ecs).listServers())
    return found.map(({ volumes }) => volumes?.map((volume) => volume.isSystem))
  }
  const boot = withDisks(3, { bootIndex: ' 0' })
  const nothing = withDisks(2, { bootIndex: null }, { bootIndex: null })
  expect(await isSystem(nothing)).toEqual([[null, null]])
  expect(await isSystem(nothing, withDisks(3, { bootIndex: '1' }))).toEqual([[null, null], [null]])
  expect(await isSystem(nothing, boot)).toEqual([[false, false], [true]])
  // Left out, or empty, tells nothing, whatever other servers tell.
  expect(await isSystem(withDisks(2, {}, { bootIndex: '' }), boot)).toEqual([[null, null], [true]])
})

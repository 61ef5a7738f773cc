import { describe, expect, test } from 'vitest'
import { ApiError } from '../../../src/cloud/errors.ts'
import { answeringCloud, ok, present } from '../../support/answering-cloud.ts'

const idOf = (n: number): string => `a0000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => idOf(n))

/** An EVS of a project with so many volumes. */
function evsWith(total: number) {
  const all = ids(total).map((id) => ({ id, status: 'in-use', size: 40, volume_type: 'SAS' }))
  return answeringCloud(({ query }) => {
    const some = query.get('ids')
    if (some !== null) {
      const wanted: unknown = JSON.parse(some.replaceAll("'", '"'))
      const list = new Set<unknown>(Array.isArray(wanted) ? wanted : [])
      if (list.size > 60) return { status: 400, body: { badRequest: { message: 'too many' } } }
      const found = all.filter(({ id }) => list.has(id))
      return ok({ volumes: found, count: found.length })
    }
    const offset = Number(query.get('offset'))
    return ok({ volumes: all.slice(offset, offset + 1_000), count: total })
  })
}

async function list(cloud: ReturnType<typeof evsWith>, wanted: readonly string[]) {
  return cloud.clock.run(present(cloud.evs).listVolumes(wanted))
}

describe('volumes', () => {
  test.each([
    { what: 'none', wanted: 0, total: 5_000, requests: 0 },
    { what: 'a few by their IDs', wanted: 60, total: 20_000, requests: 1 },
    { what: 'not many more', wanted: 120, total: 20_000, requests: 2 },
    { what: 'some of a small project in a page', wanted: 500, total: 800, requests: 1 },
    { what: 'many of a project in its pages', wanted: 1_000, total: 2_000, requests: 3 },
    { what: 'a great many', wanted: 20_000, total: 20_000, requests: 21 },
    {
      what: 'some of a huge project by IDs, the first page known',
      wanted: 600,
      total: 20_000,
      requests: 11,
    },
  ])('$what', async ({ wanted, total, requests }) => {
    const cloud = evsWith(total)
    const some = ids(total).slice(total - wanted)
    const found = await list(cloud, some)
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(some))
    expect(cloud.asked).toHaveLength(requests)
    for (const { what } of cloud.asked) expect(what).toBe('evs /v2/cloudvolumes/detail')
  })

  test('that no page has shown are asked for by ID: pages may be capped, whatever they count', async () => {
    const cloud = answeringCloud(({ query }) => {
      const some = query.get('ids')
      const shown = some === null ? ids(100) : ids(300).filter((id) => some.includes(id))
      return ok({ volumes: shown.map((id) => ({ id })), count: shown.length })
    })
    expect(await list(cloud, ids(300))).toHaveLength(300)
  })

  test('are asked for in quotes of their own, each once however it is spelled', async () => {
    const cloud = evsWith(5)
    const odd = "x'],['y"
    const found = await list(cloud, [idOf(1), idOf(1).toUpperCase(), idOf(2), odd])
    expect(found.map(({ id }) => id)).toEqual([idOf(2)])
    const [question] = cloud.asked
    expect(question?.query.get('ids')).toBe(`['${idOf(1).toUpperCase()}','${idOf(2)}']`)
  })

  test('that are not there are not in the answer, whichever way it was read', async () => {
    expect(await list(evsWith(5), [idOf(1), idOf(7)])).toHaveLength(1)
    expect(await list(evsWith(150), ids(300))).toHaveLength(150)
  })

  test('as the reference writes them', async () => {
    const cloud = answeringCloud(() =>
      ok({
        count: 3,
        volumes: [
          {
            id: 'a',
            status: 'In-Use',
            size: 40,
            volume_type: 'SSD',
            multiattach: true,
            encrypted: false,
            shareable: 'false',
            metadata: { __system__encrypted: '1' },
          },
          {
            id: 'b',
            metadata: { __system__encrypted: '0' },
            multiattach: 'false',
            encrypted: true,
          },
          { id: 'c', metadata: 7, size: {}, status: [], volume_type: true, multiattach: null },
        ],
      }),
    )
    const found = await cloud.clock.run(present(cloud.evs).listVolumes(['a', 'b', 'c']))
    const untold = { status: null, isEncrypted: false, isShared: false, type: null, sizeGb: null }
    expect(found).toEqual([
      { id: 'a', status: 'in-use', isEncrypted: true, isShared: true, type: 'SSD', sizeGb: 40 },
      { ...untold, id: 'b' },
      { ...untold, id: 'c' },
    ])
  })

  test.each([{}, { volumes: [{}] }, { volumes: 'none' }, { count: 3 }])(
    '%j is not a list of volumes',
    async (body) => {
      const cloud = answeringCloud(() => ok(body))
      await expect(cloud.clock.run(present(cloud.evs).listVolumes(['a']))).rejects.toBeInstanceOf(
        ApiError,
      )
    },
  )

  test('deleted between two pages shift none out of sight', async () => {
    let all = ids(2_500)
    const cloud = answeringCloud(({ query }, nth) => {
      if (nth === 2) all = all.slice(3)
      const offset = Number(query.get('offset'))
      const page = all.slice(offset, offset + 1_000)
      return ok({ volumes: page.map((id) => ({ id })), count: all.length })
    })
    const found = await cloud.clock.run(present(cloud.evs).listVolumes(ids(2_500)))
    const seen = new Set(found.map(({ id }) => id))
    expect(all.filter((id) => !seen.has(id))).toEqual([])
  })
})

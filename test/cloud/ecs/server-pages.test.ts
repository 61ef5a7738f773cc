import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readNumberedPages, type Place } from '../../../src/cloud/ecs/server-pages.ts'
import type { Page } from '../../../src/cloud/pages.ts'

interface Item {
  readonly id: string
}

const ENDLESS = new Error('endless')

function items(count: number, from = 0): Item[] {
  return Array.from({ length: count }, (_, index) => ({ id: `s${from + index}` }))
}

interface Change {
  readonly removeAt: number
  readonly removed: number
  readonly insertAt: number
  readonly inserted: number
}

type Way = 'numbers' | 'markers' | 'both'

/** A list of servers that changes before each page. */
function changing(length: number, changes: readonly Change[], way: Way, counted = true) {
  let list = items(length)
  let asked = 0
  let born = 0
  function ask(pageSize: number, place: Place): Promise<Page<Item>> {
    const change = asked === 0 ? undefined : changes[asked - 1]
    asked += 1
    if (change !== undefined) {
      list = list.toSpliced(Math.floor(change.removeAt * list.length), change.removed)
      const fresh = Array.from({ length: change.inserted }, () => ({ id: `n${(born += 1)}` }))
      list = list.toSpliced(Math.floor(change.insertAt * (list.length + 1)), 0, ...fresh)
    }
    const start =
      'page' in place
        ? way === 'markers'
          ? 0
          : (place.page - 1) * pageSize
        : way === 'numbers'
          ? 0
          : list.findIndex(({ id }) => id === place.marker) + 1
    return Promise.resolve({
      items: list.slice(start, start + pageSize),
      count: counted ? list.length : null,
    })
  }
  return { ask, asked: () => asked, list: () => list }
}

async function readAll(
  server: ReturnType<typeof changing>,
  pageSize: number,
  expected: readonly Item[] = [],
): Promise<Set<string>> {
  const found = await readNumberedPages({
    pageSize,
    ask: (place) => server.ask(pageSize, place),
    mayLack: (known) => expected.some(({ id }) => !known.has(id)),
    endless: () => ENDLESS,
  })
  const ids = new Set(found.map(({ id }) => id))
  expect(ids.size).toBe(found.length)
  return ids
}

const way = fc.constantFrom<Way>('numbers', 'markers', 'both')

describe('a list in numbered pages', () => {
  test('that keeps still is read whole, at a page for each step', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(100),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        async (length, pageSize, counted) => {
          const server = changing(length, [], 'numbers', counted)
          expect((await readAll(server, pageSize)).size).toBe(length)
          const pages = Math.ceil(length / pageSize)
          // Without a count, or with one that may be the page's own, only an empty page tells the end of full ones.
          const isTold = counted && length !== pageSize
          const last = isTold || length % pageSize > 0 ? 0 : Number(length > 0)
          expect(server.asked()).toBe(Math.max(1, pages + last))
        },
      ),
    )
  })

  test('is read whole where the service goes by markers alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(100), fc.integer({ min: 1, max: 12 }), async (length, pageSize) => {
        const server = changing(length, [], 'markers')
        expect((await readAll(server, pageSize)).size).toBe(length)
        // A full first page may be all there is: that a number and a marker both bring nothing new tells it.
        const more = length === pageSize ? 2 : 1
        const pages = Math.max(1, Math.ceil(length / pageSize))
        expect(server.asked()).toBeLessThanOrEqual(pages + more)
      }),
    )
  })

  test('loses none that the caller expects, whatever is made or deleted meanwhile', async () => {
    const change: fc.Arbitrary<Change> = fc.record({
      removeAt: fc.double({ min: 0, max: 0.999, noNaN: true }),
      removed: fc.nat(3),
      insertAt: fc.double({ min: 0, max: 0.999, noNaN: true }),
      inserted: fc.nat(3),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60),
        fc.integer({ min: 4, max: 12 }),
        // Of the first walk alone: it is read twice, not for ever.
        fc.array(change, { maxLength: 1 }),
        way,
        async (length, pageSize, changes, how) => {
          const server = changing(length, changes, how)
          const ids = await readAll(server, pageSize, items(length))
          const stayed = server.list().filter(({ id }) => id.startsWith('s'))
          expect(stayed.filter(({ id }) => !ids.has(id))).toEqual([])
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('is read again when its count has fallen', async () => {
    // The first of the next page slips onto this one, and one that was counted is gone.
    const gone = { removeAt: 0, removed: 1, insertAt: 0.999, inserted: 0 }
    const server = changing(10, [gone], 'numbers')
    expect((await readAll(server, 5)).has('s5')).toBe(true)
    expect(server.asked()).toBe(4)
  })

  test('is read again when it lacks what is expected, though its count is the same', async () => {
    const replaced = { removeAt: 0, removed: 1, insertAt: 0.999, inserted: 1 }
    const unexpecting = changing(10, [replaced], 'numbers')
    expect((await readAll(unexpecting, 5)).has('s5')).toBe(false)
    const expecting = changing(10, [replaced], 'numbers')
    expect((await readAll(expecting, 5, items(10))).has('s5')).toBe(true)
  })

  test('of one page cannot have shifted: where it lacks something, an empty page tells that it is not there', async () => {
    const server = changing(4, [], 'numbers')
    await readAll(server, 5, items(6))
    expect(server.asked()).toBe(2)
  })

  test('is read whole where pages are shorter than was asked for, however they are counted', async () => {
    const counts = {
      total: (): number => 60,
      'of the page': (page: readonly Item[]): number => page.length,
      none: (): null => null,
      zero: (): number => 0,
      'less than none': (): number => -1,
    }
    for (const count of Object.values(counts)) {
      const all = items(60)
      const ask = (place: Place): Promise<Page<Item>> => {
        const start = 'page' in place ? (place.page - 1) * 25 : 0
        const page = all.slice(start, start + 25)
        return Promise.resolve({ items: page, count: count(page) })
      }
      const mayLack = (known: ReadonlyMap<string, Item>): boolean => !known.has('s59')
      const found = await readNumberedPages({
        pageSize: 1_000,
        ask,
        mayLack,
        endless: () => ENDLESS,
      })
      expect(found).toHaveLength(60)
    }
  })

  const reading = (ask: (place: Place, nth: number) => Page<Item>) => {
    let nth = 0
    const done = readNumberedPages({
      pageSize: 10,
      ask: async (place) => ask(place, (nth += 1)),
      mayLack: () => false,
      endless: () => ENDLESS,
    })
    return { done, asked: () => nth }
  }

  test('that gives less a page than it was asked for goes by its count', async () => {
    const { done, asked } = reading((place) => ({
      items: 'page' in place ? items(12).slice((place.page - 1) * 5, place.page * 5) : [],
      count: 12,
    }))
    expect(await done).toHaveLength(12)
    expect(asked()).toBe(3)
  })

  test('that says too much of its count is read twice, and is what it is', async () => {
    const { done, asked } = reading((place) => ({
      items: 'page' in place && place.page === 1 ? items(3) : [],
      count: 9,
    }))
    expect(await done).toHaveLength(3)
    expect(asked()).toBe(4)
  })

  test('that knows neither numbers nor markers ends', async () => {
    const { done, asked } = reading(() => ({ items: items(10), count: 5_000 }))
    expect(await done).toHaveLength(10)
    expect(asked()).toBeLessThan(10)
  })

  test('whose offset is one of items, not of pages, is gone on with by marker', async () => {
    const all = items(60)
    const { done, asked } = reading((place) => {
      const at =
        'page' in place ? place.page - 1 : all.findIndex(({ id }) => id === place.marker) + 1
      return { items: all.slice(at, at + 10), count: 60 }
    })
    expect(await done).toHaveLength(60)
    expect(asked()).toBeLessThan(10)
  })

  test('that never ends, or is empty beside a count of some, is unreadable', async () => {
    const endless = reading((_, nth) => ({ items: items(10, nth * 10), count: nth * 10 + 100 }))
    await expect(endless.done).rejects.toBe(ENDLESS)
    const growing = reading((_, nth) => ({ items: items(10, nth * 10), count: 100_000 }))
    await expect(reading(() => ({ items: [], count: 3 })).done).rejects.toBe(ENDLESS)
    expect(endless.asked()).toBeLessThan(11_000)
    await growing.done
  })
})

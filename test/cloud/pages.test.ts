import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPages } from '../../src/cloud/pages.ts'

interface Item {
  readonly id: string
}

/** What happens to the list right before the nth page is read. */
interface Change {
  /** Removed at this place, as a share of the length. */
  readonly removeAt: number
  readonly removed: number
  /** New items at this place, as a share of the length. */
  readonly insertAt: number
  readonly inserted: number
}

const ENDLESS = new Error('endless')

/** A list by offset, in a stable order, that changes between the pages. */
function shifting(length: number, changes: readonly Change[], options: { counted: boolean }) {
  let list: Item[] = Array.from({ length }, (_, index) => ({ id: `i${index}` }))
  let born = 0
  let asked = 0
  return {
    list: () => list,
    asked: () => asked,
    page(pageSize: number, offset: number) {
      const change = asked === 0 ? undefined : changes[asked - 1]
      asked += 1
      if (change !== undefined) {
        const from = Math.floor(change.removeAt * list.length)
        list = list.toSpliced(from, change.removed)
        const at = Math.floor(change.insertAt * (list.length + 1))
        const fresh = Array.from({ length: change.inserted }, () => ({ id: `n${(born += 1)}` }))
        list = list.toSpliced(at, 0, ...fresh)
      }
      const items = list.slice(offset, offset + pageSize)
      return Promise.resolve({ items, count: options.counted ? list.length : null })
    },
  }
}

const change: fc.Arbitrary<Change> = fc.record({
  removeAt: fc.double({ min: 0, max: 0.999, noNaN: true }),
  removed: fc.nat(6),
  insertAt: fc.double({ min: 0, max: 0.999, noNaN: true }),
  inserted: fc.nat(2),
})

describe('a list that changes while it is read', () => {
  test('what is new among what it reads again is no sign that the rest was seen', async () => {
    const none = { removeAt: 0, removed: 0, insertAt: 0, inserted: 0 }
    const changes = [none, { ...none, removed: 1 }, { ...none, inserted: 1 }]
    const server = shifting(8, changes, { counted: true })
    const found = await readPages({
      pageSize: 999,
      ask: (offset) => server.page(4, offset),
      endless: () => ENDLESS,
    })
    expect(found.map(({ id }) => id)).toContain('i7')
  })

  test('loses no item that was there all the time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(120),
        // A shift by a whole page would look like a page that repeats.
        fc.integer({ min: 4, max: 12 }),
        fc.array(change, { maxLength: 8 }),
        fc.record({ counted: fc.boolean(), capped: fc.boolean() }),
        async (length, pageSize, changes, { counted, capped }) => {
          const server = shifting(length, changes, { counted: counted || capped })
          const found = await readPages({
            // A service that gives less than was asked for: only the count tells the last page.
            pageSize: capped ? 999 : pageSize,
            ask: (offset) => server.page(pageSize, offset),
            endless: () => ENDLESS,
          })
          const ids = new Set(found.map(({ id }) => id))
          expect(ids.size).toBe(found.length)
          const stayed = server.list().filter(({ id }) => id.startsWith('i'))
          expect(stayed.filter(({ id }) => !ids.has(id))).toEqual([])
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('that keeps still costs a page for each step, and nothing more', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(300),
        fc.integer({ min: 2, max: 50 }),
        fc.boolean(),
        async (length, pageSize, counted) => {
          const server = shifting(length, [], { counted })
          const ask = (offset: number) => server.page(pageSize, offset)
          const found = await readPages({ pageSize, ask, endless: () => ENDLESS })
          expect(found).toEqual(server.list())
          expect(server.asked()).toBeLessThanOrEqual(1 + Math.ceil(length / (pageSize - 1)))
        },
      ),
    )
  })

  test('in no stable order is read again while the count says that something is missing', async () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }))
    // The second page was made in another order: it shows b again, and never d.
    const walks = [
      ['abc', 'cbe', 'e'],
      ['abc', 'cde', 'e'],
    ]
    let walk = -1
    const found = await readPages({
      pageSize: 3,
      ask(offset) {
        if (offset === 0) walk += 1
        const page = walks[Math.min(walk, 1)]?.[offset / 2] ?? ''
        return Promise.resolve({ items: [...page].map((id) => ({ id })), count: 5 })
      },
      endless: () => ENDLESS,
    })
    expect(found.map(({ id }) => id).toSorted()).toEqual(all.map(({ id }) => id))
  })

  test.for<{ name: string; count: number | null; most: number }>([
    { name: 'with a count', count: 30, most: 60 },
    { name: 'without one', count: null, most: 10_000 },
  ])('without an end is given up $name', async ({ count, most }) => {
    let asked = 0
    const reading = readPages({
      pageSize: 10,
      ask(offset) {
        asked += 1
        const items = Array.from({ length: 10 }, (_, index) => ({ id: `${offset + index}` }))
        return Promise.resolve({ items, count })
      },
      endless: () => ENDLESS,
    })
    await expect(reading).rejects.toBe(ENDLESS)
    expect(asked).toBeLessThanOrEqual(most)
  })

  test('one item a page, as its count tells', async () => {
    const asked: number[] = []
    const found = await readPages({
      pageSize: 10,
      ask(offset) {
        asked.push(offset)
        return Promise.resolve({ items: offset < 3 ? [{ id: `${offset}` }] : [], count: 3 })
      },
      endless: () => ENDLESS,
    })
    expect(found).toHaveLength(3)
    expect(asked).toEqual([0, 1, 2])
  })
})

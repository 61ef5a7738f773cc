import { mostPages, type Page } from '../pages.ts'

/** Where a page begins: by its number from 1, or behind an item. */
export type Place = { readonly page: number } | { readonly marker: string }

interface Options<T> {
  /** Items a full page. */
  readonly pageSize: number
  readonly ask: (place: Place) => Promise<Page<T>>
  /** Whether what was found may lack something: a list that came in several pages is then read once more. */
  readonly mayLack: (found: ReadonlyMap<string, T>) => boolean
  /** What is thrown where the pages never end, or contradict their count. */
  readonly endless: () => Error
}

/**
 * All items of a list whose pages have numbers. Pages of a fixed length cannot overlap, so an item that is
 * deleted between two of them shifts one out of sight. It shows in the count, which is then lower than
 * before, or than what was found; or in what the caller misses. Then all is read once more. A page that
 * begins with an item seen before is either shifted the other way, or this service goes by markers and not
 * by numbers: so it goes on behind the last item, and where that brings nothing new, by number.
 */
export async function readNumberedPages<T extends { readonly id: string }>(
  options: Options<T>,
): Promise<T[]> {
  const { pageSize, ask, mayLack, endless } = options
  const found = new Map<string, T>()
  let count: number | null = null
  let usualLength = pageSize
  let asked = 0

  async function read(place: Place): Promise<readonly T[]> {
    if (asked >= mostPages(count, usualLength + 1)) throw endless()
    const answer = await ask(place)
    if (asked === 0) usualLength = Math.max(1, answer.items.length)
    asked += 1
    count = answer.count
    return answer.items
  }

  /** `useful`: how many pages brought something new. */
  async function walk(): Promise<{ readonly useful: number; readonly isWhole: boolean }> {
    const seen = new Set<string>()
    let place: Place = { page: 1 }
    let number = 1
    let obeysMarkers = true
    let highestCount = 0
    let useful = 0
    let isTotal = false
    /** The last item that was new. */
    let last: string | null = null
    for (let pages = 1; ; pages += 1) {
      const items = await read(place)
      if (pages === 1) isTotal = count !== null && count > items.length
      const isRepeating = seen.has(items[0]?.id ?? '')
      const before = seen.size
      for (const item of items) {
        if (!seen.has(item.id)) last = item.id
        seen.add(item.id)
        found.set(item.id, item)
      }
      const isNew = seen.size > before
      if (isNew) useful += 1
      highestCount = Math.max(highestCount, count ?? 0)
      const isLast = isTotal || (items.length < pageSize && !mayLack(found))
      const isAtEnd = isLast && seen.size >= (count ?? 0)
      const isWhole = seen.size >= highestCount && (!isTotal || (count ?? 0) >= highestCount)
      if (items.length === 0 || (isNew && isAtEnd)) return { useful, isWhole }
      if ('marker' in place) {
        if (isNew && last !== null) {
          place = { marker: last }
          continue
        }
        obeysMarkers = false
      } else if (isRepeating && obeysMarkers && last !== null) {
        place = { marker: last }
        // Where the numbers lead nowhere either, they are not gone on with.
        number = isNew ? number : 0
        continue
      } else if (!isNew) return { useful, isWhole }
      if (number === 0) return { useful, isWhole }
      number += 1
      place = { page: number }
    }
  }

  const first = await walk()
  if (!first.isWhole || (first.useful > 1 && mayLack(found))) await walk()
  // Nothing at all of so many: an answer that contradicts itself is never taken for "there is none".
  if (found.size === 0 && (count ?? 0) > 0) throw endless()
  return [...found.values()]
}

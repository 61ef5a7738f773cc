/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  /** How many there are in all, as the service says; null where it does not. */
  readonly count: number | null
}

/** Pages without a count to tell how many there may be. */
const MOST_PAGES = 10_000
/** What deleted items, small pages and another walk may cost on top of what the count asks for. */
const SPARE_PAGES = 20
const SPARE_FACTOR = 4
/** How far to go back when a seam does not fit, doubled each time. */
const FIRST_STEP_BACK = 8
const MOST_WALKS = 3
/** How often a walk may be sent back to the first item without having learnt anything since. */
const MOST_RETURNS = 2

/**
 * All items of a list that is read by offset. An item that is deleted between two pages shifts all that
 * come after it, and the next page would begin behind one that nobody has seen. So each page overlaps the
 * one before by one item, and must begin with one that is known; if it does not, the walk goes back until
 * it does. That holds for a list in a stable order; in any other, fewer items than the count says send
 * the walk through once more, until it finds nothing new.
 * A page that repeats is not followed (a list that grew at its head by just a page looks the same).
 * `endless` is thrown where the pages do not end, or never fit.
 */
export async function readPages<T extends { readonly id: string }>(options: {
  /** Items a full page, at least 2. */
  readonly pageSize: number
  readonly ask: (offset: number) => Promise<Page<T>>
  readonly endless: () => Error
}): Promise<T[]> {
  const { pageSize, ask, endless } = options
  const found = new Map<string, T>()
  let count: number | null = null
  let usualLength = pageSize
  let asked = 0

  async function page(offset: number): Promise<readonly T[]> {
    if (asked >= mostPages(count, usualLength)) throw endless()
    const answer = await ask(offset)
    if (asked === 0) usualLength = answer.items.length
    asked += 1
    count = answer.count
    return answer.items
  }

  /** From the first item to the last. How many pages brought something that this walk had not seen. */
  async function walk(): Promise<number> {
    const seen = new Set<string>()
    let offset = 0
    let isOverlapping = false
    let stepBack = FIRST_STEP_BACK
    let returns = 0
    /** Up to here it has been before: what it reads again it has seen already, and that is no sign of the end. */
    let sentBackFrom = 0
    let last: readonly T[] = []
    for (let useful = 0; ;) {
      const items = await page(offset)
      const [first] = items
      if (isOverlapping && offset > 0 && (first === undefined || !seen.has(first.id))) {
        if (returns >= MOST_RETURNS) {
          if (first === undefined && seen.size >= (count ?? 0)) return useful
          throw endless()
        }
        sentBackFrom = Math.max(sentBackFrom, offset)
        offset = Math.max(0, offset - stepBack)
        if (offset === 0) returns += 1
        stepBack *= 2
        last = []
        continue
      }
      stepBack = FIRST_STEP_BACK
      const before = seen.size
      for (const item of items) {
        seen.add(item.id)
        found.set(item.id, item)
      }
      const isNew = seen.size > before
      if (isNew) {
        useful += 1
        returns = 0
      }
      const isSentBack = offset < sentBackFrom
      const isShort = items.length < pageSize
      // Told by its place, not by how many were seen: some of those may be gone by now, and others unseen.
      const isAtEnd = count !== null && offset + items.length >= count
      const isExhausted = !isNew && !isSentBack
      if (isShort && (isAtEnd || isExhausted)) return useful
      if (!isNew && isRepeated(items, last)) return useful
      last = items
      // A page of one item leaves nothing to overlap with.
      isOverlapping = items.length > 1
      offset += items.length - (isOverlapping ? 1 : 0)
    }
  }

  for (let walks = 1; ; walks += 1) {
    const before = found.size
    const useful = await walk()
    const mayLack = found.size < (count ?? 0)
    // Nothing at all of so many: an answer that contradicts itself is never taken for "there is none".
    if (mayLack && found.size === 0 && walks < MOST_WALKS) continue
    if (mayLack && found.size === 0) throw endless()
    // What came in one page cannot have shifted; once more tells whether it was an odd answer.
    const isSettled = useful > 1 ? found.size === before : walks > 1 && found.size === before
    if (!mayLack || isSettled || walks === MOST_WALKS) return [...found.values()]
  }
}

/** How many pages a list may take before it is taken for endless. */
export function mostPages(count: number | null, usualLength: number): number {
  if (count === null || !(count >= 0)) return MOST_PAGES
  const needed = Math.ceil(count / Math.max(1, usualLength - 1))
  return Math.min(MOST_PAGES, SPARE_PAGES + SPARE_FACTOR * needed)
}

function isRepeated<T extends { readonly id: string }>(
  items: readonly T[],
  last: readonly T[],
): boolean {
  return items.length === last.length && items.every(({ id }, index) => id === last[index]?.id)
}

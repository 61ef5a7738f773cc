import { mostPages } from './pages.ts'

/** No service is known to give fewer items a page than this, whatever it is asked for. */
const SHORTEST_CAP = 100

/**
 * All items of a list whose pages follow the last item of the page before. What is deleted meanwhile shifts
 * nothing. A page that brings nothing new is not followed, nor a short one; but a service may cap its pages below
 * what was asked for. `endless` is thrown where the pages never end.
 */
export async function readMarkedPages<T extends { readonly id: string }>(options: {
  /** Items a full page. */
  readonly pageSize: number
  /** `marker`: the ID of the last item before; null at first. */
  readonly ask: (marker: string | null) => Promise<readonly T[]>
  readonly endless: () => Error
}): Promise<T[]> {
  const { pageSize, ask, endless } = options
  const found = new Map<string, T>()
  let marker: string | null = null
  for (let pages = 0; ; pages += 1) {
    if (pages >= mostPages(null, pageSize)) throw endless()
    const items: readonly T[] = await ask(marker)
    const before = found.size
    for (const item of items) found.set(item.id, item)
    marker = items.at(-1)?.id ?? null
    if (items.length < Math.min(pageSize, SHORTEST_CAP) || found.size === before)
      return [...found.values()]
  }
}

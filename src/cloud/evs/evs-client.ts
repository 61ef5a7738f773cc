import { unifyId } from '../../keys.ts'
import type { Page } from '../pages.ts'
import type { Reads } from '../reads.ts'
import { volumeListSchema, type Volume } from './evs-schema.ts'

/** What is read of EVS. All reject with ApiError only. */
export interface EvsClient {
  /**
   * These volumes, as far as they are there; few by ID, many by reading the whole project. `onRead` hears of
   * each page how many have been read.
   */
  listVolumes(
    ids: readonly string[],
    signal?: AbortSignal,
    onRead?: (volumes: number) => void,
  ): Promise<Volume[]>
}

/** The most that `ids` takes. */
const MOST_IDS = 60
/** The most that `limit` takes. */
const PAGE = 1_000
/** So many calls by ID are never more than it takes to learn how many volumes the project has. */
const FEW_CALLS = 2

export function createEvsClient(reads: Reads): EvsClient {
  const operation = 'listVolumes'

  return {
    async listVolumes(ids, signal, onRead) {
      const wanted = new Map(ids.filter(canBeAsked).map((id) => [unifyId(id), id]))
      const found = new Map<string, Volume>()
      let read = 0

      async function ask(query: string): Promise<Page<Volume>> {
        const path = `cloudvolumes/detail?${query}`
        const call = {
          service: 'evs',
          version: 'v2',
          operation,
          path,
          schema: volumeListSchema,
        } as const
        const { volumes, count } = await reads.get(call, signal)
        for (const volume of volumes) found.set(unifyId(volume.id), volume)
        read += volumes.length
        onRead?.(read)
        return { items: volumes, count }
      }
      const page = (offset: number): Promise<Page<Volume>> => ask(`limit=${PAGE}&offset=${offset}`)
      const missing = (): string[] =>
        [...wanted].flatMap(([key, id]) => (found.has(key) ? [] : [id]))

      if (callsById(wanted.size) > FEW_CALLS) {
        const first = await page(0)
        if (pagesBehind(first) < callsById(missing().length)) {
          // Its first page is read already.
          let kept: Page<Volume> | null = first
          await reads.pages(operation, PAGE, (offset) => {
            const answer = kept !== null && offset === 0 ? Promise.resolve(kept) : page(offset)
            kept = null
            return answer
          })
        }
      }
      // Also what no page has shown: pages may be capped, and shift.
      const left = missing()
      const batches = Array.from({ length: callsById(left.length) }, (_, index) =>
        left.slice(index * MOST_IDS, (index + 1) * MOST_IDS),
      )
      await Promise.all(batches.map((some) => ask(`ids=${listOf(some)}`)))
      return [...wanted.keys()].flatMap((key) => found.get(key) ?? [])
    },
  }
}

/** How many pages there are behind the first; each overlaps the one before by one. */
function pagesBehind({ items, count }: Page<Volume>): number {
  if (count === null) return items.length < PAGE ? 0 : Infinity
  return Math.ceil(Math.max(0, count - items.length) / Math.max(1, items.length - 1))
}

function callsById(ids: number): number {
  return Math.ceil(ids / MOST_IDS)
}

/** The list is written in quotes of its own: an ID that would break out of it is nobody's. */
function canBeAsked(id: string): boolean {
  return /^[\w.:-]+$/.test(id)
}

/** `['a','b']`, as the API reference writes it. */
function listOf(ids: readonly string[]): string {
  return encodeURIComponent(`[${ids.map((id) => `'${id}'`).join(',')}]`)
}

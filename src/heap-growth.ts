import { setFlagsFromString } from 'node:v8'

/** From so many rows on, memory counts for more than some more collections. */
const LARGE_FLEET = 20_000

/**
 * Lets the heap grow by half of what lives between two full collections, and not fourfold as V8 does. Reading a
 * hundred thousand servers makes gigabytes that live for a page each, of which some always outlive the young space:
 * without this, `plan` of a fleet takes twice the memory, most of it dead. Smaller pages did not help. The flag is
 * read at each collection, so that it counts from now on. `Infinity`: how many there are is not known yet.
 */
export function growHeapSlowly(rows: number): void {
  if (rows >= LARGE_FLEET) setFlagsFromString('--heap-growing-percent=50')
}

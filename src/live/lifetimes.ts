import type { Random } from '../clock.ts'

/** How long jobs take, from those that have ended and those that still run. Times in ms. */
export interface Lifetimes {
  /** The one that half of all jobs do not reach. */
  readonly medianMs: number
  /** A length that a job might have. */
  draw(random: Random): number
  /** The same of one that has run for `ageMs` already. */
  drawBeyond(ageMs: number, random: Random): number
}

/** What nobody has seen yet may take so much longer than the longest that was. */
const TAIL = 0.25

/**
 * The first jobs to end are the short ones, and those that still run say so: each of them counts as "longer than
 * its age" (the estimator of Kaplan and Meier). What is left of the chance beyond the longest length seen is
 * spread above it. Null where no job has ended.
 */
export function lifetimesOf(ended: readonly number[], ages: readonly number[]): Lifetimes | null {
  if (ended.length === 0) return null
  const lengths = ended.toSorted((one, other) => one - other)
  const running = ages.toSorted((one, other) => one - other)
  /** The chance that a job takes at most the length of the same place. */
  const chances: number[] = []
  let longer = 1
  let younger = 0
  for (const [at, length] of lengths.entries()) {
    while (younger < running.length && (running[younger] ?? 0) < length) younger += 1
    const atRisk = lengths.length - at + running.length - younger
    longer *= 1 - 1 / atRisk
    chances.push(1 - longer)
  }
  const longest = Math.max(lengths.at(-1) ?? 0, running.at(-1) ?? 0)

  function lengthAt(chance: number, random: Random): number {
    const at = firstAtLeast(chances, chance)
    return lengths[at] ?? longest * (1 + TAIL * random())
  }

  return {
    medianMs: lengths[firstAtLeast(chances, 1 / 2)] ?? longest,
    draw: (random) => lengthAt(random(), random),
    drawBeyond(ageMs, random) {
      const passed = firstAbove(lengths, ageMs)
      const from = chances[passed - 1] ?? 0
      const length = lengthAt(from + (1 - from) * random(), random)
      // Older than any that was seen: nobody knows how much longer.
      return length > ageMs ? length : ageMs * (1 + TAIL * random())
    },
  }
}

function firstAtLeast(sorted: readonly number[], wanted: number): number {
  return firstWhere(sorted, (value) => value >= wanted)
}

function firstAbove(sorted: readonly number[], wanted: number): number {
  return firstWhere(sorted, (value) => value > wanted)
}

function firstWhere(sorted: readonly number[], is: (value: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (is(sorted[middle] ?? 0)) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * How often to look, where what a look is worth does not say it: see look-worth.ts. All times in ms.
 */
export const SHORTEST_TICK = 2_000
export const LONGEST_TICK = 15_000
/** While nothing is known, a look is worth it once so much of the youngest job's age has passed since the last one. */
export const AGE_SHARE_UNKNOWN = 1 / 4
/** While no job can be due, the list is still looked at this often: a job may fail early. */
export const LONGEST_PAUSE = 120_000

/**
 * After a list the next one comes no sooner, for each call that it took: what is worth a look, and what has a time
 * of its own. The times of many, each its own, would make a storm; a list shows all that are due with it.
 */
export const LEAST_BETWEEN_LISTS = 250
export const LEAST_BEFORE_OWN_LOOK = 1_000

/**
 * When to look for what should be in the list, after `fromMs`: at about 2, 4, 8 and 16 s and at the end
 * of the window; sooner and fewer times in a shorter window.
 */
export function lookTimes(windowMs: number): number[] {
  const times: number[] = []
  for (let at = Math.min(SHORTEST_TICK, windowMs / 4); at < windowMs; at *= 2) times.push(at)
  return [...times, windowMs]
}

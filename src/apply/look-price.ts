/**
 * What a request is worth, in ms for which a place stands empty, by how many have been spent. Pure.
 *
 * As few are spent as keep a place empty for about `WASTE_SHARE` of a job's time. Where lists show many jobs that
 * end evenly this makes looks twice that far apart; where jobs are few it has a least price, since a request
 * is never free. Beyond so many requests for each job that has ended the price rises steeply, whatever lengths the jobs have.
 */
export interface Spending {
  /** Requests beyond the one that says that a job has ended. */
  spent: number
  /** Requests that the ended jobs allow. */
  allowed: number
}

export type Scarcity =
  /** Its own group takes no more at once: nobody else can make good for it. */
  | 'group'
  /** `--max-jobs`: any row that waits may have its place. */
  | 'run'

const WASTE_SHARE = 0.025
const LEAST_SHARE = 0.02
const MOST_SHARE = 0.125
/** Requests that each end allows, beyond the one that it needs; and all in advance. */
const ALLOWED = { run: 0.36, group: 1.5 } as const satisfies Record<Scarcity, number>
/** Where lists are late, only asking for each job tells. */
const ALLOWED_LATE_LISTS = 1.2
const IN_ADVANCE = 6
/** From a list this late, as a share of a job's length, on. */
const LATE = 0.02
const STEEPNESS = 0.15
const MOST_TIMES = Math.exp(5)

/** Once a job has ended. */
export function allowedByEnd(scarcity: Scarcity, isListLate: boolean): number {
  return Math.max(ALLOWED[scarcity], isListLate ? ALLOWED_LATE_LISTS : 0)
}

export function isLate(lagMs: number, usualMs: number): boolean {
  return lagMs > LATE * usualMs
}

/** ms for one request; `running`: places that something waits for. */
export function priceMs(
  usualMs: number,
  about: { readonly scarcity: Scarcity; readonly running: number; readonly isListLate: boolean },
  { spent, allowed }: Spending,
): number {
  const { scarcity, running, isListLate } = about
  const even =
    scarcity === 'group' || isListLate
      ? LEAST_SHARE
      : Math.min(MOST_SHARE, Math.max(LEAST_SHARE, 2 * running * WASTE_SHARE ** 2))
  const over = Math.max(0, spent - allowed - IN_ADVANCE)
  return usualMs * even * Math.min(MOST_TIMES, Math.exp(STEEPNESS * over))
}

/** `--max-failures`: a number of rows, or a share in percent of the creates answered so far. */
export type FailureLimit =
  | { readonly kind: 'count'; readonly value: number }
  | { readonly kind: 'percent'; readonly value: number }

/** A share says little about few rows. */
const ENOUGH_ANSWERED = 10

/** `answered`: rows whose create was accepted or refused for good; those that failed are among them. */
export interface FailureCounts {
  readonly failed: number
  readonly answered: number
}

/** True once more rows have failed than is allowed. Pure. */
export function isOverLimit(limit: FailureLimit, { failed, answered }: FailureCounts): boolean {
  if (limit.kind === 'count') return failed > limit.value
  return answered >= ENOUGH_ANSWERED && failed * 100 > limit.value * answered
}

/** As it was given: `50 %`, `3`. */
export function limitText({ kind, value }: FailureLimit): string {
  return kind === 'percent' ? `${value} %` : String(value)
}

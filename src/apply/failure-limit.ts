/** `--max-failures`: a number of rows, or a share in percent of those that have ended. */
export type FailureLimit =
  | { readonly kind: 'count'; readonly value: number }
  | { readonly kind: 'percent'; readonly value: number }

/** A share says little about few rows. */
const ENOUGH_ENDED = 10

/** True once more rows have failed than is allowed. Pure. */
export function isOverLimit(
  limit: FailureLimit,
  ended: { readonly failed: number; readonly all: number },
): boolean {
  if (limit.kind === 'count') return ended.failed > limit.value
  return ended.all >= ENOUGH_ENDED && ended.failed * 100 > limit.value * ended.all
}

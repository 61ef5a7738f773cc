/**
 * What a protection group did, or waited for, over a run. `creating`: jobs of its creates ran. `removing`: what a
 * failed create had left was deleted. `switching-on`: its protection was being started. The others are waits, which may go along with work: a server of
 * the group waited because the group was `busy` (409 and its kin); because the service had answered it with 429 or
 * 503 (`throttled`); because a Retry-After held all creates back (`held`); for its `wave` to begin; for a create
 * whose answer was `lost` to be found; for a connection (`no-connection`).
 */
export const SPAN_KINDS = [
  'creating',
  'removing',
  'switching-on',
  'busy',
  'throttled',
  'held',
  'wave',
  'lost',
  'no-connection',
] as const
export type SpanKind = (typeof SPAN_KINDS)[number]

/** Times are ISO 8601, UTC. */
export interface Span {
  readonly kind: SpanKind
  readonly from: string
  readonly to: string
}

export function isWork(kind: SpanKind): boolean {
  return kind === 'creating' || kind === 'removing' || kind === 'switching-on'
}

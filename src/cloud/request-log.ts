/** What has been sent, counted for the report: every request, each once, by what it was and how it ended. */
export interface RequestCounts {
  readonly total: number
  readonly byOperation: Readonly<Record<string, number>>
  /** By HTTP status; those without an answer under `network`. Adds up to `total`. */
  readonly byStatus: Readonly<Record<string, number>>
  /** Requests that were sent again after a failure. */
  readonly retries: number
  /** Answers 429 and 503. */
  readonly throttled: number
}

export interface RequestLog {
  sent(operation: string, again: boolean): void
  ended(status: number | 'network'): void
  counts(): RequestCounts
  /** How many have been sent. */
  total(): number
}

export function createRequestLog(): RequestLog {
  const byOperation: Record<string, number> = {}
  const byStatus: Record<string, number> = {}
  let total = 0
  let ended = 0
  let retries = 0
  let throttled = 0
  return {
    sent(operation, again) {
      total += 1
      byOperation[operation] = (byOperation[operation] ?? 0) + 1
      if (again) retries += 1
    },
    ended(status) {
      ended += 1
      byStatus[status] = (byStatus[status] ?? 0) + 1
      if (status === 429 || status === 503) throttled += 1
    },
    total: () => total,
    counts() {
      // Requests that a hard stop leaves in flight will never be answered to us.
      const open = total - ended
      const statuses =
        open === 0 ? { ...byStatus } : { ...byStatus, network: (byStatus['network'] ?? 0) + open }
      return { total, byOperation: { ...byOperation }, byStatus: statuses, retries, throttled }
    },
  }
}

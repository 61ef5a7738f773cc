import type { RequestCounts } from './schema.ts'

export function addRequests(one: RequestCounts, other: RequestCounts): RequestCounts {
  return {
    total: one.total + other.total,
    byOperation: addCounts(one.byOperation, other.byOperation),
    byStatus: addCounts(one.byStatus, other.byStatus),
    retries: one.retries + other.retries,
    throttled: one.throttled + other.throttled,
  }
}

function addCounts(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sums = new Map(Object.entries(one))
  for (const [key, count] of Object.entries(other)) sums.set(key, (sums.get(key) ?? 0) + count)
  return Object.fromEntries(sums)
}

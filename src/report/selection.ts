import type { Selection } from '../inventory/select.ts'
import type { ReportRun } from './schema.ts'

/** A selection as the report tells it. The shard stands alone, so that the shards of a rollout agree on the rest. */
export function reportedSelection(selection: Selection): Pick<ReportRun, 'selection' | 'shard'> {
  const { only = null, rows = null, waves = null, limit = null, shard = null } = selection
  const isWhole = only === null && rows === null && waves === null && limit === null
  const ranges = rows?.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`))
  return {
    selection: isWhole
      ? null
      : {
          only: only?.length === 1 ? (only[0] ?? null) : only && [...only],
          rows: ranges?.join(',') ?? null,
          waves: waves === null ? null : [...waves],
          limit,
        },
    shard,
  }
}

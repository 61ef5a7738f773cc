import { groupBy } from '../group-by.ts'
import { groupKey, serverKey } from '../keys.ts'
import { addRequests } from './requests.ts'
import type { Report, ReportRow } from './schema.ts'
import { countGroups, countOutcomes, runOutcome } from './totals.ts'

export type MergeResult =
  | { readonly ok: true; readonly report: Report }
  | { readonly ok: false; readonly errors: readonly string[] }

/**
 * Merges the reports of one rollout: of its shards, of runs one after the other, or of both (several
 * runs of each shard). All of them must be about the same rows of the same project. Within a shard
 * the later run has the last word on a row; the shards together must be complete and must not overlap.
 */
export function mergeReports(reports: readonly Report[]): MergeResult {
  const [first] = reports
  if (first === undefined) return { ok: false, errors: ['there is no report to merge'] }
  const errors = mismatches(first, reports)
  if (errors.length > 0) return { ok: false, errors }

  const shards = [...groupBy(reports, (report) => report.run.shard?.index ?? 0).values()].map(
    inOrder,
  )
  const gaps = shardErrors(first, shards)
  if (gaps.length > 0) return { ok: false, errors: gaps }
  return { ok: true, report: joined(shards.map(latest), reports) }
}

function inOrder(reports: readonly Report[]): readonly Report[] {
  return reports.toSorted((one, other) => one.run.startedAt.localeCompare(other.run.startedAt))
}

/** What must be the same everywhere, and is not. */
function mismatches(first: Report, reports: readonly Report[]): readonly string[] {
  const same: readonly (readonly [string, (report: Report) => string])[] = [
    ['endpoint', ({ run }) => run.endpoint],
    ['project', ({ run }) => run.projectId],
    ['inventory (by its SHA-256)', ({ run }) => run.inventory.sha256],
    ['selection', ({ run }) => JSON.stringify(run.selection)],
    ['number of shards', ({ run }) => String(run.shard?.count ?? 'not sharded')],
  ]
  const ids = reports.map(({ run }) => run.id)
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at)
  return [
    ...twice.map((id) => `run ${id} is given twice`),
    ...reports.flatMap((report) =>
      same
        .filter(([, of]) => of(report) !== of(first))
        .map(([what]) => `run ${report.run.id} has another ${what} than run ${first.run.id}`),
    ),
  ]
}

function shardErrors(first: Report, shards: readonly (readonly Report[])[]): readonly string[] {
  const shard = first.run.shard
  if (shard === null) return []
  const present = new Set(shards.map((runs) => runs[0]?.run.shard?.index))
  const missing = Array.from({ length: shard.count }, (_, at) => at + 1)
    .filter((index) => !present.has(index))
    .map((index) => `shard ${index}/${shard.count} is missing`)

  const owners = new Map<number, string>()
  const overlaps: string[] = []
  for (const runs of shards) {
    const name = `${runs[0]?.run.shard?.index ?? 0}/${shard.count}`
    for (const row of new Set(runs.flatMap((report) => report.rows.map((each) => each.row)))) {
      const owner = owners.get(row)
      if (owner !== undefined) overlaps.push(`row ${row} is in shard ${owner} and in shard ${name}`)
      owners.set(row, name)
    }
  }
  const { inventory, selection } = first.run
  const short = selection === null && missing.length === 0 && owners.size !== inventory.rows
  return [
    ...missing,
    ...overlaps,
    ...(short && overlaps.length === 0
      ? [`the shards hold ${owners.size} rows, the inventory ${inventory.rows}`]
      : []),
  ]
}

/** One shard's runs in their order, as one report. */
function latest(runs: readonly Report[]): Report {
  return runs.reduce((earlier, later) => ({
    ...later,
    rows: latestRows([...earlier.rows, ...later.rows], (row) => String(row.row)),
    carriedOver: latestRows([...earlier.carriedOver, ...later.carriedOver], (row) =>
      serverKey(row.serverId),
    ),
    groups: latestGroups([...earlier.groups, ...later.groups]),
  }))
}

function latestRows(rows: readonly ReportRow[], key: (row: ReportRow) => string): ReportRow[] {
  return [...groupBy(rows, key).values()].map((versions) => versions.reduce(laterRow))
}

/**
 * The later run's word counts, with one exception: what an earlier run created, the later finds
 * already protected. Seen over both, it was created. Attempts add up.
 */
function laterRow(earlier: ReportRow, later: ReportRow): ReportRow {
  const attempts = earlier.attempts + later.attempts
  const stillCreated =
    earlier.outcome === 'created' &&
    later.outcome === 'already-protected' &&
    earlier.protectedInstanceId === later.protectedInstanceId
  const { drift, verification } = later
  return stillCreated ? { ...earlier, drift, verification, attempts } : { ...later, attempts }
}

function joined(shards: readonly Report[], all: readonly Report[]): Report {
  const [first] = shards
  if (first === undefined) throw new Error('a merge needs a report')
  const rows = shards.flatMap((report) => report.rows).toSorted((one, other) => one.row - other.row)
  const totals = countOutcomes(rows)
  const counts = countGroups(rows)
  const groups = latestGroups(shards.flatMap((report) => report.groups))
  const inTime = inOrder(all)
  const command = [...new Set(inTime.map(({ run }) => run.command))].join('+')
  const counted = groups.map((group) => ({
    ...group,
    ...(counts.get(group.id) ?? { rows: 0, protected: 0 }),
  }))
  return {
    ...first,
    run: {
      ...first.run,
      id: inTime.map(({ run }) => run.id).join('+'),
      command,
      outcome: runOutcome({ command, totals, groups: counted }, worst(shards)),
      startedAt: inTime[0]?.run.startedAt ?? first.run.startedAt,
      finishedAt: all.map(({ run }) => run.finishedAt).reduce((a, b) => (a > b ? a : b)),
      shard: null,
      target: sharedTarget(all),
      resumedRuns: [...new Set(all.flatMap(({ run }) => run.resumedRuns))].filter(
        (id) => !all.some(({ run }) => run.id === id),
      ),
    },
    totals,
    requests: all.map((report) => report.requests).reduce(addRequests),
    rows,
    carriedOver: latestRows(
      shards.flatMap((report) => report.carriedOver),
      (row) => serverKey(row.serverId),
    ),
    unmanaged: latestBy(
      shards.flatMap((report) => report.unmanaged),
      (instance) => instance.protectedInstanceId,
    ),
    unchecked: latestBy(
      shards.flatMap((report) => report.unchecked),
      ({ service, reason }) => `${service} ${reason}`,
    ),
    groups: counted,
  }
}

/** The place is the same everywhere; who signed in is said only where that is one. */
function sharedTarget(reports: readonly Report[]): Report['run']['target'] {
  const targets = reports.flatMap(({ run }) => run.target ?? [])
  const target = targets.find(({ projectName }) => projectName !== null) ?? targets[0]
  if (target === undefined) return null
  const isOne = targets.every(({ identity }) => identity === target.identity)
  return isOne ? target : { ...target, identity: null }
}

function worst(shards: readonly Report[]): 'aborted' | 'interrupted' | 'partial' {
  const outcomes = shards.map(({ run }) => run.outcome)
  if (outcomes.includes('aborted')) return 'aborted'
  return outcomes.includes('interrupted') ? 'interrupted' : 'partial'
}

/** The later word on a group counts; what it did before stays what it did. */
function latestGroups(groups: Report['groups']): Report['groups'] {
  return [...groupBy(groups, ({ id }) => groupKey(id)).values()].map((versions) =>
    versions.reduce((earlier, later) => ({
      ...later,
      timeline:
        earlier.timeline === null && later.timeline === null
          ? null
          : [...(earlier.timeline ?? []), ...(later.timeline ?? [])],
    })),
  )
}

function latestBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()]
}

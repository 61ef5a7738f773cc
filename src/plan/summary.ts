import { groupBy } from '../group-by.ts'
import { compareWaves, waveKey } from '../inventory/waves.ts'
import { serverKey } from '../keys.ts'
import type { ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import type { ActionKind } from './action.ts'
import type { Plan, PlannedRow } from './plan.ts'
import type { PreflightFacts } from './preflight/facts.ts'

const WORK: readonly ActionKind[] = ['create', 'look', 'replace', 'resume']

export interface PlanSummary {
  readonly rows: number
  readonly counts: Readonly<Record<ActionKind, number>>
  /** The groups in which something is to be done, in order of first appearance. */
  readonly groups: readonly { readonly group: ServerGroup; readonly rows: readonly PlannedRow[] }[]
  /** How many rows want work. */
  readonly work: number
  /** How many of those may send something that makes real things, or deletes: these want an approval. */
  readonly sends: number
}

/** Counts first: what a plan comes to. Pure. */
export function summarise(plan: Plan): PlanSummary {
  const counts = countActions(plan.rows)
  const working = plan.rows.filter(({ action }) => WORK.includes(action.kind))
  const groups = [...groupBy(working, ({ group }) => group.id).values()].flatMap((rows) => {
    const group = rows[0]?.group
    return group === undefined ? [] : [{ group, rows }]
  })
  const sends = working.filter(mayBeSent).length
  return { rows: plan.rows.length, counts, groups, work: working.length, sends }
}

/** Something that makes real things, or deletes, may be sent for this row. */
export function mayBeSent({ action }: PlannedRow): boolean {
  // What is taken up has been approved by the run that sent it.
  return action.kind !== 'resume' && WORK.includes(action.kind)
}

/** Rows that a person must decide on: nothing is sent for them. */
export function openQuestions(plan: Plan): PlannedRow[] {
  return plan.rows.filter(({ action }) => action.kind === 'conflict' || action.kind === 'blocked')
}

function countActions(rows: readonly PlannedRow[]): Record<ActionKind, number> {
  const counts = { create: 0, keep: 0, conflict: 0, blocked: 0, resume: 0, look: 0, replace: 0 }
  for (const { action } of rows) counts[action.kind] += 1
  return counts
}

/** Replication pairs that creates make: one a disk of the server. */
export interface PairCount {
  readonly known: number
  /** Rows whose disks nobody could count. */
  readonly unknownRows: number
}

export type DisksOf = (planned: PlannedRow) => number | null

/** How many disks a row's server has, as ECS tells it; null where it does not. */
export function disksBy(preflight: PreflightFacts | null): DisksOf {
  const servers = preflight?.servers ?? null
  return ({ row }) => servers?.get(serverKey(row.serverId))?.volumes?.length ?? null
}

/** Of the rows for which a create may be sent. Pure. */
export function countPairs(rows: readonly PlannedRow[], disksOf: DisksOf): PairCount {
  const disks = rows.filter(mayBeSent).map(disksOf)
  return {
    known: disks.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    unknownRows: disks.filter((count) => count === null).length,
  }
}

/** One protection group of the plan, also where nothing is to be done in it. */
export interface GroupSummary {
  readonly group: ServerGroup
  readonly counts: Readonly<Record<ActionKind, number>>
  readonly pairs: PairCount
}

/** In order of first appearance. Pure. */
export function summariseGroups(plan: Plan, disksOf: DisksOf): readonly GroupSummary[] {
  return [...groupBy(plan.rows, ({ group }) => group.id).values()].flatMap((rows) => {
    const group = rows[0]?.group
    return group === undefined
      ? []
      : [{ group, counts: countActions(rows), pairs: countPairs(rows, disksOf) }]
  })
}

/** The rows at work by wave, in the order in which the waves go; none where no row has a wave. Pure. */
export function summariseWaves(
  plan: Plan,
): readonly { readonly wave: string | null; readonly rows: number }[] {
  const working = plan.rows.filter(({ action }) => WORK.includes(action.kind))
  if (working.every(({ row }) => row.wave === undefined)) return []
  return [...groupBy(working, ({ row: { wave } }) => (wave === undefined ? wave : waveKey(wave)))]
    .toSorted(([one], [other]) => compareWaves(one, other))
    .map(([, rows]) => ({ wave: rows[0]?.row.wave ?? null, rows: rows.length }))
}

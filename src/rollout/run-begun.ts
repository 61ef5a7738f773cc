import { readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Inventory } from '../inventory/read.ts'
import { parseJson } from '../json.ts'
import { writeAtomically } from '../report/atomic-file.ts'
import { runSchema, type ReportRun } from '../report/schema.ts'
import { reportedSelection } from '../report/selection.ts'
import { sanitizeJson } from '../safe-text.ts'
import type { PlannedRollout } from './plan-rollout.ts'
import type { RunFacts } from './report-of.ts'

/**
 * What a run is about, in its folder while it has no report: with the journal, it is what a look from outside, or
 * one after a death, makes the report from. No run depends on it.
 */
const RUN_FILE = 'run.json'
const RUN_FILE_VERSION = 1

const rowSchema = z.object({
  row: z.number(),
  line: z.number(),
  serverId: z.string(),
  name: z.string(),
  /** As it was resolved in the cloud. */
  groupId: z.string(),
  groupName: z.string().nullable(),
  wave: z.string().nullable(),
  carried: z.record(z.string(), z.string()),
  source: z.array(z.string().nullable()),
})

const begunSchema = z.object({
  v: z.literal(RUN_FILE_VERSION),
  tool: z.object({ name: z.string(), version: z.string() }),
  run: runSchema.omit({ outcome: true, finishedAt: true }),
  inventory: z.object({
    columns: z.array(z.string()),
    delimiter: z.string(),
    written: z.object({
      encoding: z.string(),
      hasBom: z.boolean(),
      lineEnd: z.enum(['\n', '\r\n', '\r']),
    }),
  }),
  rows: z.array(rowSchema),
})
export type RunBegun = Readonly<z.output<typeof begunSchema>>

export function runBegun(
  { tool, runId, startedAt, selection, ...run }: RunFacts,
  { columns, delimiter, written }: Pick<Inventory, 'columns' | 'delimiter' | 'written'>,
  { plan, openWork }: Pick<PlannedRollout, 'plan' | 'openWork'>,
): RunBegun {
  const about: Omit<ReportRun, 'outcome' | 'finishedAt'> = {
    id: runId,
    ...run,
    startedAt: new Date(startedAt).toISOString(),
    ...reportedSelection(selection),
    resumedRuns: [...openWork.openRuns],
  }
  return {
    v: RUN_FILE_VERSION,
    tool,
    run: about,
    inventory: { columns: [...columns], delimiter, written },
    rows: plan.rows.map(({ row, group }) => ({
      row: row.row,
      line: row.line,
      serverId: row.serverId,
      name: row.name,
      groupId: group.id,
      groupName: group.name,
      wave: row.wave ?? null,
      carried: { ...row.carried },
      source: row.source.map((cell) => cell ?? null),
    })),
  }
}

/** Never rejects: without it a killed run's report names what its journal names, and no more. */
export async function keepRunBegun(directory: string, begun: RunBegun): Promise<void> {
  const text = sanitizeJson(`${JSON.stringify(begun)}\n`)
  await writeAtomically(join(directory, RUN_FILE), text).catch(() => {})
}

/** Once there is a report, that says it all. Never rejects. */
export async function forgetRunBegun(directory: string): Promise<void> {
  await unlink(join(directory, RUN_FILE)).catch(() => {})
}

/** Null where it is missing or cannot be read. */
export async function readRunBegun(directory: string): Promise<RunBegun | null> {
  const text = await readFile(join(directory, RUN_FILE), 'utf8').catch(() => null)
  return text === null ? null : (begunSchema.safeParse(parseJson(text)).data ?? null)
}

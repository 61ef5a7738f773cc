import type { Inventory } from '../inventory/read.ts'
import { reportMarkdown } from '../report/markdown.ts'
import type { NextStep } from '../report/next-step.ts'
import type { Report } from '../report/schema.ts'
import type { CommandName } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { findingsOfProblems, findingsOfReport } from './finding.ts'
import { appendToSummary } from './step-summary.ts'
import { valueOf } from './surroundings.ts'
import { annotate, keepCodeQuality, warn, type Source } from './tell-ci.ts'

/**
 * Shows, as `tellProblems` does, the rows that a run leaves open, and its report.md for the summary of a step. Never rejects.
 *
 * @param about where its files are (null: they could not be written), and what is to be done next.
 */
export async function tellReport(
  io: Io,
  command: CommandName,
  inventory: Source & Pick<Inventory, 'problems' | 'locate'>,
  report: Report,
  { directory, next }: { readonly directory: string | null; readonly next: NextStep | null },
): Promise<void> {
  const findings = findingsOfReport(report, inventory)
  annotate(io, inventory.source, findings)
  const all = [...findingsOfProblems(inventory.problems, inventory), ...findings]
  keepCodeQuality(io, command, inventory.source, all, directory)
  const summary = valueOf(io.env, 'GITHUB_STEP_SUMMARY')
  if (summary === null) return
  const markdown = (limitBytes: number): string =>
    io.secrets.redact(reportMarkdown(report, { next, limitBytes }))
  await appendToSummary(summary, markdown).catch((error: unknown) => {
    warn(io, 'The step summary', error)
  })
}

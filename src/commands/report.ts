import { EXIT, exitCodeFor } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import type { CarriedColumns } from '../report/csv.ts'
import { reportCsv } from '../report/csv.ts'
import { reportHtml } from '../report/html.ts'
import { reportJson } from '../report/json.ts'
import { reportMarkdown } from '../report/markdown.ts'
import { mergeReports } from '../report/merge.ts'
import { readCarried, readReport } from '../report/read.ts'
import type { Report } from '../report/schema.ts'
import { reportText } from '../report/terminal.ts'
import { writeRendered } from '../report/write.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'

/** Renders one run's report again, or those of several runs and shards of a rollout as one. */
export async function run(settings: Settings, io: Io): Promise<number> {
  const reports = await Promise.all(settings.runDirs.map(readReport))
  const report = oneOf(reports)
  const carried: CarriedColumns = new Map(
    (await Promise.all(settings.runDirs.map(readCarried))).flatMap((rows) => [...rows]),
  )
  if (settings.out !== null) await writeRendered(settings.out, report, carried)

  const directory = settings.out ?? (settings.runDirs.length === 1 ? settings.runDirs[0] : null)
  const format = settings.json ? 'json' : (settings.format ?? 'text')
  io.stdout.write(
    format === 'text'
      ? reportText(report, {
          palette: palette(wantsColour(io, 'stdout', settings.colour)),
          nextCommand: null,
          directory: directory ?? null,
        })
      : render(format, report, carried),
  )
  return exitCodeFor(report, { kind: 'ended' })
}

function oneOf(reports: readonly Report[]): Report {
  const [only] = reports
  if (only !== undefined && reports.length === 1) return only
  const merged = mergeReports(reports)
  if (merged.ok) return merged.report
  const [first, ...more] = merged.errors
  throw new Failure(
    EXIT.usage,
    `these reports cannot be merged: ${first}`,
    more.length === 0 ? null : more.join('\n'),
  )
}

function render(format: string, report: Report, carried: CarriedColumns): string {
  switch (format) {
    case 'json':
      return reportJson(report)
    case 'csv':
      return reportCsv(report, carried)
    case 'html':
      return reportHtml(report)
    case 'markdown':
      return reportMarkdown(report)
    default:
      throw new Error(`no renderer for ${format}`)
  }
}

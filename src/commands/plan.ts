import { writeFile } from 'node:fs/promises'
import { findingsOfPlan } from '../ci/finding.ts'
import { annotate } from '../ci/tell-ci.ts'
import { EXIT } from '../exit-code.ts'
import { planDocumentText } from '../plan/plan-document.ts'
import { openQuestions, summarise } from '../plan/summary.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import { writeAll, type Io } from '../ui/io.ts'
import { readChecked } from './checked-inventory.ts'
import { planNext } from './plan-next.ts'
import { planText } from './plan-text/plan-text.ts'
import { whereOf } from './plan-text/where-lines.ts'
import { prepare } from './prepare.ts'
import { openSession, openLogging } from './session.ts'

/** Reads the cloud and shows what apply would do, and why. */
export async function run(settings: Settings, io: Io): Promise<number> {
  const inventory = await readChecked(settings, io)
  if (typeof inventory === 'number') return inventory
  const logging = await openLogging(settings, io)
  const session = await openSession(settings, io, logging, inventory.rows, null)
  try {
    const signal = new AbortController().signal
    const prepared = await prepare(settings, io, session, inventory, signal)
    if (typeof prepared === 'number') return prepared
    const { plan } = prepared
    if (settings.out !== null || settings.json) {
      const text = (): Generator<string> =>
        planDocumentText(plan, {
          endpoint: session.connection.endpoints.sdrs,
          projectId: session.connection.projectId,
          inventory: { source: inventory.source, sha256: inventory.sha256 },
        })
      if (settings.out !== null) await writeFile(settings.out, text(), { mode: 0o600 })
      if (settings.json) await writeAll(io.stdout, text())
    }
    if (!settings.json) {
      const colours = palette(wantsColour(io, 'stdout', settings.colour))
      const { verbose, preflight: asked } = settings
      const where = whereOf(session.connection)
      io.stdout.write(planText(prepared, where, { palette: colours, verbose, asked }))
      io.stdout.write(`\n${planNext(prepared, settings, io.env)}`)
    }
    const open = openQuestions(plan)
    annotate(io, inventory.source, findingsOfPlan(open, inventory))
    if (open.length > 0) return EXIT.notAllProtected
    return settings.detailedExitcode && summarise(plan).work > 0 ? EXIT.changes : EXIT.done
  } finally {
    await session.close()
  }
}

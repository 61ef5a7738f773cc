import { EXIT } from '../exit-code.ts'
import { processFacts } from '../process-facts.ts'
import { lockFiles } from '../rollout/lock-files.ts'
import { findRuns, type FoundRun } from '../runs/find-runs.ts'
import { livingHolder } from '../runs/living-holder.ts'
import { runsText } from '../runs/runs-text.ts'
import { sanitizeJson } from '../safe-text.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
import { sanitize } from '../ui/text.ts'
import { tool } from '../version.ts'

/** The runs that are kept, and how each stands. Reads files alone, and takes no lock. */
export async function run({ reportsDir, json, colour }: Settings, io: Io): Promise<number> {
  // In this order: a run that ends meanwhile is then one that has ended, and not one that was killed.
  const living = await livingHolder(reportsDir, lockFiles, processFacts, io.now())
  const runs = await findRuns(reportsDir, living, tool())
  if (json) {
    const document = { runs: runs.map(toDocument) }
    io.stdout.write(`${sanitizeJson(JSON.stringify(document, null, 2))}\n`)
  } else if (runs.length === 0) {
    io.stdout.write(`No runs in ${sanitize(reportsDir)}.\n`)
  } else {
    io.stdout.write(runsText(runs, io.now(), palette(wantsColour(io, 'stdout', colour))))
  }
  return EXIT.done
}

function toDocument({ isHere: _isHere, ...run }: FoundRun): Omit<FoundRun, 'isHere'> {
  return run
}

import { findingsOfProblems } from '../ci/finding.ts'
import { annotate, tellProblems } from '../ci/tell-ci.ts'
import { EXIT } from '../exit-code.ts'
import { growHeapSlowly } from '../heap-growth.ts'
import { validateDocumentText } from '../inventory/validate-document.ts'
import { isFieldName } from '../inventory/fields.ts'
import type { Problem } from '../inventory/problem.ts'
import { readInventory, type Inventory } from '../inventory/read.ts'
import type { Settings } from '../settings.ts'
import { inPieces, type Io } from '../ui/io.ts'
import { pluralize } from '../ui/text.ts'
import { inventoryOptions } from './inventory-options.ts'
import { problemLines, problemStyle } from './problem-text.ts'

/**
 * Reads the inventory for a command that will use it. Problems go to stderr; while one of them is an
 * error there is no inventory, only an exit code, and nothing has been sent.
 */
export async function readChecked(settings: Settings, io: Io): Promise<Inventory | number> {
  const inventory = await readInventory(
    settings.inventory ?? '-',
    inventoryOptions(settings, io.env),
    io.stdin,
  )
  growHeapSlowly(inventory.totals.rows)
  if (inventory.totals.errors > 0) return refuse(inventory, [], settings, io)
  if (!settings.quiet) say(inventory, inventory.problems, settings, io)
  annotate(io, inventory.source, findingsOfProblems(inventory.problems, inventory))
  return inventory
}

/**
 * Ends a command over an invalid inventory: with `--json` as the document of `validate`. What was found
 * in the light of the cloud knows its row and field, and gets the place of that cell here.
 */
export function refuse(
  inventory: Inventory,
  found: readonly Problem[],
  settings: Settings,
  io: Io,
): number {
  const placed = found.map((problem) => placeOf(inventory, problem))
  const problems = [...inventory.problems, ...placed]
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (settings.json) {
    const totals = { ...inventory.totals, errors }
    const document = validateDocumentText({ rows: inventory.rows, problems, totals })
    for (const piece of inPieces(document)) io.stdout.write(piece)
  } else {
    say(inventory, placed.length > 0 ? placed : problems, settings, io)
  }
  io.stderr.write(
    `${pluralize(errors, 'error')} in ${inventory.source}. Nothing was sent. Correct the inventory, then run again.\n`,
  )
  tellProblems(io, settings.command, inventory, problems)
  return EXIT.usage
}

function placeOf(inventory: Inventory, problem: Problem): Problem {
  const { row, field } = problem
  if (row === null || field === null || !isFieldName(field)) return problem
  return { ...problem, ...inventory.locate(row, field) }
}

function say(inventory: Inventory, problems: readonly Problem[], settings: Settings, io: Io): void {
  const style = problemStyle(settings, io, 'stderr')
  const lines = problemLines(inventory, problems, style)
  for (const piece of inPieces(lines, '\n')) io.stderr.write(piece)
}

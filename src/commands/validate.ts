import { tellProblems } from '../ci/tell-ci.ts'
import { EXIT } from '../exit-code.ts'
import { validateDocumentText } from '../inventory/validate-document.ts'
import { readInventory, type Inventory, type Totals } from '../inventory/read.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import { inPieces, writeAll, type Io } from '../ui/io.ts'
import type { Row } from '../inventory/row.ts'
import { pluralize, sanitize, wrap } from '../ui/text.ts'
import { inventoryOptions } from './inventory-options.ts'
import { rowNotes } from './plan-text/names-text.ts'
import { problemLines, problemStyle } from './problem-text.ts'
import { rowFields } from './row-fields.ts'

/** Every problem of every row, on stdout: here the problems are the product. */
export async function run(settings: Settings, io: Io): Promise<number> {
  const path = settings.inventory ?? '-'
  const inventory = await readInventory(path, inventoryOptions(settings, io.env), io.stdin)
  const { totals } = inventory
  const text = settings.json
    ? inPieces(validateDocumentText(inventory))
    : inPieces(textLines(inventory, settings, io), '\n')
  await writeAll(io.stdout, text)
  tellProblems(io, settings.command, inventory, inventory.problems)
  return totals.errors > 0 ? EXIT.usage : EXIT.done
}

/** Made as they are written: a problem in each of many rows is many megabytes. */
function* textLines(inventory: Inventory, settings: Settings, io: Io): Generator<string> {
  const { problems, rows, totals } = inventory
  yield* problemLines(inventory, problems, problemStyle(settings, io, 'stdout'))
  if (settings.verbose) for (const row of rows) yield rowText(row)
  const { good, bad } = palette(wantsColour(io, 'stdout', settings.colour))
  const verdict = totals.errors > 0 ? bad : good
  yield verdict(summary(totals))
}

/** A row as it would be used, after defaults, `--map` and `--set`. */
function rowText(row: Row): string {
  const notes = rowNotes(row).map((note) => `\n${wrap(sanitize(note), '      ')}`)
  return `row ${row.row} ${sanitize(row.name)}\n${wrap(rowFields(row), '      ')}${notes.join('')}`
}

function summary({ rows, errors, warnings, infos }: Totals): string {
  const found = [
    errors > 0 ? pluralize(errors, 'error') : 'no errors',
    ...(warnings > 0 ? [pluralize(warnings, 'warning')] : []),
    ...(infos > 0 ? [pluralize(infos, 'notice')] : []),
  ]
  return `${pluralize(rows, 'row')}: ${found.join(', ')}`
}

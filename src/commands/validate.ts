import { tellProblems } from '../ci/tell-ci.ts'
import { EXIT } from '../exit-code.ts'
import { validateDocument } from '../inventory/validate-document.ts'
import { readInventory, type Totals } from '../inventory/read.ts'
import type { Settings } from '../settings.ts'
import { palette, wantsColour } from '../ui/colour.ts'
import type { Io } from '../ui/io.ts'
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
  if (settings.json) {
    io.stdout.write(`${JSON.stringify(validateDocument(inventory), null, 2)}\n`)
  } else {
    const { good, bad } = palette(wantsColour(io, 'stdout', settings.colour))
    const lines = problemLines(inventory, inventory.problems, problemStyle(settings, io, 'stdout'))
    const rows = settings.verbose ? inventory.rows.map(rowText) : []
    const verdict = totals.errors > 0 ? bad : good
    io.stdout.write(
      [...lines, ...rows, verdict(summary(totals))].map((line) => `${line}\n`).join(''),
    )
  }
  tellProblems(io, settings.command, inventory, inventory.problems)
  return totals.errors > 0 ? EXIT.usage : EXIT.done
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

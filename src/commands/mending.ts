import { formatCount, pluralize, sanitize } from '../ui/text.ts'

/** Where the cause of an open row is mended: in its line of the inventory, outside of it, or nobody can tell which of both. */
export type MendedIn = 'inventory' | 'cloud' | 'either'

const LINES_SHOWN = 8

/** `correct 3 rows of servers.csv (lines 4, 7, 9), mend in the cloud what stands in the way of 2 servers`. Pure. */
export function mendingText(
  rows: readonly { readonly line: number | null; readonly in: MendedIn }[],
  inventory: string | null,
): string {
  const file = inventory === null || inventory === '-' ? 'the inventory' : sanitize(inventory)
  const of = (where: MendedIn) => rows.filter((row) => row.in === where)
  const [edits, causes, either] = [of('inventory'), of('cloud'), of('either')]
  return [
    ...(edits.length === 0 ? [] : [`correct ${linesOf(edits, file)}`]),
    ...(either.length === 0
      ? []
      : [`mend what ${either.length === 1 ? 'was' : 'were'} refused: ${linesOf(either, file)}`]),
    ...(causes.length === 0
      ? []
      : [`mend in the cloud what stands in the way of ${pluralize(causes.length, 'server')}`]),
  ].join(', ')
}

/** Without their lines where these are not those of the file. */
function linesOf(rows: readonly { readonly line: number | null }[], file: string): string {
  const known = rows.flatMap(({ line }) => (line === null ? [] : [String(line)]))
  if (known.length === 0) return `${pluralize(rows.length, 'row')} of ${file}`
  const lines = known.slice(0, LINES_SHOWN)
  const more = rows.length - lines.length
  const listed = `${lines.join(', ')}${more === 0 ? '' : ` + ${formatCount(more)} more`}`
  return `${pluralize(rows.length, 'row')} of ${file} (line${rows.length === 1 ? '' : 's'} ${listed})`
}

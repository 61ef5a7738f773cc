import { sanitize } from '../ui/text.ts'

export type Listing = <T>(
  title: string,
  items: readonly T[],
  render: (items: readonly T[]) => string,
) => string

/** Sections of at most so many items; an empty one is left out. */
export function listing(most: number): Listing {
  return (title, items, render) => {
    if (items.length === 0) return ''
    const shown = items.slice(0, most)
    const head = `## ${title} (${items.length})`
    const text = shown.length === 0 ? '' : `\n\n${render(shown)}`
    return `${head}${text}${cutText(items.length - shown.length)}`
  }
}

export function cutText(left: number): string {
  return left === 0
    ? ''
    : `\n\n… and ${left.toLocaleString('en-US')} more in report.csv and report.html`
}

export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(header),
    line(header.map(() => '---')),
    ...rows.map((row) => line(row.map(cell))),
  ].join('\n')
}

/** Text from elsewhere must neither end the cell nor become markup or a link. */
export function cell(text: string): string {
  return sanitize(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|~#!]|:(?=\/\/)|(?<=www)\./gi, String.raw`\$&`)
}

export function code(text: string): string {
  return sanitize(text).replaceAll('`', "'")
}

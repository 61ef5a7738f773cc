/**
 * The lines of a text by their number, from 1; null beyond its end. They are cut when the first one is
 * asked for: only an inventory with problems pays for it.
 */
export function sourceLines(text: string): (line: number) => string | null {
  let lines: readonly string[] | null = null
  return (line) => {
    lines ??= text.split(/\r\n|\r|\n/)
    return lines[line - 1] ?? null
  }
}

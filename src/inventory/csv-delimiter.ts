import { countCodePoints } from './problem.ts'

const CANDIDATES = [',', ';', '\t', '|'] as const

/** `--delimiter`: one character, or its name; `null` when it is neither. */
export function readDelimiter(given: string): string | null {
  if (given === 'tab' || given === String.raw`\t`) return '\t'
  return countCodePoints(given) === 1 && !/["\r\n]/.test(given) ? given : null
}

/** Excel writes the delimiter into a line of its own, and hides that line when it opens the file. */
export function separatorLine(text: string): string | undefined {
  return /^"?sep=([^\r\n"])"?(?:\r\n|\r|\n)/iu.exec(text)?.[1]
}

/** The candidate that separates most of the header's cells; a comma when there is none. */
export function detectDelimiter(text: string): string {
  const counts = new Map<string, number>()
  let quoted = false
  for (let at = text.search(/\S/); at >= 0 && at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '"') quoted = !quoted
    else if (!quoted && (character === '\n' || character === '\r')) break
    else if (!quoted) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  let best = ','
  for (const candidate of CANDIDATES) {
    if ((counts.get(candidate) ?? 0) > (counts.get(best) ?? 0)) best = candidate
  }
  return best
}

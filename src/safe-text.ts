/**
 * What a terminal or an editor would obey or hide: control and C1 characters, bidi marks and other format
 * characters, line separators, lone surrogates, and letters that show nothing.
 */
const UNSAFE = /\u034f|[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu

/**
 * Makes text from elsewhere (the cloud, the inventory) safe to show in one line: what would be obeyed or
 * would not be seen is shown as `\u001b`, line ends and tabs become blanks. Once is as often as twice.
 */
export function sanitize(text: string): string {
  return escapeUnsafe(text.replaceAll(/[\t\n\v\f\r]+/g, ' ')).trim()
}

/** The same for a text whose lines shall stay lines, such as a cell of a CSV. */
export function sanitizeLines(text: string): string {
  return text.replaceAll(UNSAFE, (character) =>
    /[\t\n\r]/.test(character) ? character : escaped(character),
  )
}

/** The same for JSON, where it loses nothing: what reads it gets the characters back. */
export function sanitizeJson(json: string): string {
  return json.replaceAll(UNSAFE, (character) =>
    character === '\n' ? character : unitsOf(character).map(unit).join(''),
  )
}

/** The same, but line ends and blanks at the edges show as well: for text whose very characters are the matter. */
export function escapeUnsafe(text: string): string {
  return text.replaceAll(UNSAFE, escaped)
}

/** `\u200b`, and `\u{e0001}` beyond the first plane. */
function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? `\\u{${code.toString(16)}}` : unit(code)
}

function unitsOf(character: string): readonly number[] {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`
}

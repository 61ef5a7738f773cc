/**
 * Characters that nobody sees: zero-width ones and other format characters, soft hyphen, byte order mark,
 * directions, variation selectors, fillers; and the blanks of Unicode but for the ordinary one.
 */
const ZERO_WIDTH = String.raw`\p{Cf}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}`
const ODD_BLANKS = String.raw`\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000`

/** For patterns of others: what may stand around a cell without being a part of it, but for line ends. */
export const BLANK_CLASS = String.raw` \t\v\f${ZERO_WIDTH}${ODD_BLANKS}`

const BLANK = new RegExp(`[\\s${ZERO_WIDTH}${ODD_BLANKS}]`, 'u')
const NOT_BLANK = new RegExp(`[^\\s${ZERO_WIDTH}${ODD_BLANKS}]`, 'u')
const ANY_ZERO_WIDTH = new RegExp(`[${ZERO_WIDTH}]`, 'gu')
const ANY = new RegExp(`[${ZERO_WIDTH}${ODD_BLANKS}]`, 'gu')
/** Everything that looks like a hyphen between the digits of an ID. */
const ODD_HYPHENS = /[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]/gu
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$|^$/

/** Where in a cell they are taken out: at its edges, of zero width anywhere, or all of them anywhere. */
export type Cleaning = 'edges' | 'zero-width' | 'everywhere' | 'id'

/**
 * A cell without its blanks and without what cannot be seen. In an ID odd hyphens become ordinary ones, by
 * which nothing is changed: IDs are compared without them.
 */
export function clean(cell: string, cleaning: Cleaning): string {
  if (PLAIN.test(cell)) return cell
  const trimmed = withoutEdges(cell)
  switch (cleaning) {
    case 'edges':
      return trimmed
    case 'zero-width':
      return trimmed.replace(ANY_ZERO_WIDTH, '')
    case 'everywhere':
      return trimmed.replace(ANY, '')
    case 'id':
      return trimmed.replace(ODD_HYPHENS, '-').replace(ANY, '')
  }
}

/** Not by a pattern with `$`: it begins anew at every blank within. */
function withoutEdges(cell: string): string {
  const start = cell.search(NOT_BLANK)
  if (start < 0) return ''
  const characters = Array.from(cell.slice(start))
  let end = characters.length
  let units = cell.length
  for (; end > 0; end--) {
    const character = characters[end - 1] ?? ''
    if (!BLANK.test(character)) break
    units -= character.length
  }
  return cell.slice(start, units)
}

/** Whether nothing that can be seen stands there. */
export function isBlank(cell: string): boolean {
  const first = cell.charCodeAt(0)
  // Nearly every cell begins so; of an empty one it is not a number.
  if (first > 0x20 && first < 0x7f) return false
  return cell === '' || !NOT_BLANK.test(cell)
}

const ODD = new RegExp(`${ANY.source}|${ODD_HYPHENS.source}`, 'gu')

/** What `clean` took out of a cell beside ordinary blanks, or put hyphens for; each once. */
export function oddCharacters(cell: string, cleaned: string): ReadonlySet<string> {
  const gone = new Set<string>()
  if (cell === cleaned || PLAIN.test(cell)) return gone
  const left = countEach(cleaned.match(ODD) ?? [])
  for (const [character, count] of countEach(cell.match(ODD) ?? [])) {
    if (count > (left.get(character) ?? 0)) gone.add(character)
  }
  return gone
}

function countEach(characters: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1)
  return counts
}

const NAMES: Readonly<Record<string, string>> = {
  ' ': 'blank',
  '\u00a0': 'no-break space',
  '\u00ad': 'soft hyphen',
  '\u200b': 'zero-width space',
  '\u200c': 'zero-width non-joiner',
  '\u200d': 'zero-width joiner',
  '\u200e': 'left-to-right mark',
  '\u200f': 'right-to-left mark',
  '\u2010': 'hyphen',
  '\u2011': 'non-breaking hyphen',
  '\u2013': 'en dash',
  '\u2014': 'em dash',
  '\u202f': 'narrow no-break space',
  '\u2060': 'word joiner',
  '\u2212': 'minus sign',
  '\u3000': 'full-width space',
  '\ufeff': 'byte order mark',
  '\uff0d': 'full-width hyphen',
}

/** `U+200B zero-width space`, or `"g"` for what can be seen in ASCII. */
export function describeCharacter(character: string): string {
  if (/^[!-~]$/.test(character)) return JSON.stringify(character)
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const name = NAMES[character]
  return name === undefined ? `U+${code}` : `U+${code} ${name}`
}

/** What is longer, or nested more deeply, is a mistake, and would cost time. */
const LONGEST = 4_000
const DEEPEST = 10

/** One character that fits, or one of several sequences, taken as often as `repeat` says. */
type Part =
  | { readonly fits: (character: string) => boolean }
  | { readonly anyOf: readonly (readonly Part[])[]; readonly repeat: '' | '?' | '*' | '+' }

/** A place in the glob: what the next character must be (null: go on without one), and where it leads. */
interface State {
  readonly fits: ((character: string) => boolean) | null
  readonly next: State[]
}

const ANY: Part = { fits: () => true }
const END: State = { fits: null, next: [] }

/**
 * A glob over names and IDs: `*`, `?`, `[a-z]`, `[!a]`, `{a,b}`, `(a|b)` with `@ ? * +` before it, `\`
 * before a character that is meant as it stands, and `!` in front of the whole for everything else.
 *
 * All places where one may be in the glob are followed at once, so that the time grows with the text and
 * the glob, and never explodes as that of a regular expression does: `*a*a*a*a*b`.
 *
 * @returns null when it is not a glob: empty, too long, nested too deeply, or with `!(…)` as a part.
 */
export function compileGlob(glob: string): ((text: string) => boolean) | null {
  if (glob.length > LONGEST) return null
  const isNegated = glob.startsWith('!')
  const characters = Array.from(isNegated ? glob.slice(1) : glob)
  if (characters.length === 0) return null
  const isPart =
    isNegated && characters[0] === '(' && endOfGroup(characters, 0) !== characters.length - 1
  const parts = isPart ? null : readParts(characters)
  if (parts === null) return null
  const start = link(parts, END)
  return (text) => leadsToEnd(start, text) !== isNegated
}

function leadsToEnd(start: State, text: string): boolean {
  let places = reachable([start])
  for (const character of text) {
    const taken = [...places].filter(({ fits }) => fits?.(character) === true)
    places = reachable(taken.flatMap(({ next }) => next))
    if (places.size === 0) return false
  }
  return places.has(END)
}

/** The places themselves, and those that can be come to without a character. */
function reachable(from: readonly State[]): Set<State> {
  const found = new Set(from)
  // A set that grows while it is walked shows the new ones too.
  for (const { fits, next } of found) if (fits === null) for (const state of next) found.add(state)
  return found
}

/** Builds the places from the end to the start. */
function link(parts: readonly Part[], end: State): State {
  return parts.reduceRight<State>((next, part) => {
    if ('fits' in part) return { fits: part.fits, next: [next] }
    const { anyOf, repeat } = part
    const fork: State = { fits: null, next: [] }
    const after = repeat === '*' || repeat === '+' ? fork : next
    const ways = anyOf.map((sequence) => link(sequence, after))
    if (repeat === '+') {
      fork.next.push(...ways, next)
      return { fits: null, next: ways }
    }
    fork.next.push(...ways, ...(repeat === '' ? [] : [next]))
    return fork
  }, end)
}

function readParts(characters: readonly string[], depth = 0): readonly Part[] | null {
  if (depth > DEEPEST) return null
  const parts: Part[] = []
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? ''
    const opens = characters[at + 1] === '(' && '@?*+!'.includes(character) ? at + 1 : at
    const opener = characters[opens] ?? ''
    const close = opener === '[' ? endOfSet(characters, at) : endOfGroup(characters, opens)
    if (character === '\\' && at + 1 < characters.length) {
      parts.push(literal(characters[++at] ?? ''))
    } else if (close !== null && opener === '[') {
      parts.push({ fits: setOf(characters.slice(at + 1, close)) })
      at = close
    } else if (close !== null) {
      if (character === '!') return null
      const anyOf = split(characters.slice(opens + 1, close), opener === '{' ? ',' : '|')
      const sequences = anyOf.map((sequence) => readParts(sequence, depth + 1))
      if (!sequences.every((sequence) => sequence !== null)) return null
      const repeat = character === '?' || character === '*' || character === '+' ? character : ''
      parts.push({ anyOf: sequences, repeat })
      at = close
    } else if (character === '*') {
      // `**` is `*` here: names have no folders.
      if (characters[at - 1] !== '*') parts.push({ anyOf: [[ANY]], repeat: '*' })
    } else parts.push(character === '?' ? ANY : literal(character))
  }
  return parts
}

function literal(wanted: string): Part {
  return { fits: (character) => character === wanted }
}

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '(': ')' }

/** Where the group that opens at `start` is closed; null: it is not, or nothing opens there. */
function endOfGroup(characters: readonly string[], start: number): number | null {
  if (CLOSING[characters[start] ?? ''] === undefined) return null
  const open: string[] = []
  for (let at = start; at < characters.length; at++) {
    const character = characters[at] ?? ''
    const closing = CLOSING[character]
    if (character === '\\') at++
    else if (closing !== undefined) open.push(closing)
    else if (character === open.at(-1) && open.pop() !== undefined && open.length === 0) return at
  }
  return null
}

/** A bracket right after the opening one belongs to the set: `[]a]`. */
function endOfSet(characters: readonly string[], start: number): number | null {
  const first = /[!^]/.test(characters[start + 1] ?? '') ? start + 2 : start + 1
  const end = characters.indexOf(']', first + 1)
  return end < 0 ? null : end
}

/** `a-z`, `!a`, `^a`: what stands between the brackets. */
function setOf(inside: readonly string[]): (character: string) => boolean {
  const isNegated = inside[0] === '!' || inside[0] === '^'
  const items = isNegated ? inside.slice(1) : inside
  const ranges: (readonly [from: number, to: number])[] = []
  for (let at = 0; at < items.length; at++) {
    const isRange = items[at + 1] === '-' && at + 2 < items.length
    const from = codePoint(items[at])
    ranges.push([from, isRange ? codePoint(items[at + 2]) : from])
    if (isRange) at += 2
  }
  return (character) => {
    const code = codePoint(character)
    return ranges.some(([from, to]) => code >= from && code <= to) !== isNegated
  }
}

function codePoint(character: string | undefined): number {
  return character?.codePointAt(0) ?? 0
}

/** At the separators that stand in no inner group. */
function split(characters: readonly string[], separator: string): string[][] {
  const items: string[][] = [[]]
  for (let at = 0; at < characters.length; at++) {
    const end = endOfGroup(characters, at)
    if (characters[at] === separator) items.push([])
    else {
      const last = characters[at] === '\\' ? at + 1 : (end ?? at)
      items.at(-1)?.push(...characters.slice(at, last + 1))
      at = last
    }
  }
  return items
}

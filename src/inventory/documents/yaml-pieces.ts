const PIECE = 131_072

/** What makes an item depend on another one, or stands for the document as a whole. */
const DEPENDS = /(?:^|[\s,:[{-])[&*%]|\n(?:---|\.\.\.)(?:\s|$)/
/** Comments, and the mark that a document begins. */
const LEADING = /^(?:[^\S\n]*(?:#[^\n]*)?\n)*(?:---[^\S\n]*\n)?(?:[^\S\n]*(?:#[^\n]*)?\n)*/

/** Offset of the first thing in a document. */
export function firstContent(text: string): number {
  return LEADING.exec(text)?.[0].length ?? 0
}

/**
 * Cuts a long list that is the whole of a document before items, so that the parser's nodes, of which each is an
 * object of several hundred bytes, need not be there all at once. A cut within quotes or brackets
 * leaves a piece that is not YAML: then the document must be parsed as one. Null where it must be in any case.
 */
export function yamlPieces(text: string): readonly { start: number; end: number }[] | null {
  if (text.length <= PIECE) return null
  const content = text.slice(firstContent(text))
  if (!/^-[ \n]/.test(content) || DEPENDS.test(content)) return null
  const pieces: { start: number; end: number }[] = []
  let start = 0
  while (start < text.length) {
    const end = nextItem(text, start + PIECE)
    pieces.push({ start, end })
    start = end
  }
  return pieces
}

function nextItem(text: string, from: number): number {
  for (let at = text.indexOf('\n-', from); at >= 0; at = text.indexOf('\n-', at + 1)) {
    if (/[ \n]/.test(text[at + 2] ?? '')) return at + 1
  }
  return text.length
}

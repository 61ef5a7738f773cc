const PIECE = 131_072

/** What makes an item depend on another one, or stands for the document as a whole. */
const DEPENDS = /(?:^|[\s,:[{-])[&*%]|\n(?:---|\.\.\.)(?:\s|$)/
/** A line with nothing on it but perhaps a comment. */
const EMPTY_LINE = /^\s*(?:#|$)/
const DOCUMENT_MARK = /^---\s*$/

/** Offset of the first thing in a document: behind comments, and the mark that it begins. */
export function firstContent(text: string): number {
  const start = behindComments(text, 0)
  const end = text.indexOf('\n', start)
  return end >= 0 && DOCUMENT_MARK.test(text.slice(start, end))
    ? behindComments(text, end + 1)
    : start
}

/** Not by one pattern for all of them: there may be millions. */
export function behindComments(text: string, from: number): number {
  let start = from
  for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', start)) {
    if (!EMPTY_LINE.test(text.slice(start, end))) break
    start = end + 1
  }
  return start
}

/** A long list, cut before items. */
export interface YamlPieces {
  /** Where what stands above the list ends, with its key as the last thing; 0: the list is the whole document. */
  readonly headEnd: number
  readonly pieces: readonly { readonly start: number; readonly end: number }[]
}

/**
 * Cuts a long list that is the whole of a document, or the last thing in it under `servers:`, before items, so that the parser's nodes, of which each is an
 * object of several hundred bytes, need not be there all at once. A cut within quotes or brackets
 * leaves a piece that is not YAML: then the document must be parsed as one. Null where it must be in any case.
 */
export function yamlPieces(text: string): YamlPieces | null {
  if (text.length <= PIECE) return null
  const content = text.slice(firstContent(text))
  if (DEPENDS.test(content)) return null
  const headEnd = /^-[ \n]/.test(content) ? 0 : headEndOf(text)
  if (headEnd === null) return null
  const indent = /^ *(?=-[ \n])/.exec(text.slice(headEnd, headEnd + 100))?.[0]
  if (headEnd > 0 && indent === undefined) return null
  const pieces: { start: number; end: number }[] = []
  let start = headEnd === 0 ? firstContent(text) : headEnd
  while (start < text.length) {
    const end = nextItem(text, start + PIECE, `\n${indent ?? ''}-`)
    pieces.push({ start, end })
    start = end
  }
  return { headEnd, pieces }
}

/** Behind the line `servers:`, where that is the last key of the document; null: it is not so. */
function headEndOf(text: string): number | null {
  const key = /(?:^|\n)servers:[^\S\n]*(?:#[^\n]*)?\n/.exec(text)
  if (key === null) return null
  const end = behindComments(text, key.index + key[0].length)
  // Another key would stand at the beginning of a line.
  return /\n[^\s#-]/.test(text.slice(end - 1)) ? null : end
}

function nextItem(text: string, from: number, mark: string): number {
  for (let at = text.indexOf(mark, from); at >= 0; at = text.indexOf(mark, at + 1)) {
    if (/[ \n]/.test(text[at + mark.length] ?? '')) return at + 1
  }
  return text.length
}

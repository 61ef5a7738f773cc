import { Lexer } from 'yaml'
import { binarySize, MOST_LEVELS, MOST_ROW_BYTES, MOST_TOKENS } from './limits.ts'
import type { Finding, Position } from './problem.ts'

/**
 * Refuses a YAML or JSON text that would cost too much to read, before it is read: the lexer alone takes
 * no memory to speak of. Null when nothing is wrong.
 *
 * @param place Offset in the text -> place.
 */
export function yamlExcess(text: string, place: (offset: number) => Position): Finding | null {
  let tokens = 0
  let offset = 0
  /** Brackets that are open. */
  let open = 0
  /** Lists and keys that begin one within the other in a single line: `- - - -`. */
  let inLine = 0
  /** How far the lines are indented that the present one is within. */
  const indents: number[] = []
  let isLineStart = true
  for (const token of new Lexer().lex(text)) {
    tokens++
    if (token === '[' || token === '{') open++
    else if (token === ']' || token === '}') open = Math.max(0, open - 1)
    else if (token === '-' || token === '?') inLine++
    const isLineEnd = token.startsWith('\n') || token.startsWith('\r')
    if (isLineEnd) inLine = 0
    else if (isLineStart && open === 0 && !isMark(token)) {
      const indent = /^ *$/.test(token) ? token.length : 0
      while ((indents.at(-1) ?? 0) >= indent && indents.length > 0) indents.pop()
      if (indent > 0) indents.push(indent)
    }
    if (!isMark(token)) isLineStart = isLineEnd
    if (open + inLine + indents.length > MOST_LEVELS) {
      const args = { reason: `it is nested too deeply, more than ${MOST_LEVELS} levels` }
      return { code: 'yaml-syntax', args, position: place(offset) }
    }
    // An escape of four characters costs the parser several hundred bytes.
    if (token.length > MOST_ROW_BYTES) {
      const args = { most: binarySize(MOST_ROW_BYTES) }
      return { code: 'cell-too-long', args, position: place(offset) }
    }
    if (tokens > MOST_TOKENS) {
      const args = { most: MOST_TOKENS }
      return { code: 'document-too-large', args, position: place(offset) }
    }
    if (!isMark(token)) offset += token.length
  }
  return null
}

/** The lexer marks documents and scalars by characters of its own, which are not in the text. */
function isMark(token: string): boolean {
  return token === '\u0002' || token === '\u001f' || token === '\u0018'
}

import { printParseErrorCode, visit } from 'jsonc-parser'
import { MOST_LEVELS } from '../limits.ts'
import { NODE, ParsedDocument, type NodeId } from './document.ts'
import type { Finding } from '../problem.ts'
import type { Unreadable } from '../table.ts'

/** With more of them it is not a slip. */
export const MOST_DUPLICATES = 1000

/** Leaves the parser's walk. */
class Stop extends Error {
  readonly offset: number
  readonly reason: string | null
  /** @param reason Null where a further JSON text begins. */
  constructor(offset: number, reason: string | null) {
    super()
    this.offset = offset
    this.reason = reason
  }
}

/**
 * JSON, or several JSON texts one after the other (NDJSON, but also what `jq` prints), by the rules of RFC 8259:
 * no comments, no trailing commas. After a syntax error the rest would be guesswork: it is the only problem.
 * A key that is given twice is one problem each, and the last one counts.
 */
export function parseJson(text: string): ParsedDocument | Unreadable {
  const document = new ParsedDocument(text)
  let at: number | null = 0
  try {
    while (at !== null) at = readText(document, at)
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    return { unreadable: [syntax(document, error)] }
  }
  return document
}

function syntax(document: ParsedDocument, { offset, reason }: Stop): Finding {
  return { code: 'json-syntax', args: { reason: reason ?? '' }, position: document.place(offset) }
}

/** @returns where the next JSON text begins; null where there is none. */
function readText(document: ParsedDocument, from: number): number | null {
  const text = from === 0 ? document.text : document.text.slice(from)
  const open: NodeId[] = []
  const keys: Set<string>[] = []
  const opened = (kind: typeof NODE.map | typeof NODE.list, offset: number): void => {
    const isRoot = open.length === 0
    if (open.length === MOST_LEVELS) throw new Stop(from + offset, 'it is nested too deeply')
    const node = document.add(kind, from + offset)
    if (isRoot) document.roots.push(node)
    open.push(node)
  }
  const closed = (): void => {
    const node = open.pop()
    if (node !== undefined) document.close(node)
  }
  try {
    visit(
      text,
      {
        onObjectBegin: (offset) => {
          opened(NODE.map, offset)
          const seen = keys[open.length]
          if (seen === undefined) keys[open.length] = new Set()
          else seen.clear()
        },
        onObjectProperty: (key, offset, length) => {
          addString(document, text, from, offset, length)
          const seen = keys[open.length]
          if (seen?.has(key) === true) {
            if (document.findings.length === MOST_DUPLICATES) {
              throw new Stop(from + offset, 'far too many keys are given twice')
            }
            const position = document.place(from + offset)
            document.findings.push({ code: 'duplicate-key', args: { key }, position })
          }
          seen?.add(key)
        },
        onObjectEnd: closed,
        onArrayBegin: (offset) => opened(NODE.list, offset),
        onArrayEnd: closed,
        onLiteralValue: (value, offset, length) => {
          const node =
            typeof value === 'string'
              ? addString(document, text, from, offset, length)
              : document.add(
                  value === null ? NODE.nothing : NODE.bare,
                  from + offset,
                  from + offset + length,
                )
          if (open.length === 0) document.roots.push(node)
        },
        onError: (error, offset) => {
          const name = printParseErrorCode(error)
          const isNext = name === 'EndOfFileExpected' && /[[{]/.test(text[offset] ?? '')
          throw isNext ? new Stop(offset, null) : fault(name, text, from, offset)
        },
      },
      { disallowComments: true, allowTrailingComma: false },
    )
  } catch (error) {
    if (error instanceof Stop && error.reason === null) return from + error.offset
    throw error
  }
  return null
}

function addString(
  document: ParsedDocument,
  text: string,
  from: number,
  offset: number,
  length: number,
): NodeId {
  // Only within the string: looking for one in the rest of the text would be a walk through all of it each time.
  const hasEscape = text.slice(offset, offset + length).includes('\\')
  return document.add(hasEscape ? NODE.escaped : NODE.quoted, from + offset, from + offset + length)
}

/** By the parser's name of what is wrong. */
const REASONS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is neither a string in double quotes, nor a number, true, false or null',
  InvalidNumberFormat: 'this is not a number as JSON writes one',
  PropertyNameExpected: 'a key in double quotes is wanted here',
  ValueExpected: 'a value is wanted here',
  ColonExpected: 'a colon is wanted here',
  CommaExpected: 'a comma is wanted here',
  CloseBraceExpected: 'a comma or "}" is wanted here',
  CloseBracketExpected: 'a comma or "]" is wanted here',
  EndOfFileExpected: 'nothing more is wanted here',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'this string does not end',
  UnexpectedEndOfNumber: 'this number does not end',
  InvalidUnicode: String.raw`\u wants four hex digits`,
  InvalidEscapeCharacter: 'there is no such escape in JSON',
  InvalidCharacter: 'a control character in a string must be written as an escape',
}

/** The usual ones by what they really are, at their own place. */
function fault(name: string, text: string, from: number, offset: number): Stop {
  const before = text.slice(Math.max(0, offset - 1000), offset).trimEnd()
  const beforeEnd = offset - (text.slice(Math.max(0, offset - 1000), offset).length - before.length)
  const rest = text.slice(offset, offset + 20)
  const isEnd = offset >= text.trimEnd().length
  if (
    /^(?:Value|PropertyName)Expected$/.test(name) &&
    before.endsWith(',') &&
    /^[\]}]/.test(rest)
  ) {
    return new Stop(from + beforeEnd - 1, 'JSON has no comma before a closing bracket')
  }
  if (isEnd) return new Stop(from + offset, 'it ends in the middle')
  if (/^(?:\/[/*]|#)/.test(rest)) return new Stop(from + offset, 'JSON has no comments')
  if (rest.startsWith("'")) return new Stop(from + offset, 'JSON has double quotes only')
  if (/^(?:True|False|None)\b/.test(rest)) {
    return new Stop(from + offset, "this is Python's way to write it: export it as JSON")
  }
  if (name === 'CommaExpected' && /(?:^|[^\d.eE+-])-?0$/.test(before) && /^\d/.test(rest)) {
    return new Stop(from + offset - 1, 'a number of JSON does not begin with 0: put it in quotes')
  }
  return new Stop(from + offset, REASONS[name] ?? name)
}

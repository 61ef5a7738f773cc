import { isScalar, isSeq, parseDocument } from 'yaml'
import { isEmpty } from '../fields.ts'
import { KEEP_TEXT, scalarText } from './yaml-nodes.ts'

/**
 * `["a", "b=c"]`, `['a', 'b=c']` as Python prints it, or `a, b=c` → the JSON object that a cell of tags may hold. Null
 * where it is none of these, or a tag comes twice: then it is judged as it stands.
 */
export function plainTags(cell: string): string | null {
  const words = cell.trimStart().startsWith('[') ? wordsOfList(cell) : wordsOfText(cell)
  if (words === null) return null
  const pairs = words.map((word): [string, string] => {
    const equals = word.indexOf('=')
    return equals < 0 ? [word, ''] : [word.slice(0, equals), word.slice(equals + 1)]
  })
  const isUnique = new Set(pairs.map(([key]) => key)).size === pairs.length
  return isUnique ? JSON.stringify(Object.fromEntries(pairs)) : null
}

/** Python's lists of words are YAML's. */
function wordsOfList(cell: string): string[] | null {
  const { contents, errors } = parseDocument(cell, KEEP_TEXT)
  if (errors.length > 0 || !isSeq(contents) || !contents.items.every((item) => isScalar(item))) {
    return null
  }
  return contents.items.map((item) => scalarText(item).trim())
}

/** With `;` or `{` it is the form of this tool's own. */
function wordsOfText(cell: string): string[] | null {
  if (isEmpty(cell.trim()) || /[;{]/.test(cell)) return null
  return cell.split(',').map((word) => word.trim())
}

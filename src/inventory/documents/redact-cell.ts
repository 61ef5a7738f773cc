import { isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { isSecretHeader } from '../fields.ts'
import { KEEP_TEXT, scalarText } from './yaml-nodes.ts'

/** Python's maps are YAML's but for escapes within them; what cannot be read is left out altogether. */
export function redactCell(cell: string): string {
  if (!/^\s*[[{]/.test(cell)) return redactPairs(cell)
  const source = cell.replace(/(?<=[[{,:]\s*)u(?=['"])/g, '')
  const { contents, errors } = parseDocument(source, { ...KEEP_TEXT, uniqueKeys: false })
  if (errors.length > 0 || !(isMap(contents) || isSeq(contents))) return ''
  return JSON.stringify(toPlain(contents, 0))
}

type Plain = string | Plain[] | { [key: string]: Plain }
const MOST_LEVELS = 50

function toPlain(node: unknown, level: number): Plain {
  if (level > MOST_LEVELS) return ''
  if (isSeq(node)) return node.items.map((item) => toPlain(item, level + 1))
  if (!isMap(node)) return isScalar(node) ? scalarText(node) : ''
  const pairs = node.items.map(({ key, value }) => [scalarText(key), value] as const)
  const isTag = pairs.length === 2 && pairs.some(([key]) => key === 'value')
  const named = isTag ? pairs.find(([key]) => key !== 'value')?.[1] : undefined
  if (isTag && isSecretHeader(scalarText(named))) return {}
  return Object.fromEntries(
    pairs
      .filter(([key]) => !isSecretHeader(key) || (isTag && key === 'key'))
      .map(([key, value]) => [key, toPlain(value, level + 1)]),
  )
}

/** `admin_pass='x', charging_mode='0'`, as old clients write a map. */
function redactPairs(cell: string): string {
  const pairs = [
    ...cell.matchAll(/([\w.:-]+)\s*=\s*(u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*"|[^,]*)/gu),
  ]
  return pairs
    .filter(([, key]) => !isSecretHeader(key ?? ''))
    .map(([, key, value]) => `${key}=${value?.trim()}`)
    .join(', ')
}

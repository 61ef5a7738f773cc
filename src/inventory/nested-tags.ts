import { isCollection, isMap, isSeq, parseDocument, type Pair } from 'yaml'
import { KEEP_TEXT, scalarText } from './documents/yaml-nodes.ts'
import { listPairs, type NestedPairs, type TagFinding } from './tags.ts'

/**
 * What is not a plain object of JSON is read as YAML: that keeps the text of numbers (`007`, `1.10`) and shows a key that
 * is given twice, which `JSON.parse` would both lose. Lists are how APIs and exports write tags:
 * `["k=v"]`, `[{"key": "k", "value": "v"}]`.
 */
export const nestedPairs: NestedPairs = (text, findings) => {
  const { contents, errors } = parseDocument(text, { ...KEEP_TEXT, uniqueKeys: false })
  if (errors[0] !== undefined || !(isMap(contents) || isSeq(contents))) {
    const reason = errors[0]?.message ?? 'neither an object nor a list'
    findings.push({ code: 'tags-unreadable', args: { reason } })
    return []
  }
  if (isMap(contents)) return contents.items.flatMap((pair) => mapPair(pair, findings))
  return contents.items.flatMap((item) => {
    if (isMap(item))
      return [[scalarText(item.get('key', true)), scalarText(item.get('value', true))]]
    return listPairs(scalarText(item), findings)
  })
}

function mapPair({ key, value }: Pair, findings: TagFinding[]): [string, string][] {
  const name = scalarText(key)
  if (!isCollection(value)) return [[name, scalarText(value)]]
  findings.push({ code: 'tag-nested', args: { key: name }, key: name })
  return []
}

import type { Table, Unreadable } from '../table.ts'
import { parseJson } from './json-document.ts'
import { otherText } from './other-texts.ts'
import { readDocument } from './read-document.ts'

/** JSON, or several JSON texts one after the other → table. */
export async function readJsonText(text: string): Promise<Table | Unreadable> {
  const document = parseJson(text)
  if (!('unreadable' in document)) return readDocument(document)
  const other = otherText(text)
  return other === null ? document : { unreadable: [other] }
}

/** JSON is YAML as well, and its own parser reads it in a tenth of the time. */
const IS_JSON = /^\s*(?:\{\s*"|\[\s*\{\s*")/

/** YAML → table. */
export async function readYamlText(text: string): Promise<Table | Unreadable> {
  const json = IS_JSON.test(text) ? parseJson(text) : null
  if (json !== null && !('unreadable' in json)) return readDocument(json)
  const { parseYaml } = await import('./yaml-document.ts')
  const document = parseYaml(text)
  return 'unreadable' in document ? document : readDocument(document)
}

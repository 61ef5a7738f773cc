import { FIELDS, isFieldName } from '../fields.ts'
import type { NodeId, Pair, ParsedDocument } from './document.ts'
import { entryOf, type Entry } from './entries.ts'
import { counted, refusal, rowsAt, type DocumentKind } from './kind.ts'

/** What this tool prints has the fields' names in the form of a program: `serverId`. */
const FIELD_OF_KEY: ReadonlyMap<string, string> = new Map(
  Object.entries(FIELDS).map(([key, { name }]) => [key, name]),
)

/** Those of the fields that are asked for; others stay under a name that is no field. */
function ownEntries(document: ParsedDocument, row: NodeId, fields: readonly string[]): Entry[] {
  return document
    .pairsOf(row)
    .filter(({ value }) => !document.isNested(value) || fields.includes('tags'))
    .map((pair) => entryOf(pair, headerOf(pair, fields)))
}

function headerOf({ key }: Pair, fields: readonly string[]): string {
  const header = FIELD_OF_KEY.get(key) ?? key
  return isFieldName(header) && !fields.includes(header) ? `report ${header}` : header
}

/** `coverage --json`: of the servers those that could be protected, as in the inventory that `--out` writes. */
export const COVERAGE: DocumentKind = {
  name: 'coverage of this tool',
  mayRepeat: false,
  isKind: (document, root) =>
    document.has(root, 'schemaVersion', 'totals') && document.isList(document.get(root, 'servers')),
  find: (document, [root = 0]) => {
    const servers = document.itemsOf(document.get(root, 'servers'))
    const gap = servers.filter(
      (server) => document.textOf(document.get(server, 'class')) === 'protectable',
    )
    const left = servers.length - gap.length
    const what = `${counted(left, 'server')} that are not of the class protectable`
    return {
      rows: rowsAt(gap),
      counted: `${gap.length} of ${counted(servers.length, 'server')}`,
      findings: left === 0 ? [] : [{ code: 'left-out', args: { what } }],
    }
  },
  entriesOf: (document, { node }) =>
    ownEntries(document, node, ['server_id', 'name', 'server_group']),
}

/** What a report keeps of a row; the rest of the fields it does not have. */
const REPORT_FIELDS = ['server_id', 'name', 'server_group_id', 'server_group', 'wave'] as const

/** `report.json`: rows, without what the inventory said beside ID, name and group. */
export const REPORT: DocumentKind = {
  name: 'a report of this tool',
  mayRepeat: true,
  isKind: (document, root) =>
    document.has(root, 'schemaVersion', 'run') && document.isList(document.get(root, 'rows')),
  find: (document, roots) => {
    const rows = roots.flatMap((root) => document.itemsOf(document.get(root, 'rows')))
    const position = document.placeOf(roots[0] ?? 0)
    return {
      rows: rowsAt(rows),
      counted: counted(rows.length, 'row'),
      findings: [{ code: 'report-is-partial', position }],
    }
  },
  entriesOf: (document, { node }) => ownEntries(document, node, REPORT_FIELDS),
}

/** `validate --json`: every field of every row, as it would be used. */
export const VALIDATED: DocumentKind = {
  name: 'validate --json of this tool',
  mayRepeat: false,
  isKind: (document, root) =>
    document.has(root, 'problems', 'totals') && document.isList(document.get(root, 'rows')),
  find: (document, [root = 0]) => {
    const rows = document.itemsOf(document.get(root, 'rows'))
    return { rows: rowsAt(rows), counted: counted(rows.length, 'row'), findings: [] }
  },
  entriesOf: (document, { node }) => ownEntries(document, node, [...FIELD_OF_KEY.values()]),
}

/** `plan --json`: an approval, not an inventory. */
export const SAVED_PLAN: DocumentKind = {
  name: 'a plan of this tool',
  mayRepeat: false,
  isKind: (document, root) => document.has(root, 'planVersion', 'fingerprint'),
  find: (document, [root = 0]) =>
    refusal(
      document,
      root,
      'a saved plan of this tool',
      'give the inventory that it was made of, and the plan with: apply --plan FILE',
    ),
  entriesOf: () => [],
}

/** What an API or a CLI prints when it refuses. What it says is not repeated: it may name anything. */
export const ERROR_ANSWER: DocumentKind = {
  name: 'an error of an API',
  mayRepeat: false,
  isKind: (document, root) =>
    document.has(root, 'error_code') ||
    document.has(root, 'error_msg') ||
    (document.isMap(document.get(root, 'error')) && document.pairsOf(root).length === 1),
  find: (document, [root = 0]) =>
    refusal(
      document,
      root,
      'an answer that reports an error',
      'look into the file, and export again',
    ),
  entriesOf: () => [],
}

import { looksLikeId } from '../row-schema.ts'
import type { Finding } from '../problem.ts'
import type { NodeId, ParsedDocument } from './document.ts'
import { entryOf, givenEntry, type Entry, type RowSource } from './entries.ts'
import { exportTags } from './export-tags.ts'
import { counted, refusal, type DocumentKind, type Found, type Refused } from './kind.ts'
import { serverId } from './terraform-resources.ts'

/** What tells a server from a network or a disk, which have an ID and a name as well. */
const SERVER_NAME = /server|instance|vms?\b|vm_|ecs|host|node|machine/i
const SERVER_KEYS = [
  'flavor',
  'flavor_id',
  'flavor_name',
  'image_id',
  'access_ip_v4',
  'power_state',
]

/** What is taken of a value, as of a resource: an output may hold a whole one. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    'name tags wave server_group server_group_id ' +
    'region availability_zone status flavor flavor_id flavor_name access_ip_v4'
  ).split(' '),
)

/** `terraform output -json`: `{name: {sensitive, type, value}}`. Source: Terraform, "output". */
export const TERRAFORM_OUTPUT: DocumentKind = {
  name: 'Terraform output -json',
  mayRepeat: false,
  isKind: (document, root) => {
    const outputs = document.pairsOf(root)
    return (
      outputs.length > 0 &&
      outputs.every(({ value }) => document.has(value, 'value') && document.has(value, 'sensitive'))
    )
  },
  find: (document, [root = 0]) => outputsFound(document, root),
  entriesOf: (_, { given }) => [...given],
}

interface Output {
  readonly name: string
  readonly start: number
  readonly rows: readonly RowSource[]
  readonly isServers: boolean
}

function outputsFound(document: ParsedDocument, root: NodeId): Found | Refused {
  const pairs = document.pairsOf(root)
  const isHidden = (value: NodeId): boolean =>
    document.textOf(document.get(value, 'sensitive')) === 'true'
  const outputs = pairs
    .filter(({ value }) => !isHidden(value))
    .map(({ key, keyStart, value }): Output => {
      const rows = namedServers(document, document.get(value, 'value'))
      const isServers =
        SERVER_NAME.test(key) || rows.some(({ node }) => hasServerKey(document, node))
      return { name: key, start: keyStart, rows, isServers }
    })
    .filter(({ rows }) => rows.length > 0)
  // Whether it holds servers may be said; what it holds is not.
  const hidden = pairs
    .filter(
      ({ value }) =>
        isHidden(value) && namedServers(document, document.get(value, 'value')).length > 0,
    )
    .map(({ key }) => key)
  const plain = outputs.filter(({ isServers }) => isServers)
  const taken = plain.length > 0 || outputs.length > 1 ? plain : outputs
  const names = (some: readonly Output[]): string => some.map(({ name }) => name).join(', ')
  if (taken.length === 0) {
    const instead = 'give an output whose value is a list of objects with id and name'
    return outputs.length > 1
      ? refusal(
          document,
          root,
          `Terraform output of which none is plainly of servers (${names(outputs)})`,
          'give one of them: terraform output -json NAME',
        )
      : refusal(document, root, `Terraform output without servers${hiddenToo(hidden)}`, instead)
  }
  const others = outputs.filter((output) => !taken.includes(output))
  const findings: Finding[] = [
    ...(hidden.length === 0
      ? []
      : [{ code: 'sensitive-left-out', args: { what: hidden.join(', ') } } as const]),
    ...(others.length === 0
      ? []
      : [
          {
            code: 'outputs-left-out',
            args: { outputs: names(others) },
            position: document.place(others[0]?.start ?? 0),
          } as const,
        ]),
  ]
  const rows = taken.flatMap((output) => output.rows)
  return { rows, counted: `${counted(rows.length, 'server')} of ${names(taken)}`, findings }
}

function hiddenToo(hidden: readonly string[]): string {
  return hidden.length === 0 ? '' : ` (sensitive ones are not read: ${hidden.join(', ')})`
}

function hasServerKey(document: ParsedDocument, node: NodeId): boolean {
  return SERVER_KEYS.some((key) => document.has(node, key))
}

/**
 * Rows of a value: a list of objects, one object, objects by name, or IDs by name (`for_each`). A name that the
 * object has itself wins. Empty where it is none of these.
 */
export function namedServers(document: ParsedDocument, value: NodeId | null): RowSource[] {
  if (value === null) return []
  if (isServer(document, value))
    return [{ node: value, given: objectEntries(document, value, null) }]
  if (document.isList(value)) {
    const items = document
      .itemsOf(value)
      .flatMap((item) => (document.isList(item) ? document.itemsOf(item) : [item]))
    if (!items.every((item) => isServer(document, item))) return []
    return items.map((node) => ({ node, given: objectEntries(document, node, null) }))
  }
  const pairs = document.pairsOf(value)
  if (pairs.every((pair) => isServer(document, pair.value))) {
    return pairs.map((pair) => ({
      node: pair.value,
      given: objectEntries(document, pair.value, givenEntry('name', pair.key, pair.keyStart)),
    }))
  }
  if (!pairs.every((pair) => looksLikeId(idText(document, pair.value)))) return []
  return pairs.map((pair) => ({
    node: pair.value,
    given: [
      givenEntry('name', pair.key, pair.keyStart),
      { key: 'id', keyStart: pair.keyStart, node: pair.value, text: idText(document, pair.value) },
    ],
  }))
}

function idText(document: ParsedDocument, node: NodeId): string {
  return serverId(document, node) ?? document.textOf(node)
}

/** Where an object has several, what is called the server's is. */
const ID_KEYS = ['server_id', 'instance_id', 'id'] as const

function idKeyOf(document: ParsedDocument, node: NodeId): string | null {
  const key = ID_KEYS.find((each) => {
    const id = document.get(node, each)
    return id !== null && looksLikeId(idText(document, id))
  })
  return key ?? null
}

function isServer(document: ParsedDocument, node: NodeId): boolean {
  return idKeyOf(document, node) !== null
}

function objectEntries(document: ParsedDocument, node: NodeId, name: Entry | null): Entry[] {
  const idKey = idKeyOf(document, node)
  const own = document
    .pairsOf(node)
    .filter(({ key }) => TAKEN.has(key) || key === idKey)
    .map((pair): Entry => {
      if (pair.key === idKey)
        return { ...entryOf(pair, 'id'), text: serverId(document, pair.value) }
      const text = pair.key === 'tags' ? exportTags(document, pair.value) : null
      return { ...entryOf(pair), text }
    })
  return name === null || document.has(node, 'name') ? own : [name, ...own]
}

/** The value of one output, or what `jq` made: objects by name, or IDs by name. */
export const NAMED_SERVERS: DocumentKind = {
  name: 'servers by name',
  mayRepeat: false,
  isKind: (document, root) =>
    document.isMap(root) &&
    !isServer(document, root) &&
    !document.has(root, 'servers') &&
    document.pairsOf(root).length > 0 &&
    namedServers(document, root).length > 0,
  find: (document, [root = 0]) => {
    const rows = namedServers(document, root)
    return { rows, counted: counted(rows.length, 'server'), findings: [] }
  },
  entriesOf: (_, { given }) => [...given],
}

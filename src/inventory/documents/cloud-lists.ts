import type { Finding } from '../problem.ts'
import type { NodeId, Pair, ParsedDocument } from './document.ts'
import { entryOf, type Entry } from './entries.ts'
import { exportTags } from './export-tags.ts'
import { counted, rowsAt, type DocumentKind, type Found } from './kind.ts'

/** What only a server of the compute API has. */
const SERVER_KEY =
  /^(?:OS-[A-Z-]+:|os-extended-volumes:|os:scheduler_hints$|enterprise_project_id$|hostId$)/

function isApiServer(document: ParsedDocument, node: NodeId): boolean {
  if (!document.isText(document.get(node, 'id')) || document.has(node, 'server_id')) return false
  return (
    document.isMap(document.get(node, 'addresses')) ||
    document.pairsOf(node).some(({ key }) => SERVER_KEY.test(key))
  )
}

/** So many are looked at to know what a list is of. */
const MOST_LOOKED_AT = 50

function isServerList(document: ParsedDocument, node: NodeId | null): boolean {
  const items = document.itemsOf(node).slice(0, MOST_LOOKED_AT)
  return (
    items.some((item) => isApiServer(document, item)) &&
    items.every((item) => document.has(item, 'id'))
  )
}

/** The key under which a document holds servers, or the servers themselves. */
function apiServers(document: ParsedDocument, root: NodeId): readonly NodeId[] {
  if (document.isList(root)) return document.itemsOf(root)
  const list = document.get(root, 'servers')
  if (list !== null) return document.itemsOf(list)
  return [document.get(root, 'server') ?? root]
}

/**
 * Servers as the compute API shows them: `GET cloudservers/detail` and `servers/detail`, KooCLI's
 * `ListServersDetails`, one server, a list of them, one a line. Source: ECS API reference, "Querying Details About ECSs".
 */
export const ECS_SERVERS: DocumentKind = {
  name: 'servers of the ECS API',
  mayRepeat: true,
  isKind: (document, root) => {
    const servers = document.get(root, 'servers')
    if (document.isList(servers)) {
      const isPage = document.has(root, 'count') || document.has(root, 'servers_links')
      const items = document.itemsOf(servers)
      const hasOwn = items.some((item) => document.has(item, 'server_id'))
      const hasIds = items.every((item) => document.has(item, 'id'))
      return isServerList(document, servers) || (isPage && hasIds && !hasOwn)
    }
    const one = document.get(root, 'server')
    return (
      isServerList(document, root) ||
      isApiServer(document, root) ||
      (one !== null && isApiServer(document, one))
    )
  },
  find: (document, roots) => listFound(document, roots, apiServers, 'server'),
  entriesOf: (document, { node }) =>
    document
      .pairsOf(node)
      // The platform's own tags, and links to the API.
      .filter(({ key }) => key !== 'sys_tags' && key !== 'links')
      .map((pair) => tagged(document, pair)),
}

/** What tells which of its servers an instance's production server is after a failover is not documented. */
function onTargetStation(document: ParsedDocument, nodes: readonly NodeId[]): Finding[] {
  const swapped = nodes.filter(
    (node) => document.textOf(document.get(node, 'priority_station')) === 'target',
  )
  const [first] = swapped
  if (first === undefined) return []
  const position = document.placeOf(document.get(first, 'priority_station') ?? first)
  return [
    { code: 'station-swapped', args: { instances: counted(swapped.length, 'instance') }, position },
  ]
}

const INSTANCE_HEADERS: ReadonlyMap<string, string> = new Map([
  ['id', 'protected_instance_id'],
  ['source_server', 'server_id'],
  ['target_server', 'target_server_id'],
])

function instances(document: ParsedDocument, root: NodeId): readonly NodeId[] {
  const one = document.get(root, 'protected_instance')
  return one === null ? document.itemsOf(document.get(root, 'protected_instances')) : [one]
}

/**
 * SDRS's own list. It describes instances, not production servers: its `id` is never a server's, and its description
 * is what a create would send. Source: SDRS API reference, "Querying Protected Instances".
 */
export const SDRS_INSTANCES: DocumentKind = {
  name: 'protected instances of SDRS',
  mayRepeat: true,
  isKind: (document, root) => {
    const one = document.get(root, 'protected_instance')
    return (
      document.isList(document.get(root, 'protected_instances')) ||
      (one !== null && document.has(one, 'source_server'))
    )
  },
  find: (document, roots) => {
    const found = listFound(document, roots, instances, 'instance')
    const swapped = onTargetStation(
      document,
      found.rows.map(({ node }) => node),
    )
    return { ...found, findings: [...found.findings, ...swapped] }
  },
  entriesOf: (document, { node }) =>
    document
      .pairsOf(node)
      .map((pair) => tagged(document, pair, INSTANCE_HEADERS.get(pair.key) ?? pair.key)),
}

/** "Only the first 4000 results of a query are returned" (Config, "Restrictions on advanced queries"). */
const CONFIG_LIMIT = 4000

function configItems(document: ParsedDocument, root: NodeId): readonly NodeId[] {
  return document.itemsOf(document.get(root, 'results') ?? document.get(root, 'resources'))
}

/**
 * Config: an advanced query's result, exported or from the API (`run-query`), and its list of resources. Rows of other
 * services are left out by their columns, as those of its CSV are.
 */
export const CONFIG_RESULT: DocumentKind = {
  name: 'a result of Config',
  mayRepeat: true,
  isKind: (document, root) => {
    if (document.has(root, 'next') || document.has(root, 'previous')) return false
    const isQuery = document.has(root, 'query_info') || document.has(root, 'total_count')
    return (
      (isQuery && document.isList(document.get(root, 'results'))) ||
      (document.has(root, 'page_info') && document.isList(document.get(root, 'resources')))
    )
  },
  find: (document, roots) => {
    const found = listFound(document, roots, configItems, 'resource')
    const isCut = roots.some((root) => configItems(document, root).length === CONFIG_LIMIT)
    const args = { listed: CONFIG_LIMIT }
    const position = document.placeOf(roots[0] ?? 0)
    const cut: Finding[] = isCut ? [{ code: 'list-at-limit', args, position }] : []
    return { ...found, findings: [...found.findings, ...cut] }
  },
  entriesOf: (document, { node }) => document.pairsOf(node).map((pair) => tagged(document, pair)),
}

const WRAPPERS = ['results', 'result', 'records', 'value'] as const

/**
 * Lists of other systems (NetBox, ServiceNow, Azure). Their rows are read, so that what is said of
 * their IDs is the same as of their CSV.
 */
export const OTHER_LIST: DocumentKind = {
  name: 'a list of an API',
  mayRepeat: true,
  isKind: (document, root) =>
    !document.has(root, 'servers') &&
    WRAPPERS.some((key) => {
      const items = document.itemsOf(document.get(root, key))
      return items.length > 0 && items.every((item) => document.isMap(item))
    }),
  find: (document, roots) =>
    listFound(
      document,
      roots,
      (_, root) => {
        const key = WRAPPERS.find((each) => document.isList(document.get(root, each)))
        return document.itemsOf(document.get(root, key ?? ''))
      },
      'item',
    ),
  entriesOf: (document, { node }) => document.pairsOf(node).map((pair) => entryOf(pair)),
}

function tagged(document: ParsedDocument, pair: Pair, header = pair.key): Entry {
  const entry = entryOf(pair, header)
  return pair.key === 'tags' ? { ...entry, text: exportTags(document, pair.value) } : entry
}

/** Where a list says that there is more. */
const NEXT_PAGE = [
  ['servers_links'],
  ['links', 'next'],
  ['page_info', 'next_marker'],
  ['next'],
] as const

function listFound(
  document: ParsedDocument,
  roots: readonly NodeId[],
  itemsOf: (document: ParsedDocument, root: NodeId) => readonly NodeId[],
  thing: string,
): Found {
  const nodes = roots.flatMap((root) => [...itemsOf(document, root)])
  const findings: Finding[] = []
  const counts = roots.flatMap((root) =>
    ['count', 'total_count'].map((key) => document.get(root, key)).filter((node) => node !== null),
  )
  const says = counts.toSorted(
    (one, other) => Number(document.textOf(other)) - Number(document.textOf(one)),
  )[0]
  if (says !== undefined && Number(document.textOf(says)) > nodes.length) {
    const args = { count: document.textOf(says), listed: nodes.length }
    findings.push({ code: 'list-incomplete', args, position: document.placeOf(says) })
  } else if (says === undefined) {
    const more = nextPage(document, roots.at(-1) ?? 0)
    if (more !== null) {
      const args = { listed: nodes.length }
      findings.push({ code: 'list-has-next', args, position: document.placeOf(more) })
    }
  }
  return { rows: rowsAt(nodes), counted: counted(nodes.length, thing), findings }
}

function nextPage(document: ParsedDocument, root: NodeId): NodeId | null {
  for (const path of NEXT_PAGE) {
    let node: NodeId | null = root
    for (const key of path) node = document.get(node, key)
    if (node !== null && (document.isText(node) || document.itemsOf(node).length > 0)) return node
  }
  return null
}

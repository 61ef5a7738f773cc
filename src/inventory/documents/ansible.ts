import { FIELD_NAMES } from '../fields.ts'
import type { Finding } from '../problem.ts'
import type { NodeId, Pair, ParsedDocument } from './document.ts'
import { entryOf, givenEntry, mergedEntries, type Entry, type RowSource } from './entries.ts'
import { exportTags } from './export-tags.ts'
import { counted, refusal, type DocumentKind, type Found, type Refused } from './kind.ts'

/**
 * `ansible-inventory --list`. Which servers there are stands in `_meta.hostvars`, and what the openstack plugin
 * knows of one in its `openstack`. Source: the inventory plugin of the collection openstack.cloud.
 */
export const ANSIBLE_LIST: DocumentKind = {
  name: 'ansible-inventory --list',
  mayRepeat: false,
  isKind: (document, root) => document.isMap(document.get(document.get(root, '_meta'), 'hostvars')),
  find: (document, [root = 0]) => {
    const hosts = document.pairsOf(document.get(document.get(root, '_meta'), 'hostvars'))
    return hostsFound(document, root, hosts)
  },
  entriesOf: (_, { given }) => [...given],
}

const GROUP_KEYS: ReadonlySet<string> = new Set(['hosts', 'children', 'vars'])

/** `ansible-inventory --list --yaml`, and what is written by hand in its form: groups of hosts with their variables. */
export const ANSIBLE_GROUPS: DocumentKind = {
  name: 'an Ansible inventory in YAML',
  mayRepeat: false,
  isKind: (document, root) => {
    const groups = document.pairsOf(root)
    return (
      groups.some(({ value }) => document.has(value, 'hosts') || document.has(value, 'children')) &&
      groups.every(
        ({ value }) =>
          document.isNothing(value) ||
          (document.isMap(value) &&
            document.pairsOf(value).every(({ key }) => GROUP_KEYS.has(key))),
      )
    )
  },
  find: (document, [root = 0]) => {
    const hosts = new Map<string, Pair>()
    for (const { value } of document.pairsOf(root)) collectHosts(document, value, hosts, 0)
    return hostsFound(document, root, [...hosts.values()])
  },
  entriesOf: (_, { given }) => [...given],
}

const MOST_LEVELS = 50

/** A host has its variables where it stands first; in further groups there is its name alone. */
function collectHosts(
  document: ParsedDocument,
  group: NodeId,
  hosts: Map<string, Pair>,
  level: number,
): void {
  if (level > MOST_LEVELS) return
  for (const host of document.pairsOf(document.get(group, 'hosts'))) {
    const known = hosts.get(host.key)
    if (known === undefined || document.pairsOf(known.value).length === 0) hosts.set(host.key, host)
  }
  for (const { value } of document.pairsOf(document.get(group, 'children'))) {
    collectHosts(document, value, hosts, level + 1)
  }
}

/** The plugin's own file: whom to ask, not what there is. */
export const ANSIBLE_PLUGIN: DocumentKind = {
  name: 'the configuration of an Ansible inventory plugin',
  mayRepeat: false,
  isKind: (document, root) =>
    document.isText(document.get(root, 'plugin')) && !document.has(root, 'servers'),
  find: (document, [root = 0]) =>
    refusal(
      document,
      root,
      'the configuration of an Ansible inventory plugin',
      'give what it finds: ansible-inventory -i FILE --list',
    ),
  entriesOf: () => [],
}

function hostsFound(
  document: ParsedDocument,
  root: NodeId,
  hosts: readonly Pair[],
): Found | Refused {
  const known: RowSource[] = []
  const others: Pair[] = []
  for (const host of hosts) {
    const given = hostEntries(document, host)
    if (given === null) others.push(host)
    else known.push({ node: host.value, given })
  }
  if (known.length === 0 && hosts.length > 0) {
    const what =
      'an Ansible inventory in which no host has openstack.id, the ID of its server in the cloud'
    return refusal(
      document,
      root,
      what,
      'give the output of ansible-inventory --list with the plugin openstack.cloud.openstack',
    )
  }
  const [first] = others
  const findings: Finding[] =
    first === undefined
      ? []
      : [
          {
            code: 'hosts-without-id',
            args: { hosts: counted(others.length, 'host'), names: nameList(others) },
            position: document.place(first.keyStart),
          },
        ]
  return { rows: known, counted: `${known.length} of ${counted(hosts.length, 'host')}`, findings }
}

const MOST_NAMED = 5

function nameList(hosts: readonly Pair[]): string {
  const names = hosts.slice(0, MOST_NAMED).map(({ key }) => key)
  return [...names, ...(hosts.length > MOST_NAMED ? ['…'] : [])].join(', ')
}

/** Of what the plugin knows of a server, what a reader of the report may want. The rest is long, or secret. */
const SERVER_VARIABLES: ReadonlySet<string> = new Set(
  (
    'status vm_state az availability_zone region created created_at ' +
    'private_v4 public_v4 interface_ip access_ipv4'
  ).split(' '),
)

/**
 * The ID and the name in the cloud (a host is called by its ID where names repeat), and those of the host's own
 * variables that are called like a field. Null for a host that has no ID.
 */
function hostEntries(document: ParsedDocument, { key, keyStart, value }: Pair): Entry[] | null {
  const variables = mergedEntries(document, value)
  const server = document.get(value, 'openstack')
  const id = document.get(server, 'id')
  const own = variables.filter((entry) => FIELD_NAMES.some((name) => name === entry.key))
  const has = (field: string): boolean =>
    own.some((entry) => entry.key === field && document.isText(entry.node))
  if (!document.isText(id) && !has('server_id')) return null
  const hasTags = own.some((entry) => entry.key === 'tags')
  const entries: Entry[] = [givenEntry('inventory_hostname', key, keyStart)]
  for (const pair of document.pairsOf(server)) {
    if (pair.key === 'tags' && !hasTags) {
      entries.push({ ...entryOf(pair), text: exportTags(document, pair.value) })
    } else if (
      CLOUD_HEADERS.has(pair.key) ||
      (SERVER_VARIABLES.has(pair.key) && !document.isNested(pair.value))
    ) {
      entries.push(entryOf(pair, `openstack.${pair.key}`))
    }
  }
  if (!document.isText(document.get(server, 'name'))) {
    entries.push(givenEntry('openstack.name', key, keyStart))
  }
  // Of a key that comes twice the last one counts: what the host says itself.
  return [...entries, ...own.map((entry) => ({ ...entry, key: ownHeader(entry.key) }))]
}

const CLOUD_HEADERS: ReadonlySet<string> = new Set(['id', 'name'])

/** One column for an ID, whoever says it. */
function ownHeader(field: string): string {
  if (field === 'server_id') return 'openstack.id'
  return field === 'name' ? 'openstack.name' : field
}

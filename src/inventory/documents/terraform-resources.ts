import { looksLikeId } from '../row-schema.ts'
import type { Finding } from '../problem.ts'
import type { NodeId, ParsedDocument } from './document.ts'
import { entryOf, givenEntry, type Entry, type RowSource } from './entries.ts'
import { exportTags } from './export-tags.ts'
import { counted, type Found } from './kind.ts'

/** The resources of Terraform's providers that are servers of a cloud which has SDRS. */
const SERVER_TYPES: ReadonlySet<string> = new Set([
  'huaweicloud_compute_instance',
  'opentelekomcloud_compute_instance_v2',
  'opentelekomcloud_ecs_instance_v1',
  'flexibleengine_compute_instance_v2',
  'openstack_compute_instance_v2',
])

/**
 * What is taken of such a resource. A list of what is allowed, since what a provider calls its passwords and
 * user data is its own affair, and a state holds them in clear text.
 */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  'id',
  'name',
  'tags',
  'description',
  'region',
  'availability_zone',
  'status',
  'power_state',
  'flavor',
  'flavor_id',
  'flavor_name',
  'image_name',
  'hostname',
  'vpc_id',
  'access_ip_v4',
  'enterprise_project_id',
  'created_at',
])

/** One instance of a resource, as state and `show` both have it. */
export interface Resource {
  readonly type: string
  /** `module.app.huaweicloud_compute_instance.web["a"]`. */
  readonly address: string
  readonly mode: string
  readonly isTainted: boolean
  readonly isDeposed: boolean
  readonly node: NodeId
  readonly attributes: NodeId | null
  /** Names of attributes that Terraform itself calls sensitive. */
  readonly sensitive: ReadonlySet<string>
}

/** Servers of all that a state holds; what is left out is counted. */
export function terraformFound(document: ParsedDocument, resources: readonly Resource[]): Found {
  const servers: Resource[] = []
  const others = new Map<string, number>()
  const left = { data: 0, deposed: 0 }
  const tainted: Resource[] = []
  for (const resource of resources) {
    if (resource.mode === 'data') left.data++
    else if (!SERVER_TYPES.has(resource.type)) {
      others.set(resource.type, (others.get(resource.type) ?? 0) + 1)
    } else if (resource.isDeposed) left.deposed++
    else if (resource.isTainted) tainted.push(resource)
    else servers.push(resource)
  }
  const other = [...others.values()].reduce((sum, count) => sum + count, 0)
  const what = [
    ...(other > 0 ? [`${counted(other, 'resource')} of other types (${typeList(others)})`] : []),
    ...(left.data > 0 ? [counted(left.data, 'data source')] : []),
    ...(left.deposed > 0 ? [counted(left.deposed, 'deposed server')] : []),
  ]
  const findings: Finding[] =
    what.length > 0 ? [{ code: 'left-out', args: { what: what.join(', ') } }] : []
  const [first] = tainted
  if (first !== undefined) {
    const args = { servers: addressList(tainted) }
    findings.push({ code: 'tainted-servers', args, position: document.placeOf(first.node) })
  }
  const hidden = new Set(
    servers.flatMap(({ sensitive }) => [...sensitive].filter((name) => ATTRIBUTES.has(name))),
  )
  if (hidden.size > 0) {
    findings.push({ code: 'sensitive-left-out', args: { what: [...hidden].join(', ') } })
  }
  return {
    rows: servers.map((resource) => resourceRow(document, resource)),
    counted: `${servers.length} of ${counted(resources.length, 'resource')}`,
    findings,
  }
}

const MOST_NAMED = 5

function typeList(types: ReadonlyMap<string, number>): string {
  const sorted = [...types].toSorted(([, one], [, other]) => other - one)
  const named = sorted.slice(0, MOST_NAMED).map(([type, count]) => `${type} ${count}`)
  return [...named, ...(sorted.length > MOST_NAMED ? ['…'] : [])].join(', ')
}

function addressList(resources: readonly Resource[]): string {
  const named = resources.slice(0, MOST_NAMED).map(({ address }) => address)
  const more = resources.length - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}

function resourceRow(document: ParsedDocument, resource: Resource): RowSource {
  const { node, attributes, address, sensitive } = resource
  const at = attributes ?? node
  return {
    node: at,
    given: [
      ...document
        .pairsOf(attributes)
        .filter(({ key }) => ATTRIBUTES.has(key) && !sensitive.has(key))
        .map((pair): Entry => {
          const entry = entryOf(pair)
          if (pair.key === 'tags') return { ...entry, text: exportTags(document, pair.value) }
          return pair.key === 'id' ? { ...entry, text: serverId(document, pair.value) } : entry
        }),
      givenEntry('terraform_address', address, document.startOf(node)),
    ],
  }
}

/** Some providers put the region in front of an ID: `eu-de/5c32ca89-…`. Null: as it is written. */
export function serverId(document: ParsedDocument, node: NodeId): string | null {
  const text = document.textOf(node)
  const id = text.slice(text.lastIndexOf('/') + 1)
  return id !== text && looksLikeId(id) && /^[\w.-]+\/[^/]+$/.test(text) ? id : null
}

/** `["a"]`, `[0]`, or nothing. */
export function instanceKey(document: ParsedDocument, key: NodeId | null): string {
  if (key === null || document.isNothing(key)) return ''
  const text = document.textOf(key)
  const isNumber = document.text[document.startOf(key)] !== '"' && /^\d+$/.test(text)
  return isNumber ? `[${text}]` : `[${JSON.stringify(text)}]`
}

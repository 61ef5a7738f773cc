import { isIPv4 } from 'node:net'
import * as z from 'zod'
import { instantOf } from '../instant.ts'
import { count, flag, identifier, isList, itemsOf, text, texts } from '../tolerant.ts'

/**
 * The wire shapes of ECS: "Querying Details About ECSs" and "Querying Details About Flavors" of the API
 * references. Read as `tolerant.ts` says.
 */

/** A server, as ECS tells it. What it does not tell is null. */
export interface Server {
  readonly id: string
  readonly name: string
  /** In upper case: `ACTIVE`, `SHUTOFF`, `ERROR` … */
  readonly status: string | null
  readonly availabilityZone: string | null
  readonly vpcId: string | null
  readonly flavor: string | null
  /** Its own (fixed) addresses, IPv4. */
  readonly addresses: readonly string[]
  /** Null: not told. `isSystem`: null where the answer does not tell which disk it boots from. */
  readonly volumes: readonly { readonly id: string; readonly isSystem: boolean | null }[] | null
  /** What is being done to it right now. */
  readonly taskState: string | null
  /** Locked by another operation, or by whatever `metadata.lockSource` names. */
  readonly isLocked: boolean
  /** Frozen by the cloud: unpaid, or by law. */
  readonly isFrozen: boolean
  readonly osType: string | null
  readonly keyName: string | null
  /** `dedicated`: it stands on a dedicated host. */
  readonly tenancy: string | null
  readonly hostName: string | null
  /** By name, each once, in order; null: not told. */
  readonly securityGroups: readonly string[] | null
  /** When it was made, ms since the epoch; null: not told. */
  readonly createdAt: number | null
  /** Its IAM agency; null: it has none. */
  readonly agency: string | null
  /** Without the system's own. */
  readonly tags: Readonly<Record<string, string>>
}

/** How a flavor is on sale: `normal`, `promotion`, `obt`, `abandon`, `sellout`, `obt_sellout` … in lower case. */
export interface Flavor {
  readonly id: string
  /** Where no zone says otherwise. */
  readonly status: string | null
  readonly byZone: ReadonlyMap<string, string>
  /** `os_extra_specs`, as they are written. */
  readonly specs: Readonly<Record<string, string>>
}

/** `{<vpc_id>: [{addr, "OS-EXT-IPS:type"}]}`; floating addresses are not the server's own. */
const networksSchema = z
  .record(
    z.string(),
    z
      .array(z.object({ addr: text, 'OS-EXT-IPS:type': text }).nullable().catch(null))
      .nullable()
      .catch(null),
  )
  .nullish()
  .catch(null)
  .transform((networks) => networks ?? {})
type Networks = z.output<typeof networksSchema>

function addressesOf(networks: Networks): readonly string[] {
  return Object.values(networks)
    .flatMap((list) => list ?? [])
    .flatMap((each) =>
      each === null || each.addr === null || !isIPv4(each.addr.trim()) || isFloating(each)
        ? []
        : [each.addr.trim()],
    )
}

/** The VPC by which its addresses stand, where there is one only and its name is an ID. */
function vpcOf(networks: Networks): string | null {
  const [one, another] = Object.keys(networks)
  const isId = /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i
  return one !== undefined && another === undefined && isId.test(one) ? one : null
}

function isFloating(address: { readonly 'OS-EXT-IPS:type': string | null }): boolean {
  return address['OS-EXT-IPS:type']?.toLowerCase() === 'floating'
}

/**
 * "0" is the system disk; the others have another number, or a plain null. Left out or empty it tells nothing: then
 * null.
 */
const bootIndex = z
  .unknown()
  .optional()
  .transform((wire): boolean | null => {
    if (wire === null) return false
    const index = typeof wire === 'string' || typeof wire === 'number' ? String(wire).trim() : ''
    return index === '' ? null : index === '0'
  })

/** One disk that cannot be read makes all of them unknown: a server short of a disk is another server. */
const volumesSchema = z
  .array(z.object({ id: identifier, bootIndex }))
  .nullish()
  .catch(null)
  .transform((wire): Server['volumes'] =>
    wire === null || wire === undefined
      ? null
      : wire.map((disk) => ({ id: disk.id, isSystem: disk.bootIndex })),
  )

/** `["key=value"]`, and as other answers of this API write tags: `[{key, value}]`, `{key: value}`. */
const tagsSchema = z
  .union([
    z.array(
      z
        .union([z.string(), z.object({ key: z.string(), value: text })])
        .nullable()
        .catch(null),
    ),
    texts,
  ])
  .nullish()
  .catch(null)
  .transform((wire): Readonly<Record<string, string>> => {
    const pairs = Array.isArray(wire)
      ? wire.flatMap((tag) => (tag === null ? [] : [tagOf(tag)]))
      : Object.entries(wire ?? {})
    return Object.fromEntries(pairs.filter(([key]) => key !== '' && !key.startsWith('_sys_')))
  })

function tagOf(
  tag: string | { readonly key: string; readonly value: string | null },
): readonly [string, string] {
  if (typeof tag === 'object') return [tag.key, tag.value ?? '']
  const at = tag.indexOf('=')
  return at < 0 ? [tag, ''] : [tag.slice(0, at), tag.slice(at + 1)]
}

/** Scheduler hints are lists of one text. */
const hint = z
  .union([z.array(text).transform((list) => list[0] ?? null), text])
  .nullish()
  .transform((value) => value ?? null)
const hintsSchema = z
  .object({ tenancy: hint, dedicated_host_id: hint })
  .nullish()
  .catch(null)
  .transform((hints) => ({
    tenancy: hints?.tenancy ?? null,
    host: hints?.dedicated_host_id ?? null,
  }))

const flavorReference = z
  .union([z.object({ id: text }).transform(({ id }) => id), text])
  .nullish()
  .catch(null)
  .transform((id) => id ?? null)

const securityGroupsSchema = z
  .array(z.object({ name: z.string() }))
  .nullish()
  .catch(null)
  .transform((groups): Server['securityGroups'] =>
    // One a network card.
    groups === null || groups === undefined
      ? null
      : [...new Set(groups.map(({ name }) => name))].toSorted(),
  )

const serverSchema = z
  .object({
    id: identifier,
    name: text,
    status: text,
    'OS-EXT-AZ:availability_zone': text,
    'OS-EXT-STS:task_state': text,
    metadata: texts,
    flavor: flavorReference,
    addresses: networksSchema,
    'os-extended-volumes:volumes_attached': volumesSchema,
    locked: flag,
    key_name: text,
    created: text,
    'os:scheduler_hints': hintsSchema,
    'OS-EXT-SRV-ATTR:hostname': text,
    security_groups: securityGroupsSchema,
    tags: tagsSchema,
    fault: z.unknown().optional(),
  })
  .transform((wire): Server | null => {
    const { metadata, 'os:scheduler_hints': hints } = wire
    // Huawei's place-holder of a server that was asked for and is not there.
    if (wire.name === null && wire.status === null && wire.fault !== undefined) return null
    return {
      id: wire.id,
      name: wire.name ?? '',
      status: wire.status?.trim().toUpperCase() || null,
      availabilityZone: wire['OS-EXT-AZ:availability_zone']?.trim() || null,
      vpcId: filled(metadata['vpc_id']) ?? vpcOf(wire.addresses),
      flavor: wire.flavor,
      addresses: addressesOf(wire.addresses),
      volumes: wire['os-extended-volumes:volumes_attached'],
      taskState: wire['OS-EXT-STS:task_state'],
      isLocked: wire.locked || isSaid(metadata['lockSource']),
      isFrozen: metadata['EcmResStatus']?.trim().toLowerCase() === 'freeze',
      osType: filled(metadata['os_type']),
      keyName: wire.key_name,
      tenancy: hints.tenancy?.toLowerCase() ?? (hints.host === null ? null : 'dedicated'),
      hostName: wire['OS-EXT-SRV-ATTR:hostname'],
      securityGroups: wire.security_groups,
      createdAt: instantOf(wire.created),
      agency: filled(metadata['agency_name']),
      tags: wire.tags,
    }
  })

function filled(value: string | undefined): string | null {
  return value === undefined || value.trim() === '' ? null : value
}

/** Not a word for nothing: what is written where nobody has locked it. */
function isSaid(value: string | undefined): boolean {
  return !/^(|-+|none|null|false|n\/a)$/i.test(value?.trim() ?? '')
}

export const serverListSchema = z
  .object({ servers: itemsOf(serverSchema), count })
  .refine((list) => isList(list.servers, list.count), 'the answer holds no servers')
  .transform((list) => ({ servers: list.servers ?? [], count: list.count }))

const flavorSchema = z
  .object({ id: identifier, os_extra_specs: texts })
  .transform(({ id, os_extra_specs: specs }): Flavor => ({
    id,
    status: filled(specs['cond:operation:status'])?.trim().toLowerCase() ?? null,
    byZone: statusByZone(specs['cond:operation:az'] ?? ''),
    specs,
  }))

/** `az1(normal), az2(sellout)`. */
function statusByZone(written: string): ReadonlyMap<string, string> {
  const pairs = [...written.matchAll(/([^\s,()]+)\s*\(\s*([^()]*?)\s*\)/g)]
  return new Map(pairs.map(([, zone = '', status = '']) => [zone, status.toLowerCase()]))
}

export const flavorListSchema = z
  .object({ flavors: itemsOf(flavorSchema) })
  .refine(({ flavors }) => flavors !== undefined, 'the answer holds no flavors')
  .transform(({ flavors }) => flavors ?? [])

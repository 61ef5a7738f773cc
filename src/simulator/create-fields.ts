import { isIPv4 } from 'node:net'
import type { CreateProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'
import { isRecord, refuse, type Answer } from './answers.ts'
import { checkTags, isDescription, isName, tagsOf, text } from './fields.ts'
import type { Limits, Tag } from './state.ts'

/** What the world keeps of a create call. */
export interface CreateFields {
  readonly groupId: string
  readonly serverId: string
  readonly name: string
  readonly description: string
  readonly subnetId: string | null
  readonly address: string | null
  readonly flavor: string | null
  readonly tags: readonly Tag[]
}

type Dialect = Limits['dialect']
type CreateField = keyof CreateProtectedInstance
/** A body as it came: every field may be anything. */
type Wire = Readonly<Partial<Record<CreateField, unknown>>>
type FieldRule = (wire: Wire, dialect: Dialect) => Answer | null

const SERVER_ID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

/**
 * Every field of the call, as the API reference words its rule, in the order they are asked: before
 * anything is looked up. A new field of the call belongs here, and into `CreateFields` if the world
 * keeps it.
 */
const FIELD_RULES = {
  server_group_id: (wire) => (text(wire.server_group_id) === '' ? refuse('SDRS.0207') : null),
  server_id: (wire) => (SERVER_ID.test(text(wire.server_id)) ? null : refuse('SDRS.0210')),
  name: (wire, dialect) => (isName(wire.name, dialect) ? null : refuse('SDRS.0202')),
  description: (wire) => (isDescription(wire.description ?? '') ? null : refuse('SDRS.0212')),
  primary_subnet_id: (wire) => checkText(wire, 'primary_subnet_id'),
  primary_ip_address: checkAddress,
  flavorRef: (wire) => checkText(wire, 'flavorRef'),
  cluster_id: onHuawei((wire) => checkText(wire, 'cluster_id')),
  tenancy: onHuawei(({ tenancy }) =>
    isEmpty(tenancy) || tenancy === 'shared' || tenancy === 'dedicated'
      ? null
      : refuse('SDRS.0201'),
  ),
  dedicated_host_id: onHuawei((wire) =>
    isEmpty(wire.dedicated_host_id) || wire.tenancy === 'dedicated'
      ? checkText(wire, 'dedicated_host_id')
      : refuse('SDRS.0201'),
  ),
  tags: (wire) => checkTags(wire.tags ?? []),
} as const satisfies Record<CreateField, FieldRule>

/** The fields of a create call's body, or what the first broken rule answers. */
export function readCreateFields(
  body: unknown,
  dialect: Dialect,
): CreateFields | { readonly refusal: Answer } {
  const wire = isRecord(body) ? body['protected_instance'] : undefined
  if (!isRecord(wire)) return { refusal: refuse('SDRS.0201') }
  for (const rule of Object.values<FieldRule>(FIELD_RULES)) {
    const refusal = rule(wire, dialect)
    if (refusal !== null) return { refusal }
  }
  return keep(wire)
}

/** Where the world keeps each field of the call; null: nobody looks at it again. */
const KEPT_AS = {
  server_group_id: 'groupId',
  server_id: 'serverId',
  name: 'name',
  description: 'description',
  primary_subnet_id: 'subnetId',
  primary_ip_address: 'address',
  flavorRef: 'flavor',
  tags: 'tags',
  cluster_id: null,
  tenancy: null,
  dedicated_host_id: null,
} as const satisfies Record<CreateField, keyof CreateFields | null>

/** What a call leaves in the world: exactly the fields that are kept. */
type Kept = NonNullable<(typeof KEPT_AS)[CreateField]>

function keep(wire: Wire): Pick<CreateFields, Kept> {
  return {
    groupId: text(wire.server_group_id),
    serverId: text(wire.server_id),
    name: text(wire.name),
    description: text(wire.description),
    subnetId: text(wire.primary_subnet_id) || null,
    address: text(wire.primary_ip_address) || null,
    flavor: text(wire.flavorRef) || null,
    tags: tagsOf(wire.tags),
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function checkText(wire: Wire, field: CreateField): Answer | null {
  const value = wire[field]
  return isEmpty(value) || typeof value === 'string' ? null : refuse('SDRS.0201')
}

function checkAddress({
  primary_ip_address: address,
  primary_subnet_id: subnet,
}: Wire): Answer | null {
  if (isEmpty(address)) return null
  if (typeof address !== 'string' || !isIPv4(address)) return refuse('SDRS.0219')
  return isEmpty(subnet) ? refuse('SDRS.1380') : null
}

/** OTC does not know these fields, and passes over what it does not know. */
function onHuawei(rule: FieldRule): FieldRule {
  return (wire, dialect) => (dialect === 'otc' ? null : rule(wire, dialect))
}

import type { Row, RowField } from '../inventory/row.ts'
import { sanitize } from '../ui/text.ts'

/** How each field of a row is shown; null: it stands elsewhere, or is the default. A new field does not compile without an answer. */
const SHOWN = {
  // At the head of the row.
  name: () => null,
  serverId: ({ serverId }) =>
    serverId === '' ? 'server to be matched by name' : `server ${serverId}`,
  serverGroup: ({ serverGroup }) => quoted('group', serverGroup),
  serverGroupId: ({ serverGroup, serverGroupId }) =>
    serverGroup === undefined ? plain('group', serverGroupId) : null,
  wave: ({ wave }) => plain('wave', wave),
  description: ({ description }) => quoted('description', description),
  primarySubnetId: ({ primarySubnetId }) => plain('subnet', primarySubnetId),
  primaryIpAddress: ({ primaryIpAddress }) => plain('address', primaryIpAddress),
  flavor: ({ flavor }) => plain('flavor', flavor),
  clusterId: ({ clusterId }) => plain('cluster', clusterId),
  tenancy: ({ tenancy }) => plain('tenancy', tenancy),
  dedicatedHostId: ({ dedicatedHostId }) => plain('host', dedicatedHostId),
  tags: ({ tags }) => {
    const pairs = Object.entries(tags).map(([key, value]) => `${key}=${value}`)
    return pairs.length === 0 ? null : `tags ${pairs.join('; ')}`
  },
} as const satisfies Record<RowField, (row: Row) => string | null>

/** All that a row says beside its name, in one line: `server 0000…, group "erp", wave 2, flavor s3.large.2`. */
export function rowFields(row: Row): string {
  const fields = Object.values(SHOWN).map((show: (row: Row) => string | null) => show(row))
  return sanitize(fields.filter((field) => field !== null).join(', '))
}

function plain(label: string, value: string | undefined): string | null {
  return value === undefined ? null : `${label} ${value}`
}

function quoted(label: string, value: string | undefined): string | null {
  return value === undefined ? null : `${label} "${value}"`
}

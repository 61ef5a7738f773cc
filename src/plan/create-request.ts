import type { Row, RowField } from '../inventory/row.ts'
import type { CreateProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

type Part = Partial<CreateProtectedInstance>

/** What each field of a row adds to the body: a new field of the inventory does not compile without an answer here. */
const PARTS = {
  // The group stands in the body by its ID, however the row names it.
  serverGroupId: () => ({}),
  serverGroup: () => ({}),
  serverId: ({ serverId }) => ({ server_id: serverId }),
  name: ({ name }) => ({ name }),
  description: ({ description }) => filled({ description }),
  clusterId: ({ clusterId }) => filled({ cluster_id: clusterId }),
  primarySubnetId: ({ primarySubnetId }) => filled({ primary_subnet_id: primarySubnetId }),
  primaryIpAddress: ({ primaryIpAddress }) => filled({ primary_ip_address: primaryIpAddress }),
  flavor: ({ flavor }) => filled({ flavorRef: flavor }),
  tags: ({ tags }) => {
    const list = Object.entries(tags).map(([key, value]) => ({ key, value }))
    return list.length === 0 ? {} : { tags: list }
  },
  tenancy: ({ tenancy }) => filled({ tenancy }),
  dedicatedHostId: ({ dedicatedHostId }) => filled({ dedicated_host_id: dedicatedHostId }),
  // It says when the body is sent, not what is in it.
  wave: () => ({}),
} as const satisfies Record<RowField, (row: Row) => Part>

/**
 * The body of a row's create, as the API reference names its fields (`POST protected-instances`; one of
 * them, `flavorRef`, is in camel case there): only what is filled is sent. Pure: what it returns is what
 * the plan shows, what its fingerprint covers, and what apply sends.
 */
export function createRequest(row: Row, groupId: string): CreateProtectedInstance {
  const parts = Object.values(PARTS).map((part: (row: Row) => Part) => part(row))
  const { serverId, name } = row
  return Object.assign({ server_group_id: groupId, server_id: serverId, name }, ...parts)
}

function filled<T extends Part>(part: { readonly [K in keyof T]: T[K] | undefined }): Part {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined))
}

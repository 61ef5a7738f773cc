import type { Row } from '../inventory/row.ts'
import type { CreateProtectedInstance } from '../sdrs/schema.ts'

/** A row as the create call wants it: only what is filled is sent. */
export function createBody(row: Row, groupId: string): CreateProtectedInstance {
  const tags = Object.entries(row.tags).map(([key, value]) => ({ key, value }))
  return {
    server_group_id: groupId,
    server_id: row.serverId,
    name: row.name,
    ...(row.description === undefined ? {} : { description: row.description }),
    ...(row.clusterId === undefined ? {} : { cluster_id: row.clusterId }),
    ...(row.primarySubnetId === undefined ? {} : { primary_subnet_id: row.primarySubnetId }),
    ...(row.primaryIpAddress === undefined ? {} : { primary_ip_address: row.primaryIpAddress }),
    ...(row.flavor === undefined ? {} : { flavorRef: row.flavor }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(row.tenancy === undefined ? {} : { tenancy: row.tenancy }),
    ...(row.dedicatedHostId === undefined ? {} : { dedicated_host_id: row.dedicatedHostId }),
  }
}

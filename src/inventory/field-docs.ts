import type { FieldName } from './fields.ts'

/**
 * Each field's rule in a sentence. The only such list: the starters print it as comments, the JSON
 * Schema as descriptions.
 */
export const FIELD_DOCS = {
  server_id: "required; the production server's ID in the cloud: a UUID or 32 hex digits",
  name: 'required; of the protected instance: 1-64 bytes of A-Z a-z 0-9 . _ - (--dialect huawei: Chinese characters too)',
  server_group_id: 'ID of the protection group; this, server_group or the option --group is needed',
  server_group: 'name of the protection group, where its ID is not given',
  description: 'at most 64 bytes, without < and >',
  primary_subnet_id: "network ID of the DR server's first NIC",
  primary_ip_address:
    "IPv4 address of the DR server's first NIC; only together with primary_subnet_id",
  flavor: "flavor of the DR server; left out: the production server's",
  cluster_id: 'Huawei Cloud only (--dialect huawei): the cluster of the DR server',
  tenancy: 'Huawei Cloud only (--dialect huawei): shared or dedicated',
  dedicated_host_id:
    'Huawei Cloud only (--dialect huawei): the dedicated host; only with tenancy=dedicated',
  tags: 'k=v;k2=v2, a JSON object or YAML map, or columns tag:KEY; at most 10, key 1-36, value 0-43 characters, none of * < > \\ = , | /',
  wave: 'rows of the lowest wave go first; the next starts when all of its jobs ended; rows without one come last',
} as const satisfies Record<FieldName, string>

import { z } from 'zod'
import { anyRowSchema } from './row-schema.ts'

/** A starter inventory as CSV. Its last column is no field: it says so, and is carried to the report. */
export function starterCsv(): string {
  return [
    'server_id,name,server_group,description,primary_subnet_id,primary_ip_address,flavor,tags,wave,note',
    '00000000-0000-4000-8000-000000000001,erp-db-01,erp,,,,,env=prod;tier=db,1,"only server_id, name and a group are required"',
    '00000000-0000-4000-8000-000000000002,erp-app-01,erp,Order entry,10000000-0000-4000-8000-000000000001,192.168.10.21,,env=prod,2,"the IP address needs the subnet, given by its network ID"',
    '00000000-0000-4000-8000-000000000003,erp-app-02,erp,,,,s3.xlarge.2,,2,"flavor is that of the DR server; empty: as the production server"',
    '',
  ].join('\n')
}

/** A starter inventory as YAML, with every field explained. */
export function starterYaml(): string {
  return `# An inventory for sdrs-protect: one entry for each server to protect.
version: 1

# Fields that an entry does not have are taken from here.
defaults:
  server_group: erp # protection group by name; server_group_id takes its ID instead
  wave: 2 # entries of the lowest wave go first; the next wave starts when all of its jobs ended

servers:
  # Required: server_id, name, and a protection group.
  - server_id: 00000000-0000-4000-8000-000000000001 # production server: UUID or 32 hex digits
    name: erp-db-01 # of the protected instance: 1-64 bytes of A-Z a-z 0-9 . _ -
    wave: 1

  - server_id: 00000000-0000-4000-8000-000000000002
    name: erp-app-01
    description: Order entry # at most 64 bytes, without < and >
    primary_subnet_id: 10000000-0000-4000-8000-000000000001 # network ID for the DR server
    primary_ip_address: 192.168.10.21 # only together with primary_subnet_id
    flavor: s3.xlarge.2 # of the DR server; left out: as the production server
    tags: # at most 10
      env: prod
      tier: app
    # Huawei Cloud only (--dialect huawei):
    # cluster_id: 20000000-0000-4000-8000-000000000001
    # tenancy: dedicated # or shared
    # dedicated_host_id: 30000000-0000-4000-8000-000000000001 # only with tenancy: dedicated
    owner: team-erp # other keys are carried to the report as they are
`
}

/** The JSON Schema of an inventory in YAML or JSON, for editors and other programs that write one. */
export function inventoryJsonSchema(): Record<string, unknown> {
  const scalar = z.union([z.string(), z.number(), z.boolean()])
  const row = anyRowSchema
    .extend({
      tags: z
        .union([z.record(z.string(), scalar), z.string()])
        .optional()
        .meta({ description: 'A map, or k=v;k2=v2. At most 10 tags.' }),
      wave: z
        .union([z.string(), z.number()])
        .optional()
        .meta({ description: anyRowSchema.shape.wave.meta()?.description ?? '' }),
    })
    .loose()
  const list = z.array(row)
  const inventory = z.union([
    list,
    z.strictObject({
      version: z.literal(1).optional(),
      defaults: row.partial().optional(),
      servers: list,
    }),
  ])
  return z.toJSONSchema(inventory, { target: 'draft-2020-12', io: 'input' })
}

import { z } from 'zod'
import { FIELD_NAMES, type FieldName } from './fields.ts'
import { anyRowSchema } from './row-schema.ts'

interface Shown {
  /** What a YAML comment says where the field comes first. */
  readonly about?: string
  /** In the three rows of the CSV; without any, it has no such column. */
  readonly csv?: readonly [string, string, string]
}
/** In the parts of the YAML, as it is written there; or named by the comment of another field. */
type FieldExample =
  | (Shown & { readonly yaml: Partial<Record<YamlPart, string>> })
  | {
      readonly namedBy: FieldName
      readonly yaml?: never
      readonly csv?: never
      readonly about?: never
    }
type YamlPart = 'defaults' | 'first' | 'second' | 'huawei'

/** How the starters show each field. */
const EXAMPLES: Readonly<Record<FieldName, FieldExample>> = {
  server_id: {
    about: 'production server: UUID or 32 hex digits',
    csv: [
      '00000000-0000-4000-8000-000000000001',
      '00000000-0000-4000-8000-000000000002',
      '00000000-0000-4000-8000-000000000003',
    ],
    yaml: {
      first: '00000000-0000-4000-8000-000000000001',
      second: '00000000-0000-4000-8000-000000000002',
    },
  },
  name: {
    about: 'of the protected instance: 1-64 bytes of A-Z a-z 0-9 . _ -',
    csv: ['erp-db-01', 'erp-app-01', 'erp-app-02'],
    yaml: { first: 'erp-db-01', second: 'erp-app-01' },
  },
  server_group_id: { namedBy: 'server_group' },
  server_group: {
    about: 'protection group by name; server_group_id takes its ID instead',
    csv: ['erp', 'erp', 'erp'],
    yaml: { defaults: 'erp' },
  },
  description: {
    about: 'at most 64 bytes, without < and >',
    csv: ['', 'Order entry', ''],
    yaml: { second: 'Order entry' },
  },
  primary_subnet_id: {
    about: 'network ID for the DR server',
    csv: ['', '10000000-0000-4000-8000-000000000001', ''],
    yaml: { second: '10000000-0000-4000-8000-000000000001' },
  },
  primary_ip_address: {
    about: 'only together with primary_subnet_id',
    csv: ['', '192.168.10.21', ''],
    yaml: { second: '192.168.10.21' },
  },
  flavor: {
    about: 'of the DR server; left out: as the production server',
    csv: ['', '', 's3.xlarge.2'],
    yaml: { second: 's3.xlarge.2' },
  },
  cluster_id: { yaml: { huawei: '20000000-0000-4000-8000-000000000001' } },
  tenancy: { about: 'or shared', yaml: { huawei: 'dedicated' } },
  dedicated_host_id: {
    about: 'only with tenancy: dedicated',
    yaml: { huawei: '30000000-0000-4000-8000-000000000001' },
  },
  tags: {
    about: 'at most 10',
    csv: ['env=prod;tier=db', 'env=prod', ''],
    yaml: { second: '\n      env: prod\n      tier: app' },
  },
  wave: {
    about: 'entries of the lowest wave go first; the next wave starts when all of its jobs ended',
    csv: ['1', '2', '2'],
    yaml: { defaults: '2', first: '1' },
  },
}

/** The last column of the CSV is not a field: it says so, and is carried to the report. */
const NOTES = [
  '"only server_id, name and a group are required"',
  '"the IP address needs the subnet, given by its network ID"',
  '"flavor is that of the DR server; empty: as the production server"',
] as const

/** A starter inventory as CSV. */
function starterCsv(): string {
  const fields = FIELD_NAMES.filter((field) => EXAMPLES[field].csv !== undefined)
  const rows = NOTES.map((note, row) => [
    ...fields.map((field) => EXAMPLES[field].csv?.[row]),
    note,
  ])
  return `${[[...fields, 'note'], ...rows].map((cells) => cells.join(',')).join('\n')}\n`
}

/** A starter inventory as YAML, with every field explained. */
function starterYaml(): string {
  const [server, ...serverMore] = yamlLines('first')
  const [other, ...otherMore] = yamlLines('second')
  return `# An inventory for sdrs-protect: one entry for each server to protect.
version: 1

# Fields that an entry does not have are taken from here.
defaults:
${indent(yamlLines('defaults'), '  ')}

servers:
  # Required: server_id, name, and a protection group.
  - ${server}
${indent(serverMore, '    ')}

  - ${other}
${indent(otherMore, '    ')}
    # Huawei Cloud only (--dialect huawei):
${indent(yamlLines('huawei'), '    # ')}
    owner: team-erp # other keys are carried to the report as they are
`
}

/** A comment stands where its field comes first. */
function yamlLines(part: YamlPart): string[] {
  return FIELD_NAMES.flatMap((field) => {
    const { about, yaml = {} } = EXAMPLES[field]
    const value = yaml[part]
    if (value === undefined) return []
    const [line = '', ...nested] = value.split('\n')
    const isFirst = Object.keys(yaml)[0] === part
    const comment = about === undefined || !isFirst ? '' : ` # ${about}`
    return [[`${field}:${line === '' ? '' : ` ${line}`}${comment}`, ...nested].join('\n')]
  })
}

function indent(lines: readonly string[], by: string): string {
  return lines.map((line) => `${by}${line}`).join('\n')
}

/** What `template` prints, by format. */
export const STARTERS = {
  csv: starterCsv,
  yaml: starterYaml,
} as const satisfies Record<string, () => string>
export type StarterFormat = keyof typeof STARTERS

export function isStarterFormat(text: string): text is StarterFormat {
  return Object.hasOwn(STARTERS, text)
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

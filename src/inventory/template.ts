import { FIELD_DOCS } from './field-docs.ts'
import { FIELD_NAMES, type FieldName } from './fields.ts'

type YamlPart = 'defaults' | 'first' | 'second' | 'huawei'

interface FieldExample {
  /** In the three rows of the CSV; without any, it has no such column. */
  readonly csv?: readonly [string, string, string]
  /** In the parts of the YAML, as it is written there; explained where it comes first. */
  readonly yaml?: Partial<Record<YamlPart, string>>
  /** In the YAML explained with this field, since it stands in none of the parts. */
  readonly explainedWith?: FieldName
}

/** How the starters show each field. */
const EXAMPLES: Readonly<Record<FieldName, FieldExample>> = {
  server_id: {
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
    csv: ['erp-db-01', 'erp-app-01', 'erp-app-02'],
    yaml: { first: 'erp-db-01', second: 'erp-app-01' },
  },
  server_group_id: { explainedWith: 'server_group' },
  server_group: { csv: ['erp', 'erp', 'erp'], yaml: { defaults: 'erp' } },
  description: { csv: ['', 'Order entry', ''], yaml: { second: 'Order entry' } },
  primary_subnet_id: {
    csv: ['', '10000000-0000-4000-8000-000000000001', ''],
    yaml: { second: '10000000-0000-4000-8000-000000000001' },
  },
  primary_ip_address: { csv: ['', '192.168.10.21', ''], yaml: { second: '192.168.10.21' } },
  flavor: { csv: ['', '', 's3.xlarge.2'], yaml: { second: 's3.xlarge.2' } },
  cluster_id: { yaml: { huawei: '20000000-0000-4000-8000-000000000001' } },
  tenancy: { yaml: { huawei: 'dedicated' } },
  dedicated_host_id: { yaml: { huawei: '30000000-0000-4000-8000-000000000001' } },
  tags: {
    csv: ['env=prod;tier=db', 'env=prod', ''],
    yaml: { second: '\n  env: prod\n  tier: app' },
  },
  wave: { csv: ['1', '2', '2'], yaml: { defaults: '2', first: '1' } },
}

/** A starter inventory as CSV, its fields explained in comments above the header. */
function starterCsv(): string {
  const fields = FIELD_NAMES.filter((field) => EXAMPLES[field].csv !== undefined)
  const rows = [0, 1, 2].map((row) => fields.map((field) => EXAMPLES[field].csv?.[row] ?? ''))
  const comments = [
    'An inventory for sdrs-protect: one row for each server to protect.',
    'Lines above the header that begin with # are read past. The fields, in any order:',
    ...FIELD_NAMES.map((field) => `  ${field}: ${FIELD_DOCS[field]}`),
    'Other columns are carried to the report as they are. An empty cell, -- and N/A are nothing.',
    'These rows are examples: replace them.',
  ]
  return [
    ...comments.map((line) => `# ${line}`),
    fields.join(','),
    ...rows.map((cells) => cells.join(',')),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

/** A starter inventory as YAML, with every field explained, which editors complete by its schema. */
function starterYaml(program = 'sdrs-protect'): string {
  return `# yaml-language-server: $schema=./inventory.schema.json
# An editor completes and checks this file by that schema, once it is there:
#   ${program} template --schema inventory > inventory.schema.json
#
# An inventory for sdrs-protect: one entry for each server to protect.
version: 1

# Fields that an entry does not have are taken from here.
defaults:
${indent(explained('defaults'), '  ')}

# These entries are examples: replace them.
servers:
${entry(explained('first'))}

${entry(explained('second'))}
    # Other keys are carried to the report as they are.
    owner: team-erp
${indent(commentedOut('huawei'), '    # ')}
`
}

interface YamlField {
  readonly field: FieldName
  readonly isFirst: boolean
  /** As it is written, nested lines included. */
  readonly lines: readonly string[]
}

function yamlFields(part: YamlPart): readonly YamlField[] {
  return FIELD_NAMES.flatMap((field) => {
    const { yaml = {} } = EXAMPLES[field]
    const [value, ...nested] = yaml[part]?.split('\n') ?? []
    if (value === undefined) return []
    const isFirst = Object.keys(yaml)[0] === part
    return [{ field, isFirst, lines: [`${field}: ${value}`.trimEnd(), ...nested] }]
  })
}

/** A comment stands above the field where it comes first. */
function explained(part: YamlPart): string[] {
  return yamlFields(part).flatMap(({ field, isFirst, lines }) => [
    ...(isFirst ? comments(field) : []),
    ...lines,
  ])
}

/** Lines that are commented out as a whole: the explanation follows the value. */
function commentedOut(part: YamlPart): string[] {
  return yamlFields(part).map(({ field, lines }) => `${lines.join('')} # ${FIELD_DOCS[field]}`)
}

function comments(field: FieldName): string[] {
  const others = FIELD_NAMES.filter((other) => EXAMPLES[other].explainedWith === field)
  return [
    ...others.map((other) => `# ${other}: ${FIELD_DOCS[other]}`),
    `# ${field}: ${FIELD_DOCS[field]}`,
  ]
}

/** The hyphen of a list's entry stands at its first field, below the comments. */
function entry(lines: readonly string[]): string {
  const first = lines.findIndex((line) => !line.startsWith('#'))
  return lines
    .map((line, at) => `${at < first ? '  ' : at === first ? '  - ' : '    '}${line}`)
    .join('\n')
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

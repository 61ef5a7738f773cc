import { FIELDS, FIELD_NAMES, headerKey, type FieldName } from './fields.ts'
import {
  EXPORTED_FIELDS,
  fieldSchema,
  NOTHING_PATTERN,
  tagColumnSchema,
  type SchemaPart,
} from './value-schemas.ts'

const REQUIRED = ['server_id', 'name'] as const satisfies readonly FieldName[]

/**
 * The JSON Schema of an inventory in YAML or JSON, for editors and other programs that write one.
 *
 * What `validate` accepts, it accepts; of what `validate` refuses, it refuses what can be said of a
 * value, a row or the frame. It cannot tell bytes from characters, compare rows, ask for a group (the
 * option `--group` may give it), or know the dialect; defaults that every entry overrides are judged all
 * the same. Keys in the spelling of an export count as there,
 * and their values are left to `validate`, as are `--map` and `--set`.
 */
export function inventoryJsonSchema(): Record<string, unknown> {
  const rules = [...REQUIRED.map(requiredRule), ...RELATIONS]
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    anyOf: [
      {
        type: 'array',
        items: { allOf: [{ $ref: '#/definitions/row' }, ...rules.map(({ row }) => row)] },
      },
      {
        type: 'object',
        additionalProperties: false,
        required: ['servers'],
        properties: {
          version: { description: 'the version of this format', enum: [1, '1'] },
          defaults: {
            description: 'fields that an entry does not have are taken from here',
            anyOf: [{ $ref: '#/definitions/defaults' }, { type: 'null' }],
          },
          servers: {
            description: 'one entry for each server to protect',
            type: ['array', 'null'],
            items: { $ref: '#/definitions/row' },
          },
        },
        // An entry need not have what the defaults give.
        allOf: rules.map(({ field, row }) => ({
          anyOf: [
            { properties: { servers: { items: row } } },
            { required: ['defaults'], properties: { defaults: has(field) } },
          ],
        })),
      },
    ],
    definitions: { row: rowSchema(REQUIRED), defaults: rowSchema([]) },
  }
}

/** The fields one by one; other keys are carried to the report. */
function rowSchema(required: readonly FieldName[]): SchemaPart {
  const schemas = FIELD_NAMES.map(
    (field) => [field, fieldSchema(field, required.includes(field))] as const,
  )
  const isExported = (field: FieldName): boolean => EXPORTED_FIELDS.includes(field)
  return {
    type: 'object',
    properties: Object.fromEntries(
      schemas.map(([field, schema]) => [
        field,
        isExported(field) ? { description: schema['description'] } : schema,
      ]),
    ),
    patternProperties: tagColumnSchema(),
    ...when(
      { required: ['server_id'] },
      { properties: Object.fromEntries(schemas.filter(([field]) => isExported(field))) },
    ),
  }
}

/** A rule of a row that `defaults` can make good by having `field`. */
interface RowRule {
  readonly field: FieldName
  readonly row: SchemaPart
}

function requiredRule(field: FieldName): RowRule {
  return { field, row: has(field) }
}

const FILLED = { not: { anyOf: [{ type: 'null' }, { type: 'string', pattern: NOTHING_PATTERN }] } }

/** Rules between the fields of one row. */
const RELATIONS: readonly RowRule[] = [
  {
    field: 'primary_subnet_id',
    row: when(filled('primary_ip_address'), {
      anyOf: [filled('primary_subnet_id'), spelledOtherwise('primary_subnet_id')],
    }),
  },
  {
    field: 'tenancy',
    row: when(filled('dedicated_host_id'), {
      anyOf: [
        {
          required: ['tenancy'],
          properties: { tenancy: { pattern: String.raw`^\s*dedicated\s*$` } },
        },
        spelledOtherwise('tenancy'),
      ],
    }),
  },
]

function filled(field: FieldName): SchemaPart {
  return { required: [field], properties: { [field]: FILLED } }
}

function has(field: FieldName): SchemaPart {
  return { anyOf: [{ required: [field] }, spelledOtherwise(field)] }
}

/**
 * A key that stands for the field in another spelling than ours: as an alias, in other case, or with
 * characters whose plain form only Unicode's tables know.
 */
function spelledOtherwise(field: FieldName): SchemaPart {
  const { name, aliases } = Object.values<{ name: FieldName; aliases: readonly string[] }>(
    FIELDS,
  ).find((each) => each.name === field) ?? { name: field, aliases: [] }
  const keys = [headerKey(name), ...aliases].map(loosePattern).join('|')
  const isOne = {
    pattern: String.raw`^(?!${name}$)[\s_-]*(?:${keys})$|[^\u0000-\u007f\u4e00-\u9fff]`,
  }
  return { not: { propertyNames: { not: isOne } } }
}

/** The keys that `headerKey` makes this of. */
function loosePattern(key: string): string {
  return Array.from(key, (character) => {
    const upper = character.toUpperCase()
    const one =
      upper === character ? character.replace('.', String.raw`\.`) : `[${character}${upper}]`
    return String.raw`${one}[\s_-]*`
  }).join('')
}

function when(condition: SchemaPart, consequence: SchemaPart): SchemaPart {
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  return { if: condition, then: consequence }
}

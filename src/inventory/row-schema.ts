import * as z from 'zod'
import { countCodePoints } from './problem.ts'
import { FIELD_NAMES, type FieldName } from './fields.ts'
import { isProblemCode, type ProblemCode } from './problem-codes.ts'

/** In this schema an error's message is the code of the problem; sentences live elsewhere. */
const as = (error: ProblemCode): { error: ProblemCode } => ({ error })

const BYTES_LIMIT = 64
const TAG_KEY_LIMIT = 36
const TAG_VALUE_LIMIT = 43
const TAGS_LIMIT = 10
// Without flags: they would not be in the pattern of the JSON Schema.
const ID = /^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/
const NO_BLANKS = /^\S+$/
const TAG_TEXT = /^[^*<>\\=,|/\p{Cc}]*$/u

const fitsBytes = (value: string): boolean =>
  value.length <= BYTES_LIMIT / 3 || Buffer.byteLength(value) <= BYTES_LIMIT

const nameOf = (allowed: RegExp): z.ZodString =>
  z
    .string(as('name-missing'))
    .regex(allowed, as('name-invalid-characters'))
    .refine(fitsBytes, as('name-too-long'))
    .meta({ maxLength: BYTES_LIMIT })

const tagKeySchema = z
  .string()
  .refine((key) => key !== '' && countCodePoints(key) <= TAG_KEY_LIMIT, as('tag-key-length'))
  .regex(TAG_TEXT, as('tag-key-invalid-characters'))
  .meta({ minLength: 1, maxLength: TAG_KEY_LIMIT })
const tagValueSchema = z
  .string()
  .refine(
    (value) => value.length <= TAG_VALUE_LIMIT || countCodePoints(value) <= TAG_VALUE_LIMIT,
    as('tag-value-too-long'),
  )
  .regex(TAG_TEXT, as('tag-value-invalid-characters'))
  .meta({ maxLength: TAG_VALUE_LIMIT })

const COMMON = {
  server_id: z.string(as('server-id-missing')).regex(ID, as('server-id-invalid')),
  server_group_id: z.string().regex(NO_BLANKS, as('group-id-invalid')).optional(),
  server_group: z.string().optional(),
  description: z
    .string()
    .regex(/^[^<>]*$/, as('description-invalid-characters'))
    .refine(fitsBytes, as('description-too-long'))
    .optional()
    .meta({ maxLength: BYTES_LIMIT }),
  primary_subnet_id: z.string().regex(NO_BLANKS, as('subnet-invalid')).optional(),
  primary_ip_address: z.ipv4(as('ip-invalid')).optional(),
  flavor: z.string().regex(NO_BLANKS, as('flavor-invalid')).optional(),
  tags: z
    .record(tagKeySchema, tagValueSchema)
    .refine((tags) => Object.keys(tags).length <= TAGS_LIMIT, as('tags-too-many'))
    .optional()
    .meta({ maxProperties: TAGS_LIMIT }),
  wave: z
    .string()
    .regex(/^\P{Cc}*$/u, as('wave-invalid'))
    .optional(),
}

const NOWHERE = z.undefined(as('huawei-only')).optional()

/** Other fields than on Huawei Cloud are refused, so that no row silently loses what it asks for. */
const OTC = {
  ...COMMON,
  name: nameOf(/^[A-Za-z0-9._-]+$/),
  cluster_id: NOWHERE,
  tenancy: NOWHERE,
  dedicated_host_id: NOWHERE,
} satisfies Record<FieldName, z.ZodType>
const HUAWEI = {
  ...COMMON,
  name: nameOf(/^[A-Za-z0-9._\-\p{Script=Han}]+$/u),
  cluster_id: z.string().regex(NO_BLANKS, as('cluster-id-invalid')).optional(),
  tenancy: z.enum(['shared', 'dedicated'], as('tenancy-invalid')).optional(),
  dedicated_host_id: z.string().regex(NO_BLANKS, as('host-invalid')).optional(),
} satisfies Record<FieldName, z.ZodType>

/** The fields of one row as text, absent when empty; the tags already told apart. */
export type RowFields = { tags?: Record<string, string> | undefined } & {
  [field in Exclude<FieldName, 'tags'>]?: string | undefined
}

interface FieldRelation {
  readonly code: ProblemCode
  readonly field: FieldName
  readonly holds: (fields: RowFields) => boolean
}

/** Rules between the fields of one row. */
const RELATIONS: readonly FieldRelation[] = [
  {
    code: 'group-missing',
    field: 'server_group',
    holds: (row) => row.server_group !== undefined || row.server_group_id !== undefined,
  },
  {
    code: 'ip-without-subnet',
    field: 'primary_ip_address',
    holds: (row) => row.primary_ip_address === undefined || row.primary_subnet_id !== undefined,
  },
  {
    code: 'host-without-tenancy',
    field: 'dedicated_host_id',
    holds: (row) => row.dedicated_host_id === undefined || row.tenancy === 'dedicated',
  },
]

export type Dialect = 'otc' | 'huawei'

/** Relations are judged even where a field is wrong: all problems of a row come at once. */
const RELATION_CHECKS = RELATIONS.map(({ code, field, holds }) =>
  z.refine<RowFields>(holds, { error: code, path: [field], when: () => true }),
)

/** One row by the rules of one cloud. Input: text by field. */
const ROW_SCHEMAS = {
  otc: z.object(OTC).check(...RELATION_CHECKS),
  huawei: z.object(HUAWEI).check(...RELATION_CHECKS),
} satisfies Record<Dialect, z.ZodType>

/** For the JSON Schema of a document: every field of every dialect. */
export const anyRowSchema = z.object(
  Object.fromEntries(
    FIELD_NAMES.map((field): [FieldName, z.ZodType] => {
      const schema: z.ZodType = HUAWEI[field]
      return [field, schema === NOWHERE ? OTC[field] : schema]
    }),
  ) as typeof HUAWEI,
)

export interface RowIssue {
  readonly code: ProblemCode
  readonly field: FieldName
  readonly tagKey?: string
}

/** What is wrong with a row, field by field. */
export function checkRow(fields: RowFields, dialect: Dialect): readonly RowIssue[] {
  const result = ROW_SCHEMAS[dialect].safeParse(fields)
  return result.success ? [] : result.error.issues.flatMap(toRowIssues)
}

/** What is wrong with a tag's key. */
export function tagKeyCode(key: string): ProblemCode | undefined {
  const result = tagKeySchema.safeParse(key)
  return result.success ? undefined : result.error.issues.flatMap(codesOf)[0]
}

export function looksLikeId(text: string): boolean {
  return ID.test(text)
}

function toRowIssues(issue: z.core.$ZodIssue): RowIssue[] {
  const [first, second] = issue.path
  const field = FIELD_NAMES.find((name) => name === first)
  if (field === undefined) return []
  const tagKey = second === undefined ? {} : { tagKey: String(second) }
  return codesOf(issue).map((code) => ({ code, field, ...tagKey }))
}

function codesOf(issue: z.core.$ZodIssue): ProblemCode[] {
  if (issue.code === 'invalid_key') return issue.issues.flatMap(codesOf)
  return isProblemCode(issue.message) ? [issue.message] : []
}

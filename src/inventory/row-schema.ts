// Its small form: every command that reads an inventory loads it.
import * as z from 'zod/mini'
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

const nameOf = (allowed: RegExp) =>
  z
    .string(as('name-missing'))
    .check(
      z.regex(allowed, as('name-invalid-characters')),
      z.refine(fitsBytes, as('name-too-long')),
      z.meta({ maxLength: BYTES_LIMIT }),
    )

const tagKeySchema = z.string().check(
  z.refine((key) => key !== '' && countCodePoints(key) <= TAG_KEY_LIMIT, as('tag-key-length')),
  z.regex(TAG_TEXT, as('tag-key-invalid-characters')),
  z.meta({ minLength: 1, maxLength: TAG_KEY_LIMIT }),
)
const tagValueSchema = z.string().check(
  z.refine(
    (value) => value.length <= TAG_VALUE_LIMIT || countCodePoints(value) <= TAG_VALUE_LIMIT,
    as('tag-value-too-long'),
  ),
  z.regex(TAG_TEXT, as('tag-value-invalid-characters')),
  z.meta({ maxLength: TAG_VALUE_LIMIT }),
)

const like = (pattern: RegExp, error: ProblemCode) => z.string().check(z.regex(pattern, as(error)))

const COMMON = {
  server_id: z.string(as('server-id-missing')).check(z.regex(ID, as('server-id-invalid'))),
  server_group_id: z.optional(like(NO_BLANKS, 'group-id-invalid')),
  server_group: z.optional(z.string()),
  description: z
    .optional(
      like(/^[^<>]*$/, 'description-invalid-characters').check(
        z.refine(fitsBytes, as('description-too-long')),
      ),
    )
    .check(z.meta({ maxLength: BYTES_LIMIT })),
  primary_subnet_id: z.optional(like(NO_BLANKS, 'subnet-invalid')),
  primary_ip_address: z.optional(z.ipv4(as('ip-invalid'))),
  flavor: z.optional(like(NO_BLANKS, 'flavor-invalid')),
  tags: z
    .optional(
      z
        .record(tagKeySchema, tagValueSchema)
        .check(z.refine((tags) => Object.keys(tags).length <= TAGS_LIMIT, as('tags-too-many'))),
    )
    .check(z.meta({ maxProperties: TAGS_LIMIT })),
  wave: z.optional(like(/^\P{Cc}*$/u, 'wave-invalid')),
}

const NOWHERE = z.optional(z.undefined(as('huawei-only')))

/** Other fields than on Huawei Cloud are refused, so that no row silently loses what it asks for. */
const OTC = {
  ...COMMON,
  name: nameOf(/^[A-Za-z0-9._-]+$/),
  cluster_id: NOWHERE,
  tenancy: NOWHERE,
  dedicated_host_id: NOWHERE,
} satisfies Record<FieldName, z.core.$ZodType>
const HUAWEI = {
  ...COMMON,
  name: nameOf(/^[A-Za-z0-9._\-\p{Script=Han}]+$/u),
  cluster_id: z.optional(like(NO_BLANKS, 'cluster-id-invalid')),
  tenancy: z.optional(z.enum(['shared', 'dedicated'], as('tenancy-invalid'))),
  dedicated_host_id: z.optional(like(NO_BLANKS, 'host-invalid')),
} satisfies Record<FieldName, z.core.$ZodType>

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

/** The fields of one row, each by itself, by the rules of one cloud. Input: text by field. */
export const FIELD_SCHEMAS = {
  otc: z.object(OTC),
  huawei: z.object(HUAWEI),
} satisfies Record<Dialect, z.core.$ZodType>

/** The whole of them. */
const ROW_SCHEMAS = {
  otc: FIELD_SCHEMAS.otc.check(...RELATION_CHECKS),
  huawei: FIELD_SCHEMAS.huawei.check(...RELATION_CHECKS),
} satisfies Record<Dialect, z.core.$ZodType>

/** For the JSON Schema of a document: every field of every dialect. */
export const anyRowSchema = z.object(
  Object.fromEntries(
    FIELD_NAMES.map((field): [FieldName, z.core.$ZodType] => {
      const schema: z.core.$ZodType = HUAWEI[field]
      return [field, schema === NOWHERE ? OTC[field] : schema]
    }),
  ) as typeof HUAWEI,
)

export interface RowIssue {
  readonly code: ProblemCode
  readonly field: FieldName
  readonly tagKey?: string
}

const NO_ISSUES: readonly RowIssue[] = []

/** What is wrong with a row, field by field. */
export function checkRow(fields: RowFields, dialect: Dialect): readonly RowIssue[] {
  const result = ROW_SCHEMAS[dialect].safeParse(fields)
  return result.success
    ? NO_ISSUES
    : result.error.issues.flatMap((issue) => toRowIssues(issue, issue.path))
}

/** Whether the rules between the fields hold, which `FIELD_SCHEMAS` do not know. */
export function areRelationsKept(fields: RowFields): boolean {
  return RELATIONS.every(({ holds }) => holds(fields))
}

/** What is wrong with one field by itself: a part of what `checkRow` says of the row. */
export function checkField(
  field: FieldName,
  value: RowFields[FieldName],
  dialect: Dialect,
): readonly RowIssue[] {
  const schema: z.core.$ZodType = FIELD_SCHEMAS[dialect].shape[field]
  const result = z.safeParse(schema, value)
  return result.success
    ? NO_ISSUES
    : result.error.issues.flatMap((issue) => toRowIssues(issue, [field, ...issue.path]))
}

/** The other part: which rules between the fields do not hold. */
export function brokenRelations(fields: RowFields): readonly RowIssue[] {
  return RELATIONS.filter(({ holds }) => !holds(fields)).map(({ code, field }) => ({ code, field }))
}

/** What is wrong with a tag's key. */
export function tagKeyCode(key: string): ProblemCode | undefined {
  const result = tagKeySchema.safeParse(key)
  return result.success ? undefined : result.error.issues.flatMap(codesOf)[0]
}

export function looksLikeId(text: string): boolean {
  return ID.test(text)
}

function toRowIssues(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): RowIssue[] {
  const [first, second] = path
  const field = FIELD_NAMES.find((name) => name === first)
  if (field === undefined) return []
  const tagKey = second === undefined ? {} : { tagKey: String(second) }
  return codesOf(issue).map((code) => ({ code, field, ...tagKey }))
}

function codesOf(issue: z.core.$ZodIssue): ProblemCode[] {
  if (issue.code === 'invalid_key') return issue.issues.flatMap(codesOf)
  return isProblemCode(issue.message) ? [issue.message] : []
}

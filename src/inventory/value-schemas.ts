import * as z from 'zod/mini'
import { EMPTY_WORDS, describesProduction, FIELD_NAMES, type FieldName } from './fields.ts'
import { FIELD_DOCS } from './field-docs.ts'
import { anyRowSchema } from './row-schema.ts'
import { SYSTEM_TAG_PREFIXES } from './tags.ts'

/** A part of a JSON Schema, draft 7: the newest that every editor knows whole. */
export type SchemaPart = Readonly<Record<string, unknown>>

const NOTHING = EMPTY_WORDS.join('|')

/** What is taken for nothing, blanks around it included. */
export const NOTHING_PATTERN = String.raw`^\s*(?:${NOTHING})?\s*$`

const SCALAR = ['string', 'number', 'boolean', 'null'] as const

/** Text of one item of `k=v;k2=v2`, or nothing. */
const TAG_ITEM = String.raw`(?:\s*|[^;=]*=[^;]*)`
const TAG_LIST = `^${TAG_ITEM}(?:;${TAG_ITEM})*$`
const TAG_TEXT = String.raw`${NOTHING_PATTERN}|^\s*[{[]|${TAG_LIST}`
/** The platform's own tags are left out unread. */
const SYSTEM_TAG = `^(?:${SYSTEM_TAG_PREFIXES.join('|').replace(/[a-z]/gu, (letter) => `[${letter}${letter.toUpperCase()}]`)})`
const TAG_COLUMN = String.raw`^\s*[tT][aA][gG]\s*[:：]\s*(?!${SYSTEM_TAG.slice(1)})`

type Rules = Pick<z.core.JSONSchema.JSONSchema, 'pattern' | 'maxLength' | 'enum'>

/**
 * What may stand under a field's key. Text is judged without the blanks around it; numbers and the like
 * are there because a YAML scalar keeps its text (`name: 007`), which an editor no longer has.
 */
export function fieldSchema(field: FieldName, isRequired: boolean): SchemaPart {
  const description = FIELD_DOCS[field]
  if (field === 'tags') return { description, anyOf: tagForms() }
  const zod: z.ZodMiniType = anyRowSchema.shape[field]
  const canBe = (...texts: readonly string[]): boolean =>
    texts.some((text) => zod.safeParse(text).success)
  const { pattern, maxLength, enum: words } = rulesOf(zod)
  const inner = words === undefined ? pattern?.replace(/^\^|\$$/gu, '') : words.join('|')
  const type = [
    'string',
    ...(canBe('1', '1'.repeat(32)) ? ['number'] : []),
    ...(canBe('true') ? ['boolean'] : []),
    ...(isRequired ? [] : ['null']),
  ]
  const text = {
    type,
    ...(inner !== undefined && {
      pattern: isRequired
        ? String.raw`^\s*(?!(?:${NOTHING})\s*$)(?:${inner})\s*$`
        : String.raw`^\s*(?:${inner}|${NOTHING})?\s*$`,
    }),
    ...(maxLength !== undefined && { allOf: [{ pattern: upTo(maxLength) }] }),
  }
  return words === undefined
    ? { description, ...text }
    : { description, anyOf: [{ enum: words }, text] }
}

/** Fields that an export of the cloud has too, and that are then not taken from it: known by the ID's key. */
export const EXPORTED_FIELDS = FIELD_NAMES.filter(describesProduction)

/** Values of `tag:KEY` keys, by a pattern of those. */
export function tagColumnSchema(): Record<string, SchemaPart> {
  const { pattern = '', maxLength = 0 } = tagRules().value
  const inner = pattern.replace(/^\^|\$$/gu, '')
  return {
    [TAG_COLUMN]: {
      pattern: String.raw`^\s*(?:${inner}|${NOTHING})\s*$`,
      allOf: [{ pattern: upTo(maxLength) }],
    },
  }
}

function tagForms(): readonly SchemaPart[] {
  const { key, value, maxProperties } = tagRules()
  return [
    { type: ['string', 'null'], pattern: TAG_TEXT },
    // As APIs write them: ["k=v"], [{"key": "k", "value": "v"}].
    {
      type: 'array',
      items: {
        anyOf: [{ type: ['string', 'null'], pattern: TAG_LIST }, { type: ['object', 'array'] }],
      },
    },
    {
      type: 'object',
      propertyNames: { anyOf: [{ pattern: SYSTEM_TAG }, key] },
      patternProperties: { [SYSTEM_TAG]: { type: SCALAR } },
      additionalProperties: { ...value, type: SCALAR },
      if: { propertyNames: { not: { pattern: SYSTEM_TAG } } },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: { maxProperties },
    },
  ]
}

function tagRules(): { key: Rules; value: Rules; maxProperties: number | undefined } {
  const tags = rulesOf(anyRowSchema.shape.tags)
  return {
    key: tags.propertyNames as Rules,
    value: tags.additionalProperties as Rules,
    maxProperties: tags.maxProperties,
  }
}

function rulesOf(schema: z.core.$ZodType): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
}

/** At most so many characters between the blanks at both ends. */
function upTo(characters: number): string {
  return String.raw`^\s*(?:\S(?:[\s\S]{0,${characters - 2}}\S)?)?\s*$`
}

import { suggest } from '../problem.ts'
import type { RowFields } from '../row-schema.ts'

/** Of a server's ID: enough to tell servers of one name apart, and to find the server by. */
const ID_DIGITS = 8

/** The last digits of an ID, by which its server can be told. */
export function shortId(id: string): string {
  return id.replaceAll('-', '').toLowerCase().slice(-ID_DIGITS)
}

/** What stands for a part of the row in `--name-template`, and where it comes from. */
const PLACEHOLDERS = {
  name: ({ name }) => name,
  server_id: ({ server_id: id }) => id,
  /** Its last eight digits. */
  server_id8: ({ server_id: id }) => (id === undefined ? undefined : shortId(id)),
  /** As the row names it: by name, else by ID. */
  server_group: ({ server_group: name, server_group_id: id }) => name ?? id,
  wave: ({ wave }) => wave,
} as const satisfies Record<string, (values: NameValues) => string | undefined>

export type Placeholder = keyof typeof PLACEHOLDERS
export const PLACEHOLDER_NAMES = Object.keys(PLACEHOLDERS) as readonly Placeholder[]

/** Of a row, what a name may be made from. */
export type NameValues = Pick<
  RowFields,
  'name' | 'server_id' | 'server_group' | 'server_group_id' | 'wave'
>

/** `{name}-dr`: words, and what is filled in. */
export interface NameTemplate {
  readonly parts: readonly (string | { readonly placeholder: Placeholder })[]
}

/** The name itself: what is used without a template. */
export const PLAIN_NAME: NameTemplate = { parts: [{ placeholder: 'name' }] }

/** By which of these two servers never have the same name for the template's sake. */
const TELLING: readonly Placeholder[] = ['name', 'server_id', 'server_id8']

/** Reads `--name-template`; or what is wrong with it, in a sentence without a full stop. */
export function parseNameTemplate(text: string): NameTemplate | { readonly wrong: string } {
  const parts: NameTemplate['parts'][number][] = []
  for (const [whole, name] of text.matchAll(/\{([^{}]*)\}|[^{}]+|[{}]/g)) {
    if (whole === '{' || whole === '}') {
      return { wrong: `a "${whole}" without its other half; placeholders are written {name}` }
    }
    if (name === undefined) parts.push(whole)
    else {
      const placeholder = PLACEHOLDER_NAMES.find((each) => each === name.trim())
      if (placeholder === undefined) {
        const known = suggest(name.trim(), PLACEHOLDER_NAMES)
        return { wrong: `there is no placeholder {${name}}; ${known}` }
      }
      parts.push({ placeholder })
    }
  }
  if (!placeholdersOf({ parts }).some((each) => TELLING.includes(each))) {
    return {
      wrong: `"${text}" gives every server the same name; use {name}, {server_id} or {server_id8}`,
    }
  }
  return { parts }
}

export function placeholdersOf({ parts }: NameTemplate): readonly Placeholder[] {
  return parts.flatMap((part) => (typeof part === 'string' ? [] : [part.placeholder]))
}

/** What stands between the placeholders. */
export function wordsOf({ parts }: NameTemplate): string {
  return parts.filter((part) => typeof part === 'string').join('')
}

/** Placeholders for which the row has nothing. */
export function missingIn(template: NameTemplate, values: NameValues): readonly Placeholder[] {
  return placeholdersOf(template).filter((each) => PLACEHOLDERS[each](values) === undefined)
}

export function renderName({ parts }: NameTemplate, values: NameValues): string {
  return parts
    .map((part) =>
      typeof part === 'string' ? part : (PLACEHOLDERS[part.placeholder](values) ?? ''),
    )
    .join('')
}

import * as z from 'zod'

/**
 * How answers are read: unknown fields pass, and an absent, null or empty optional field is `null`. A
 * value of a wrong type is `null` as well, so that one odd field of somebody else's server does not cost
 * us the whole list.
 */

export const asText = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined || value === '' ? null : String(value)

export const textOrNumber = z.union([z.string(), z.number()]).nullish()
/** Of a wrong type: null. */
export const text = textOrNumber.catch(null).transform(asText)

/** A number, also as a text. An empty text, a list or a truth are none: read as 0 or 1 they would say something. */
export const count = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*[+-]?\d+(\.\d+)?\s*$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null)
  .transform((value) => value ?? null)

/** True where it says so, as a boolean, a text or a number: services write all three. */
export const flag = z
  .union([z.boolean(), z.string(), z.number()])
  .nullish()
  .catch(null)
  .transform((value) => /^(true|1)$/i.test(String(value).trim()))

export const identifier = z.string().min(1)

/** Texts by name, such as tags and metadata. What is not a text, a number or a boolean is left out. */
export const texts = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(null)
  .transform((wire): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(wire ?? {}).flatMap(([name, value]) =>
        typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
          ? [[name, String(value)]]
          : [],
      ),
    ),
  )

/**
 * A list, whose nulls say nothing. An item without an ID makes it unreadable: it may be about a server of
 * ours, which would then be taken for absent.
 */
export function itemsOf<T extends z.ZodType>(item: T) {
  return z
    .array(item.nullable())
    .nullish()
    .transform((items) =>
      items === null || items === undefined
        ? items
        : items.filter((each): each is NonNullable<typeof each> => each !== null),
    )
}

/**
 * An empty list may come as null, or be left out beside a count of 0. An object with neither is no
 * list at all: read as an empty one, it would say that there is nothing.
 */
export function isList(
  items: readonly unknown[] | null | undefined,
  total: number | null,
): boolean {
  return items !== undefined || total === 0
}

import { isRecord, ok, refuse, type Answer } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { MOST_TAGS } from './fields.ts'
import { isThereAt } from './lifecycle.ts'
import { logItems } from './log.ts'
import type { Instance, Tag } from './state.ts'
import { instanceOnWire } from './wire.ts'

/**
 * `POST protected-instances/resource_instances/action`, "Querying Protected Instances by Tag": `filter`
 * shows them, `count` counts them. Within a key any of its values will do, and any at all where it has
 * none.
 */
export const listProtectedInstancesByTags: Handler = reading((world, { body, now }) => {
  const wire = isRecord(body) ? body : {}
  const { action } = wire
  if (action !== 'filter' && action !== 'count') return refuse('SDRS.2210')
  const isPaged = (wire['limit'] ?? wire['offset'] ?? null) !== null
  if (action === 'count' && isPaged) return refuse('SDRS.2211')
  const limit = whole(wire['limit'], MOST_PER_PAGE)
  if (!(limit >= 1 && limit <= MOST_PER_PAGE)) return refuse('SDRS.2220')
  const offset = whole(wire['offset'], 0)
  if (!(offset >= 0)) return refuse('SDRS.0222')
  const conditions = readConditions(wire, MOST_TAGS[world.limits.dialect])
  if ('refusal' in conditions) return conditions.refusal
  const at = now - world.limits.listLagMs
  const found = logItems(world.instanceOrder)
    .map((id) => world.instances.get(id))
    .filter((instance) => instance !== undefined)
    .filter((instance) => isThereAt(instance, at) && meets(instance, conditions))
  if (action === 'count') return ok({ total_count: found.length })
  return ok({
    resources: found.slice(offset, offset + limit).map((instance) => ({
      resource_id: instance.id,
      resource_name: instance.name,
      resource_detail: instanceOnWire(world, instance, at),
      tags: instance.tags,
    })),
    total_count: found.length,
  })
})

const MOST_PER_PAGE = 1000
interface Condition {
  readonly key: string
  readonly values: readonly string[]
}

type TagList = 'tags' | 'tags_any' | 'not_tags' | 'not_tags_any'

interface Conditions extends Readonly<Record<TagList, readonly Condition[]>> {
  /** Part of the name, in either case; '' fits no name but that. Null: any. */
  readonly name: string | null
}

function meets({ tags, name }: Instance, asked: Conditions): boolean {
  const has = (condition: Condition): boolean => hasTag(tags, condition)
  return (
    asked.tags.every(has) &&
    (asked.tags_any.length === 0 || asked.tags_any.some(has)) &&
    (asked.not_tags.length === 0 || !asked.not_tags.every(has)) &&
    !asked.not_tags_any.some(has) &&
    (asked.name === null ||
      (asked.name === '' ? name === '' : name.toLowerCase().includes(asked.name.toLowerCase())))
  )
}

function hasTag(tags: readonly Tag[], { key, values }: Condition): boolean {
  return tags.some((tag) => tag.key === key && (values.length === 0 || values.includes(tag.value)))
}

function readConditions(
  wire: Record<string, unknown>,
  most: number,
): Conditions | { readonly refusal: Answer } {
  const lists: Record<TagList, readonly Condition[]> = {
    tags: [],
    tags_any: [],
    not_tags: [],
    not_tags_any: [],
  }
  for (const name of Object.keys(lists) as TagList[]) {
    const list = readTags(wire[name] ?? [], most)
    if ('refusal' in list) return list
    lists[name] = list
  }
  const name = readMatches(wire['matches'] ?? [])
  return typeof name === 'object' && name !== null ? name : { ...lists, name }
}

function readTags(
  list: unknown,
  most: number,
): readonly Condition[] | { readonly refusal: Answer } {
  if (!Array.isArray(list)) return { refusal: refuse('SDRS.0201') }
  if (list.length > most) return { refusal: refuse('SDRS.2203') }
  const conditions: Condition[] = []
  for (const each of list as unknown[]) {
    const [key, values] = isRecord(each) ? [each['key'], each['values'] ?? []] : [null, null]
    if (key === '') return { refusal: refuse('SDRS.2205') }
    if (typeof key !== 'string') return { refusal: refuse('SDRS.2204') }
    if (!isTextList(values)) return { refusal: refuse('SDRS.2207') }
    if (values.length > most) return { refusal: refuse('SDRS.2218') }
    if (new Set(values).size < values.length) return { refusal: refuse('SDRS.2219') }
    if (conditions.some((known) => known.key === key)) return { refusal: refuse('SDRS.2209') }
    conditions.push({ key, values })
  }
  return conditions
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

/** Only the name can be matched so far. Null: nothing is asked of it. */
function readMatches(list: unknown): string | null | { readonly refusal: Answer } {
  if (!Array.isArray(list)) return { refusal: refuse('SDRS.0201') }
  const matches = (list as unknown[]).map((each) => (isRecord(each) ? each : {}))
  for (const { key, value } of matches) {
    if ((key ?? '') === '') return { refusal: refuse('SDRS.2213') }
    if (key !== 'resource_name') return { refusal: refuse('SDRS.2214') }
    if (value === undefined || value === null) return { refusal: refuse('SDRS.2216') }
    if (typeof value !== 'string') return { refusal: refuse('SDRS.2217') }
  }
  if (matches.length > 1) return { refusal: refuse('SDRS.2215') }
  const value = matches[0]?.['value']
  return typeof value === 'string' ? value : null
}

/** Numbers come as text here, and as numbers from some. NaN for anything else. */
function whole(value: unknown, otherwise: number): number {
  if (value === undefined || value === null || value === '') return otherwise
  if (typeof value !== 'string' && typeof value !== 'number') return Number.NaN
  return /^[0-9]{1,9}$/.test(`${value}`) ? Number(value) : Number.NaN
}

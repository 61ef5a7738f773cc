import { FIELD_NAMES, headerKey, tagKeyOfHeader, type FieldName } from './fields.ts'
import { suggest, type Finding } from './problem.ts'

export interface ColumnOptions {
  readonly group?: string
  /** Field, or `tag:KEY`, → header. */
  readonly map: Readonly<Record<string, string>>
  /** Field, or `tag:KEY`, → value of every row. */
  readonly set: Readonly<Record<string, string>>
  /** Fields for which no column is wanted. */
  readonly needless?: readonly FieldName[]
}

export interface MappedColumns {
  readonly fields: ReadonlyMap<FieldName, number>
  readonly tags: ReadonlyMap<string, number>
  /** Fields whose column could not be told: reported once, so not called missing as well. */
  readonly failed: ReadonlySet<FieldName>
  readonly findings: readonly Finding[]
}

/** `--map FIELD=HEADER`: a header as it is written wins over one that only matches in spirit. */
export function readMap(
  map: ColumnOptions['map'],
  headers: readonly string[],
  secret: ReadonlySet<number>,
): MappedColumns {
  const fields = new Map<FieldName, number>()
  const tags = new Map<string, number>()
  const failed = new Set<FieldName>()
  const findings: Finding[] = []
  for (const [written, header] of Object.entries(map)) {
    const target = readTarget(written)
    if (target === undefined) {
      findings.push({ code: 'map-unknown-field', args: unknownField(written), value: written })
      continue
    }
    const found = findHeader(header, headers)
    const column = found[0]
    const fault =
      column === undefined
        ? 'map-missing-header'
        : found.length > 1
          ? 'map-ambiguous-header'
          : secret.has(column)
            ? 'map-secret-header'
            : undefined
    if (fault !== undefined || column === undefined) {
      const args = { header, suggestion: suggest(header, headers) }
      findings.push({ code: fault ?? 'map-missing-header', args, field: written, value: header })
      if (target.field !== undefined) failed.add(target.field)
    } else if (target.field === undefined) tags.set(target.tag, column)
    else fields.set(target.field, column)
  }
  return { fields, tags, failed, findings }
}

export interface ConstantColumns {
  readonly fields: ReadonlyMap<FieldName, string>
  readonly tags: ReadonlyMap<string, string>
  readonly findings: readonly Finding[]
}

/** `--set FIELD=VALUE`. */
export function readSet(set: ColumnOptions['set'], mapped: MappedColumns): ConstantColumns {
  const fields = new Map<FieldName, string>()
  const tags = new Map<string, string>()
  const findings: Finding[] = []
  for (const [written, value] of Object.entries(set)) {
    const target = readTarget(written)
    if (target === undefined) {
      findings.push({ code: 'set-unknown-field', args: unknownField(written), value: written })
      continue
    }
    const isMapped =
      target.field === undefined
        ? mapped.tags.has(target.tag)
        : mapped.fields.has(target.field) || mapped.failed.has(target.field)
    if (isMapped) findings.push({ code: 'set-and-map', args: { field: written }, field: written })
    else if (target.field === undefined) tags.set(target.tag, value.trim())
    else fields.set(target.field, value.trim())
  }
  return { fields, tags, findings }
}

type Target = { readonly field: FieldName } | { readonly field?: never; readonly tag: string }

/** Aliases are for headers: on the command line a field goes by its own name. */
function readTarget(written: string): Target | undefined {
  const tag = tagKeyOfHeader(written)
  if (tag !== undefined) return { tag }
  const field = FIELD_NAMES.find((name) => headerKey(name) === headerKey(written))
  return field === undefined ? undefined : { field }
}

function findHeader(wanted: string, headers: readonly string[]): number[] {
  const columnsWhere = (matches: (header: string) => boolean): number[] =>
    [...headers.keys()].filter((column) => matches(headers[column] ?? ''))
  const exact = columnsWhere((header) => header.trim() === wanted.trim())
  return exact.length > 0
    ? exact
    : columnsWhere((header) => headerKey(header) === headerKey(wanted))
}

function unknownField(field: string): { field: string; suggestion: string } {
  return { field, suggestion: suggest(field, FIELD_NAMES) }
}

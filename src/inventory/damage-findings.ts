import { counted } from './documents/kind.ts'
import type { Columns } from './columns.ts'
import type { FieldName } from './fields.ts'
import type { Finding } from './problem.ts'
import type { ReadFields } from './row-fields.ts'
import { issuePlace, type RowContext } from './row-findings.ts'
import { damageOf, type Damage } from './spreadsheet-damage.ts'
import type { Table } from './table.ts'

/** Collects over all rows what spreadsheets have done to values. */
export interface DamageLog {
  /** Errors of one row, and the fields that need no other judgement. */
  judge(
    context: RowContext,
    read: ReadFields,
  ): { readonly findings: readonly Finding[]; readonly fields: ReadonlySet<FieldName> }
  /** One warning a column for what is doubtful only, at its first cell. */
  warnings(): Finding[]
}

const NOTHING: ReturnType<DamageLog['judge']> = { findings: [], fields: new Set() }

export function createDamageLog(table: Table, columns: Columns): DamageLog {
  const eachWrittenValue = createValueReader(table, columns)
  const doubtful = new Map<string, { finding: Finding; cells: number }>()
  const doubt = (finding: Finding, code: Damage['code']): void => {
    const key = `${code} ${finding.field ?? ''}`
    const seen = doubtful.get(key)
    if (seen === undefined) doubtful.set(key, { finding, cells: 1 })
    else seen.cells++
  }
  return {
    judge(context, read) {
      let result: { findings: Finding[]; fields: Set<FieldName> } | undefined
      const judgeOne = (field: FieldName, value: string, cell: string, tagKey?: string): void => {
        const damage = damageOf(field, value)
        if (damage === null) return
        const place = issuePlace(context, field, tagKey)
        if (typeof place !== 'object') return
        const about = tagKey === undefined ? field : `tag:${tagKey}`
        const finding: Finding = {
          code: damage.code,
          args: { field: about, ...damage.args },
          field: about,
          value: tagKey === undefined ? cell.trim() : value,
          row: context.row,
          position: place,
        }
        if (!damage.isCertain) {
          doubt(finding, damage.code)
          return
        }
        result ??= { findings: [], fields: new Set() }
        result.findings.push(finding)
        result.fields.add(field)
      }
      eachWrittenValue(context.row, read, judgeOne)
      return result ?? NOTHING
    },
    warnings: () =>
      [...doubtful.values()].map(({ finding, cells }) => ({
        ...finding,
        args: { ...finding.args, cells: counted(cells, 'cell') },
      })),
  }
}

type ValueReader = (
  row: number,
  read: ReadFields,
  take: (field: FieldName, value: string, cell: string, tagKey?: string) => void,
) => void

/** Values as they stand in a row's own cells: those of the command line never were in a spreadsheet. */
function createValueReader({ isUntyped, records }: Table, columns: Columns): ValueReader {
  if (!isUntyped) return () => {}
  const ofCells = [...columns.fields]
    .map(([field, column]) => ({ field, column }))
    .filter(({ field }) => !columns.constants.has(field))
  const ofTags = columns.tags.filter(({ key }) => !columns.constantTags.has(key))
  return (row, { fields, tagText }, take) => {
    const { tags = {} } = fields
    const { cells = [], asText } = records[row - 1] ?? {}
    for (const { field, column } of ofCells) {
      if (asText?.has(column) === true) continue
      const value = field === 'tags' ? tagText : fields[field]
      if (value !== undefined) take(field, value, cells[column] ?? value)
    }
    for (const { key, column } of ofTags) {
      if (asText?.has(column) === true || !Object.hasOwn(tags, key)) continue
      const value = tags[key]
      if (value !== undefined) take('tags', value, value, key)
    }
  }
}

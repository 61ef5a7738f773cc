import type { Finding } from '../problem.ts'
import { looksLikeId, type Dialect, type RowFields } from '../row-schema.ts'
import type { FieldChange } from '../row.ts'
import { fitDescription } from './fit-description.ts'
import { nameFitter, type NameFitter } from './fit-name.ts'
import {
  missingIn,
  parseNameTemplate,
  PLAIN_NAME,
  placeholdersOf,
  renderName,
  wordsOf,
  type NameTemplate,
} from './name-template.ts'
import { loadTransliterate, NO_TRANSLITERATION } from './transliterate.ts'

export interface NamingOptions {
  /** `--name-template`: see `parseNameTemplate`. */
  readonly nameTemplate?: string
  /** `--fit-names`: change a name that the service refuses, instead of refusing it. */
  readonly fitNames?: boolean
  /** `--fit-descriptions`: the same for descriptions. */
  readonly fitDescriptions?: boolean
  readonly dialect: Dialect
}

/** A row's fields as they are used, and what of that is not as the inventory has it. */
export interface NamedFields {
  readonly fields: RowFields
  readonly changes: readonly FieldChange[]
  /** The name is made from the server's ID, which is not known: as it is, it is not to be judged. */
  readonly isPending: boolean
  readonly findings: readonly Pick<Finding, 'code' | 'args'>[]
}

/** How options say that names and descriptions of rows are made. */
export interface Naming {
  /** About the options themselves. */
  readonly findings: readonly Finding[]
  /** Whether a row needs a name of its own. */
  readonly needsName: boolean
  /** Depends on this row alone. */
  apply(fields: RowFields): NamedFields
}

export async function openNaming(options: NamingOptions): Promise<Naming> {
  const { nameTemplate, fitNames = false, fitDescriptions = false, dialect } = options
  const parsed = nameTemplate === undefined ? null : parseNameTemplate(nameTemplate)
  const fitter = nameFitter(dialect, fitNames ? await loadTransliterate() : NO_TRANSLITERATION)
  const findings = templateFindings(nameTemplate ?? '', parsed, fitNames ? null : fitter)
  const isWrong = parsed === null || 'wrong' in parsed || findings.length > 0
  const template = isWrong ? null : parsed
  const named = namer(template, fitter, fitNames)
  return {
    findings,
    needsName: template === null || placeholdersOf(template).includes('name'),
    apply(given) {
      const name = named(given)
      const description = fitDescriptions ? describedFit(given) : null
      if (name === UNCHANGED && description === null) {
        // Written out: this runs for every row.
        const { changes, isPending, findings: none } = UNCHANGED
        return { fields: given, changes, isPending, findings: none }
      }
      const fields = { ...given }
      const changes = [...name.changes, ...(description === null ? [] : [description])]
      for (const { field, to } of changes) {
        if (to === '') delete fields[field]
        else fields[field] = to
      }
      return { ...name, fields, changes }
    },
  }
}

type NamedName = Omit<NamedFields, 'fields'>

const UNCHANGED: NamedName = { changes: [], isPending: false, findings: [] }
const PENDING: NamedName = { ...UNCHANGED, isPending: true }

/** What becomes of a row's name; without a template and without `fit` nothing. */
function namer(
  given: NameTemplate | null,
  fitter: NameFitter,
  fit: boolean,
): (fields: RowFields) => NamedName {
  if (given === null && !fit) return () => UNCHANGED
  const template = given ?? PLAIN_NAME
  const needsId = placeholdersOf(template).some((each) => each.startsWith('server_id'))
  return (fields) => {
    const { name: from = '', server_id: id } = fields
    const hasId = id !== undefined && looksLikeId(id)
    const missing = missingIn(template, fields)
    // That it has no name is told as such.
    if (missing.includes('name')) return UNCHANGED
    if (needsId && !hasId) return PENDING
    const [placeholder] = missing
    if (placeholder !== undefined) {
      // That it has no group is told as such, too.
      if (placeholder === 'server_group') return PENDING
      return { ...PENDING, findings: [{ code: 'name-template-empty', args: { placeholder } }] }
    }
    const made = renderName(template, fields)
    const isFit = !fit || fitter.isFit(made)
    if (!isFit && !hasId) return PENDING
    const to = isFit ? made : fitter.fit(template, { ...fields, server_id: id ?? '' })
    if (to === from) return UNCHANGED
    const by = to === made ? 'template' : 'fit'
    return { ...UNCHANGED, changes: [{ field: 'name', from, to, by }] }
  }
}

function describedFit({ description: from }: RowFields): FieldChange | null {
  if (from === undefined) return null
  const to = fitDescription(from)
  return to === from ? null : { field: 'description', from, to, by: 'fit' }
}

/** Said once of the option, and not of every row. `fitter` null: its words will be made fit. */
function templateFindings(
  text: string,
  parsed: ReturnType<typeof parseNameTemplate> | null,
  fitter: NameFitter | null,
): Finding[] {
  if (parsed === null) return []
  const wrong =
    'wrong' in parsed
      ? parsed.wrong
      : fitter !== null && wordsOf(parsed) !== '' && !fitter.isFit(wordsOf(parsed))
        ? `"${wordsOf(parsed)}" is not allowed in a name; --fit-names would change it`
        : null
  if (wrong === null) return []
  return [{ code: 'name-template-invalid', args: { reason: wrong }, field: 'name', value: text }]
}

import type { Finding } from '../problem.ts'
import type { ProblemCode } from '../problem-codes.ts'
import type { Dialect } from '../row-schema.ts'
import type { Row } from '../row.ts'
import { fitDescription } from './fit-description.ts'
import { nameFitter, type NameFitter } from './fit-name.ts'
import { loadTransliterate, NO_TRANSLITERATION, needTransliteration } from './transliterate.ts'

/** Findings whose hint is a value that would be taken. */
const SUGGESTED: Partial<
  Record<ProblemCode, (value: string, id: string, suggesting: Suggesting) => string>
> = {
  'name-too-long': suggestName,
  'name-invalid-characters': (value, id, suggesting) =>
    suggesting.dialect === 'otc' && /\p{Script=Han}/u.test(value)
      ? `${suggestName(value, id, suggesting)}; Chinese characters are for --dialect huawei`
      : suggestName(value, id, suggesting),
  'description-too-long': suggestDescription,
  'description-invalid-characters': suggestDescription,
}

interface Suggesting {
  readonly dialect: Dialect
  readonly fitter: NameFitter
}

/** The findings with a hint that is itself valid, where they are about a name or a description. */
export async function withSuggestions(
  findings: readonly Finding[],
  rows: readonly Row[],
  dialect: Dialect,
): Promise<readonly Finding[]> {
  const values = findings.flatMap(({ code, value }) =>
    SUGGESTED[code] === undefined || value === undefined ? [] : [value],
  )
  if (values.length === 0) return findings
  const transliterate = needTransliteration(values) ? await loadTransliterate() : NO_TRANSLITERATION
  const suggesting = { dialect, fitter: nameFitter(dialect, transliterate) }
  return findings.map((finding) => {
    const suggest = SUGGESTED[finding.code]
    if (suggest === undefined) return finding
    const id = finding.row === undefined ? '' : (rows[finding.row - 1]?.serverId ?? '')
    const example = suggest(finding.value ?? '', id, suggesting)
    // How all of them are changed at once is said already.
    const suggestion = [example, finding.args?.['suggestion'] ?? ''].filter(Boolean).join('; ')
    return { ...finding, args: { ...finding.args, suggestion } }
  })
}

function suggestName(value: string, id: string, { fitter }: Suggesting): string {
  return `for example "${fitter.mend(value, id)}"`
}

function suggestDescription(value: string): string {
  const fit = fitDescription(value)
  return fit === '' ? '' : `for example "${fit}"`
}

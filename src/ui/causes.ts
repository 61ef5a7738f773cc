import { groupBy } from '../group-by.ts'

/** Whom it is about, by its name. */
export interface Named {
  readonly row: { readonly name: string }
}

/** Something to say of one row, or of one server. */
export interface Finding<T extends Named = Named> {
  readonly planned: T
  /** What kind of finding it is: a reason with its code, a field. */
  readonly label: string
  readonly message: string
  readonly advice: string | null
}

/** The same finding of several rows, said once. */
export interface Cause<T extends Named = Named> {
  readonly label: string
  readonly message: string
  readonly advice: string | null
  readonly rows: readonly T[]
}

/** What differs from row to row in sentences of one kind: what is quoted, and what has a digit in it (IDs, addresses, zones). */
const VARIABLE = /"[^"]*"|[^\s"(),;:]*\d[^\s"(),;:]*/g

/**
 * Findings that say the same but for names, IDs and numbers, as one; where those differ stands `…`. The
 * causes with the most rows come first. Pure.
 */
export function foldByCause<T extends Named>(findings: readonly Finding<T>[]): readonly Cause<T>[] {
  const alike = groupBy(findings, ({ label, message, advice }) =>
    JSON.stringify([label, shapeOf(message), advice === null ? null : shapeOf(advice)]),
  )
  return [...alike.values()]
    .flatMap((same) => {
      const [first] = same
      if (first === undefined) return []
      const advice = same.flatMap((each) => each.advice ?? [])
      return [
        {
          label: first.label,
          message: common(same.map(({ message }) => message)),
          advice: first.advice === null ? null : common(advice),
          rows: [...new Set(same.map(({ planned }) => planned))],
        },
      ]
    })
    .toSorted((one, other) => other.rows.length - one.rows.length)
}

function shapeOf(text: string): string {
  return text.replaceAll(VARIABLE, '\0')
}

/** Texts of one shape as one text. */
function common(texts: readonly string[]): string {
  const [first = ''] = texts
  const distinct = [...new Set(texts)]
  if (distinct.length <= 1) return first
  const variables = distinct.map((text) => text.match(VARIABLE) ?? [])
  let at = -1
  return first.replaceAll(VARIABLE, (variable) => {
    at += 1
    const isSame = variables.every((each) => each[at] === variable)
    if (isSame) return variable
    return variable.startsWith('"') ? '"…"' : '…'
  })
}

export type Severity = 'error' | 'warning' | 'info'

/** One finding about an inventory, as data; `line` and `column` are 1-based, columns in code points. */
export interface Problem {
  readonly code: string
  readonly severity: Severity
  readonly row: number | null
  readonly line: number | null
  readonly column: number | null
  readonly field: string | null
  /** What stood there, cut when long. */
  readonly value: string | null
  readonly message: string
  readonly hint: string | null
}

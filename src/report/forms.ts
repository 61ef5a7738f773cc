import { reportCsv, reportCsvPieces } from './csv.ts'
import type { FormContext } from './form-context.ts'
import { FORM_FILES } from './files.ts'
import { reportHtml } from './html.ts'
import { reportJson, reportJsonPieces } from './json.ts'
import { reportJunit } from './junit.ts'
import { reportMarkdown } from './markdown.ts'
import type { Report } from './schema.ts'

/** A form of the report: its file in the run's folder, and its text. Pure. */
export interface Form {
  readonly file: string
  readonly render: (report: Report, context: FormContext) => string
  /** The same text in pieces, where that of a large fleet is long. */
  readonly pieces?: (report: Report, context: FormContext) => Iterable<string>
}

/** A form's text, in pieces: only one at a time is in memory where the form has them. */
export function textOf(form: Form, report: Report, context: FormContext): Iterable<string> {
  return form.pieces?.(report, context) ?? [form.render(report, context)]
}

/**
 * In the order in which they are written. report.json comes first: with a disk that fills up, or a run
 * that is killed between two files, it is the one to have.
 */
export const FORMS = {
  json: { file: FORM_FILES.json, render: reportJson, pieces: reportJsonPieces },
  csv: { file: FORM_FILES.csv, render: reportCsv, pieces: reportCsvPieces },
  markdown: { file: FORM_FILES.markdown, render: reportMarkdown },
  html: { file: FORM_FILES.html, render: reportHtml },
  junit: { file: FORM_FILES.junit, render: reportJunit },
} as const satisfies Record<keyof typeof FORM_FILES, Form>

export type FormName = keyof typeof FORMS

export function isFormName(name: string | null): name is FormName {
  return name !== null && Object.hasOwn(FORMS, name)
}

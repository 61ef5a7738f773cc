import { reportCsv, type CarriedColumns } from './csv.ts'
import { reportHtml } from './html.ts'
import { reportJson } from './json.ts'
import { reportMarkdown } from './markdown.ts'
import type { Report } from './schema.ts'

/** A form of the report: its file in the run's folder, and its text. Pure. */
export interface Form {
  readonly file: string
  readonly render: (report: Report, carried: CarriedColumns) => string
}

/**
 * In the order in which they are written. report.json comes first: with a disk that fills up, or a run
 * that is killed between two files, it is the one to have.
 */
export const FORMS = {
  json: { file: 'report.json', render: reportJson },
  csv: { file: 'report.csv', render: reportCsv },
  markdown: { file: 'report.md', render: reportMarkdown },
  html: { file: 'report.html', render: reportHtml },
} as const satisfies Record<string, Form>

export type FormName = keyof typeof FORMS

export function isFormName(name: string | null): name is FormName {
  return name !== null && Object.hasOwn(FORMS, name)
}

/** The file of each form in a run's folder. */
export const FORM_FILES = {
  json: 'report.json',
  csv: 'report.csv',
  markdown: 'report.md',
  html: 'report.html',
  junit: 'junit.xml',
} as const

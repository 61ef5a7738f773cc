import { sanitizeJson } from '../safe-text.ts'
import type { Report } from './schema.ts'

/** The report as JSON; what would steer a terminal or an editor is escaped, and comes back when it is read. */
export function reportJson(report: Report): string {
  return [...reportJsonPieces(report)].join('')
}

/** So much text is made at once. */
const CHUNK = 64 * 1024
const ROWS = '\n  "rows": []'

/** The same in pieces: that of a large fleet is a hundred megabytes. */
export function* reportJsonPieces(report: Report): Generator<string> {
  const whole = sanitizeJson(`${JSON.stringify({ ...report, rows: [] }, null, 2)}\n`)
  const at = whole.indexOf(ROWS)
  let text = whole.slice(0, at + ROWS.length - 1)
  let separator = '\n    '
  for (const row of report.rows) {
    text += separator + sanitizeJson(JSON.stringify(row, null, 2).replaceAll('\n', '\n    '))
    separator = ',\n    '
    if (text.length < CHUNK) continue
    yield text
    text = ''
  }
  yield `${text}${report.rows.length === 0 ? '' : '\n  '}${whole.slice(at + ROWS.length - 1)}`
}

import { sanitizeJson } from '../safe-text.ts'
import type { Report } from './schema.ts'

/** The report as JSON; what would steer a terminal or an editor is escaped, and comes back when it is read. */
export function reportJson(report: Report): string {
  return sanitizeJson(`${JSON.stringify(report, null, 2)}\n`)
}

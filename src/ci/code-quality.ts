import { createHash } from 'node:crypto'
import type { Severity } from '../inventory/problem-codes.ts'
import { sanitize, sanitizeJson } from '../safe-text.ts'
import type { Finding } from './finding.ts'

export const CODE_QUALITY_FILE = 'gl-code-quality.json'

const SEVERITY = {
  error: 'major',
  warning: 'minor',
  info: 'info',
} as const satisfies Record<Severity, string>

/**
 * GitLab's code quality report. A fingerprint is of what the finding is about, not of where it stands: what moved by
 * a line is the same finding in the next pipeline. Pure.
 *
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function codeQuality(findings: readonly Finding[], path: string): string {
  const seen = new Map<string, number>()
  const issues = findings.map(({ level, code, message, line, about }) => {
    const what = JSON.stringify([code, path, about])
    const nth = seen.get(what) ?? 0
    seen.set(what, nth + 1)
    return {
      description: sanitize(message),
      check_name: code,
      fingerprint: createHash('sha256').update(`${what}${nth}`).digest('hex'),
      severity: SEVERITY[level],
      location: { path, lines: { begin: line ?? 1 } },
    }
  })
  return `${sanitizeJson(JSON.stringify(issues, null, 2))}\n`
}

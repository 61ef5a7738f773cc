import type { Report, ReportRow } from '../../src/report/schema.ts'

/** Engines with a defect, as they would look from the report. */

export function withoutAttempts(report: Report): Report {
  return {
    ...report,
    rows: report.rows.map((row) => ({ ...row, attempts: Math.min(row.attempts, 1) })),
  }
}

export function withoutRetries(report: Report): Report {
  const { requests } = report
  return { ...report, requests: { ...requests, total: requests.total - requests.retries } }
}

/** Whoever is protected already counts as refused. */
export function protectedAsRefused(report: Report): Report {
  const rows = report.rows.map((row): ReportRow =>
    row.outcome === 'already-protected' ? { ...row, outcome: 'failed', reason: 'refused' } : row,
  )
  return { ...report, rows }
}

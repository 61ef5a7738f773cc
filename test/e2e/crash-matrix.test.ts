import { afterAll, expect, test } from 'vitest'
import { crashEverywhere, type Crash } from '../support/crash-matrix.ts'
import { replacement, rollout, rolloutAndSwitching, switching } from '../support/crash-scenarios.ts'

/**
 * The program is killed at every append to its journal, at every request and at every file of its
 * report, then run again: whatever
 * the instant, every server is created exactly once, every group is started exactly once, and every row
 * and group is in the report.
 */
const MATRIX: readonly (readonly [string, Crash])[] = [
  ['before an append', { scenario: rollout, point: { at: 'append', how: 'before-write' } }],
  ['in the middle of a line', { scenario: rollout, point: { at: 'append', how: 'half-a-line' } }],
  [
    'before an append is synced',
    { scenario: rollout, point: { at: 'append', how: 'after-write' } },
  ],
  [
    'before a request is carried out',
    { scenario: rollout, point: { at: 'request', how: 'before' } },
  ],
  ['before an answer leaves', { scenario: rollout, point: { at: 'request', how: 'after' } }],
  [
    'before an answer leaves, reports folder deleted',
    {
      scenario: rollout,
      point: { at: 'request', how: 'after' },
      circumstances: { reportsDeleted: true },
    },
  ],
  [
    'before an answer leaves, list lagging',
    {
      scenario: rollout,
      point: { at: 'request', how: 'after' },
      circumstances: { listLagMs: 300 },
    },
  ],
  [
    'after an append, list lagging and reports folder deleted',
    {
      scenario: rollout,
      point: { at: 'append', how: 'after-write' },
      circumstances: { listLagMs: 300, reportsDeleted: true },
    },
  ],
  [
    'before a file of the report is in place',
    { scenario: rollout, point: { at: 'report-file', how: 'before' } },
  ],
  [
    'after a file of the report is in place',
    { scenario: rollout, point: { at: 'report-file', how: 'after' } },
  ],
  [
    'while it replaces a failed instance, after an append',
    { scenario: replacement, point: { at: 'append', how: 'after-write' } },
  ],
  [
    'while it replaces a failed instance, before an answer leaves',
    { scenario: replacement, point: { at: 'request', how: 'after' } },
  ],
  [
    'in enable, before an append',
    { scenario: switching, point: { at: 'append', how: 'before-write' } },
  ],
  [
    'in enable, in the middle of a line',
    { scenario: switching, point: { at: 'append', how: 'half-a-line' } },
  ],
  [
    'in enable, before an append is synced',
    { scenario: switching, point: { at: 'append', how: 'after-write' } },
  ],
  [
    'in enable, before a request is carried out',
    { scenario: switching, point: { at: 'request', how: 'before' } },
  ],
  [
    'in enable, before an answer leaves',
    { scenario: switching, point: { at: 'request', how: 'after' } },
  ],
  [
    'in enable, before an answer leaves, reports folder deleted',
    {
      scenario: switching,
      point: { at: 'request', how: 'after' },
      circumstances: { reportsDeleted: true },
    },
  ],
  [
    'in apply --enable-protection, after an append',
    { scenario: rolloutAndSwitching, point: { at: 'append', how: 'after-write' } },
  ],
  [
    'in apply --enable-protection, before an answer leaves',
    { scenario: rolloutAndSwitching, point: { at: 'request', how: 'after' } },
  ],
]

/** Even the smaller rollout appends and asks this often; fewer points would be a matrix with holes. */
const FEWEST_POINTS = 8
/** report.json, .csv, .md, .html, remaining.csv. */
const REPORT_FILES = 5

const points: string[] = []
afterAll(() => {
  process.stdout.write(`Crash matrix, points at which it was killed:\n${points.join('\n')}\n`)
})

test.each(MATRIX)(
  'killed %s: every server once, no row lost',
  async (name, crash) => {
    const { covered, violations } = await crashEverywhere(crash)
    points.push(`${String(covered).padStart(5)} ${name}`)
    expect(violations).toEqual([])
    if (crash.point.at === 'report-file') expect(covered).toBeGreaterThanOrEqual(REPORT_FILES)
    else expect(covered).toBeGreaterThan(FEWEST_POINTS)
  },
  300_000,
)

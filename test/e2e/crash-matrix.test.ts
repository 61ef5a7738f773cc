import { afterAll, expect, test } from 'vitest'
import { crashEverywhere, type Circumstances, type KillPoint } from '../support/crash-matrix.ts'

/**
 * The program is killed at every append to its journal and at every request, then run again: whatever
 * the instant, every server is created exactly once and every row is in the report.
 */
interface Cell {
  readonly name: string
  readonly point: KillPoint
  readonly circumstances?: Circumstances
}

const MATRIX: readonly Cell[] = [
  { name: 'before an append', point: { at: 'append', how: 'before-write' } },
  { name: 'in the middle of a line', point: { at: 'append', how: 'half-a-line' } },
  { name: 'after an append, before its sync', point: { at: 'append', how: 'after-write' } },
  { name: 'before a request is carried out', point: { at: 'request', how: 'before' } },
  { name: 'before an answer leaves', point: { at: 'request', how: 'after' } },
  {
    name: 'before an answer leaves, reports folder deleted',
    point: { at: 'request', how: 'after' },
    circumstances: { reportsDeleted: true },
  },
  {
    name: 'before an answer leaves, list lagging',
    point: { at: 'request', how: 'after' },
    circumstances: { listLagMs: 300 },
  },
  {
    name: 'after an append, list lagging and reports folder deleted',
    point: { at: 'append', how: 'after-write' },
    circumstances: { listLagMs: 300, reportsDeleted: true },
  },
]

/** A rollout of eight servers appends and asks at least so often; fewer would mean a matrix with holes. */
const FEWEST_POINTS = 15

const points: string[] = []
afterAll(() =>
  process.stdout.write(`Crash matrix, points at which it was killed:\n${points.join('\n')}\n`),
)

test.each(MATRIX)(
  'killed $name: every server once, no row lost',
  async ({ name, point, circumstances }) => {
    const { covered, violations } = await crashEverywhere(point, circumstances)
    points.push(`  ${String(covered).padStart(3)} ${name}`)
    expect(violations).toEqual([])
    expect(covered).toBeGreaterThan(FEWEST_POINTS)
  },
  300_000,
)

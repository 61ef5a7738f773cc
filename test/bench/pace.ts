import { makeRows } from '../support/rollout.ts'
import { measure, type Measured } from './measure.ts'
import { count, duration, held, type Section } from './table.ts'

/** Nine groups with and without a serial tenth: when the last of the nine is done. */
export async function besideSerial(): Promise<Section> {
  const rows = makeRows(500, 10)
  const nine = rows.filter(({ serverGroup }) => serverGroup !== 'g1')
  // One place more, for the serial group's own: what is measured is what its refusals cost the others.
  const alone = await measure({ rows: nine, limits: { maxJobs: 99 } })
  const beside = await measure({
    rows: [...nine, ...rows.filter(({ serverGroup }) => serverGroup === 'g1').slice(0, 6)],
    faults: { groups: [{ name: 'g1', parallel: 1 }] },
    limits: { maxJobs: 100 },
  })
  const lastEnd = endOfOthers(beside)
  return {
    title: '9 parallel groups of 50 beside a serial one; the bound is the 9 alone',
    figures: [
      held('makespan of the 9', lastEnd, endOfOthers(alone), 1.05, duration),
      { what: 'refusals of the serial group', measured: count(refusals(beside)) },
    ],
  }
}

function endOfOthers({ rollout, startedAt }: Measured): number {
  // The report's rows are in the inventory's order, the plan's in that of sending.
  const finished = new Map(rollout.report.rows.map((each) => [each.row, each.finishedAt]))
  const ends = rollout.plan.rows.flatMap(({ row }) => {
    const finishedAt = finished.get(row.row) ?? null
    return row.serverGroup === 'g1' || finishedAt === null ? [] : [Date.parse(finishedAt)]
  })
  return Math.max(...ends) - startedAt
}

/** Busy answers: 409, and 400 with a busy code. */
function refusals({ rollout }: Measured): number {
  const { byStatus } = rollout.requests
  return (byStatus['409'] ?? 0) + (byStatus['400'] ?? 0)
}

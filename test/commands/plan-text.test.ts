import { expect, test } from 'vitest'
import { NO_OPEN_WORK } from '../../src/journal/replay.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { planText } from '../../src/commands/plan-text.ts'
import { palette } from '../../src/ui/colour.ts'
import { GROUP, OTHER_GROUP, group, instance, row } from '../report/build.ts'

const HOSTILE = 'x\u001B[2J\u001B]0;title\u0007\u0008\r\u202Ey'

test('no name, status or message of the cloud or of the inventory steers the terminal', () => {
  const here = group(GROUP, { name: HOSTILE, status: `available${HOSTILE}` })
  const there = group(OTHER_GROUP, { name: HOSTILE })
  const rows = [1, 2, 3, 4].map((number) => row(number, { name: `${HOSTILE}-${number}` }))
  const plan = makePlan({
    rows,
    groups: new Map(rows.map((each) => [each.row, here])),
    snapshot: {
      takenAt: 0,
      groups: [here, there],
      instances: [
        // Drift, a question and a warning, each with text of the cloud in it.
        instance(1, { name: `${HOSTILE} of the cloud` }),
        instance(2, { serverGroupId: OTHER_GROUP, name: HOSTILE }),
        instance(3, { status: `error${HOSTILE}` }),
      ],
      failureJobs: [],
      preflight: null,
    },
    openWork: NO_OPEN_WORK,
    replaceFailed: false,
    dialect: 'otc',
  })
  const kinds = plan.rows.map(({ action }) => action.kind)
  expect(kinds).toEqual(['keep', 'conflict', 'keep', 'create'])
  const text = planText(plan, palette(false))
  expect(text.split('\n').join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  for (const number of [1, 2, 3]) expect(text).toContain(`row ${number} `)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyHistory, omittedHistory, replacingHistory, troubledHistory } from './histories.ts'
import { ODD_LISTS } from './odd-lists.ts'
import { promisesBroken, runsOr, seedOrUsual } from './prove.ts'

/** Of each kind; in two of three runs every group counts as a large one (see play.ts). */
const HISTORIES = 3

test.for(ODD_LISTS)(
  '$name: what a look at large groups shows decides nothing that it should not',
  { timeout: 60 * 60_000 },
  async ({ client }) => {
    const histories = [anyHistory, troubledHistory, replacingHistory, omittedHistory].flatMap(
      (kind) => fc.sample(kind, { numRuns: runsOr(HISTORIES), seed: seedOrUsual() }),
    )
    expect(await promisesBroken(histories, { client })).toEqual([])
  },
)

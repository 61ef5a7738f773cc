import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { DEFECTS } from './defects.ts'
import {
  anyHistory,
  crowdedHistory,
  losingHistory,
  neighbourHistory,
  omittedHistory,
  replacingHistory,
  troubledHistory,
} from './histories.ts'
import type { History } from './history.ts'
import { promisesBroken } from './prove.ts'

/**
 * Whether the property tests have teeth: each defect must be found by the promise that it breaks, in some
 * of these histories; the engine as it is breaks none in any.
 */
const HISTORIES = 15
/** Of the kind that is about a defect. */
const MOST = 150
const SEED = 20_261

const KINDS = {
  any: anyHistory,
  losing: losingHistory,
  troubled: troubledHistory,
  replacing: replacingHistory,
  neighbours: neighbourHistory,
  omitted: omittedHistory,
  crowded: crowdedHistory,
} as const

function sampleOf(kind: fc.Arbitrary<History>, numRuns: number): History[] {
  return fc.sample(kind, { numRuns, seed: SEED })
}

describe('deliberate defects', () => {
  let mixed: History[] = []
  beforeAll(() => {
    const sorts = Object.values(KINDS).map((kind) => sampleOf(kind, HISTORIES))
    // One of each kind in turn, so that what one kind shows is soon found.
    mixed = Array.from({ length: HISTORIES }, (_, at) =>
      sorts.flatMap((sort) => sort[at] ?? []),
    ).flat()
  })

  test.for(DEFECTS)('$name: found', { timeout: 10 * 60_000 }, async (defect) => {
    const { spoil, breaks, among } = defect
    const histories = among === undefined ? mixed : sampleOf(KINDS[among], MOST)
    const broken = await promisesBroken(histories, spoil, breaks)
    expect(breaks.filter((promise) => broken.includes(promise))).not.toEqual([])
  })

  test('none: nothing is found', { timeout: 10 * 60_000 }, async () => {
    expect(await promisesBroken(mixed, {})).toEqual([])
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { history } from './history.ts'
import { violationsOf } from './invariants.ts'
import { play } from './play.ts'
import { renderHistory } from './render.ts'

/** A failing seed is repeated with SDRS_PROTECT_PROPERTY_SEED; more histories with SDRS_PROTECT_PROPERTY_RUNS. */
const RUNS = Number(process.env['SDRS_PROTECT_PROPERTY_RUNS'] ?? 2_000)
const SEED = Number(process.env['SDRS_PROTECT_PROPERTY_SEED'] ?? Date.now() % 2 ** 31)

test(
  'never twice, never lost: random worlds, faults, deaths and edits',
  { timeout: 60 * 60_000 },
  async () => {
    console.log(`${RUNS} histories from seed ${SEED}`)
    const outcome = await fc.check(
      fc.asyncProperty(history, async (drawn) => violationsOf(await play(drawn)).length === 0),
      { numRuns: RUNS, seed: SEED },
    )
    if (!outcome.failed) return
    const drawn = outcome.counterexample?.[0]
    if (drawn === undefined) throw outcome.errorInstance
    const played = await play(drawn)
    expect.fail(
      `seed ${SEED}, history ${outcome.numRuns}, shrunk ${outcome.numShrinks} times\n${renderHistory(played, violationsOf(played))}`,
    )
  },
)

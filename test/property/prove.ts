import fc from 'fast-check'
import type { History } from './history.ts'
import { violationsOf } from './invariants.ts'
import { play, type Spoil } from './play.ts'
import { renderHistory } from './render.ts'

/**
 * On every run the same histories, so that a red run means a change and no luck. `npm run test:soak` draws
 * others, and more of them: SDRS_PROTECT_PROPERTY_SEED (a number, or `random`), SDRS_PROTECT_PROPERTY_RUNS.
 */
const USUAL_SEED = 20_261_126

export function seedOrUsual(): number {
  const text = process.env['SDRS_PROTECT_PROPERTY_SEED']
  return text === 'random' ? Date.now() % 2 ** 31 : Number(text ?? USUAL_SEED)
}

export function runsOr(usual: number): number {
  return Number(process.env['SDRS_PROTECT_PROPERTY_RUNS'] ?? usual)
}

/** Plays random histories. Null, or the smallest one that breaks a promise, told for people. */
export async function brokenPromise(
  histories: fc.Arbitrary<History>,
  numRuns: number,
): Promise<string | null> {
  const seed = seedOrUsual()
  process.stdout.write(`${numRuns} histories from seed ${seed}\n`)
  const outcome = await fc.check(
    fc.asyncProperty(histories, async (drawn) => violationsOf(await play(drawn)).length === 0),
    { numRuns, seed },
  )
  if (!outcome.failed) return null
  const drawn = outcome.counterexample?.[0]
  if (drawn === undefined) throw outcome.errorInstance
  const played = await play(drawn)
  const story = renderHistory(played, violationsOf(played))
  return `seed ${seed}, history ${outcome.numRuns}, shrunk ${outcome.numShrinks} times\n${story}`
}

/** The promises that a spoilt engine breaks in these histories; with `enough`, until one of those is among them. */
export async function promisesBroken(
  histories: Iterable<History>,
  spoil: Spoil,
  enough: readonly string[] = [],
): Promise<string[]> {
  const broken = new Set<string>()
  for (const drawn of histories) {
    for (const { promise } of violationsOf(await play(drawn, spoil))) broken.add(promise)
    if (enough.some((promise) => broken.has(promise))) break
  }
  return [...broken]
}

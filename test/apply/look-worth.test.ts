import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { learnLengths } from '../../src/apply/job-lengths.ts'
import { lookWorth, nextWorthAt, type LookFacts } from '../../src/apply/look-worth.ts'

const LONGEST = 120_000
const fiveMinutes = Array.from({ length: 60 }, (_, at) => 270_000 + at * 1_000)

function factsOf(
  some: Partial<LookFacts<number>> & { readonly ages: readonly number[] },
): LookFacts<number> {
  const { ages, ...others } = some
  return {
    cohorts: ages.map((age, job) => ({
      jobs: [job],
      startedAt: -age,
      aliveAt: -age,
      listedAt: -age,
      isWanted: true,
      priceMs: 6_000,
      askFrom: -age,
      listFrom: Number.NEGATIVE_INFINITY,
      isListed: true,
    })),
    running: ages.length,
    mostRunning: ages.length,
    firstStartAt: Math.min(...ages.map((age) => -age)),
    isTail: false,
    lengths: learnLengths(fiveMinutes, []),
    roundTripMs: 100,
    lagMs: 0,
    listCost: 1,
    listFrom: Number.NEGATIVE_INFINITY,
    ...others,
  }
}

describe('a look', () => {
  test('is worth nothing while no job can have ended', () => {
    expect(lookWorth(factsOf({ ages: [0, 100_000, 200_000] }), 0)).toBeNull()
  })

  test('at one job asks for it, at many lists their groups', () => {
    expect(lookWorth(factsOf({ ages: [310_000] }), 0)).toEqual({ list: null, ask: [0] })
    const many = factsOf({ ages: Array.from({ length: 40 }, (_, at) => 265_000 + at * 900) })
    expect(lookWorth(many, 0)?.list?.length).toBeGreaterThan(20)
  })

  test('goes to the jobs themselves where lists are late', () => {
    const ages = Array.from({ length: 40 }, (_, at) => 265_000 + at * 1_500)
    const late = lookWorth(factsOf({ ages, lagMs: 40_000 }), 0)
    expect(late?.list).toBeNull()
    expect(late?.ask.length).toBeGreaterThan(5)
  })

  test('can only be a list for what has no job to be asked for', () => {
    const facts = factsOf({ ages: [330_000], lagMs: 7_000 })
    const cohorts = facts.cohorts.map((each) => ({ ...each, askFrom: Number.POSITIVE_INFINITY }))
    expect(lookWorth({ ...facts, cohorts }, 0)).toEqual({ list: [0], ask: [] })
  })

  test('comes later where nothing waits for the place', () => {
    const facts = factsOf({ ages: [270_000] })
    const cohorts = facts.cohorts.map((each) => ({ ...each, isWanted: false }))
    const unwanted = nextWorthAt({ ...facts, cohorts }, 0, LONGEST)
    expect(unwanted).toBeGreaterThan(nextWorthAt(facts, 0, LONGEST))
  })
})

test('where nothing waits for a place, a list goes now and then once a job may have ended', () => {
  const facts = factsOf({ ages: [100_000, 275_000] })
  const cohorts = facts.cohorts.map((each) => ({ ...each, isWanted: false }))
  const tail = { ...facts, cohorts, isTail: true, mostRunning: 30, running: 1_000 }
  const [younger, older] = tail.cohorts
  if (younger === undefined || older === undefined) throw new Error('two cohorts')
  // The younger one cannot have ended before 270 s.
  expect(nextWorthAt({ ...tail, cohorts: [younger] }, 0, LONGEST)).toBe(LONGEST)
  const silent = { ...older, listedAt: older.startedAt + 260_000 }
  const heard = { ...older, listedAt: older.startedAt + 274_000 }
  expect(lookWorth({ ...tail, cohorts: [younger, silent] }, 0)?.list).not.toBeNull()
  expect(lookWorth({ ...tail, cohorts: [younger, heard] }, 0)).toBeNull()
  // A twentieth of its age after it was last known to run, for one so old.
  const both = { ...tail, cohorts: [younger, heard] }
  expect(nextWorthAt(both, 0, LONGEST)).toBeLessThan(14_000)
  // Later in a run that has taken long a hundredth of that is soon enough.
  expect(nextWorthAt({ ...both, firstStartAt: -4_000_000 }, 0, LONGEST)).toBeGreaterThan(30_000)
})

test('the next look is never in the past nor beyond the longest pause, and is worth it', () => {
  const age = fc.integer({ min: 0, max: 2_000_000 })
  const seen = fc.array(fc.integer({ min: 1_000, max: 1_800_000 }), { maxLength: 40 })
  fc.assert(
    fc.property(
      seen,
      fc.array(age, { minLength: 1, maxLength: 30 }),
      age,
      (ended, ages, priceMs) => {
        const facts = factsOf({ ages, lengths: learnLengths(ended, ages) })
        const cohorts = facts.cohorts.map((each) => ({ ...each, priceMs: 100 + priceMs }))
        const at = nextWorthAt({ ...facts, cohorts }, 0, LONGEST)
        expect(at).toBeGreaterThanOrEqual(0)
        expect(at).toBeLessThanOrEqual(LONGEST)
        if (at < LONGEST) expect(lookWorth({ ...facts, cohorts }, at)).not.toBeNull()
      },
    ),
    { seed: 1, numRuns: 200 },
  )
})

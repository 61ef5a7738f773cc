import { accuracyOf, etaSamples, randomEtaWorld, type Sample } from '../support/eta-worlds.ts'
import { atMost, count, type Section } from './table.ts'

const WORLDS_A_SEED = 12

/** How near the live view's estimate is to how long a run really takes, over random worlds in virtual time. */
export async function eta(seeds: readonly number[]): Promise<Section> {
  const samples: Sample[] = []
  const worlds = seeds.flatMap((seed) =>
    Array.from({ length: WORLDS_A_SEED }, (_, at) => (seed - 1) * WORLDS_A_SEED + at + 1),
  )
  for (const world of worlds) {
    samples.push(...(await etaSamples(randomEtaWorld(world), world)))
  }
  const { told, medianError, p90Error, held, bias } = accuracyOf(samples)
  return {
    title: `What is left of a run, as the live view says it, in ${worlds.length} random worlds`,
    figures: [
      atMost('median error of the middle', medianError, 0.1, percent),
      atMost('of nine in ten at most', p90Error, 0.35, percent),
      { what: 'truth within the range', measured: percent(held) },
      { what: 'truth : middle, median', measured: count(bias) },
      { what: 'moments in which it says anything', measured: percent(told) },
      { what: 'moments looked at', measured: count(samples.length) },
    ],
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/**
 * How long jobs take, learnt while they run. Pure; all times in ms, ages count from a job's start.
 *
 * The estimator of Kaplan and Meier (1958): the first jobs to end are the short ones, and those that still run
 * say so, each of them as "longer than its age" (a censored length). It assumes no shape, so that two kinds of
 * jobs, or a few very long ones, are as good to it as one kind. Lengths that ended lately count more than
 * earlier ones, since a service slows down and recovers while a run goes on. Each length stands for its
 * neighbourhood, as wide as its neighbours are apart: few lengths say little, many that are alike say much.
 */
export interface JobLengths {
  /** The chance that a job which runs at age `from` has ended by age `to`. */
  endedBy(from: number, to: number): number
  /**
   * For how long such a job can be expected to have been over at age `to`, ms, unseen: the time for which its
   * place has stood empty. That it may still run counts as nothing.
   */
  overFor(from: number, to: number): number
  /** What a job takes on average, those that still run reckoned in, ms; null while none has ended. */
  readonly usualMs: number | null
  /** How many times as long as the shortest third the longest third takes at least. */
  readonly spread: number
}

/** After so many more ends, or half as many as jobs run, a length counts half. */
const HALF_LIFE_ENDS = 40
/** Later ends than these are forgotten. */
export const LENGTHS_REMEMBERED = 200
/** Two lengths are never told apart more finely than this share of them. */
const FINEST = 0.004
/** Nor does one stand for more than this share around it. */
const WIDEST = 0.5
/** Of one length alone, and of two: the next may differ by this share, over their number. */
const UNKNOWN_SPREAD = 0.15
/** One more job, of which nothing is known but that it is longer than all that have ended, counts so much. */
const LONGER_STILL = 0.5
/** Before any has ended the chance to end soon falls with the age: Pareto's exponent. */
const PRIOR = 0.3
/**
 * So it does beyond the longest that has ended. At first its exponent is 3, as if of one and a half such jobs; each
 * that runs on without an end makes it smaller.
 */
const TAIL_ENDS = 1.5
const TAIL_EXPOSURE = 0.5
/** What takes longer still is reckoned into the average as if the exponent were at least this. */
const LEAST_FOR_AVERAGE = 1.5
/** Nothing is known of jobs, but that hardly one takes less than this, ms. */
const PRIOR_FROM_MS = 3_000
/** The share by which a cell's end lies beyond its beginning, and the most cells there are. */
const CELL = 0.005
const MOST_CELLS = 800

/** `ended`: the oldest first; `ages`: of those that still run; `blurMs`: no length is known more exactly. */
export function learnLengths(
  ended: readonly number[],
  ages: readonly number[],
  blurMs = 0,
): JobLengths {
  const last = ended.slice(-LENGTHS_REMEMBERED).map((ms) => Math.max(1, ms))
  if (last.length === 0) return lengthsOf([PRIOR_FROM_MS], [1], PRIOR)
  const halfLife = Math.max(HALF_LIFE_ENDS, ages.length / 2)
  const samples = last
    .map((ms, at) => ({ ms, weight: 0.5 ** ((last.length - 1 - at) / halfLife) }))
    .toSorted((one, other) => one.ms - other.ms)
  const widths = widthsOf(
    samples.map(({ ms }) => ms),
    blurMs,
  )
  const bounds = samples.map(({ ms }, at) => {
    const width = widths[at] ?? FINEST
    return [ms * (1 - width), ms * (1 + width)] as const
  })
  const low = Math.min(...bounds.map(([from]) => from))
  const high = Math.max(...bounds.map(([, to]) => to))
  const step = Math.max(Math.log1p(CELL), Math.log(high / low) / MOST_CELLS)
  const cells = Math.max(1, Math.ceil(Math.log(high / low) / step))
  const edges = Array.from({ length: cells + 1 }, (_, at) => low * Math.exp(step * at))
  const mass = massOf(samples, bounds, low, step, cells)
  return lengthsOf(edges, survivalOf(edges, mass, ages), tailOf(high, ages))
}

/** How far each of these stands for its neighbourhood, as a share of it: as far as the square root of all lie apart. */
function widthsOf(sorted: readonly number[], blurMs: number): readonly number[] {
  const { length } = sorted
  const reach = Math.max(1, Math.ceil(Math.sqrt(length) / 2))
  const unknown = length < 3 ? UNKNOWN_SPREAD / length : 0
  return sorted.map((ms, at) => {
    // At the edge of one kind of jobs the other kind is no neighbour.
    const below = at === 0 ? Infinity : ms - (sorted[Math.max(0, at - reach)] ?? ms)
    const above =
      at === length - 1 ? Infinity : (sorted[Math.min(length - 1, at + reach)] ?? ms) - ms
    const apart = length === 1 ? 0 : Math.min(below, above) / ms
    return Math.min(WIDEST, Math.max(FINEST, blurMs / ms, unknown, apart))
  })
}

/** The weight of the ended ones in each cell, spread evenly over each one's bounds. */
function massOf(
  samples: readonly { readonly weight: number }[],
  bounds: readonly (readonly [number, number])[],
  low: number,
  step: number,
  cells: number,
): number[] {
  const slope = Array.from({ length: cells + 1 }, () => 0)
  for (const [at, { weight }] of samples.entries()) {
    const [from, to] = bounds[at] ?? [low, low]
    const first = Math.min(cells - 1, Math.max(0, Math.floor(Math.log(from / low) / step)))
    const beyond = Math.min(cells, Math.max(first + 1, Math.ceil(Math.log(to / low) / step)))
    const each = weight / (beyond - first)
    slope[first] = (slope[first] ?? 0) + each
    slope[beyond] = (slope[beyond] ?? 0) - each
  }
  let sum = 0
  return slope.slice(0, cells).map((change) => {
    sum = Math.max(0, sum + change)
    return sum
  })
}

/** The chance to be longer than each edge. */
function survivalOf(
  edges: readonly number[],
  mass: readonly number[],
  ages: readonly number[],
): readonly number[] {
  const running = ages.toSorted((one, other) => one - other)
  let younger = 0
  let atRisk = mass.reduce((sum, each) => sum + each, LONGER_STILL)
  let survival = 1
  const all = [1]
  for (const [at, ending] of mass.entries()) {
    const edge = edges[at] ?? 0
    while (younger < running.length && (running[younger] ?? 0) <= edge) younger += 1
    survival *= 1 - ending / (atRisk + running.length - younger)
    atRisk -= ending
    all.push(survival)
  }
  return all
}

/** The mean of a Gamma distribution that has seen these ages beyond the last edge, and no end. */
function tailOf(last: number, ages: readonly number[]): number {
  const exposure = ages.reduce((sum, age) => sum + Math.log(Math.max(1, age / last)), 0)
  const tail = TAIL_ENDS / (TAIL_EXPOSURE + exposure)
  // At 1 the integral is another.
  return Math.abs(tail - 1) < 0.01 ? 1.01 : tail
}

/** `edges` at even shares apart; below the first every job lives, above the last the chance falls as Pareto's. */
function lengthsOf(
  edges: readonly number[],
  survival: readonly number[],
  tail: number,
): JobLengths {
  const first = edges[0] ?? 1
  const last = edges.at(-1) ?? first
  const atLast = survival.at(-1) ?? 1
  const step = edges.length > 1 ? Math.log((edges[1] ?? first) / first) : 1
  /** The time lived up to each edge, on average. */
  const lived = [first]
  for (let at = 1; at < edges.length; at += 1) {
    const width = (edges[at] ?? 0) - (edges[at - 1] ?? 0)
    const mean = ((survival[at] ?? 0) + (survival[at - 1] ?? 0)) / 2
    lived.push((lived[at - 1] ?? 0) + width * mean)
  }
  const livedToLast = lived.at(-1) ?? first
  const isKnown = edges.length > 1

  function cellOf(age: number): number {
    const at = Math.floor(Math.log(age / first) / step)
    return Math.min(edges.length - 2, Math.max(0, at))
  }

  function survivalAt(age: number): number {
    if (age <= first) return 1
    if (age >= last) return atLast * (last / age) ** tail
    const at = cellOf(age)
    const [from, to] = [edges[at] ?? 0, edges[at + 1] ?? 0]
    const share = (age - from) / (to - from)
    return (survival[at] ?? 1) * (1 - share) + (survival[at + 1] ?? 0) * share
  }

  function livedBy(age: number): number {
    if (age <= first) return age
    if (age >= last) {
      const beyond = (last / (tail - 1)) * (1 - (last / age) ** (tail - 1))
      return livedToLast + atLast * beyond
    }
    const at = cellOf(age)
    const from = edges[at] ?? 0
    return (lived[at] ?? 0) + ((age - from) * ((survival[at] ?? 1) + survivalAt(age))) / 2
  }

  /** The age that so many outlive. */
  function outlivedBy(share: number): number {
    if (share < atLast) return last * (atLast / share) ** (1 / tail)
    return edges[survival.findIndex((each) => each <= share)] ?? last
  }

  return {
    usualMs: isKnown
      ? livedToLast + (atLast * last) / (Math.max(LEAST_FOR_AVERAGE, tail) - 1)
      : null,
    spread: outlivedBy(1 / 3) / outlivedBy(2 / 3),
    endedBy(from, to) {
      if (to <= from || to <= first) return 0
      return Math.min(1, Math.max(0, 1 - survivalAt(to) / survivalAt(from)))
    },
    overFor(from, to) {
      if (to <= from || to <= first) return 0
      return Math.max(0, to - from - (livedBy(to) - livedBy(from)) / survivalAt(from))
    },
  }
}

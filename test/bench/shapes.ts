import type { FaultPlanInput } from '../../src/simulator/fault-plan.ts'

/** A number, or from which to which one is drawn for each seed. */
export type Drawn = number | readonly [from: number, to: number]

/**
 * One kind of rollout. What is drawn (sizes, the order of rows, how long each job takes, latencies) comes from
 * the seed; `most…` is what is wanted of the worst of all seeds.
 */
export interface Shape {
  readonly what: string
  readonly groups: readonly {
    /** So many like this one. */
    readonly count: Drawn
    /** Servers in each; or, with `inAll`, in all of them together. */
    readonly rows: Drawn
    readonly inAll?: true
    /** Creates that each takes at once; null: as many as there are. */
    readonly parallel: Drawn | null
  }[]
  /** The inventory's: groups mixed by chance, or one after another as they stand here. */
  readonly order: 'mixed' | 'by-group'
  /** Seconds. */
  readonly jobs: readonly [from: number, to: number]
  readonly maxJobs: number
  readonly rate?: number
  readonly latencyMs?: number
  readonly limits?: NonNullable<FaultPlanInput['limits']>
  readonly rules?: NonNullable<FaultPlanInput['rules']>
  /** × the bound of any order, where it can be come near without knowing beforehand how long each job takes. */
  readonly mostMakespan?: number
  /** × the bound of the order in which the tool sends. */
  readonly mostInOrder: number
  /** A server, all kinds. */
  readonly mostRequests?: number
}

const FIVE_MINUTES = [270, 330] as const
const MINUTE = 60_000
const TEN_GROUPS = [{ count: 10, rows: [40, 60], parallel: null }] as const
const SIX_GROUPS = [{ count: 6, rows: [40, 60], parallel: null }] as const
const EQUAL = {
  groups: TEN_GROUPS,
  order: 'mixed',
  jobs: FIVE_MINUTES,
  maxJobs: 100,
  mostInOrder: 1.05,
} as const satisfies Omit<Shape, 'what'>
/** Few places, so that many jobs follow one another on each. */
const QUICK = { groups: SIX_GROUPS, order: 'mixed', maxJobs: 10, mostInOrder: 1.05 } as const
const VARIED = { ...QUICK, maxJobs: 30, mostRequests: 2.7 } as const
const create = { on: 'createProtectedInstance' }
const ROUGH = [
  { on: '*', probability: 0.05, do: { status: 503 } },
  { ...create, probability: 0.05, do: { status: 409 } },
  { ...create, probability: 0.005, do: { reset: 'before' } },
  { ...create, probability: 0.005, do: { reset: 'after' } },
] as const satisfies Shape['rules']

/** By the name that chooses one on the command line. */
export const SHAPES = {
  equal: { ...EQUAL, what: '10 like groups, 100 at once', mostRequests: 2.2 },
  skewed: {
    ...EQUAL,
    what: 'from 3 to 200 a group, 60 at once',
    groups: [
      { count: 1, rows: [150, 200], parallel: null },
      { count: 2, rows: [60, 120], parallel: null },
      { count: 4, rows: [20, 40], parallel: null },
      { count: 6, rows: [3, 10], parallel: null },
    ],
    maxJobs: 60,
    mostRequests: 2.5,
  },
  'at-once': {
    ...EQUAL,
    what: '40 servers, all at once',
    groups: [{ count: 4, rows: 10, parallel: null }],
    mostRequests: 3,
  },
  serial: {
    ...EQUAL,
    mostMakespan: 1.05,
    what: 'serial groups of 5, 10, 20 and 35, 2 at once',
    groups: [5, 10, 20, 35].map((rows) => ({ count: 1, rows, parallel: 1 })),
    maxJobs: 2,
    mostRequests: 5,
  },
  serials: {
    ...EQUAL,
    mostMakespan: 1.05,
    what: 'serial groups of any size, 4 at once',
    groups: [{ count: [6, 9], rows: [4, 40], parallel: 1 }],
    maxJobs: 4,
    mostRequests: 5,
  },
  'serial-last': {
    ...EQUAL,
    mostMakespan: 1.05,
    what: 'a serial group behind 900 free rows',
    groups: [
      { count: [1, 18], rows: 900, inAll: true, parallel: null },
      { count: 1, rows: [10, 14], parallel: 1 },
    ],
    order: 'by-group',
    mostRequests: 2.5,
  },
  'serial-long': {
    ...EQUAL,
    mostMakespan: 1.05,
    what: 'the same, and the serial one is the longest',
    groups: [
      { count: 9, rows: [40, 60], parallel: null },
      { count: 1, rows: [10, 14], parallel: 1 },
    ],
    order: 'by-group',
    mostRequests: 2.7,
  },
  narrow: {
    ...EQUAL,
    mostMakespan: 1.05,
    what: 'groups that take 2–4 at once, 12 in all',
    groups: [{ count: 6, rows: [15, 50], parallel: [2, 4] }],
    maxJobs: 12,
    mostRequests: 5,
  },
  'narrow-wide': {
    ...EQUAL,
    mostMakespan: 1.05,
    what: 'narrow groups beside free ones, 30 in all',
    groups: [
      { count: 5, rows: [50, 70], parallel: null },
      { count: 3, rows: [20, 40], parallel: [2, 4] },
    ],
    order: 'by-group',
    maxJobs: 30,
    mostRequests: 3,
  },
  bimodal: {
    ...VARIED,
    what: '60–90 s, a fifth 600–700 s',
    jobs: [60, 90],
    limits: { jobTimeMix: [{ share: 0.2, min: 10 * MINUTE, max: 11.5 * MINUTE }] },
  },
  'heavy-tail': {
    ...VARIED,
    what: '60–120 s, few up to 25 minutes',
    jobs: [60, 120],
    limits: {
      jobTimeMix: [
        { share: 0.2, min: 2 * MINUTE, max: 5 * MINUTE },
        { share: 0.08, min: 5 * MINUTE, max: 15 * MINUTE },
        { share: 0.02, min: 15 * MINUTE, max: 25 * MINUTE },
      ],
    },
  },
  drifting: {
    ...VARIED,
    what: '120–150 s, ever longer: three times after an hour',
    jobs: [120, 150],
    limits: { jobTimeGrowth: 2 },
  },
  quickening: {
    ...VARIED,
    what: '240–300 s, ever shorter',
    jobs: [240, 300],
    limits: { jobTimeGrowth: -0.8 },
  },
  'short-10': { ...QUICK, what: '10 s, 10 at once', jobs: [9, 11], mostRequests: 2.5 },
  'short-20': { ...QUICK, what: '20 s, 10 at once', jobs: [18, 22], mostRequests: 2.5 },
  'short-60': { ...QUICK, what: '60 s, 10 at once', jobs: [54, 66], mostRequests: 2.5 },
  long: {
    ...QUICK,
    what: '20 minutes, 20 at once',
    jobs: [18 * 60, 22 * 60],
    maxJobs: 20,
    mostRequests: 2.5,
  },
  wide: { ...VARIED, what: '60–1,200 s, 30 at once', jobs: [60, 1_200] },
  lagging: { ...EQUAL, what: 'the list lags by 20 s', limits: { listLagMs: 20_000 } },
  slow: { ...EQUAL, what: 'each request takes 3 s', latencyMs: 3_000 },
  rough: {
    ...EQUAL,
    what: '20 requests a second, 5 % 503, 5 % 409, 1 % lost',
    rate: 20,
    limits: { rateLimit: 20 },
    rules: ROUGH,
    mostInOrder: 1.15,
  },
  'rough-all': {
    ...EQUAL,
    what: 'the same, 1,000 all at once',
    groups: [{ count: 20, rows: 50, parallel: null }],
    maxJobs: 1_000,
    rate: 20,
    limits: { rateLimit: 20 },
    rules: ROUGH,
    mostInOrder: 1.15,
  },
} as const satisfies Readonly<Record<string, Shape>>

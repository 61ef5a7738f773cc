import fc from 'fast-check'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'

/**
 * One random history: a world, and the runs of the tool that it sees, with what befalls them. Plain
 * data, so that fast-check can shrink it and a person can read it.
 */
export interface History {
  readonly seed: number
  readonly groups: readonly GroupPlan[]
  readonly servers: readonly ServerPlan[]
  readonly cloud: CloudPlan
  readonly runs: readonly RunPlan[]
}

export interface GroupPlan {
  /** Creates it runs at once; null is no limit. */
  readonly parallel: number | null
  readonly capacity: number | null
  readonly status: 'available' | 'protected' | 'starting' | 'error' | 'failed-over'
}

export interface ServerPlan {
  /** By place; taken modulo the number of groups. */
  readonly group: number
  readonly job:
    | 'succeeds'
    | 'leaves-error'
    | 'leaves-nothing'
    | 'once-1350'
    | '1350-leaves-error'
    | 'sub-job-fails'
  /** What protects it before the first run, and what state that is in. */
  readonly before:
    | 'nothing'
    | 'available'
    | 'creating'
    | 'error'
    | 'fault'
    | 'elsewhere'
    | 'deleting'
}

export interface CloudPlan {
  readonly listLagMs: number
  readonly jobTimeMs: { readonly min: number; readonly max: number }
  readonly latencyMs: number
  readonly busyAs: 'code' | 'conflict'
  readonly rateLimit: number | null
  readonly unreachable: number
  /** A service without SDRS.1305; only where lists lag less than the tool looks. */
  readonly forgetful: boolean
  readonly rules: readonly unknown[]
}

export interface RunPlan {
  /** Per mille of the steps that such a run takes about; null: it does not happen. */
  readonly dies: number | null
  readonly interrupted: number | null
  readonly cutOff: number | null
  readonly diskFull: number | null
  /** The reports folder as the next run finds it. */
  readonly journals: 'kept' | 'deleted'
  readonly pauseMs: number
  /** What is done to the inventory first: places of rows. */
  readonly dropped: readonly number[]
  readonly moved: readonly number[]
  readonly reversed: boolean
  readonly concurrency: number
  readonly maxJobs: number
  readonly settleWindowMs: number
  readonly jobTimeoutMs: number
  readonly pollIntervalMs: number | null
  readonly replaceFailed: boolean
  readonly journalMs: number
}

const MINUTE = 60_000

const group: fc.Arbitrary<GroupPlan> = fc.record({
  parallel: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) },
  ),
  capacity: fc.oneof(
    { weight: 8, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.nat(6) },
  ),
  status: often('available', ['protected', 'starting', 'error', 'failed-over'] as const, 10),
})

const server: fc.Arbitrary<ServerPlan> = fc.record({
  group: fc.nat(4),
  job: often(
    'succeeds',
    ['leaves-error', 'leaves-nothing', 'once-1350', '1350-leaves-error', 'sub-job-fails'] as const,
    12,
  ),
  before: often(
    'nothing',
    ['available', 'creating', 'error', 'fault', 'elsewhere', 'deleting'] as const,
    12,
  ),
})

/** Mostly the first, now and then one of the others. */
function often<const A, const B>(
  usual: A,
  others: readonly B[],
  weight: number,
): fc.Arbitrary<A | B> {
  return fc.oneof(
    { weight, arbitrary: fc.constant<A | B>(usual) },
    ...others.map((other) => ({ weight: 1, arbitrary: fc.constant<A | B>(other) })),
  )
}

const body = fc.constantFrom('error', 'badRequest', 'gateway', 'iam', 'html', 'empty', 'garbage')
const BUSY = ['SDRS.1002', 'SDRS.1018', 'SDRS.1325', 'SDRS.1357', 'SDRS.1359']
const retryAfter = fc.constantFrom({}, { retryAfter: 1 }, { retryAfter: 3, retryAfterAs: 'date' })

const effectOnAnything = fc.oneof(
  fc.tuple(fc.constantFrom(429, 503), body, retryAfter).map(([status, form, after]) => ({
    status,
    body: form,
    ...after,
  })),
  fc
    .tuple(fc.constantFrom(408, 500, 502, 504), body, fc.boolean())
    .map(([status, form, carriedOut]) => ({ status, body: form, carriedOut })),
  fc.constantFrom('before', 'after').map((reset) => ({ reset })),
  fc.constantFrom('before', 'after').map((hang) => ({ hang })),
  fc.constantFrom('html', 'truncated', 'empty', 'other').map((garbage) => ({ garbage })),
  fc.constantFrom(500, 8_000, 40_000).map((slowMs) => ({ slowMs })),
  fc.constant({ contentType: 'text/plain' }),
)

const rarely = fc.constantFrom<Record<string, unknown>>(
  { status: 401 },
  { status: 403 },
  { revokeTokens: true },
)

const createRule = fc.record({
  on: fc.constant('createProtectedInstance'),
  probability: fc.constantFrom(0.1, 0.3, 0.7, 1),
  timesPerServer: fc.constantFrom(1, 2, 3),
  do: fc.oneof(
    { weight: 6, arbitrary: effectOnAnything },
    { weight: 1, arbitrary: fc.constant({ status: 409 }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...BUSY).map((code) => ({ status: 400, code })),
    },
  ),
})

const readRule = fc.record({
  on: fc.constantFrom(
    'listProtectedInstances',
    'showJob',
    'list*',
    '{list,show}*',
    'deleteProtectedInstance',
  ),
  probability: fc.constantFrom(0.05, 0.3, 0.6),
  do: fc.oneof(
    { weight: 6, arbitrary: effectOnAnything },
    { weight: 1, arbitrary: fc.constant({ status: 404 }) },
  ),
})

const accessRule = fc.record({
  on: fc.constantFrom('*', 'createProtectedInstance', 'show*'),
  nth: fc.integer({ min: 1, max: 40 }),
  times: fc.constantFrom(1, 2),
  do: rarely,
})

const cloud: fc.Arbitrary<CloudPlan> = fc
  .record({
    listLagMs: fc.constantFrom(0, 0, 900, 3_000, 7_000, 20_000),
    jobTimeMs: fc.constantFrom(
      { min: 1_000, max: 4_000 },
      { min: 20_000, max: 90_000 },
      { min: 4 * MINUTE, max: 9 * MINUTE },
    ),
    latencyMs: fc.constantFrom(0, 20, 400),
    busyAs: fc.constantFrom('code' as const, 'conflict' as const),
    rateLimit: fc.constantFrom(null, null, 20),
    unreachable: fc.constantFrom(0, 0, 0.1),
    forgetful: fc.boolean(),
    creates: fc.array(createRule, { maxLength: 3 }),
    reads: fc.array(readRule, { maxLength: 2 }),
    access: fc.oneof(
      { weight: 6, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(accessRule, { minLength: 1, maxLength: 1 }) },
    ),
  })
  .map(({ creates, reads, access, ...rest }) => ({
    ...rest,
    rules: [...access, ...creates, ...reads],
  }))

const point = fc.integer({ min: 0, max: 999 })

function now<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 10 - weight, arbitrary: fc.constant(null) }, { weight, arbitrary })
}

const places = fc.uniqueArray(fc.nat(24), { maxLength: 4 })

const run: fc.Arbitrary<RunPlan> = fc.record({
  dies: now(6, point),
  interrupted: now(1, point),
  cutOff: now(1, point),
  diskFull: now(1, point),
  journals: often('kept', ['deleted'] as const, 4),
  pauseMs: fc.constantFrom(0, 500, 15_000, 3 * MINUTE),
  dropped: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: places }),
  moved: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: places }),
  reversed: fc.boolean(),
  concurrency: fc.constantFrom(1, 3, 10),
  maxJobs: fc.constantFrom(1, 4, 100),
  settleWindowMs: fc.constantFrom(30_000, 10_000),
  jobTimeoutMs: fc.constantFrom(30 * MINUTE, 30 * MINUTE, MINUTE),
  pollIntervalMs: fc.constantFrom(null, null, 1_000),
  replaceFailed: fc.constantFrom(false, false, true),
  journalMs: fc.constantFrom(0, 4),
})

export const anyHistory: fc.Arbitrary<History> = fc
  .record({
    seed: fc.nat(1_000_000),
    groups: fc.array(group, { minLength: 1, maxLength: 5 }),
    servers: fc.array(server, { minLength: 1, maxLength: 25 }),
    cloud,
    runs: fc.array(run, { maxLength: 4 }),
  })
  .map(sane)

/** One to three servers and two to six runs, each of which dies: every step is a likely place to die. */
export const deadlyHistory: fc.Arbitrary<History> = fc
  .record({
    seed: fc.nat(1_000_000),
    groups: fc.array(group, { minLength: 1, maxLength: 2 }),
    servers: fc.array(server, { minLength: 1, maxLength: 3 }),
    cloud,
    runs: fc.array(fc.record({ run, dies: point }), { minLength: 2, maxLength: 6 }),
  })
  .map(({ runs, ...rest }) =>
    sane({ ...rest, runs: runs.map(({ run: each, dies }) => ({ ...each, dies })) }),
  )

/** Answers to creates get lost, and lists show them only after the tool has stopped looking. */
export const losingHistory: fc.Arbitrary<History> = anyHistory.map((drawn) => ({
  ...drawn,
  cloud: {
    ...drawn.cloud,
    forgetful: false,
    listLagMs: 20_000,
    rules: loadFaultPlan({
      rules: [
        {
          on: 'createProtectedInstance',
          probability: 0.5,
          timesPerServer: 1,
          do: { reset: 'after' },
        },
      ],
    }).rules,
  },
  runs: drawn.runs.map((each) => ({ ...each, dies: null, cutOff: null, settleWindowMs: 10_000 })),
}))

/**
 * A forgetful cloud is fair only where a list shows, by the time the tool has looked long enough,
 * what was created: with journals at hand, or after a pause longer than the lag.
 */
function sane(drawn: History): History {
  const { cloud: plan } = drawn
  const rules = loadFaultPlan({ rules: plan.rules }).rules
  if (!plan.forgetful) return { ...drawn, cloud: { ...plan, rules } }
  const lag = Math.min(plan.listLagMs, 7_000)
  return {
    ...drawn,
    // A job that fails ends its row before the list shows what it left.
    servers: drawn.servers.map((each) => ({ ...each, job: 'succeeds' })),
    cloud: { ...plan, rules, listLagMs: lag },
    runs: drawn.runs.map((each) => ({
      ...each,
      pauseMs: each.journals === 'kept' ? each.pauseMs : Math.max(each.pauseMs, lag + 1_000),
    })),
  }
}

import fc from 'fast-check'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import {
  cloudWith,
  historyOf,
  HOUR,
  MINUTE,
  now,
  often,
  OFTEN,
  point,
  run,
  SELDOM,
  serverWith,
  troubles,
} from './draws.ts'
import { busyDelete, confinedTo, echoCode, type RuleInput } from './fault-rules.ts'
import type { CrowdPlan, GroupPlan, History, RunPlan, ServerPlan } from './history.ts'

/** The kinds of histories, each about something. */

export const anyHistory: fc.Arbitrary<History> = historyOf({
  groups: 5,
  server: serverWith(SELDOM),
  servers: 25,
  cloud: cloudWith(troubles(0, 1)),
  runs: fc.array(run, { maxLength: 4 }),
})

/** One to three servers and two to six runs, each of which dies: every step is a likely place to die. */
export const deadlyHistory: fc.Arbitrary<History> = historyOf({
  groups: 2,
  server: serverWith(SELDOM),
  servers: 3,
  cloud: cloudWith(troubles(0, 1)),
  runs: fc
    .array(fc.record({ each: run, dies: point }), { minLength: 2, maxLength: 6 })
    .map((drawn) => drawn.map(({ each, dies }) => ({ ...each, dies }))),
})

const misled: fc.Arbitrary<History> = historyOf({
  groups: 3,
  server: serverWith(OFTEN),
  servers: 8,
  cloud: cloudWith(troubles(1, 3)),
  runs: fc.array(
    fc
      .record({ each: run, dies: now(2, point) })
      .map(({ each, dies }) => ({ ...each, dies, diskFull: null })),
    { minLength: 1, maxLength: 4 },
  ),
})

const calm = {
  dies: null,
  interrupted: null,
  cutOff: null,
  diskFull: null,
  host: 'here',
  journals: 'kept',
} as const satisfies Partial<RunPlan>

/** SDRS denies each job once while lists leave the instance out: nothing but the job itself can tell. */
const denied: fc.Arbitrary<History> = misled.map((drawn) => ({
  ...drawn,
  servers: drawn.servers.map((each) => ({ ...each, befalls: 'omitted-early', before: 'nothing' })),
  cloud: {
    ...drawn.cloud,
    forgetful: false,
    jobTimeMs: { min: 4 * MINUTE, max: 9 * MINUTE },
    rules: loadFaultPlan({
      rules: [{ on: 'showJob', timesPerServer: 1, do: { notFound: true } }],
    }).rules,
  },
  runs: drawn.runs.map((each) => ({ ...each, ...calm, jobTimeoutMs: 30 * MINUTE })),
}))

/**
 * What a first run has created no list shows to the next ones, whose creates the service refuses with what
 * the first ones use up; the clocks of the runs are hours apart. Asked for by its ID it is there.
 */
export const omittedHistory: fc.Arbitrary<History> = fc
  .record({
    drawn: misled,
    each: run,
    code: echoCode,
    clocks: fc.array(fc.constantFrom(0, 0, -3 * HOUR, 3 * HOUR), { minLength: 4, maxLength: 4 }),
  })
  .map(({ drawn, each, code, clocks }) => ({
    ...drawn,
    groups: drawn.groups.map((plan) => ({ ...plan, capacity: null, status: 'available' as const })),
    servers: drawn.servers.map((plan, place) => ({
      ...plan,
      job: 'succeeds' as const,
      befalls: place % 3 === 2 ? ('nothing' as const) : ('omitted-for-hours' as const),
      before: 'nothing' as const,
      wave: null,
    })),
    cloud: {
      ...drawn.cloud,
      forgetful: false,
      listLagMs: 0,
      jobTimeMs: { min: 1_000, max: 4_000 },
      rules: loadFaultPlan({
        rules: [{ on: 'createProtectedInstance', do: { echo: code, while: 'alive' } }],
      }).rules,
    },
    runs: [each, ...drawn.runs].slice(0, 4).map((plan, at) => ({
      ...plan,
      ...(at === 0 ? calm : { diskFull: null }),
      dropped: at === 0 ? [] : plan.dropped,
      moved: [],
      clockOffMs: clocks[at] ?? 0,
      pauseMs: at === 0 ? 3 * MINUTE : plan.pauseMs,
      concurrency: at === 0 ? 10 : plan.concurrency,
      jobTimeoutMs: 30 * MINUTE,
    })),
  }))

/** Few rows and short runs, of which most live, in a cloud that misleads in every way it can. */
export const troubledHistory: fc.Arbitrary<History> = fc.oneof(
  { weight: 5, arbitrary: misled },
  { weight: 1, arbitrary: denied },
  { weight: 1, arbitrary: omittedHistory },
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

const replaced: fc.Arbitrary<History> = historyOf({
  groups: 2,
  server: fc.record<ServerPlan>({
    group: fc.nat(1),
    job: fc.constantFrom<ServerPlan['job'][]>(
      'succeeds',
      'leaves-error',
      '1350-leaves-error',
      'sub-job-fails',
      'sub-job-fails-late',
      'fails-late',
      'repaired-soon',
      'repaired-soon',
      'repaired-late',
      'repaired-late',
    ),
    befalls: often(
      'nothing',
      ['breaks-later', 'breaks-later', 'says-TARGET', 'says-source-blank', 'says-nothing'] as const,
      8,
    ),
    before: often('nothing', ['error', 'fault'] as const, 8),
    wave: fc.constantFrom(null, '1' as const, '2' as const),
  }),
  servers: 5,
  cloud: fc
    .record({ plan: cloudWith(fc.array(busyDelete, { maxLength: 1 })), calm: fc.boolean() })
    .map(({ plan, calm }) => ({
      ...plan,
      forgetful: false,
      rules: calm ? plan.rules.slice(0, 1) : plan.rules,
    })),
  runs: fc
    .array(fc.record({ each: run, dies: now(1, point), replaces: now(8, fc.constant(true)) }), {
      minLength: 2,
      maxLength: 5,
    })
    .map((drawn) =>
      drawn.map(({ each, dies, replaces }) => ({
        ...each,
        dies,
        interrupted: null,
        cutOff: null,
        diskFull: null,
        replaceFailed: replaces === true,
      })),
    ),
})

/** What failed creates have left is seen repaired by one run, breaks anew, and meets one that replaces. */
const relapsing: fc.Arbitrary<History> = fc
  .record({ drawn: replaced, each: run })
  .map(({ drawn, each }) => ({
    ...drawn,
    groups: drawn.groups.map((plan) => ({ ...plan, capacity: null, status: 'available' as const })),
    servers: drawn.servers.map((plan) => ({
      ...plan,
      job: plan.job === 'fails-late' ? plan.job : ('repaired-soon' as const),
      befalls: 'breaks-later' as const,
      before: 'nothing' as const,
    })),
    cloud: { ...drawn.cloud, listLagMs: 0, jobTimeMs: { min: 1_000, max: 4_000 } },
    runs: [...drawn.runs, each, each, each].slice(0, 5).map((plan, at) => ({
      ...plan,
      ...calm,
      dropped: [],
      moved: [],
      pauseMs: 3 * MINUTE,
      jobTimeoutMs: 30 * MINUTE,
      replaceFailed: at > 1,
    })),
  }))

/** Creates fail and leave something, which is repaired or breaks anew, and runs that would replace it. */
export const replacingHistory: fc.Arbitrary<History> = fc.oneof(
  { weight: 4, arbitrary: replaced },
  { weight: 1, arbitrary: relapsing },
)

/** All trouble is the other groups': no row of the first may pay for it. */
export const neighbourHistory: fc.Arbitrary<History> = historyOf({
  groups: 3,
  server: serverWith(OFTEN),
  servers: 9,
  cloud: cloudWith(troubles(1, 3)),
  runs: fc.array(run, { minLength: 1, maxLength: 3 }),
}).map((drawn) => {
  const [first, ...others] = drawn.groups
  const groups: GroupPlan[] = [
    { parallel: first?.parallel ?? null, capacity: null, status: 'available' },
    ...(others.length === 0 ? [first ?? QUIET_GROUP] : others),
  ]
  return {
    ...drawn,
    firstGroupIsQuiet: true,
    groups,
    servers: [
      { ...QUIET_SERVER, group: 0 },
      ...drawn.servers.map((each) =>
        each.group % groups.length === 0
          ? {
              ...QUIET_SERVER,
              group: each.group,
              before: each.before === 'available' ? ('available' as const) : ('nothing' as const),
              wave: each.wave,
            }
          : each,
      ),
    ],
    cloud: {
      ...drawn.cloud,
      forgetful: false,
      listLagMs: Math.min(drawn.cloud.listLagMs, 3_000),
      rateLimit: null,
      unreachable: 0,
      rules: loadFaultPlan({
        rules: drawn.cloud.rules
          .filter((rule) => !isRefusedSignIn(rule as RuleInput))
          .map((rule) => confinedTo('g[2-9]', rule as RuleInput)),
      }).rules,
    },
    runs: drawn.runs.map((each) => ({
      ...each,
      dies: null,
      interrupted: null,
      cutOff: null,
      diskFull: null,
      moved: [],
      host: 'here' as const,
      journals: 'kept' as const,
      jobTimeoutMs: 30 * MINUTE,
    })),
  }
})

const crowd: fc.Arbitrary<CrowdPlan> = fc.record({
  namespace: fc.constantFrom('one', 'one', 'two'),
  nextAfterMs: fc.constantFrom(null, 0, 500, 3_000, 20_000, 90_000, 5 * MINUTE),
  lockTimeoutMs: fc.constantFrom(0, 0, 0, 2 * MINUTE),
  suspended: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.record({
        at: point,
        forMs: fc.constantFrom(2_000, 50_000, 80_000, 5 * MINUTE),
      }),
    },
  ),
})

/** Runs that begin while others are at work on the same reports folder, in this PID namespace or another. */
export const crowdedHistory: fc.Arbitrary<History> = fc
  .record({
    drawn: historyOf({
      groups: 2,
      server: serverWith(SELDOM),
      servers: 5,
      cloud: cloudWith(troubles(0, 1)),
      runs: fc.array(
        fc
          .record({ each: run, dies: now(2, point), crowd })
          .map(({ each, dies, crowd: how }) => ({ ...each, dies, crowd: how })),
        { minLength: 2, maxLength: 4 },
      ),
    }),
  })
  .map(({ drawn }) => ({
    ...drawn,
    takesLocks: true,
    // Two that hold the lock one after the other may look while the other's create is still on its way.
    cloud: { ...drawn.cloud, forgetful: false },
    runs: drawn.runs.map((plan) => ({ ...plan, host: 'here' as const, journals: 'kept' as const })),
  }))

const QUIET_GROUP: GroupPlan = { parallel: null, capacity: null, status: 'available' }
const QUIET_SERVER: ServerPlan = {
  group: 0,
  job: 'succeeds',
  befalls: 'nothing',
  before: 'nothing',
  wave: null,
}

/** It ends a run for every row, and says so. */
function isRefusedSignIn(rule: RuleInput): boolean {
  const effect = rule['do'] as RuleInput
  return effect['status'] === 401 || 'revokeTokens' in effect
}

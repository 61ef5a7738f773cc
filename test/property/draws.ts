import fc from 'fast-check'
import { loadFaultPlan } from '../../src/simulator/fault-plan.ts'
import { accessRule, createRule, readRule, troubleRules, type RuleInput } from './fault-rules.ts'
import type { CloudPlan, CrowdPlan, GroupPlan, History, RunPlan, ServerPlan } from './history.ts'

/** What histories are drawn from: worlds, weather and runs, and how they are put together. */

const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** Mostly the first, now and then one of the others. */
export function often<const A, const B>(
  usual: A,
  others: readonly B[],
  weight: number,
): fc.Arbitrary<A | B> {
  return fc.oneof(
    { weight, arbitrary: fc.constant<A | B>(usual) },
    ...others.map((other) => ({ weight: 1, arbitrary: fc.constant<A | B>(other) })),
  )
}

/** Null, but in `share` of ten. */
export function now<T>(share: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof(
    { weight: 10 - share, arbitrary: fc.constant(null) },
    { weight: share, arbitrary },
  )
}

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

const JOBS = [
  'leaves-error',
  'leaves-nothing',
  'once-1350',
  '1350-leaves-error',
  'sub-job-fails',
  'sub-job-fails-late',
  'fails-late',
  'repaired-soon',
  'repaired-late',
] as const
const BEFALLS = [
  'omitted-early',
  'omitted-once-ready',
  'breaks-at-once',
  'breaks-later',
  'job-never-ends',
  'says-TARGET',
  'says-source-blank',
  'says-nothing',
] as const
const BEFORE = ['available', 'creating', 'error', 'fault', 'elsewhere', 'deleting'] as const

/** Of so many servers one more meets trouble. */
export function serverWith(weight: { readonly job: number; readonly befalls: number }) {
  return fc.record<ServerPlan>({
    group: fc.nat(4),
    job: often('succeeds', JOBS, weight.job),
    befalls: often('nothing', BEFALLS, weight.befalls),
    before: often('nothing', BEFORE, 12),
    wave: often(null, ['1', '2'] as const, 4),
  })
}

export function cloudWith(trouble: fc.Arbitrary<RuleInput[][]>): fc.Arbitrary<CloudPlan> {
  return fc
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
      mostPerPage: fc.constantFrom(null, null, 2, 3, 5),
      unreachable: fc.constantFrom(0, 0, 0.1),
      forgetful: fc.boolean(),
      trouble,
      creates: fc.array(createRule, { maxLength: 3 }),
      reads: fc.array(readRule, { maxLength: 2 }),
      access: fc.oneof(
        { weight: 6, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(accessRule, { minLength: 1, maxLength: 1 }) },
      ),
    })
    .map(({ trouble: sorts, creates, reads, access, ...rest }) => ({
      ...rest,
      rules: [...access, ...sorts.flat(), ...creates, ...reads],
    }))
}

export const point = fc.integer({ min: 0, max: 999 })
const places = fc.uniqueArray(fc.nat(24), { maxLength: 4 })

const ALONE: CrowdPlan = {
  namespace: 'one',
  nextAfterMs: null,
  lockTimeoutMs: 0,
  suspended: null,
}

export const run: fc.Arbitrary<RunPlan> = fc.record({
  dies: now(6, point),
  interrupted: now(1, point),
  cutOff: now(1, point),
  diskFull: now(1, point),
  host: often('here', ['elsewhere'] as const, 6),
  clockOffMs: often(0, [-40 * SECOND, 10 * MINUTE, -2 * HOUR, 2 * HOUR, -400 * 24 * HOUR], 8),
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
  crowd: fc.constant(ALONE),
})

export const troubles = (minLength: number, maxLength: number): fc.Arbitrary<RuleInput[][]> =>
  fc.array(troubleRules, { minLength, maxLength })
export const SELDOM = { job: 24, befalls: 60 }
export const OFTEN = { job: 9, befalls: 8 }

export function historyOf(parts: {
  readonly groups: number
  readonly server: fc.Arbitrary<ServerPlan>
  readonly servers: number
  readonly cloud: fc.Arbitrary<CloudPlan>
  readonly runs: fc.Arbitrary<RunPlan[]>
}): fc.Arbitrary<History> {
  return fc
    .record({
      seed: fc.nat(1_000_000),
      groups: fc.array(group, { minLength: 1, maxLength: parts.groups }),
      servers: fc.array(parts.server, { minLength: 1, maxLength: parts.servers }),
      foreign: fc.constantFrom(0, 0, 1, 4, 7),
      cloud: parts.cloud,
      runs: parts.runs,
      firstGroupIsQuiet: fc.constant(false),
      takesLocks: fc.constant(false),
    })
    .map(sane)
}

/**
 * A forgetful cloud is fair only where a list shows, by the time the tool has looked long enough,
 * what was created: with journals at hand, or after a pause longer than the lag.
 */
function sane(drawn: History): History {
  const { cloud: plan } = drawn
  const rules = loadFaultPlan({ rules: plan.rules }).rules
  if (!plan.forgetful) return { ...drawn, cloud: { ...plan, rules } }
  const lag = Math.min(plan.listLagMs, 7_000)
  const hosts = new Set(['here', ...drawn.runs.map(({ host }) => host)])
  return {
    ...drawn,
    // A job that fails ends its row before the list shows what it left.
    servers: drawn.servers.map((each) => ({
      ...each,
      job: 'succeeds',
      befalls: each.befalls.startsWith('omitted') ? 'nothing' : each.befalls,
    })),
    cloud: {
      ...plan,
      rules: rules.filter((rule) => !hidesInstances(rule.do)),
      listLagMs: lag,
    },
    runs: drawn.runs.map((each) => ({
      ...each,
      pauseMs:
        each.journals === 'kept' && hosts.size === 1
          ? each.pauseMs
          : Math.max(each.pauseMs, lag + 1_000),
    })),
  }
}

/** Lists that do not show what is there, however long one looks. */
function hidesInstances(effect: Readonly<Record<string, unknown>>): boolean {
  return 'repeatPage' in effect || 'poison' in effect
}

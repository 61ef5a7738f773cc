import fc from 'fast-check'
import type { FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import type { GroupActKind } from '../../src/simulator/group-acts.ts'
import { HOUR, MINUTE, now, often, point } from './draws.ts'

/** A history in which runs of all commands and other people act on the same groups. */
export interface SwitchedHistory {
  readonly seed: number
  readonly groups: readonly SwitchedGroup[]
  /** One for each row. */
  readonly rows: readonly { readonly group: number; readonly createFails: boolean }[]
  readonly cloud: {
    readonly latencyMs: number
    /**
     * Mostly shorter than every settle window: what the tool looks through shows what was done. In a cloud that
     * is slow of sight (`SLOW_SIGHT_MS`) it is longer: of what was lost nobody can tell for long.
     */
    readonly listLagMs: number
    readonly showLags: boolean
    readonly busyAs: 'code' | 'conflict'
    readonly otherJobTimeMs: { readonly min: number; readonly max: number }
    readonly syncTimeMs: { readonly min: number; readonly max: number }
    /** Without SDRS.1305: it would create a second instance for a server. */
    readonly forgetful: boolean
  }
  /** Everything was created before, in fair weather. */
  readonly begun: boolean
  readonly steps: readonly Step[]
}

export interface SwitchedGroup {
  readonly status: 'available' | 'failed-over' | 'error-reprotecting' | 'reversing'
  readonly startFails: {
    readonly leaves: 'error-starting' | 'available' | 'protected'
    readonly subJobOnly: boolean
  } | null
}

/** By place, in the history's groups or rows. */
export type Meddling =
  | { readonly kind: 'act'; readonly act: GroupActKind; readonly group: number }
  | { readonly kind: 'delete'; readonly row: number }
  /** Started and failed over at once, while a run has it before it. */
  | { readonly kind: 'seize'; readonly group: number }

export type Command = 'apply' | 'enable' | 'partial' | 'both' | 'verify'

export interface RunStep {
  readonly kind: 'run'
  readonly command: Command
  /** The inventory has every row, or only those before this place. */
  readonly rows: number | null
  readonly replaceFailed: boolean
  /** Per mille of about as many steps as such a run takes. */
  readonly dies: number | null
  readonly interrupted: number | null
  readonly rules: readonly Rule[]
  /** As its nth request leaves. */
  readonly meddled: { readonly at: number; readonly by: Meddling } | null
  /** As `dies`: from here on the disk takes no more lines. */
  readonly diskFull: number | null
  /** How far this machine's clock is ahead. */
  readonly clockOffMs: number
  readonly beside: Beside | null
  readonly settleWindowMs: number
  readonly jobTimeoutMs: number
}

/** Another run that begins while this one is at work. */
export interface Beside {
  readonly command: Command
  readonly afterMs: number
  /** In the same reports folder, where one lock lets one of them in; else somebody's on another machine. */
  readonly sharesFolder: boolean
}

export type Step =
  | RunStep
  | { readonly kind: 'meddle'; readonly by: Meddling }
  | { readonly kind: 'wait'; readonly ms: number }

export type Rule = NonNullable<FaultPlanInput['rules']>[number]

const START: fc.Arbitrary<Rule> = fc.record({
  on: fc.constant('startServerGroup'),
  nth: fc.constantFrom(1, 1, 2, 3),
  do: fc.constantFrom<Rule['do'][]>(
    { reset: 'before' },
    { reset: 'after' },
    { hang: 'before' },
    { hang: 'after' },
    { status: 500 },
    { status: 500, carriedOut: true },
    { status: 504, body: 'gateway', carriedOut: true },
    { garbage: 'html' },
    { status: 409 },
    { status: 400, code: 'SDRS.1018' },
    { status: 429, retryAfter: 2 },
    { status: 503 },
    { status: 400, code: 'SDRS.0201' },
    { status: 403 },
  ),
})

const LOOK: fc.Arbitrary<Rule> = fc.record({
  on: fc.constantFrom('listServerGroups', 'showServerGroup', 'showJob', 'list*'),
  probability: fc.constantFrom(0.2, 0.6),
  times: fc.constantFrom(1, 3, 12),
  do: fc.constantFrom<Rule['do'][]>(
    { status: 503 },
    { status: 500 },
    { status: 404, body: 'gateway' },
    { reset: 'before' },
    { slowMs: 5_000 },
  ),
})

/** SDRS itself says that it does not know the job. */
const DENIED: fc.Arbitrary<Rule> = fc.record({
  on: fc.constant('showJob'),
  times: fc.constantFrom(1, 40),
  do: fc.constant({ notFound: true as const }),
})

const CREATE: fc.Arbitrary<Rule> = fc.record({
  on: fc.constant('createProtectedInstance'),
  times: fc.constantFrom(1, 3),
  do: fc.constantFrom<Rule['do'][]>({ reset: 'after' }, { reset: 'before' }, { status: 409 }),
})

const rules = fc.array(
  fc.oneof(
    { weight: 7, arbitrary: START },
    { weight: 2, arbitrary: LOOK },
    { weight: 1, arbitrary: DENIED },
    { weight: 1, arbitrary: CREATE },
  ),
  { maxLength: 3 },
)

const place = fc.nat(5)

const meddling: fc.Arbitrary<Meddling> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      act: fc.constantFrom<GroupActKind[]>(
        'failover',
        'stop',
        'stop',
        'start',
        'reverse',
        'reprotect',
      ),
      group: place,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), row: place }) },
)

const seizing = fc.record({ kind: fc.constant('seize' as const), group: place })

function runOf(command: fc.Arbitrary<Command>): fc.Arbitrary<RunStep> {
  return fc.record({
    kind: fc.constant('run' as const),
    command,
    rows: now(2, fc.integer({ min: 1, max: 5 })),
    replaceFailed: fc.constantFrom(false, false, true),
    dies: now(4, point),
    interrupted: now(1, point),
    rules,
    meddled: now(
      4,
      fc.oneof(
        { weight: 3, arbitrary: fc.record({ at: fc.integer({ min: 1, max: 16 }), by: meddling }) },
        { weight: 1, arbitrary: fc.record({ at: fc.integer({ min: 1, max: 8 }), by: seizing }) },
      ),
    ),
    diskFull: now(1, point),
    clockOffMs: often(0, [-40_000, 10 * MINUTE, -2 * HOUR, 2 * HOUR], 8),
    beside: now(
      2,
      fc.record({
        command: fc.constantFrom<Command[]>('enable', 'enable', 'partial', 'both', 'verify'),
        afterMs: fc.constantFrom(50, 1_000, 5_000, 20_000),
        sharesFolder: fc.boolean(),
      }),
    ),
    settleWindowMs: fc.constantFrom(30_000, 10_000),
    jobTimeoutMs: often(30 * MINUTE, [MINUTE], 4),
  })
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: runOf(
      fc.constantFrom('apply', 'enable', 'enable', 'enable', 'enable', 'partial', 'both', 'verify'),
    ),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('meddle' as const), by: meddling }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(1_000, 12_000, 10 * MINUTE),
    }),
  },
)

const group: fc.Arbitrary<SwitchedGroup> = fc.record({
  status: often('available', ['failed-over', 'error-reprotecting', 'reversing'] as const, 12),
  startFails: now(
    2,
    fc.record({
      leaves: fc.constantFrom('error-starting', 'available', 'protected'),
      subJobOnly: fc.boolean(),
    }),
  ),
})

const anyHistory: fc.Arbitrary<SwitchedHistory> = fc.record({
  seed: fc.nat(1_000_000),
  groups: fc.array(group, { minLength: 1, maxLength: 3 }),
  rows: fc.array(fc.record({ group: fc.nat(2), createFails: often(false, [true], 8) }), {
    minLength: 1,
    maxLength: 6,
  }),
  cloud: fc.record({
    latencyMs: fc.constantFrom(20, 400),
    listLagMs: fc.constantFrom(0, 0, 2_000, 8_000, 8_000),
    showLags: fc.boolean(),
    busyAs: fc.constantFrom('code', 'conflict'),
    otherJobTimeMs: fc.constantFrom({ min: 1_000, max: 6_000 }, { min: 30_000, max: 120_000 }),
    syncTimeMs: fc.constantFrom({ min: 2_000, max: 5_000 }, { min: 5 * MINUTE, max: 9 * MINUTE }),
    forgetful: fc.boolean(),
  }),
  begun: often(true, [false], 2),
  steps: fc.array(step, { minLength: 2, maxLength: 6 }),
})

const SHORT_JOBS = { min: 1_000, max: 6_000 }
/** What is done is seen so long after: longer than any settle window, and than a start takes. */
const SLOW_SIGHT_MS = [60_000, 150_000]

export function isSlowOfSight({ listLagMs }: SwitchedHistory['cloud']): boolean {
  return SLOW_SIGHT_MS.includes(listLagMs)
}

const plainEnable = runOf(fc.constant('enable')).map((drawn): RunStep => ({ ...drawn, ...CALM }))

/** What nothing befalls from outside. */
const CALM = {
  rows: null,
  dies: null,
  interrupted: null,
  diskFull: null,
  beside: null,
  meddled: null,
  rules: [],
} as const

const LOST: fc.Arbitrary<Rule> = fc.record({
  on: fc.constant('startServerGroup'),
  nth: fc.constantFrom(1, 2),
  do: fc.constantFrom<Rule['do'][]>(
    { reset: 'after' },
    { hang: 'after' },
    { status: 500, carriedOut: true },
  ),
})

/**
 * An earlier start fails at once and leaves the group in error; the next is sent before any look shows that,
 * its answer is lost, and only then comes to be seen what the first one has left.
 */
const misleading = fc
  .tuple(anyHistory, plainEnable, plainEnable, LOST)
  .map(([drawn, first, second, lost]): SwitchedHistory => ({
    ...drawn,
    begun: true,
    groups: drawn.groups.map((each) => ({
      ...each,
      status: 'available',
      startFails: { leaves: 'error-starting', subJobOnly: false },
    })),
    rows: drawn.rows.map((row) => ({ ...row, createFails: false })),
    cloud: { ...drawn.cloud, listLagMs: 8_000, showLags: true, otherJobTimeMs: SHORT_JOBS },
    steps: [first, { ...second, rules: [lost] }, ...drawn.steps],
  }))

/**
 * A start that was accepted is seen by nobody for long, and where its answer is lost, the next is refused for it
 * in whatever words. Nobody else acts: what they did could not be told either.
 */
const slowOfSight = fc
  .tuple(
    anyHistory,
    plainEnable,
    LOST,
    fc.array(START, { maxLength: 2 }),
    fc.constantFrom(...SLOW_SIGHT_MS),
  )
  .map(([drawn, first, lost, more, listLagMs]): SwitchedHistory => ({
    ...drawn,
    begun: true,
    groups: drawn.groups.map((each) => ({ ...each, status: 'available', startFails: null })),
    rows: drawn.rows.map((row) => ({ ...row, createFails: false })),
    cloud: { ...drawn.cloud, listLagMs, showLags: true, forgetful: false },
    steps: [{ ...first, rules: [lost, ...more] }, ...drawn.steps]
      .filter(({ kind }) => kind !== 'meddle')
      .map((each) =>
        each.kind === 'run' ? { ...each, meddled: null, rows: null, replaceFailed: false } : each,
      ),
  }))

/** Two runs of one folder set about the same groups within a moment: only the lock keeps one of them out. */
const crowded = fc
  .tuple(anyHistory, plainEnable, fc.constantFrom(50, 300, 1_000))
  .map(([drawn, first, afterMs]): SwitchedHistory => ({
    ...drawn,
    begun: true,
    groups: drawn.groups.map((each) => ({ ...each, status: 'available' })),
    rows: drawn.rows.map((row) => ({ ...row, createFails: false })),
    cloud: { ...drawn.cloud, latencyMs: 400 },
    steps: [
      { ...first, beside: { command: 'enable', afterMs, sharesFolder: true } },
      ...drawn.steps,
    ],
  }))

export const switchedHistory = fc
  .oneof(
    { weight: 6, arbitrary: anyHistory },
    { weight: 1, arbitrary: misleading },
    { weight: 1, arbitrary: slowOfSight },
    { weight: 1, arbitrary: crowded },
  )
  .map((drawn): SwitchedHistory => {
    // Two folders know nothing of each other: there the service alone keeps a server from being created twice.
    const isForeign = drawn.steps.some(
      (each) => each.kind === 'run' && each.beside?.sharesFolder === false,
    )
    return isForeign ? { ...drawn, cloud: { ...drawn.cloud, forgetful: false } } : drawn
  })

import { expect, test } from 'vitest'
import {
  beginFollowing,
  ownLookAt,
  type Followed,
  type Seen,
  type Target,
} from '../../src/apply/followed.ts'
import { step } from '../../src/apply/follow-steps.ts'
import { liveStateFrom, NOT_SEEN_YET } from '../../src/plan/live-state.ts'
import { jobSchema, type FailureJob } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { instance } from '../report/build.ts'

/** Every state meets every input: what it becomes, and what it asks. */
const WINDOW_MS = 30_000
const TIMEOUT_MS = 30 * 60_000
/** Within the window, past it, and past the deadline of all. */
const TIMES = [4_000, WINDOW_MS, TIMEOUT_MS] as const

const creating = instance(1, { id: 'i', status: 'creating' })
const shown = (status: string): Seen => ({
  kind: 'list',
  instance: instance(1, { id: 'i', status }),
  at: 0,
})
const job = (status: string): Seen => ({ kind: 'job', job: jobSchema.parse({ status }), at: 0 })
const failure: FailureJob = {
  jobId: 'j',
  resourceId: 'i',
  resourceName: 'web-1',
  failureStatus: 'createFail',
  jobType: null,
  errorCode: 'X',
  failReason: null,
  beginTime: null,
}

const INPUTS = {
  nothing: { kind: 'list', instance: null, at: 0 },
  creating: shown('creating'),
  available: shown('available'),
  error: shown('error'),
  deleting: shown('deleting'),
  unreadable: { kind: 'no-list', refused: false, at: 0 },
  refused: { kind: 'no-list', refused: true, at: 0 },
  RUNNING: job('RUNNING'),
  SUCCESS: job('SUCCESS'),
  FAIL: job('FAIL'),
  'no-job': { kind: 'no-job', at: 0 },
  'no-answer': { kind: 'no-answer', barred: false, at: 0 },
  barred: { kind: 'no-answer', barred: true, at: 0 },
  'no failures': { kind: 'failures', failures: [], at: 0 },
  'a failure': { kind: 'failures', failures: [failure], at: 0 },
  'failures unread': { kind: 'failures', failures: null, at: 0 },
} as const satisfies Record<string, Seen>
type Input = keyof typeof INPUTS

function begin(target: Partial<Target>): Followed {
  const whole = { serverId: 's', name: 'web-1', groupId: 'g', jobId: null, live: NOT_SEEN_YET }
  return beginFollowing(
    { ...whole, since: 0, ...target },
    { now: 0, jobTimeoutMs: TIMEOUT_MS, settleWindowMs: WINDOW_MS, tickMs: null },
  )
}

/** Some way on its way, at time 0. */
function after(start: Followed, ...seen: readonly Seen[]): Followed {
  return seen.reduce((state, each) => step(state, each)[0], start)
}

const SEEN = { live: liveStateFrom(creating, null) }
const GONE = { live: liveStateFrom(null, 'i') }
const retired = (list: Seen): Followed =>
  after(begin({ jobId: 'j' }), { kind: 'no-job', at: -WINDOW_MS }, list, { kind: 'no-job', at: 0 })

const STATES = {
  asking: begin({ jobId: 'j' }),
  'asking, seen': begin({ jobId: 'j', ...SEEN }),
  'asking, denied': after(begin({ jobId: 'j' }), INPUTS['no-job']),
  succeeded: after(begin({ jobId: 'j' }), INPUTS.SUCCESS),
  'succeeded, looked': after(begin({ jobId: 'j' }), INPUTS.SUCCESS, INPUTS.nothing),
  failing: after(begin({ jobId: 'j', ...SEEN }), INPUTS.FAIL),
  looking: begin({}),
  'looking, gone': begin(GONE),
  'looking, retired': retired(INPUTS.nothing),
  waiting: begin(SEEN),
  'waiting, retired': retired(INPUTS.creating),
  'explaining broken': after(begin(SEEN), INPUTS.error),
  'explaining late': after(begin({ jobId: 'j', ...SEEN }), INPUTS.error, {
    ...INPUTS.RUNNING,
    at: TIMEOUT_MS,
  }),
  'explaining gone': after(begin(GONE), { ...INPUTS.nothing, at: WINDOW_MS }),
  'explaining whole': retired(INPUTS.available),
  ended: after(begin({ jobId: 'j' }), INPUTS.FAIL, INPUTS.nothing),
} as const satisfies Record<string, Followed>
type State = keyof typeof STATES

/** `asking?job`: what it is afterwards, and what it asks; one word where all three times say the same. */
type Edges = Partial<Record<Input, string>> & { readonly rest: string }

const MOVED_WITHOUT_JOB = {
  creating: 'waiting waiting timeout',
  error: 'explaining-broken?failures',
  deleting: 'explaining-broken?failures',
}
const LOOKING = {
  ...MOVED_WITHOUT_JOB,
  available: 'success',
  unreadable: 'looking looking timeout',
  refused: 'looking unlisted unlisted',
  rest: 'looking',
}
const WAITING = {
  ...MOVED_WITHOUT_JOB,
  nothing: 'looking',
  available: 'success',
  unreadable: 'waiting waiting timeout',
  refused: 'waiting waiting timeout',
  rest: 'waiting',
}
const ASKING = {
  nothing: 'asking asking?job asking?job',
  creating: 'asking asking asking?job',
  available: 'asking?job',
  error: 'asking?job',
  deleting: 'asking?job',
  unreadable: 'asking asking?job asking?job',
  refused: 'asking asking?job asking?job',
  RUNNING: 'asking asking timeout',
  SUCCESS: 'succeeded',
  // What it has left is still to be seen, whether a list has shown it before or not.
  FAIL: 'failing',
  'no-job': 'asking asking timeout',
  'no-answer': 'asking asking timeout',
  barred: 'asking asking timeout',
  rest: 'asking',
}

const EDGES: Readonly<Record<State, Edges>> = {
  asking: ASKING,
  'asking, seen': ASKING,
  'asking, denied': {
    ...ASKING,
    nothing: 'asking?job',
    creating: 'asking?job',
    unreadable: 'asking?job',
    refused: 'asking?job',
    'no-job': 'asking looking looking',
  },
  // The first list comes late: the window begins with it.
  succeeded: {
    nothing: 'succeeded succeeded missing',
    creating: 'succeeded succeeded success',
    available: 'success',
    error: 'failed',
    deleting: 'failed',
    unreadable: 'succeeded succeeded missing',
    refused: 'succeeded missing missing',
    rest: 'succeeded',
  },
  failing: {
    nothing: 'failed',
    creating: 'failing failed failed',
    available: 'failed',
    error: 'failed',
    deleting: 'failed',
    unreadable: 'failing failed failed',
    refused: 'failing failed failed',
    rest: 'failing',
  },
  'succeeded, looked': {
    nothing: 'succeeded missing missing',
    creating: 'succeeded succeeded success',
    available: 'success',
    error: 'failed',
    deleting: 'failed',
    unreadable: 'succeeded succeeded missing',
    refused: 'succeeded missing missing',
    rest: 'succeeded',
  },
  looking: { ...LOOKING, nothing: 'looking vanished vanished' },
  'looking, gone': {
    ...LOOKING,
    nothing: 'looking explaining-gone?failures explaining-gone?failures',
  },
  'looking, retired': {
    ...LOOKING,
    nothing: 'looking vanished vanished',
    available: 'explaining-whole?failures',
  },
  waiting: WAITING,
  'waiting, retired': { ...WAITING, available: 'explaining-whole?failures' },
  'explaining broken': {
    'no failures': 'failed',
    'a failure': 'failed',
    'failures unread': 'failed',
    rest: 'explaining-broken',
  },
  'explaining late': {
    'no failures': 'broken',
    'a failure': 'failed',
    'failures unread': 'broken',
    rest: 'explaining-late',
  },
  'explaining gone': {
    'no failures': 'gone',
    'a failure': 'failed',
    'failures unread': 'gone',
    rest: 'explaining-gone',
  },
  'explaining whole': {
    'no failures': 'success',
    'a failure': 'failed',
    'failures unread': 'waiting waiting success',
    rest: 'explaining-whole',
  },
  ended: { rest: 'failed' },
}

function name(state: Followed): string {
  if (state.kind !== 'ended')
    return state.kind === 'explaining' ? `explaining-${state.why}` : state.kind
  const { end } = state
  return end.kind === 'success' && end.late ? 'late-success' : end.kind
}

function edge(state: State, input: Input): string {
  const words = TIMES.map((at) => {
    const [next, ask] = step(STATES[state], { ...INPUTS[input], at })
    return `${name(next)}${ask === null ? '' : `?${ask.kind}`}`
  })
  return new Set(words).size === 1 ? (words[0] ?? '') : words.join(' ')
}

const all = Object.keys(STATES).flatMap((state) =>
  Object.keys(INPUTS).map((input) => [state as State, input as Input] as const),
)

test.for(all)('%s, told %s', ([state, input]) => {
  expect(edge(state, input)).toBe(EDGES[state][input] ?? EDGES[state].rest)
})

test.for<[State, number | null]>([
  ['asking', null],
  ['asking, denied', 2_000],
  ['succeeded', 2_000],
  ['looking', 2_000],
  ['waiting', null],
  ['explaining broken', null],
  ['ended', null],
])('%s: looks for itself at %s', ([state, at]) => {
  expect(ownLookAt(STATES[state])).toBe(at)
})

test('a list that cannot be read, at the deadline: the job is asked, though it just was', () => {
  const unread = (at: number): Seen => ({ ...INPUTS.unreadable, at })
  const [justAsked, ask] = step(STATES.asking, unread(TIMEOUT_MS - 1))
  expect(ask).toEqual({ kind: 'job', jobId: 'j' })
  expect(step(justAsked, unread(TIMEOUT_MS - 1))[1]).toBeNull()
  expect(step(justAsked, unread(TIMEOUT_MS))[1]).toEqual({ kind: 'job', jobId: 'j' })
})

test('every state is met, and what is over says how it ended', () => {
  const kinds = new Set(Object.values(STATES).map(({ kind }) => kind))
  expect([...kinds].toSorted()).toEqual(
    ['asking', 'ended', 'explaining', 'failing', 'looking', 'succeeded', 'waiting'].toSorted(),
  )
})

import { describe, expect, test } from 'vitest'
import {
  beginFollowing,
  ownLookAt,
  type Ask,
  type End,
  type Seen,
  type Target,
} from '../../src/apply/followed.ts'
import { step } from '../../src/apply/follow-steps.ts'
import { liveStateFrom, NOT_SEEN_YET } from '../../src/plan/live-state.ts'
import type { ErrorClass } from '../../src/cloud/errors.ts'
import { jobSchema, type FailureJob } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { instance } from '../report/build.ts'

const WINDOW_MS = 30_000
const TIMEOUT_MS = 30 * 60_000
const S = 1_000

/** What a look or an answer shows at a time: `list` is the instance's status, null when it is not in the list. */
type Event =
  | { readonly at: number; readonly list: string | null }
  | { readonly at: number; readonly job: string; readonly code?: string }
  | { readonly at: number; readonly error: ErrorClass }
  | { readonly at: number; readonly denied: true }
  | { readonly at: number; readonly unlisted: 'now' | 'for good' }
  | { readonly failures: readonly Partial<FailureJob>[] | null; readonly at?: number }

interface Story {
  readonly asks: readonly (Ask['kind'] | null)[]
  readonly end: End | null
  /** When to look next, after the last event. */
  readonly next: number | null
}

function seenOf(event: Event): Seen {
  if ('list' in event) {
    const shown = event.list === null ? null : instance(1, { id: 'i', status: event.list })
    return { kind: 'list', instance: shown, at: event.at }
  }
  if ('job' in event) {
    const wire = {
      status: event.job,
      error_code: event.code,
      entities: { native_server_id: 'dr' },
    }
    return { kind: 'job', job: jobSchema.parse(wire), at: event.at }
  }
  if ('error' in event) {
    return { kind: 'no-answer', barred: event.error === 'access', at: event.at }
  }
  if ('denied' in event) return { kind: 'no-job', at: event.at }
  if ('unlisted' in event) {
    return { kind: 'no-list', refused: event.unlisted === 'for good', at: event.at }
  }
  const failures = event.failures?.map((failure) => ({ ...NO_FAILURE, ...failure })) ?? null
  return { kind: 'failures', failures, at: event.at ?? 0 }
}

/** Tells a followed create its story; a list's `asks` says what it wants to know after each look. */
function follow(
  target: Partial<Target>,
  events: readonly Event[],
  tickMs: number | null = null,
): Story {
  let state = beginFollowing(
    {
      serverId: 's',
      name: 'web-1',
      groupId: 'g',
      jobId: null,
      live: NOT_SEEN_YET,
      since: 0,
      ...target,
    },
    { now: 0, jobTimeoutMs: TIMEOUT_MS, settleWindowMs: WINDOW_MS, tickMs },
  )
  const asks: (Ask['kind'] | null)[] = []
  for (const event of events) {
    const [next, ask] = step(state, seenOf(event))
    if ('list' in event || 'unlisted' in event) asks.push(ask?.kind ?? null)
    state = next
  }
  return { asks, end: state.kind === 'ended' ? state.end : null, next: ownLookAt(state) }
}

const NO_FAILURE: FailureJob = {
  jobId: null,
  resourceId: null,
  resourceName: null,
  failureStatus: null,
  jobType: null,
  errorCode: null,
  failReason: null,
  beginTime: null,
}

const withJob = { jobId: 'j' }
const SEEN = { live: liveStateFrom(instance(1, { id: 'i', status: 'creating' }), null) }

describe('a create with a job', () => {
  test('asks for the job when its instance has moved, and ends with both', () => {
    const { asks, end } = follow(withJob, [
      { at: 2 * S, list: 'creating' },
      { at: 60 * S, list: 'available' },
      { at: 60 * S, job: 'SUCCESS' },
    ])
    expect(asks).toEqual([null, 'job'])
    expect(end).toMatchObject({
      kind: 'success',
      targetServerId: 'dr',
      jobStatus: 'SUCCESS',
      instance: { id: 'i' },
    })
  })

  test('goes on where the job still runs although its instance has moved', () => {
    const { asks, end } = follow(withJob, [
      { at: 60 * S, list: 'available' },
      { at: 60 * S, job: 'RUNNING' },
      { at: 62 * S, list: 'available' },
    ])
    expect({ asks, end }).toEqual({ asks: ['job', 'job'], end: null })
  })

  test('asks for a job whose instance is not to be seen, at doubling intervals up to a minute', () => {
    const events = Array.from({ length: 200 }, (_, n): Event => ({ at: (n + 1) * S, list: null }))
    const { asks } = follow(withJob, events)
    const askedAt = asks.flatMap((ask, n) => (ask === 'job' ? n + 1 : []))
    expect(askedAt).toEqual([8, 24, 56, 116, 176])
  })

  test('asks sooner where the poll interval is short', () => {
    const events = [100, 200, 500, 600].map((at): Event => ({ at, list: null }))
    expect(follow(withJob, events, 100).asks).toEqual([null, 'job', null, 'job'])
  })

  test('only a job that fails is known to have left what it left broken', () => {
    const broken: Event = { at: 60 * S, list: 'error' }
    const failed = follow(withJob, [broken, { at: 60 * S, job: 'FAIL', code: 'X' }])
    expect(failed.end).toMatchObject({ kind: 'failed', code: 'X', proven: true })
    const succeeded = follow(withJob, [broken, { at: 60 * S, job: 'SUCCESS' }])
    expect(succeeded.end).toMatchObject({ kind: 'failed', code: null, proven: false })
  })

  test('asks now and then for a job whose instance stays in creating', () => {
    const events = [1, 9, 10, 11, 19, 20].map((min): Event => ({
      at: min * 60 * S,
      list: 'creating',
    }))
    expect(follow(withJob, events).asks).toEqual([null, null, 'job', null, null, 'job'])
  })

  test('that fails says what it left', () => {
    const left = follow(withJob, [
      { at: 60 * S, list: 'error' },
      { at: 60 * S, job: 'FAIL', code: 'EVS.2024' },
    ])
    expect(left.end).toMatchObject({
      kind: 'failed',
      code: 'EVS.2024',
      instance: { id: 'i' },
      jobStatus: 'FAIL',
    })
    const nothing = follow(withJob, [
      { at: 8 * S, list: null },
      { at: 8 * S, job: 'FAIL', code: 'EVS.2024' },
      // It says so only of a look after its end.
      { at: 8 * S, list: null },
    ])
    expect(nothing.end).toMatchObject({ kind: 'failed', instance: null })
  })

  test.for<{ list: string | null; end: Partial<End> }>([
    { list: null, end: { kind: 'missing' } },
    // It is there, which is what counts; its status lags.
    { list: 'creating', end: { kind: 'success' } },
  ])(
    'that succeeded while the list says $list: looks through the window first',
    ({ list, end }) => {
      const start: Event[] = [
        { at: 8 * S, list },
        { at: 8 * S, job: 'SUCCESS' },
      ]
      expect(follow(withJob, start)).toMatchObject({ end: null, next: 10 * S })
      const looks = [10, 12, 16, 24, 37].map((at): Event => ({ at: at * S, list }))
      expect(follow(withJob, [...start, ...looks]).end).toBeNull()
      // A status that lags is waited for through four windows: what is not there at all is not.
      const upAt = (list === null ? 38 : 128) * S
      const last: Event[] = list === null ? [] : [{ at: 127 * S, list }]
      expect(follow(withJob, [...start, ...looks, ...last]).end).toBeNull()
      expect(follow(withJob, [...start, ...looks, ...last, { at: upAt, list }]).end).toMatchObject(
        end,
      )
      const late: Event = { at: 37 * S, list: 'available' }
      expect(follow(withJob, [...start, late]).end).toMatchObject({
        kind: 'success',
        targetServerId: 'dr',
      })
    },
  )

  test.for(['error', 'invalid', 'fault', 'error-starting', 'deleting'])(
    'that succeeded with its instance in %s has failed',
    (status) => {
      const { end } = follow(withJob, [
        { at: 60 * S, list: status },
        { at: 60 * S, job: 'SUCCESS' },
      ])
      expect(end).toMatchObject({
        kind: 'failed',
        code: null,
        instance: { status },
        reason: expect.stringContaining(status),
      })
    },
  )

  test.for<ErrorClass>(['throttled', 'unknown-fate', 'not-sent', 'busy', 'access'])(
    'an answer that fails as %s is no end of the wait',
    (error) => {
      const { end, asks } = follow(withJob, [
        { at: 60 * S, list: 'available' },
        { at: 60 * S, error },
        { at: 75 * S, list: 'available' },
      ])
      expect({ end, asks }).toEqual({ end: null, asks: ['job', 'job'] })
    },
  )
})

/** The service denies the job whenever it is asked, from 8 s on. */
function denied(list: string | null, upTo: readonly number[]): Event[] {
  return upTo.flatMap((at): Event[] => [
    { at: at * S, list },
    { at: at * S, denied: true },
  ])
}

describe('a create whose job the service denies', () => {
  test('is not without a job after one denial, nor before the window is over', () => {
    const once = follow(withJob, denied(null, [8]))
    expect(once).toMatchObject({ end: null, next: 10 * S })
    const often = follow(withJob, denied('available', [8, 10, 12, 16, 24, 37]))
    expect(often).toMatchObject({ end: null, asks: ['job', 'job', 'job', 'job', 'job', 'job'] })
  })

  test('looks again at the times of the window, and every two seconds after it', () => {
    expect(follow(withJob, denied(null, [8, 10])).next).toBe(12 * S)
    const silent: Event[] = [...denied(null, [8]), { at: 40 * S, list: null }]
    expect(follow(withJob, silent).next).toBe(42 * S)
    // Also where no list can be read: never at once, again and again.
    const blind: Event[] = [...denied(null, [8]), { at: 40 * S, unlisted: 'for good' }]
    expect(follow(withJob, blind).next).toBe(42 * S)
    const gateway: Event[] = [...silent, { at: 40 * S, error: 'not-sent' }]
    expect(follow(withJob, gateway).next).toBe(42 * S)
  })

  test('begins anew once the job has answered', () => {
    const events: Event[] = [...denied(null, [8]), { at: 10 * S, job: 'RUNNING' }]
    expect(follow(withJob, events).next).toBeNull()
    const again = follow(withJob, [...events, ...denied('available', [38])])
    expect(again).toMatchObject({ end: null, next: 40 * S })
  })

  test('is told by its instance and the failed tasks once the window is over', () => {
    const gone = denied('available', [8, 10, 12, 16, 24, 38])
    expect(follow(withJob, gone).end).toBeNull()
    expect(follow(withJob, [...gone, { failures: [] }]).end).toMatchObject({
      kind: 'success',
      targetServerId: 'dr-1',
      jobStatus: null,
      late: false,
    })
  })

  test.for<{ failure: Partial<FailureJob>; end: Partial<End> }>([
    { failure: { jobId: 'j', errorCode: 'MINE' }, end: { kind: 'failed', code: 'MINE' } },
    {
      failure: { resourceId: 'i', failureStatus: 'createFail', errorCode: 'MINE' },
      end: { kind: 'failed', code: 'MINE' },
    },
    { failure: { resourceId: 'i', failureStatus: 'resizeFail' }, end: { kind: 'success' } },
    { failure: { resourceId: 'i', failureStatus: 'recreateFail' }, end: { kind: 'success' } },
    {
      failure: { jobId: 'j', failureStatus: 'CREATEFAIL', failReason: 'no disk' },
      end: { kind: 'failed', reason: 'no disk' },
    },
    { failure: { resourceId: 'x', jobId: 'y', resourceName: 'web-1' }, end: { kind: 'success' } },
  ])('is no success where a failed task says otherwise: $failure', ({ failure, end }) => {
    const events = denied('available', [8, 38])
    expect(follow(withJob, [...events, { failures: [failure] }]).end).toMatchObject(end)
  })

  test('a failed task that gives no reason is one all the same', () => {
    const events = denied('available', [8, 38])
    expect(follow(withJob, [...events, { failures: [{ jobId: 'j' }] }]).end).toMatchObject({
      kind: 'failed',
      code: null,
      reason: expect.stringMatching(/./),
    })
  })

  test('waits where the failed tasks cannot be read, until the deadline', () => {
    const events = denied('available', [8, 38])
    const unread = follow(withJob, [...events, { failures: null }])
    expect(unread).toMatchObject({ end: null, next: null })
    const again = follow(withJob, [
      ...events,
      { failures: null },
      { at: 60 * S, list: 'available' },
    ])
    expect(again.asks.at(-1)).toBe('failures')
    const late = follow(withJob, [...events, { failures: null, at: TIMEOUT_MS }])
    expect(late.end).toMatchObject({ kind: 'success' })
  })

  test('has vanished only once the list left it out through a window of its own', () => {
    const gone = denied(null, [8, 38])
    expect(follow(withJob, gone).next).toBe(40 * S)
    expect(follow(withJob, [...gone, { at: 67 * S, list: null }]).end).toBeNull()
    expect(follow(withJob, [...gone, { at: 68 * S, list: null }]).end).toEqual({ kind: 'vanished' })
    const shown: Event = { at: 50 * S, list: 'creating' }
    expect(follow(withJob, [...gone, shown, { at: 60 * S, list: 'creating' }]).end).toBeNull()
  })
})

describe('a create without a job', () => {
  test('is looked for at the times of the window', () => {
    expect(follow({}, []).next).toBe(2 * S)
    expect(follow({}, [{ at: 2 * S, list: null }]).next).toBe(4 * S)
    expect(follow({}, [{ at: 9 * S, list: null }]).next).toBe(16 * S)
  })

  test('that is not there through the window has vanished', () => {
    const looks = [2, 4, 8, 16].map((at): Event => ({ at: at * S, list: null }))
    expect(follow({}, looks).end).toBeNull()
    expect(follow({}, [...looks, { at: WINDOW_MS, list: null }]).end).toEqual({ kind: 'vanished' })
  })

  test('is found once, and then followed by its instance at the regular tick', () => {
    const { next, end } = follow({}, [
      { at: 2 * S, list: null },
      { at: 4 * S, list: 'creating' },
      { at: 8 * S, list: 'creating' },
    ])
    expect({ next, end }).toEqual({ next: null, end: null })
    expect(follow({}, [{ at: 4 * S, list: 'available' }]).end).toMatchObject({
      kind: 'success',
      jobStatus: null,
    })
  })

  test('that was seen and has gone is asked for among the failures, not sent again', () => {
    const seen: Event[] = [
      { at: 0, list: 'creating' },
      { at: 10 * S, list: null },
    ]
    expect(follow(SEEN, seen)).toMatchObject({ end: null, next: 12 * S })
    const gone = follow(SEEN, [...seen, { at: 40 * S, list: null }])
    expect({ asks: gone.asks, end: gone.end }).toEqual({
      asks: [null, null, 'failures'],
      end: null,
    })
    const told = follow(SEEN, [...seen, { at: 40 * S, list: null }, { failures: [] }])
    expect(told.end).toEqual({ kind: 'gone', instanceId: 'i' })
    const task = (failReason: string | null): End | null =>
      follow(SEEN, [
        ...seen,
        { at: 40 * S, list: null },
        { failures: [{ resourceId: 'i', errorCode: 'MINE', failReason }] },
      ]).end
    expect(task('no disk')).toMatchObject({ kind: 'failed', code: 'MINE', reason: 'no disk' })
    expect(task(null)).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/./) })
    const unread = follow(SEEN, [...seen, { at: 40 * S, list: null }, { failures: null }])
    expect(unread.end).toEqual({ kind: 'gone', instanceId: 'i' })
    const back = follow(SEEN, [...seen, { at: 20 * S, list: 'available' }])
    expect(back.end).toMatchObject({ kind: 'success' })
  })

  test.for<{ name: string; failures: Partial<FailureJob>[]; code: string | null }>([
    {
      name: 'by the instance, not by a name that an earlier one had too',
      failures: [
        { resourceName: 'web-1', errorCode: 'OLD' },
        { resourceId: 'i', errorCode: 'MINE' },
      ],
      code: 'MINE',
    },
    {
      name: 'by the name else',
      failures: [{ resourceName: 'web-1', errorCode: 'NAME' }],
      code: 'NAME',
    },
    {
      name: 'by none that is about another',
      failures: [{ resourceId: 'x', resourceName: 'web-2', errorCode: 'X' }],
      code: null,
    },
    { name: 'by none at all', failures: [], code: null },
  ])('a broken instance is explained by the failed tasks: $name', ({ failures, code }) => {
    const { asks, end } = follow({}, [{ at: 2 * S, list: 'error' }, { failures }])
    expect(asks).toEqual(['failures'])
    expect(end).toMatchObject({
      kind: 'failed',
      code,
      instance: { id: 'i' },
      // A name may have been another's before.
      proven: failures.some(({ resourceId }) => resourceId === 'i'),
    })
    expect(end?.kind === 'failed' && end.reason).toBeTruthy()
  })

  test('a broken instance has failed even where nobody says why', () => {
    const { end } = follow({}, [{ at: 2 * S, list: 'error' }, { failures: null }])
    expect(end).toMatchObject({
      kind: 'failed',
      code: null,
      reason: expect.stringContaining('error'),
    })
  })
})

describe('the deadline', () => {
  const late = TIMEOUT_MS

  test('is followed by one last question', () => {
    const { asks, end } = follow(withJob, [{ at: late, list: 'creating' }])
    expect({ asks, end }).toEqual({ asks: ['job'], end: null })
    const answered = follow(withJob, [
      { at: late, list: 'creating' },
      { at: late, job: 'RUNNING' },
    ])
    expect(answered.end).toMatchObject({
      kind: 'timeout',
      jobStatus: 'RUNNING',
      instance: { id: 'i' },
    })
    const done = follow(withJob, [
      { at: late, list: 'available' },
      { at: late, job: 'SUCCESS' },
    ])
    expect(done.end).toMatchObject({ kind: 'success' })
  })

  test('asks once more, however short a time ago it asked', () => {
    const before: Event[] = [
      { at: 8 * S, list: null },
      { at: late - 1, list: null },
    ]
    expect(follow(withJob, [...before, { at: late, list: null }]).asks).toEqual([
      'job',
      'job',
      'job',
    ])
    const creating: Event[] = [
      { at: late - 1, list: 'creating' },
      { at: late, list: 'creating' },
    ]
    expect(follow(withJob, creating).asks).toEqual(['job', 'job'])
  })

  test('ends a wait for answers that fail, and for lists that cannot be read', () => {
    expect(follow(withJob, [{ at: late, error: 'throttled' }]).end).toMatchObject({
      kind: 'timeout',
    })
    expect(follow(withJob, [{ at: late - 1, unlisted: 'now' }]).end).toBeNull()
    const unlisted: Event = { at: late, unlisted: 'now' }
    // The job is asked once more.
    expect(follow(withJob, [unlisted]).end).toBeNull()
    expect(follow(withJob, [unlisted, { at: late, job: 'RUNNING' }]).end).toMatchObject({
      kind: 'timeout',
    })
    expect(follow({}, [{ at: late - 1, unlisted: 'now' }]).end).toBeNull()
    expect(follow({}, [unlisted]).end).toMatchObject({ kind: 'timeout' })
    expect(follow(SEEN, [{ at: late - 1, unlisted: 'for good' }]).end).toBeNull()
    expect(follow(SEEN, [unlisted]).end).toMatchObject({ kind: 'timeout' })
  })

  test.for(['available', 'protected', 'starting'])(
    'makes an instance in %s created, whatever its job says',
    (status) => {
      const looked: Event = { at: late, list: status }
      for (const said of [
        { at: late, job: 'RUNNING' },
        { at: late, error: 'throttled' },
        { at: late, denied: true },
      ] satisfies Event[]) {
        const before = follow(withJob, [
          { ...looked, at: late - 1 },
          { ...said, at: late - 1 },
        ])
        expect(before.end).toBeNull()
        expect(follow(withJob, [looked, said]).end).toMatchObject({ kind: 'success', late: true })
      }
      const failed = follow(withJob, [looked, { at: late, job: 'FAIL', code: 'X' }])
      expect(failed.end).toMatchObject({ kind: 'failed', code: 'X' })
    },
  )

  test.for(['error', 'deleting', 'fault'])(
    'leaves an instance in %s to a person, unless a failed task is its own',
    (status) => {
      const events: Event[] = [
        { at: late, list: status },
        { at: late, job: 'RUNNING' },
      ]
      for (const failures of [null, [], [{ resourceName: 'web-1', errorCode: 'X' }]]) {
        expect(follow(withJob, [...events, { failures }]).end).toEqual({
          kind: 'broken',
          instance: instance(1, { id: 'i', status }),
          jobStatus: 'RUNNING',
        })
      }
      const mine = { failures: [{ jobId: 'j', errorCode: 'X' }] }
      expect(follow(withJob, [...events, mine]).end).toMatchObject({
        kind: 'failed',
        code: 'X',
        proven: true,
      })
    },
  )

  test.for(['creating', 'failed-over', 'unknown'])(
    'makes nothing of an instance in %s',
    (status) => {
      const events: Event[] = [
        { at: late, list: status },
        { at: late, job: 'RUNNING' },
      ]
      expect(follow(withJob, events).end).toMatchObject({ kind: 'timeout' })
    },
  )

  test('is asked at, however little time has passed since the last question', () => {
    for (const [before, at] of [
      [late - 1, late],
      [late - 2, late - 1],
    ] as const) {
      const looks: Event[][] = [
        [
          { at: before, list: 'creating' },
          { at: before, job: 'RUNNING' },
          { at, list: 'creating' },
        ],
        [
          { at: before, unlisted: 'now' },
          { at: before, job: 'RUNNING' },
          { at, unlisted: 'now' },
        ],
      ]
      for (const events of looks) {
        expect(follow(withJob, events).asks).toEqual(['job', at === late ? 'job' : null])
      }
    }
  })

  test('ends a wait for an instance in creating', () => {
    expect(follow(SEEN, [{ at: late, list: 'creating' }]).end).toMatchObject({
      kind: 'timeout',
    })
  })

  test('does not change an end', () => {
    const { end } = follow(withJob, [
      { at: 60 * S, job: 'FAIL', code: 'X' },
      { at: late, list: 'available' },
      { at: late, unlisted: 'for good' },
    ])
    expect(end).toMatchObject({ kind: 'failed', code: 'X' })
  })
})

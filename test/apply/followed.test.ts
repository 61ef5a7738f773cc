import { describe, expect, test } from 'vitest'
import { createFollowed, type Ask, type End, type Target } from '../../src/apply/followed.ts'
import { ApiError, type ErrorClass } from '../../src/sdrs/errors.ts'
import { jobSchema, type FailureJob } from '../../src/sdrs/schema.ts'
import { instance } from '../report/build.ts'

const WINDOW_MS = 30_000
const TIMEOUT_MS = 30 * 60_000
const S = 1_000

/** What a look or an answer shows at a time: `list` is the instance's status, null when it is not in the list. */
type Event =
  | { readonly at: number; readonly list: string | null }
  | { readonly at: number; readonly job: string; readonly code?: string }
  | { readonly at: number; readonly error: ErrorClass }
  | { readonly failures: readonly Partial<FailureJob>[] }
  | { readonly expireAt: number }

interface Story {
  readonly asks: readonly (Ask['kind'] | null)[]
  readonly end: End | null
  readonly found: readonly string[]
  /** When to look next, after the last event. */
  readonly next: number | null
}

/** Tells a followed create its story; a list's `asks` says what it wants to know after each look. */
function follow(
  target: Partial<Target>,
  events: readonly Event[],
  tickMs: number | null = null,
): Story {
  const found: string[] = []
  const followed = createFollowed(
    {
      serverId: 's',
      name: 'web-1',
      groupId: 'g',
      jobId: null,
      instanceId: null,
      since: 0,
      onFound: (id) => found.push(id),
      ...target,
    },
    { now: 0, jobTimeoutMs: TIMEOUT_MS, settleWindowMs: WINDOW_MS, tickMs, resolve: () => {} },
  )
  const asks: (Ask['kind'] | null)[] = []
  for (const event of events) {
    if ('list' in event) {
      const seen = event.list === null ? null : instance(1, { id: 'i', status: event.list })
      asks.push(followed.see(seen, event.at)?.kind ?? null)
    } else if ('job' in event) {
      const wire = {
        status: event.job,
        error_code: event.code,
        entities: { native_server_id: 'dr' },
      }
      followed.answered(jobSchema.parse(wire), event.at)
    } else if ('error' in event) {
      const error = new ApiError({ class: event.error, operation: 'showJob', message: 'no' })
      followed.notAnswered(error, event.at)
    } else if ('failures' in event) {
      followed.explained(event.failures.map((failure) => ({ ...NO_FAILURE, ...failure })))
    } else {
      followed.expire(event.expireAt)
    }
  }
  return { asks, end: followed.end(), found, next: followed.nextLookAt() }
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
      expect(follow(withJob, [...start, ...looks, { at: 38 * S, list }]).end).toMatchObject(end)
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
      expect(end).toMatchObject({ kind: 'failed', code: null, instance: { status } })
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

describe('a create whose job the service no longer knows', () => {
  const unknown: Event[] = [
    { at: 8 * S, list: null },
    { at: 8 * S, error: 'row' },
  ]

  test('is told by its instance', () => {
    expect(follow(withJob, [...unknown, { at: 10 * S, list: 'available' }]).end).toMatchObject({
      kind: 'success',
      targetServerId: 'dr-1',
      jobStatus: null,
    })
  })

  test('and that is not in the list through the window has vanished', () => {
    expect(follow(withJob, unknown).next).toBe(10 * S)
    expect(follow(withJob, [...unknown, { at: 37 * S, list: null }]).end).toBeNull()
    expect(follow(withJob, [...unknown, { at: 38 * S, list: null }]).end).toEqual({
      kind: 'vanished',
    })
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
    const { found, next, end } = follow({}, [
      { at: 2 * S, list: null },
      { at: 4 * S, list: 'creating' },
      { at: 8 * S, list: 'creating' },
    ])
    expect({ found, next, end }).toEqual({ found: ['i'], next: null, end: null })
    expect(follow({}, [{ at: 4 * S, list: 'available' }]).end).toMatchObject({
      kind: 'success',
      jobStatus: null,
    })
  })

  test('that was seen before is not reported as found', () => {
    const { found, next } = follow({ instanceId: 'i' }, [{ at: 2 * S, list: 'creating' }])
    expect({ found, next }).toEqual({ found: [], next: null })
  })

  test('that was seen and has gone is asked for among the failures, not sent again', () => {
    const seen: Event[] = [
      { at: 0, list: 'creating' },
      { at: 10 * S, list: null },
    ]
    expect(follow({ instanceId: 'i' }, seen)).toMatchObject({ end: null, next: 12 * S })
    const gone = follow({ instanceId: 'i' }, [...seen, { at: 40 * S, list: null }])
    expect({ asks: gone.asks, end: gone.end }).toEqual({
      asks: [null, null, 'failures'],
      end: null,
    })
    const back = follow({ instanceId: 'i' }, [...seen, { at: 20 * S, list: 'available' }])
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
    expect(end).toMatchObject({ kind: 'failed', code, instance: { id: 'i' } })
    expect(end?.kind === 'failed' && end.reason).toBeTruthy()
  })

  test('a broken instance has failed even where nobody says why', () => {
    const { end } = follow({}, [
      { at: 2 * S, list: 'error' },
      { at: 3 * S, error: 'throttled' },
    ])
    expect(end).toMatchObject({ kind: 'failed', code: null })
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

  test('ends a wait for answers that fail, and for lists that cannot be read', () => {
    expect(follow(withJob, [{ at: late, error: 'throttled' }]).end).toMatchObject({
      kind: 'timeout',
    })
    expect(follow(withJob, [{ expireAt: late - 1 }]).end).toBeNull()
    expect(follow(withJob, [{ expireAt: late }]).end).toMatchObject({ kind: 'timeout' })
  })

  test('ends a wait for an instance in creating', () => {
    expect(follow({ instanceId: 'i' }, [{ at: late, list: 'creating' }]).end).toMatchObject({
      kind: 'timeout',
    })
  })

  test('does not change an end', () => {
    const { end } = follow(withJob, [
      { at: 60 * S, job: 'FAIL', code: 'X' },
      { at: late, list: 'available' },
      { expireAt: late },
    ])
    expect(end).toMatchObject({ kind: 'failed', code: 'X' })
  })
})

import { describe, expect, test } from 'vitest'
import {
  beginFollowingGroup,
  ownGroupLookAt,
  stepGroup,
  stoppedEnd,
  type GroupFollowed,
  type GroupSeen,
  type GroupTarget,
} from '../../../src/apply/enable/group-followed.ts'
import type { Job, JobStatus } from '../../../src/cloud/sdrs/sdrs-schema.ts'

const WINDOW = 30_000
const TIMEOUT = 30 * 60_000

function begin(target: Partial<GroupTarget> = {}): GroupFollowed {
  return beginFollowingGroup(
    {
      groupId: 'g',
      jobId: null,
      begun: false,
      before: 'available',
      since: 0,
      isResumed: false,
      ...target,
    },
    { now: 0, jobTimeoutMs: TIMEOUT, settleWindowMs: WINDOW },
  )
}

function job(status: JobStatus, over: Partial<Job> = {}): Job {
  return {
    id: 'j',
    type: null,
    status,
    beginTime: null,
    endTime: null,
    errorCode: null,
    failReason: null,
    protectedInstanceId: null,
    targetServerId: null,
    serverGroupId: null,
    subJobs: [],
    ...over,
  }
}

/** `starting@5`, `-@5` (not in the list), `unread@5`, `refused@5`, `job:SUCCESS@5`, `no-job@5`, `barred@5`, `late@5`; times in s. */
function seenOf(text: string): GroupSeen {
  const [what = '', seconds] = text.split('@')
  const at = Number(seconds) * 1_000
  if (what === '-') return { kind: 'list', status: null, at }
  if (what === 'unread' || what === 'refused') {
    return { kind: 'no-list', refused: what === 'refused', at }
  }
  if (what === 'no-job') return { kind: 'no-job', at }
  if (what === 'barred' || what === 'late') {
    return { kind: 'no-answer', barred: what === 'barred', at }
  }
  if (what === 'job:sub-failed') {
    const subJobs = [job('SUCCESS'), job('FAIL', { errorCode: 'SDRS.9', failReason: 'no' })]
    return { kind: 'job', job: job('SUCCESS', { subJobs }), at }
  }
  if (what.startsWith('job:')) return { kind: 'job', job: job(what.slice(4) as JobStatus), at }
  return { kind: 'list', status: what, at }
}

/** Where it ends, in words, or in which state it is; with `?` where its job is asked for last. */
function walk(target: Partial<GroupTarget>, path: string): string {
  let state = begin(target)
  let asks = false
  for (const text of path.split(' ').filter((each) => each !== '')) {
    ;[state, asks] = stepGroup(state, seenOf(text))
  }
  if (state.kind !== 'ended') return `${state.kind}${asks ? '?' : ''}`
  const { kind, ...facts } = state.end
  return [kind, ...Object.values(facts).filter((fact) => fact !== null)].map(String).join('/')
}

const JOB = { jobId: 'j' }
const AGAIN = 'its job succeeded, yet the group is in'
const IN_ERROR = 'failed/the group is in error-starting/error-starting'

describe('the start of a group, followed by its job', () => {
  test.for<[path: string, end: string]>([
    ['', 'asking'],
    // Its job is asked for once the group has moved, or shows nothing yet, and now and then.
    ['starting@5', 'asking'],
    ['starting@601', 'asking?'],
    ['starting@601 job:RUNNING@601 starting@610', 'asking'],
    ['available@5', 'asking?'],
    ['-@5', 'asking?'],
    ['protected@5', 'asking?'],
    ['unread@5', 'asking?'],
    ['protected@5 job:RUNNING@6', 'asking'],
    ['protected@5 job:SUCCESS@6', 'on/false/true'],
    ['available@5 job:SUCCESS@6', 'agreeing'],
    ['available@5 job:SUCCESS@6 protected@9', 'on/false/true'],
    ['available@5 job:SUCCESS@6 available@9', 'agreeing'],
    ['available@5 job:SUCCESS@6 available@36', 'unshown/available'],
    [
      'available@5 job:SUCCESS@6 error-starting@36',
      `failed/${AGAIN} error-starting/error-starting`,
    ],
    ['available@5 job:SUCCESS@6 -@36', 'missing'],
    ['available@5 job:SUCCESS@6 starting@36', 'agreeing'],
    ['available@5 job:SUCCESS@6 starting@1800', 'timeout/true'],
    ['available@5 job:SUCCESS@6 unread@36', 'agreeing'],
    ['available@5 job:SUCCESS@6 unread@1800', 'timeout/true'],
    ['available@5 job:SUCCESS@6 refused@9', 'agreeing'],
    ['available@5 job:SUCCESS@6 refused@36', 'unlisted'],
    ['available@5 job:SUCCESS@6 late@36', 'agreeing'],
    ['error-starting@5 job:FAIL@6', 'failed/the job gives no reason/error-starting'],
    ['protected@5 job:sub-failed@6', 'failed/SDRS.9/no/protected'],
    ['error-starting@5 job:RUNNING@6', 'asking'],
    // One that is denied through the window leaves the group to tell.
    ['available@5 no-job@6', 'asking'],
    ['available@5 no-job@6 available@8', 'asking?'],
    ['available@5 no-job@6 job:RUNNING@8 available@40 no-job@41', 'asking'],
    ['available@5 no-job@6 available@36 no-job@36', 'looking'],
    ['starting@5 no-job@6 starting@36 no-job@36', 'looking'],
    ['available@5 no-job@6 protected@36 no-job@36', 'on/false/false'],
    ['available@5 no-job@6 available@36 no-job@36 available@66', 'off/available'],
    // One that nobody can read as well.
    ['available@5 barred@6 barred@8 barred@10 available@12', 'looking'],
    ['protected@5 barred@6 barred@8 barred@10 protected@12', 'on/false/false'],
    ['protected@5 barred@6 barred@8 job:RUNNING@10 barred@12 protected@14', 'asking?'],
    ['protected@5 late@6 late@8 late@10 protected@12', 'asking?'],
    // Past the deadline.
    ['protected@5 job:RUNNING@1800', 'on/true/false'],
    ['starting@1800', 'asking?'],
    ['starting@1800 job:RUNNING@1801', 'timeout/true'],
    ['starting@1800 late@1801', 'timeout/true'],
  ])('%s: %s', ([path, end]) => {
    expect(walk(JOB, path)).toBe(end)
  })
})

describe('the start of a group whose answer was lost', () => {
  test.for<[path: string, end: string]>([
    ['', 'looking'],
    ['available@2', 'looking'],
    ['available@29', 'looking'],
    ['available@30', 'off/available'],
    ['protected@2', 'on/false/false'],
    ['starting@2', 'looking'],
    ['starting@40', 'looking'],
    ['starting@2 protected@9', 'on/false/false'],
    ['starting@2 available@9', 'looking'],
    [
      'starting@2 available@32',
      'failed/the group was starting, and is in available again/available',
    ],
    ['starting@2 available@20 starting@30 available@45', 'looking'],
    // Within the window it may be what a start of before has left, which looks are behind to show.
    ['error-starting@9', 'looking'],
    ['error-starting@9 starting@12 protected@40', 'on/false/false'],
    ['error-starting@30', IN_ERROR],
    ['starting@2 error-starting@9', 'looking'],
    ['starting@2 error-starting@9 starting@16 error-starting@40', 'looking'],
    ['starting@2 error-starting@9 starting@16 protected@40', 'on/false/false'],
    ['starting@2 error-starting@31', 'looking'],
    ['starting@2 error-starting@32', IN_ERROR],
    ['failed-over@9', 'looking'],
    ['failed-over@30', 'moved/failed-over'],
    ['stopping@30', 'moved/stopping'],
    ['unknown@30', 'looking'],
    ['unknown@1800', 'timeout/false'],
    ['-@29', 'looking'],
    ['-@30', 'missing'],
    ['unread@30', 'looking'],
    ['unread@1800', 'timeout/false'],
    ['refused@29', 'looking'],
    ['refused@30', 'unlisted'],
    ['starting@1800', 'timeout/true'],
    ['job:SUCCESS@5', 'looking'],
  ])('%s: %s', ([path, end]) => {
    expect(walk({}, path)).toBe(end)
  })

  test('that it is still in error says nothing where it was in error before', () => {
    const before = { before: 'error-starting' }
    expect(walk(before, 'error-starting@9')).toBe('looking')
    expect(walk(before, 'error-starting@30')).toBe('off/error-starting')
    expect(walk(before, 'starting@9 error-starting@12')).toBe('looking')
    expect(walk(before, 'starting@9 error-starting@39')).toBe(IN_ERROR)
  })

  test('what somebody else is starting has begun', () => {
    const begun = { begun: true, before: null }
    expect(walk(begun, 'available@30')).toMatch(/^failed/)
    expect(walk(begun, 'protected@9')).toBe('on/false/false')
  })
})

test('of a start that an earlier run sent the job is asked first, whatever the group shows', () => {
  const resumed = { ...JOB, isResumed: true }
  expect(walk(resumed, 'starting@1')).toBe('asking?')
  expect(walk(resumed, 'starting@1 job:FAIL@2')).toBe('failed/the job gives no reason/starting')
  expect(walk(resumed, 'protected@1 job:FAIL@2')).toBe('failed/the job gives no reason/protected')
  // And then as ever.
  expect(walk(resumed, 'starting@1 job:RUNNING@2 starting@9')).toBe('asking')
})

test('a job that succeeded in a group that is shown as it was before: nobody knows', () => {
  const again = { ...JOB, before: 'error-starting' }
  expect(walk(again, 'error-starting@5 job:SUCCESS@6 error-starting@35')).toBe('agreeing')
  expect(walk(again, 'error-starting@5 job:SUCCESS@6 error-starting@36')).toBe(
    'unshown/error-starting',
  )
  // An earlier run's: somebody has switched it off since.
  const resumed = { ...JOB, isResumed: true }
  expect(walk(resumed, 'available@1 job:SUCCESS@2 available@32')).toBe('off/available')
  expect(walk(resumed, 'available@1 job:SUCCESS@2 protected@31')).toBe('on/false/true')
})

test('an end is an end, and a run that stops says whether it has begun', () => {
  const [ended] = stepGroup(begin(), seenOf('protected@2'))
  expect(stepGroup(ended, seenOf('available@40'))).toEqual([ended, false])
  expect(ownGroupLookAt(ended)).toBeNull()
  expect(stoppedEnd(begin())).toEqual({ kind: 'stopped', begun: false })
  expect(stoppedEnd(begin(JOB))).toEqual({ kind: 'stopped', begun: true })
  expect(stoppedEnd(stepGroup(begin(), seenOf('starting@2'))[0])).toMatchObject({ begun: true })
})

test('it is looked at within the window at its own times, and by the regular tick else', () => {
  expect(ownGroupLookAt(begin(JOB))).toBeNull()
  expect(ownGroupLookAt(begin())).toBe(2_000)
  expect(ownGroupLookAt(stepGroup(begin(), seenOf('available@2'))[0])).toBe(4_000)
  expect(ownGroupLookAt(stepGroup(begin(), seenOf('starting@2'))[0])).toBeNull()
  const [late] = stepGroup(begin(), seenOf('unknown@31'))
  expect(ownGroupLookAt(late)).toBe(33_000)
  const [denied] = stepGroup(begin(JOB), seenOf('no-job@6'))
  expect(ownGroupLookAt(denied)).toBe(8_000)
  const [agreeing] = stepGroup(begin(JOB), seenOf('job:SUCCESS@6'))
  expect(ownGroupLookAt(agreeing)).toBe(8_000)
})

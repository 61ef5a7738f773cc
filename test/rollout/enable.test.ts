import { describe, expect, test } from 'vitest'
import { createStopControl } from '../../src/apply/stop.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import type { ServerGroup } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { JournalFailure, type Journal } from '../../src/journal/journal.ts'
import { reportSchema } from '../../src/report/schema.ts'
import { exitCodeFor } from '../../src/exit-code.ts'
import type { FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { makeRows, type Rollout, type RolloutOptions } from '../support/rollout.ts'
import { apiError, fates, MINUTE, smallCloud } from '../support/small-cloud.ts'

const ENABLE = { creates: false, enable: { partial: false } }
const PARTIAL = { creates: false, enable: { partial: true } }
const BOTH = { creates: true, enable: { partial: false } }

/** A cloud in which every row is created, and protection is off in all groups. */
async function created(groups: number, faults: FaultPlanInput = {}, perGroup = 1) {
  const cloud = smallCloud(makeRows(groups * perGroup, groups), { faults })
  const { report } = await cloud.run()
  expect(report.run.outcome).toBe('complete')
  return {
    ...cloud,
    enable: (more: Partial<RolloutOptions> = {}) => cloud.run({ work: ENABLE, ...more }),
  }
}

/** `enabled`, `failed/refused`: what became of each group. */
function ends({ report }: Rollout): string[] {
  reportSchema.parse(report)
  return report.groups.map(({ enabling }) =>
    enabling === null
      ? '-'
      : [enabling.outcome, enabling.reason].filter((each) => each !== null).join('/'),
  )
}

function sent({ requests }: Rollout, operation: string): number {
  return requests.byOperation[operation] ?? 0
}

function events({ journal }: Rollout): string[] {
  return journal.map(({ type }) => type).filter((type) => type.startsWith('enable-'))
}

const exitCode = ({ report, end }: Rollout): number => exitCodeFor(report, end)

/** What the cloud shows of its groups once one of them has been looked at by itself; its list then keeps their IDs. */
function fromTheFirstLookOn(
  change: (group: ServerGroup) => ServerGroup,
): (client: SdrsClient) => SdrsClient {
  let hasLooked = false
  return (client) => ({
    ...client,
    showServerGroup: async (id, signal) => {
      hasLooked = true
      return change(await client.showServerGroup(id, signal))
    },
    listServerGroups: async (signal) => {
      const groups = await client.listServerGroups(signal)
      return hasLooked ? groups.map((group) => ({ ...change(group), id: group.id })) : groups
    },
  })
}

/** What the cloud shows of its groups, from the nth look at one of them on. */
function showingGroup(
  change: (group: ServerGroup) => ServerGroup,
  { listed = false }: { readonly listed?: boolean } = {},
): (client: SdrsClient) => SdrsClient {
  return (client) => ({
    ...client,
    showServerGroup: async (id, signal) => change(await client.showServerGroup(id, signal)),
    listServerGroups: async (signal) => {
      const groups = await client.listServerGroups(signal)
      return listed ? groups.map(change) : groups
    },
  })
}

/** The list of the instances of a group that is asked for alone is empty. */
function withoutInstances(client: SdrsClient): SdrsClient {
  return {
    ...client,
    listProtectedInstances: (ids, signal) =>
      ids === null ? client.listProtectedInstances(ids, signal) : Promise.resolve([]),
  }
}

describe('enable', () => {
  test('switches every group on that is complete, once, and a rerun finds it on', async () => {
    const cloud = await created(3, {}, 2)
    const first = await cloud.enable()
    expect(ends(first)).toEqual(['enabled', 'enabled', 'enabled'])
    expect(first.report.run).toMatchObject({ command: 'enable', outcome: 'complete' })
    expect(exitCode(first)).toBe(0)
    expect(fates(first)).toEqual(Array.from({ length: 6 }, () => 'already-protected'))
    expect(first.report.groups.map(({ protectionEnabled }) => protectionEnabled)).toEqual([
      true,
      true,
      true,
    ])
    expect(first.report.groups[0]?.enabling).toMatchObject({
      jobId: expect.stringMatching(/\w/),
      submittedAt: expect.stringContaining('T'),
      finishedAt: expect.stringContaining('T'),
    })
    expect(cloud.starts()).toEqual(['g1', 'g2', 'g3'])
    // A look at that very group before each.
    expect(sent(first, 'showServerGroup')).toBe(3)
    expect(sent(first, 'startServerGroup')).toBe(3)
    const ofOne = ['enable-intent', 'enable-accepted', 'enable-on']
    expect(events(first).toSorted()).toEqual([...ofOne, ...ofOne, ...ofOne].toSorted())
    const again = await cloud.enable()
    expect(ends(again)).toEqual(['already-enabled', 'already-enabled', 'already-enabled'])
    expect(sent(again, 'startServerGroup')).toBe(0)
    expect(exitCode(again)).toBe(0)
    expect(cloud.starts()).toHaveLength(3)
  })

  test('leaves a group alone in which a row is not created; partial takes it', async () => {
    const rows = makeRows(4, 2)
    const cloud = smallCloud(rows)
    await cloud.run({ rows: rows.slice(0, 3) })
    const careful = await cloud.run({ work: ENABLE })
    expect(ends(careful)).toEqual(['enabled', 'refused/rows-not-protected'])
    expect(fates(careful)).toEqual([
      'already-protected',
      'already-protected',
      'already-protected',
      'not-attempted/not-protected',
    ])
    expect(careful.report.run.outcome).toBe('partial')
    expect(exitCode(careful)).toBe(3)
    expect(cloud.starts()).toEqual(['g1'])
    const partial = await cloud.run({ work: PARTIAL })
    expect(ends(partial)).toEqual(['already-enabled', 'enabled'])
    // The groups' alone.
    expect(exitCode(partial)).toBe(0)
    expect(partial.report.totals.notAttempted).toBe(1)
  })

  test('refuses a group without an instance', async () => {
    const cloud = smallCloud(makeRows(1, 1))
    const result = await cloud.run({ work: PARTIAL })
    expect(ends(result)).toEqual(['refused/group-empty'])
    expect(sent(result, 'startServerGroup')).toBe(0)
  })

  test.for([
    'creating',
    'stopping',
    'reprotecting',
    'reversing',
    'failing-over',
    'failed-over',
    'deleting',
    'error',
    'error-stopping',
    'error-reversing',
    'error-reprotecting',
    'error-failing-over',
    'unknown',
    'of tomorrow',
  ])('never starts a group in %s, be it seen in the plan or right before', async (status) => {
    const cloud = await created(1)
    const spoil = (listed: boolean) => ({
      client: showingGroup((group) => ({ ...group, status }), { listed }),
    })
    for (const listed of [true, false]) {
      const result = await cloud.enable({ spoil: spoil(listed) })
      expect(ends(result)).toEqual(['refused/group-not-ready'])
      expect(sent(result, 'startServerGroup')).toBe(0)
      expect(events(result)).toEqual([])
      expect(exitCode(result)).toBe(3)
    }
    expect(cloud.starts()).toEqual([])
  })

  test('looks again after each refusal: what was failed over meanwhile is not started', async () => {
    const cloud = await created(1, {
      rules: [{ on: 'startServerGroup', times: 1, do: { status: 409 } }],
    })
    let looks = 0
    const client = showingGroup((group) => {
      looks += 1
      return looks === 1 ? group : { ...group, status: 'failed-over' }
    })
    const result = await cloud.enable({ spoil: { client } })
    expect(ends(result)).toEqual(['refused/group-not-ready'])
    expect(sent(result, 'startServerGroup')).toBe(1)
    expect(cloud.starts()).toEqual([])
  })

  test('a count of none is held against the list of the instances, which has the last word', async () => {
    const cloud = await created(1)
    const counting = showingGroup((group) => ({ ...group, protectedInstanceNum: 0 }))
    const empty = await cloud.enable({
      spoil: { client: (bare) => withoutInstances(counting(bare)) },
    })
    expect(ends(empty)).toEqual(['refused/group-empty'])
    expect(sent(empty, 'startServerGroup')).toBe(0)
    const stale = await cloud.enable({ spoil: { client: counting } })
    expect(ends(stale)).toEqual(['enabled'])
    expect(cloud.starts()).toEqual(['g1'])
  })

  test('and where that list cannot be read, nothing is started', async () => {
    const cloud = await created(1)
    const client = (bare: SdrsClient): SdrsClient => ({
      ...showingGroup((group) => ({ ...group, protectedInstanceNum: 0 }))(bare),
      listProtectedInstances: (ids, signal) =>
        ids === null
          ? bare.listProtectedInstances(ids, signal)
          : Promise.reject(apiError('unknown-fate', 500, null)),
    })
    const result = await cloud.enable({ spoil: { client }, limits: { jobTimeoutMs: MINUTE } })
    expect(ends(result)).toEqual(['failed/refused'])
    expect(cloud.starts()).toEqual([])
  })

  test.for<[string, (group: ServerGroup) => ServerGroup, string]>([
    ['another group', (group) => ({ ...group, id: 'another' }), 'failed/refused'],
    ['one that is on', (group) => ({ ...group, status: 'protected' }), 'already-enabled'],
  ])('withholds the start where the look shows %s', async ([, change, end]) => {
    const cloud = await created(1)
    const result = await cloud.enable({ spoil: { client: fromTheFirstLookOn(change) } })
    expect(ends(result)).toEqual([end])
    expect(sent(result, 'startServerGroup')).toBe(0)
  })

  test.for<[string, string, number]>([
    ['available', 'unknown/fate-unknown', 3],
    ['starting', 'unknown/fate-unknown', 3],
    ['failed-over', 'refused/group-not-ready', 3],
    ['stopping', 'refused/group-not-ready', 3],
  ])('does not call on what the last looks show in %s', async ([status, end, code]) => {
    const cloud = await created(2)
    let isOver = false
    const client = (bare: SdrsClient): SdrsClient => ({
      ...bare,
      listServerGroups: async (signal) => {
        const groups = await bare.listServerGroups(signal)
        return groups.map((group) => (isOver && group.name === 'g1' ? { ...group, status } : group))
      },
    })
    const onEvent: RolloutOptions['onEvent'] = ({ type }) => {
      isOver ||= type === 'looking'
    }
    const result = await cloud.enable({ spoil: { client }, onEvent })
    expect(ends(result)).toEqual([end, 'enabled'])
    expect(result.report.groups.map((each) => each.status)).toEqual([status, 'protected'])
    expect(exitCode(result)).toBe(code)
  })

  test('a last look that is behind is repeated', async () => {
    const cloud = await created(1)
    let looks = 0
    const client = (bare: SdrsClient): SdrsClient => ({
      ...bare,
      listServerGroups: async (signal) => {
        const groups = await bare.listServerGroups(signal)
        if (looks === 0 || looks > 2) return groups
        looks += 1
        return groups.map((group) => ({ ...group, status: 'starting' }))
      },
    })
    const onEvent: RolloutOptions['onEvent'] = ({ type }) => {
      if (type === 'looking') looks = 1
    }
    const result = await cloud.enable({ spoil: { client }, onEvent })
    expect(ends(result)).toEqual(['enabled'])
    expect(result.report.groups[0]?.protectionEnabled).toBe(true)
  })

  test('a group that cannot be looked at is not started; one that is not there neither', async () => {
    const cloud = await created(2, {
      rules: [{ on: 'showServerGroup', group: 'g1', do: { notFound: true } }],
    })
    const gone = await cloud.enable()
    expect(ends(gone)).toEqual(['refused/group-not-ready', 'enabled'])
    const blind: Partial<RolloutOptions> = {
      spoil: {
        client: (client) => ({
          ...client,
          showServerGroup: () => Promise.reject(apiError('unknown-fate', 500, null)),
        }),
      },
      limits: { jobTimeoutMs: MINUTE },
    }
    const result = await cloud.enable(blind)
    expect(ends(result)).toEqual(['failed/refused', 'already-enabled'])
    expect(cloud.starts()).toEqual(['g2'])
  })

  test('says of a group what it knows where the look after it fails: never how it was before', async () => {
    const cloud = await created(4, {
      rules: [
        { on: 'startServerGroup', group: 'g2', do: { reset: 'before' } },
        { on: 'startServerGroup', group: 'g3', do: { status: 400, code: 'SDRS.0201' } },
        { on: 'showServerGroup', group: 'g4', do: { notFound: true } },
      ],
    })
    let isOver = false
    const client = (bare: SdrsClient): SdrsClient => ({
      ...bare,
      listProtectedInstances: (ids, signal) =>
        isOver
          ? Promise.reject(apiError('access', 403, 'SDRS.0003'))
          : bare.listProtectedInstances(ids, signal),
    })
    const onEvent: RolloutOptions['onEvent'] = (event) => {
      isOver ||= event.type === 'start-accepted'
    }
    const result = await cloud.enable({ spoil: { client }, onEvent })
    expect(ends(result)).toEqual([
      'enabled',
      'unknown/fate-unknown',
      'failed/refused',
      'refused/group-not-ready',
    ])
    const { groups } = result.report
    expect(groups.map(({ status }) => status)).toEqual(['protected', null, null, 'available'])
    expect(groups.map((each) => each.protectionEnabled)).toEqual([true, null, null, false])
  })

  test('follows what somebody else is starting, and does not call it its own', async () => {
    const cloud = await created(1)
    const stop = createStopControl()
    const stopped = cloud.enable({
      stop,
      onEvent: (event) => {
        if (event.type === 'start-accepted') stop.interrupt()
      },
    })
    expect(ends(await stopped)).toEqual(['in-progress/interrupted'])
    // Without the journal nobody knows whose it is.
    const others = await cloud.enable({ runs: [] })
    expect(ends(others)).toEqual(['already-enabled'])
    expect(events(others)).toEqual([])
    expect(cloud.starts()).toEqual(['g1'])
  })
})

describe('an answer that is lost', () => {
  test('after the group was started: it is ours, and sent once', async () => {
    const cloud = await created(1, {
      rules: [{ on: 'startServerGroup', times: 1, do: { reset: 'after' } }],
    })
    const result = await cloud.enable()
    expect(ends(result)).toEqual(['enabled'])
    expect(events(result)).toEqual(['enable-intent', 'enable-lost', 'enable-found', 'enable-on'])
    expect(sent(result, 'startServerGroup')).toBe(1)
    expect(cloud.starts()).toEqual(['g1'])
  })

  test('before: looked for through the settle window, then sent again', async () => {
    const cloud = await created(1, {
      rules: [{ on: 'startServerGroup', times: 1, do: { reset: 'before' } }],
    })
    const result = await cloud.enable()
    expect(ends(result)).toEqual(['enabled'])
    expect(events(result)).toEqual([
      'enable-intent',
      'enable-lost',
      'enable-absent',
      'enable-intent',
      'enable-accepted',
      'enable-on',
    ])
    const times = result.journal.flatMap((event) =>
      event.type === 'enable-intent' ? [event.at] : [],
    )
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(30_000)
    expect(cloud.starts()).toEqual(['g1'])
  })

  test('twice: nobody knows, and the next run looks first', async () => {
    const cloud = await created(1, {
      rules: [{ on: 'startServerGroup', times: 2, do: { reset: 'before' } }],
    })
    const first = await cloud.enable()
    expect(ends(first)).toEqual(['unknown/fate-unknown'])
    expect(exitCode(first)).toBe(3)
    const second = await cloud.enable()
    expect(ends(second)).toEqual(['enabled'])
    expect(events(second)[0]).toBe('enable-absent')
    expect(second.report.run.resumedRuns).toHaveLength(1)
    expect(cloud.starts()).toEqual(['g1'])
  })

  test('and then nothing more may be sent: nobody knows', async () => {
    const cloud = await created(1, {
      rules: [{ on: 'startServerGroup', times: 1, do: { reset: 'before' } }],
    })
    const stop = createStopControl()
    const onEvent: RolloutOptions['onEvent'] = (event) => {
      if (event.type === 'start-failed') stop.stopSending('failure-limit')
    }
    const result = await cloud.enable({ stop, onEvent })
    expect(ends(result)).toEqual(['unknown/fate-unknown'])
    // What was looked for is still open: no start has taken its place.
    expect(events(result)).toEqual(['enable-intent', 'enable-lost'])
    expect(ends(await cloud.enable())).toEqual(['enabled'])
  })

  test.for<[string, (group: ServerGroup) => ServerGroup]>([
    ['empty', (group) => ({ ...group, protectedInstanceNum: 0 })],
    ['failed over', (group) => ({ ...group, status: 'failed-over' })],
  ])('and then the group is %s: nobody knows, and not refused', async ([, change]) => {
    const cloud = await created(1, {
      rules: [{ on: 'startServerGroup', times: 1, do: { reset: 'before' } }],
    })
    let looks = 0
    const client = showingGroup((group) => {
      looks += 1
      return looks === 1 ? group : change(group)
    })
    const result = await cloud.enable({
      spoil: { client: (bare) => withoutInstances(client(bare)) },
    })
    expect(ends(result)).toEqual(['unknown/fate-unknown'])
    // As the journal has it: the next run takes it up.
    expect(events(result)).toEqual(['enable-intent', 'enable-lost'])
    expect(ends(await cloud.enable())).toEqual(['enabled'])
  })

  test('and refused when it is sent again: perhaps its echo, and so not failed', async () => {
    const cloud = await created(1, {
      rules: [
        { on: 'startServerGroup', nth: 1, do: { reset: 'before' } },
        { on: 'startServerGroup', nth: 2, do: { status: 400, code: 'SDRS.0201' } },
      ],
    })
    const first = await cloud.enable()
    expect(ends(first)).toEqual(['unknown/fate-unknown'])
    expect(events(first)).toContain('enable-refused')
    expect(ends(await cloud.enable())).toEqual(['enabled'])
  })

  test('and the lists lag behind: refused as busy, looked at again, and ours', async () => {
    const cloud = await created(1, {
      rules: [{ on: 'startServerGroup', times: 1, do: { reset: 'after' } }],
    })
    // Shown as it was for a minute: longer than the window.
    let until = Number.POSITIVE_INFINITY
    const lagging = (client: SdrsClient): SdrsClient => {
      const late = (group: ServerGroup): ServerGroup =>
        cloud.clock.now() < until ? { ...group, status: 'available' } : group
      return {
        ...showingGroup(late, { listed: true })(client),
        async startServerGroup(id, options) {
          until = Math.min(until, cloud.clock.now() + MINUTE)
          return client.startServerGroup(id, options)
        },
      }
    }
    const result = await cloud.enable({ spoil: { client: lagging } })
    expect(ends(result)).toEqual(['enabled'])
    expect(sent(result, 'startServerGroup')).toBeGreaterThan(1)
    expect(cloud.starts()).toEqual(['g1'])
  })
})

describe('trouble', () => {
  test.for<[string, FaultPlanInput]>([
    ['busy', { rules: [{ on: 'startServerGroup', times: 3, do: { status: 409 } }] }],
    [
      'busy with a code',
      { rules: [{ on: 'startServerGroup', times: 3, do: { status: 400, code: 'SDRS.1017' } }] },
    ],
    [
      'throttled',
      { rules: [{ on: 'startServerGroup', times: 3, do: { status: 429, retryAfter: 2 } }] },
    ],
    [
      'no list for a while',
      { rules: [{ on: 'listServerGroups', fromMs: 62_000, untilMs: 70_000, do: { status: 500 } }] },
    ],
    ['no job for a while', { rules: [{ on: 'showJob', nth: 2, do: { status: 500 } }] }],
  ])('%s passes', async ([, faults]) => {
    const cloud = await created(2, faults)
    expect(ends(await cloud.enable())).toEqual(['enabled', 'enabled'])
    expect(cloud.starts()).toEqual(['g1', 'g2'])
  })

  test('busy for good is a failure, and its group may be tried again', async () => {
    const cloud = await created(1, {
      rules: [{ on: 'startServerGroup', untilMs: 30 * MINUTE, do: { status: 409 } }],
    })
    const result = await cloud.enable({ limits: { jobTimeoutMs: 5 * MINUTE } })
    expect(ends(result)).toEqual(['failed/refused'])
    expect(result.report.groups[0]?.enabling?.advice).not.toContain('create')
    await cloud.clock.run(cloud.clock.sleep(30 * MINUTE))
    expect(ends(await cloud.enable())).toEqual(['enabled'])
  })

  test('a job that fails: the sub-job says why; the next run may try again', async () => {
    const cloud = await created(1)
    const client = (bare: SdrsClient): SdrsClient => ({
      ...bare,
      async showJob(id, signal) {
        const job = await bare.showJob(id, signal)
        if (job.status !== 'SUCCESS') return job
        const [sub] = job.subJobs
        if (sub === undefined) throw new Error('no sub-job')
        return {
          ...job,
          subJobs: [
            { ...sub, status: 'FAIL', errorCode: 'EVS.2024', failReason: 'volume is error!' },
          ],
        }
      },
    })
    const result = await cloud.enable({ spoil: { client } })
    expect(ends(result)).toEqual(['failed/job-failed'])
    expect(result.report.groups[0]?.enabling).toMatchObject({
      errorCode: 'EVS.2024',
      message: expect.stringContaining('volume is error!'),
    })
    expect(events(result)).toEqual(['enable-intent', 'enable-accepted', 'enable-failed'])
    // The cloud thinks otherwise: then it is on, and not for us to claim.
    expect(ends(await cloud.enable())).toEqual(['already-enabled'])
  })

  test('error-starting after a lost answer: the service’s failed tasks say why, and its rows are not broken', async () => {
    const cloud = await created(1, {
      rules: [{ on: 'startServerGroup', times: 1, do: { reset: 'after' } }],
    })
    let isSent = false
    const broken = (status: string): string =>
      isSent && (status === 'starting' || status === 'protected') ? 'error-starting' : status
    const client = (bare: SdrsClient): SdrsClient => ({
      ...showingGroup((group) => ({ ...group, status: broken(group.status) }), { listed: true })(
        bare,
      ),
      async startServerGroup(id, options) {
        isSent = true
        return bare.startServerGroup(id, options)
      },
      async listProtectedInstances(ids, signal) {
        const all = await bare.listProtectedInstances(ids, signal)
        return all.map((each) => ({ ...each, status: broken(each.status) }))
      },
      async listFailureJobs(groupId) {
        const [group] = await bare.listServerGroups()
        const task = {
          jobId: 'j',
          resourceId: group?.id ?? null,
          resourceName: null,
          failureStatus: 'startFail',
        }
        const why = {
          jobType: 'startProtectionGroupNoCG',
          beginTime: '2026',
          errorCode: 'SDRS.1',
          failReason: 'no pair',
        }
        return groupId === null ? [{ ...task, ...why }] : []
      },
    })
    const result = await cloud.enable({ spoil: { client } })
    expect(ends(result)).toEqual(['failed/job-failed'])
    expect(result.report.groups[0]?.enabling).toMatchObject({
      errorCode: 'SDRS.1',
      message: 'SDRS.1: no pair',
    })
    expect(fates(result)).toEqual(['already-protected'])
    expect(exitCode(result)).toBe(3)
  })

  test('accepted, and then neither its job nor the group shows it: as good as a lost answer', async () => {
    const cloud = await created(1)
    let calls = 0
    const client = (bare: SdrsClient): SdrsClient => ({
      ...bare,
      async startServerGroup(id, options) {
        calls += 1
        if (calls > 1) return bare.startServerGroup(id, options)
        await options.beforeSend()
        options.onSend?.()
        return { jobId: '00000000000000000000000000000000' }
      },
    })
    const result = await cloud.enable({ spoil: { client } })
    expect(ends(result)).toEqual(['enabled'])
    expect(events(result)).toEqual([
      'enable-intent',
      'enable-accepted',
      'enable-absent',
      'enable-intent',
      'enable-accepted',
      'enable-on',
    ])
    expect(cloud.starts()).toEqual(['g1'])
  })

  test('a right that lacks costs its group alone; a sign-in that is refused ends all', async () => {
    const cloud = await created(2, {
      rules: [{ on: 'startServerGroup', group: 'g1', do: { status: 403 } }],
    })
    const result = await cloud.enable()
    expect(ends(result)).toEqual(['not-attempted/access-lost', 'enabled'])
    expect(exitCode(result)).toBe(4)
    expect(result.events.some(({ type }) => type === 'access-lost')).toBe(true)
    const refused = await created(2, { rules: [{ on: 'startServerGroup', do: { status: 401 } }] })
    const lost = await refused.enable()
    expect(ends(lost)).toEqual(['not-attempted/access-lost', 'not-attempted/access-lost'])
    expect(exitCode(lost)).toBe(4)
    expect(refused.starts()).toEqual([])
  })

  test('more failed groups than --max-failures: the rest is not attempted', async () => {
    const cloud = await created(4, {
      rules: [{ on: 'startServerGroup', do: { status: 400, code: 'SDRS.0201' } }],
    })
    const limits = { concurrency: 1, maxFailures: { kind: 'count', value: 1 } } as const
    const result = await cloud.enable({ limits })
    expect(ends(result)).toEqual([
      'failed/refused',
      'failed/refused',
      'not-attempted/failure-limit',
      'not-attempted/failure-limit',
    ])
    expect(sent(result, 'startServerGroup')).toBe(2)
    expect(result.events).toContainEqual({
      type: 'failure-limit',
      of: 'groups',
      failed: 2,
      answered: 2,
      limit: '1',
    })
  })

  test('never more starts at once than --concurrency, never more jobs than --max-jobs', async () => {
    const cloud = await created(6)
    let inFlight = 0
    let most = 0
    const client = (bare: SdrsClient): SdrsClient => ({
      ...bare,
      async startServerGroup(id, options) {
        inFlight += 1
        most = Math.max(most, inFlight)
        return bare.startServerGroup(id, options).finally(() => {
          inFlight -= 1
        })
      },
    })
    const result = await cloud.enable({ spoil: { client }, limits: { concurrency: 2 } })
    expect(new Set(ends(result))).toEqual(new Set(['enabled']))
    expect(most).toBe(2)
  })

  test('a disk that takes no intent: nothing is sent', async () => {
    const cloud = await created(1)
    const journal = (bare: Journal): Journal => ({
      ...bare,
      append: (event) =>
        event.type === 'enable-intent'
          ? Promise.reject(new JournalFailure(new Error('disk full')))
          : bare.append(event),
    })
    const result = await cloud.enable({ spoil: { journal } })
    expect(ends(result)).toEqual(['not-attempted/run-aborted'])
    expect(exitCode(result)).toBe(1)
    expect(cloud.starts()).toEqual([])
  })

  test('a bug in one group costs the others nothing, and is told', async () => {
    const cloud = await created(2)
    const client = (bare: SdrsClient): SdrsClient => {
      let calls = 0
      return {
        ...bare,
        showServerGroup(id, signal) {
          calls += 1
          if (calls === 1) throw new TypeError('a bug')
          return bare.showServerGroup(id, signal)
        },
      }
    }
    const result = await cloud.enable({ spoil: { client } })
    expect(result.troubles).toHaveLength(1)
    expect(ends(result)).toContain('unknown/fate-unknown')
    expect(exitCode(result)).toBe(1)
  })
})

describe('a run that is stopped', () => {
  test('before the turn of a group: not attempted', async () => {
    const cloud = await created(2)
    const stop = createStopControl()
    stop.interrupt()
    const planned = cloud.enable({ stop })
    const result = await planned
    expect(ends(result)).toEqual(['not-attempted/interrupted', 'not-attempted/interrupted'])
    expect(result.report.run.outcome).toBe('interrupted')
    expect(exitCode(result)).toBe(130)
  })

  test('while it starts: the next run takes it up by its job, and plain apply leaves it open', async () => {
    const cloud = await created(1)
    const stop = createStopControl()
    const onEvent: RolloutOptions['onEvent'] = (event) => {
      if (event.type === 'start-accepted') stop.interrupt()
    }
    const stopped = await cloud.enable({ stop, onEvent })
    expect(ends(stopped)).toEqual(['in-progress/interrupted'])
    expect(exitCode(stopped)).toBe(130)
    const apply = await cloud.run()
    expect(ends(apply)).toEqual(['-'])
    expect(events(apply)).toEqual([])
    expect(apply.report.run.resumedRuns).toEqual([])
    const next = await cloud.enable()
    expect(ends(next)).toEqual(['enabled'])
    expect(next.report.run.resumedRuns).toHaveLength(1)
    expect(ends(await cloud.enable())).toEqual(['already-enabled'])
    expect(cloud.starts()).toEqual(['g1'])
  })

  test('an open start of a group that no row names any more is taken up as well, and does not count', async () => {
    const rows = makeRows(2, 2)
    const cloud = smallCloud(rows)
    await cloud.run()
    const stop = createStopControl()
    const onEvent: RolloutOptions['onEvent'] = (event) => {
      if (event.type === 'start-accepted') stop.interrupt()
    }
    await cloud.run({ work: ENABLE, stop, onEvent })
    const open = cloud.starts()
    const left = rows.filter(({ serverGroup }) => !open.includes(serverGroup ?? ''))
    const result = await cloud.run({ work: ENABLE, rows: left })
    expect(new Set(ends(result))).toEqual(new Set(['enabled']))
    expect(result.report.groups.filter(({ rows: count }) => count === 0)).toHaveLength(open.length)
    expect(cloud.starts().toSorted()).toEqual(['g1', 'g2'])
  })
})

describe('a start that an earlier run sent, in a group that is on', () => {
  /** Accepted, and the run ended before it had ended; then its job tells what `job` makes of it. */
  async function seenOn(job: (bare: SdrsClient) => Partial<SdrsClient>) {
    const cloud = await created(1)
    const stop = createStopControl()
    const onEvent: RolloutOptions['onEvent'] = (event) => {
      if (event.type === 'start-accepted') stop.interrupt()
    }
    await cloud.enable({ stop, onEvent })
    await cloud.clock.run(cloud.clock.sleep(20 * MINUTE))
    const client = (bare: SdrsClient): SdrsClient => ({ ...bare, ...job(bare) })
    const result = await cloud.enable({ spoil: { client }, limits: { jobTimeoutMs: 5 * MINUTE } })
    return { cloud, result }
  }

  test('is called enabled where its job says so', async () => {
    const { result } = await seenOn(() => ({}))
    expect(ends(result)).toEqual(['enabled'])
    expect(events(result)).toEqual(['enable-on'])
  })

  test('and already-enabled where its job has failed: somebody else has switched it on', async () => {
    const { cloud, result } = await seenOn((bare) => ({
      showJob: async (id, signal) => ({
        ...(await bare.showJob(id, signal)),
        status: 'FAIL',
        errorCode: 'EVS.2024',
        failReason: 'no link',
      }),
    }))
    expect(ends(result)).toEqual(['already-enabled'])
    expect(result.report.groups[0]?.enabling).toMatchObject({
      message: expect.stringContaining('EVS.2024: no link'),
      errorCode: null,
    })
    expect(exitCode(result)).toBe(0)
    // Its end is known: no later run takes it up.
    expect(events(result)).toEqual(['enable-failed'])
    expect((await cloud.enable()).report.run.resumedRuns).toEqual([])
    expect(cloud.starts()).toEqual(['g1'])
  })

  test.for<[string, (bare: SdrsClient) => Partial<SdrsClient>]>([
    ['is not known', () => ({ showJob: () => Promise.reject(apiError('row', 404, 'SDRS.1600')) })],
    [
      'may not be asked for',
      () => ({ showJob: () => Promise.reject(apiError('access', 403, null)) }),
    ],
    [
      'cannot be asked for',
      () => ({ showJob: () => Promise.reject(apiError('unknown-fate', 500, null)) }),
    ],
    [
      'has not ended',
      (bare) => ({
        showJob: async (id, signal) => ({ ...(await bare.showJob(id, signal)), status: 'RUNNING' }),
      }),
    ],
  ])('and so where its job %s', async ([, job]) => {
    const { cloud, result } = await seenOn(job)
    expect(ends(result)).toEqual(['already-enabled'])
    expect(exitCode(result)).toBe(0)
    expect(cloud.starts()).toEqual(['g1'])
  })

  test('failed, and somebody else is starting it: followed, and not called ours', async () => {
    const cloud = await created(1)
    const stop = createStopControl()
    const onEvent: RolloutOptions['onEvent'] = (event) => {
      if (event.type === 'start-accepted') stop.interrupt()
    }
    await cloud.enable({ stop, onEvent })
    const client = (bare: SdrsClient): SdrsClient => ({
      ...bare,
      showJob: async (id, signal) => ({ ...(await bare.showJob(id, signal)), status: 'FAIL' }),
    })
    const result = await cloud.enable({ spoil: { client } })
    expect(ends(result)).toEqual(['already-enabled'])
    expect(result.report.groups[0]?.protectionEnabled).toBe(true)
  })
})

describe('apply --enable-protection', () => {
  test('creates and then switches on, in one run with one journal and one report', async () => {
    const cloud = smallCloud(makeRows(4, 2))
    const result = await cloud.run({ work: BOTH })
    expect(fates(result)).toEqual(['created', 'created', 'created', 'created'])
    expect(ends(result)).toEqual(['enabled', 'enabled'])
    expect(result.report.groups.map(({ status }) => status)).toEqual(['protected', 'protected'])
    expect(result.report.run).toMatchObject({ command: 'apply', outcome: 'complete' })
    const types = result.journal.map(({ type }) => type)
    expect(types.lastIndexOf('settled')).toBeLessThan(types.indexOf('enable-intent'))
    expect(exitCode(result)).toBe(0)
    const again = await cloud.run({ work: BOTH })
    expect(ends(again)).toEqual(['already-enabled', 'already-enabled'])
    expect(cloud.starts()).toEqual(['g1', 'g2'])
  })

  test('switches nothing on while a row is not protected', async () => {
    const cloud = smallCloud(makeRows(4, 2), {
      faults: { jobs: [{ server: 'server-1', errorCode: 'X', failReason: 'r', times: 1 }] },
    })
    const result = await cloud.run({ work: BOTH })
    expect(ends(result)).toEqual(['not-attempted/not-protected', 'not-attempted/not-protected'])
    expect(result.report.run.outcome).toBe('partial')
    expect(sent(result, 'startServerGroup')).toBe(0)
  })

  test('a group that is not on keeps a run with all rows protected from exit 0', async () => {
    const cloud = smallCloud(makeRows(1, 1), {
      faults: { rules: [{ on: 'startServerGroup', do: { status: 400, code: 'SDRS.0201' } }] },
    })
    const result = await cloud.run({ work: BOTH })
    expect(fates(result)).toEqual(['created'])
    expect(ends(result)).toEqual(['failed/refused'])
    expect(result.report.run.outcome).toBe('partial')
    expect(exitCode(result)).toBe(3)
  })

  test('takes up what an earlier enable left open', async () => {
    const cloud = await created(1, {
      rules: [{ on: 'startServerGroup', times: 1, do: { reset: 'after' } }],
    })
    const stop = createStopControl()
    const onEvent: RolloutOptions['onEvent'] = (event) => {
      if (event.type === 'start-failed') stop.interrupt()
    }
    expect(ends(await cloud.enable({ stop, onEvent }))).toEqual(['unknown/fate-unknown'])
    expect(ends(await cloud.run({ work: BOTH }))).toEqual(['enabled'])
    expect(cloud.starts()).toEqual(['g1'])
  })
})

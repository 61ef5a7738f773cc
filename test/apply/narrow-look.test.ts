import { expect, test } from 'vitest'
import { createGroupLook } from '../../src/apply/group-look.ts'
import type { WantedInstance } from '../../src/apply/narrow-look.ts'
import { createStopControl } from '../../src/apply/stop.ts'
import type { ApiError } from '../../src/cloud/errors.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import { isRecord } from '../../src/simulator/answers.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { instance, serverId } from '../report/build.ts'
import { makeRows, rollOut } from '../support/rollout.ts'
import { apiError } from '../support/small-cloud.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const SIZE = 20

/** One large group, in which the fifth is still being created and the seventh hidden from lists by ID. */
async function largeGroup(refuse: () => ApiError | null = () => null) {
  const calls: string[] = []
  const all = Array.from({ length: SIZE }, (_, at) =>
    instance(at, { serverGroupId: 'g', status: at === 5 ? 'creating' : 'available' }),
  )
  const narrow = (what: string, found: (each: ProtectedInstance) => boolean) => {
    calls.push(what)
    const error = refuse()
    return error === null ? Promise.resolve(all.filter(found)) : Promise.reject(error)
  }
  const look = createGroupLook({
    stop: createStopControl(),
    wholeUpTo: SIZE - 1,
    client: {
      listProtectedInstances() {
        calls.push('whole')
        return Promise.resolve([...all])
      },
      listInstancesInStatus: (status) => narrow(status, (each) => each.status === status),
      listInstancesById: (ids) =>
        narrow(`${ids.length} by ID`, ({ id }) => ids.includes(id) && id !== all[7]?.id),
    },
  })
  await look(['g'])
  calls.length = 0
  const wanted = (at: number, more: Partial<WantedInstance> = {}): WantedInstance => ({
    serverId: serverId(at),
    groupId: 'g',
    instanceId: all[at]?.id ?? null,
    need: 'sight',
    ...more,
  })
  return { look, calls, wanted }
}

test('a large group is asked for those that are looked for', async () => {
  const { look, calls, wanted } = await largeGroup()
  const some = [wanted(5, { instanceId: null }), wanted(3)]
  const seen = await look(['g'], some)
  expect(calls).toEqual(['creating', '1 by ID'])
  expect(some.map((each) => seen.of(each))).toMatchObject([
    { kind: 'list', instance: { status: 'creating' } },
    { kind: 'list', instance: { status: 'available' } },
  ])
})

test('what it does not show is not said to be missing', async () => {
  const { look, calls, wanted } = await largeGroup()
  const unseen = wanted(99, { instanceId: null })
  expect((await look(['g'], [unseen])).of(unseen)).toEqual({ kind: 'no-list', refused: false })
  expect(calls).toEqual(['creating'])
})

test('what hangs on an instance that is not there is left to the whole list', async () => {
  const { look, calls, wanted } = await largeGroup()
  const lost = wanted(99, { instanceId: null, need: 'proof' })
  expect((await look(['g'], [lost])).of(lost)).toEqual({ kind: 'list', instance: null })
  expect(calls).toEqual(['creating', 'whole'])
})

test('one that its ID does not bring is looked for in the whole list in the end', async () => {
  const { look, wanted } = await largeGroup()
  const kinds: string[] = []
  for (const _ of [1, 2, 3]) {
    const sight = (await look(['g'], [wanted(7)])).of(wanted(7))
    kinds.push(sight.kind === 'list' ? (sight.instance?.status ?? 'none') : sight.kind)
  }
  expect(kinds).toEqual(['no-list', 'no-list', 'available'])
})

test('a service that does not take the filter is not asked again', async () => {
  const { look, calls, wanted } = await largeGroup(() => apiError('row', 400, 'SDRS.0201'))
  for (const _ of [1, 2]) {
    expect((await look(['g'], [wanted(3)])).of(wanted(3))).toMatchObject({ kind: 'list' })
  }
  expect(calls).toEqual(['1 by ID', 'whole', 'whole'])
})

/** How many instances lists show, and how many requests there are, a server of a group of that size. */
async function costOf(servers: number): Promise<{ shown: number; requests: number }> {
  const clock = virtualClock()
  const rows = makeRows(servers, 1)
  const inner = simulatorTransport({
    initial: seedWorld({
      rows,
      projectId: '0123456789abcdef0123456789abcdef',
      now: clock.now(),
      limits: { jobTimeMs: { min: 55_000, max: 65_000 } },
    }),
    clock,
    latencyMs: 100,
  })
  let shown = 0
  const rollout = await clock.run(
    rollOut({
      clock,
      rows,
      projectId: '0123456789abcdef0123456789abcdef',
      transport: {
        async send(request) {
          const answer = await inner.send(request)
          if (request.url.includes('/protected-instances?')) {
            const json: unknown = JSON.parse(answer.body)
            const list = isRecord(json) ? json['protected_instances'] : null
            shown += Array.isArray(list) ? list.length : 0
          }
          return answer
        },
      },
    }),
  )
  expect(rollout.report.totals.created).toBe(servers)
  return { shown: shown / servers, requests: rollout.requests.total / servers }
}

test(
  'following a group costs as much a server however large it is',
  { timeout: 120_000 },
  async () => {
    const few = await costOf(600)
    const many = await costOf(1_500)
    expect(many.shown).toBeLessThan(1.25 * few.shown)
    expect(many.requests).toBeLessThan(1.1 * few.requests)
  },
)

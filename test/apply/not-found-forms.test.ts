import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ApiError,
  apiErrorFromResponse,
  isNoSuchGroup,
  isNoSuchInstance,
  isNoSuchJob,
} from '../../src/cloud/errors.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import { createAttempts } from '../../src/plan/preflight/attempts.ts'
import type { FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { makeRows, type Rollout } from '../support/rollout.ts'
import { apiError, fates, smallCloud } from '../support/small-cloud.ts'
import { virtualClock } from '../support/virtual-clock.ts'

/** How SDRS says that something is not there: by its code, by calling the ID invalid, by a 404 of its own. */
interface Form {
  readonly status: number
  readonly body: Readonly<Record<string, { readonly code: string; readonly message: string }>>
}

const said = (status: number, code: string, key = 'error'): Form => ({
  status,
  body: { [key]: { code, message: 'm' } },
})
const INSTANCE_FORMS = [
  said(400, 'SDRS.1320'),
  said(400, 'SDRS.0208'),
  said(404, 'SDRS.1320'),
  said(404, 'SDRS.0208', 'itemNotFound'),
  said(404, '404', 'itemNotFound'),
  said(400, 'sdrs.1320', 'badrequest'),
] as const
const GROUP_FORMS = [
  said(400, 'SDRS.1013'),
  said(400, 'SDRS.0207'),
  said(404, 'SDRS.1013'),
  said(404, '404', 'itemNotFound'),
  said(400, 'sdrs.1013', 'badRequest'),
] as const
const JOB_FORMS = [
  said(404, 'SDRS.0201'),
  said(400, 'SDRS.0201'),
  said(404, 'SDRS.0201', 'itemNotFound'),
  said(404, '404', 'itemNotFound'),
] as const

function errorOf({ status, body }: Form): ApiError {
  const asked = { operation: 'test', host: 'sdrs.test', redact: (text: string) => text }
  return apiErrorFromResponse(asked, { status, headers: {}, body: JSON.stringify(body) }, 0)
}

/** What the cloud says is not there, in the words of `form`. */
function reworded(form: Form): (client: SdrsClient) => SdrsClient {
  const reword = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer
    } catch (error) {
      const isOurs =
        error instanceof ApiError &&
        (error.code === 'SDRS.1320' || error.code === 'SDRS.1013' || error.httpStatus === 404)
      throw isOurs ? errorOf(form) : error
    }
  }
  return (client) => ({
    ...client,
    showProtectedInstance: (id, signal) => reword(client.showProtectedInstance(id, signal)),
    showServerGroup: (id, signal) => reword(client.showServerGroup(id, signal)),
    deleteProtectedInstance: (id, options) => reword(client.deleteProtectedInstance(id, options)),
    startServerGroup: (id, options) => reword(client.startServerGroup(id, options)),
  })
}

/** All that a run did and says, but for the words of the refusal. */
function storyOf(result: Rollout) {
  return {
    fates: fates(result),
    sent: result.requests.byOperation,
    journal: result.journal.map(({ type }) => type),
    groups: result.report.groups.map(({ enabling }) => [enabling?.outcome, enabling?.reason]),
  }
}

/** The story is that of the first form, whatever the form. */
async function toldAlike(
  forms: readonly Form[],
  tell: (form: Form) => Promise<Rollout>,
): Promise<ReturnType<typeof storyOf>> {
  const stories = []
  for (const form of forms) stories.push(storyOf(await tell(form)))
  const [first] = stories
  if (first === undefined) throw new Error('no form')
  for (const story of stories) expect(story).toEqual(first)
  return first
}

async function afterFailure() {
  const cloud = smallCloud(makeRows(1, 1), {
    faults: { jobs: [{ server: 'server-1', errorCode: 'X', failReason: 'r', times: 1 }] },
  })
  await cloud.run()
  return cloud
}

describe('an instance that is not there', () => {
  test('is gone after its delete, in every form', async () => {
    const story = await toldAlike(INSTANCE_FORMS, async (form) => {
      const cloud = await afterFailure()
      const result = await cloud.run({ replaceFailed: true, spoil: { client: reworded(form) } })
      expect(cloud.deletes()).toEqual(['server-1'])
      return result
    })
    expect(story.fates).toEqual(['created'])
  })

  test('and where somebody else deleted it between the look and the delete', async () => {
    const story = await toldAlike(INSTANCE_FORMS, async (form) => {
      const cloud = await afterFailure()
      const othersToo = (client: SdrsClient): SdrsClient => ({
        ...client,
        async deleteProtectedInstance(id, options) {
          await client.deleteProtectedInstance(id, options)
          await cloud.clock.sleep(20 * 60_000)
          throw errorOf(form)
        },
      })
      const client = (bare: SdrsClient) => reworded(form)(othersToo(bare))
      const result = await cloud.run({ replaceFailed: true, spoil: { client } })
      expect(cloud.deletes()).toHaveLength(1)
      return result
    })
    expect(story.fates).toEqual(['created'])
    expect(story.journal).not.toContain('delete-refused')
    expect(story.journal).toContain('deleted')
  })

  test('but not on the word of a delete alone: it is there, and so no create is sent', async () => {
    const story = await toldAlike(INSTANCE_FORMS, async (form) => {
      const cloud = await afterFailure()
      const client = (bare: SdrsClient): SdrsClient => ({
        ...bare,
        async deleteProtectedInstance(_id, options) {
          await options.beforeSend?.()
          throw errorOf(form)
        },
      })
      const result = await cloud.run({ replaceFailed: true, spoil: { client } })
      expect(cloud.creates()).toHaveLength(1)
      return result
    })
    expect(story.fates).toEqual(['conflict/broken-instance'])
  })
})

describe('a group that is not there', () => {
  const ENABLE = { creates: false, enable: { partial: false } }

  test('is not started, in every form', async () => {
    const story = await toldAlike(GROUP_FORMS, async (form) => {
      const faults: FaultPlanInput = {
        rules: [{ on: 'showServerGroup', do: { notFound: true } }],
      }
      const cloud = smallCloud(makeRows(1, 1), { faults })
      await cloud.run()
      return cloud.run({ work: ENABLE, spoil: { client: reworded(form) } })
    })
    expect(story.groups).toEqual([['refused', 'group-not-ready']])
  })

  test('nor where the start itself meets that', async () => {
    const story = await toldAlike(GROUP_FORMS, async (form) => {
      const cloud = smallCloud(makeRows(1, 1))
      await cloud.run()
      const client = (bare: SdrsClient): SdrsClient => ({
        ...bare,
        async startServerGroup(_id, options) {
          await options.beforeSend?.()
          options.onSend?.()
          throw errorOf(form)
        },
      })
      return cloud.run({ work: ENABLE, spoil: { client } })
    })
    expect(story.groups).toEqual([['refused', 'group-not-ready']])
  })

  test.each(GROUP_FORMS)('in a list of pairs does not take the service away: %j', async (form) => {
    const clock = virtualClock()
    const attempts = createAttempts({ clock, patienceMs: 60_000 })
    const refused = await attempts.make('listReplicationPairs', () => Promise.reject(errorOf(form)))
    const next = await attempts.make('listReplicationPairs', () => Promise.resolve('read'))
    attempts.end()
    expect([refused, next]).toEqual([null, 'read'])
    expect(attempts.unchecked()).toHaveLength(1)
  })

  test.each([apiError('unknown-fate', 502, null), apiError('not-sent', null, 'ECONNREFUSED')])(
    'unlike an answer that says nothing: $message',
    async (error) => {
      const attempts = createAttempts({ clock: virtualClock(), patienceMs: 60_000 })
      await attempts.make('listReplicationPairs', () => Promise.reject(error))
      const next = await attempts.make('listReplicationPairs', () => Promise.resolve('read'))
      attempts.end()
      expect(next).toBeNull()
    },
  )
})

test('a job that is not there is told alike in every form', async () => {
  const story = await toldAlike(JOB_FORMS, (form) => {
    const cloud = smallCloud(makeRows(2, 1))
    const client = (bare: SdrsClient): SdrsClient => ({
      ...bare,
      showJob: () => Promise.reject(errorOf(form)),
    })
    return cloud.run({ spoil: { client } })
  })
  expect(story.fates).toEqual(['created', 'created'])
})

describe('the three judges', () => {
  const keys = fc.constantFrom('error', 'badrequest', 'badRequest', 'itemNotFound', 'other')
  const spelt = (code: string) => fc.constantFrom(code, code.toLowerCase(), ` ${code} `)
  const MEANT = {
    instance: ['SDRS.1320', 'SDRS.0208'],
    group: ['SDRS.1013', 'SDRS.0207'],
  } as const

  test('hear the code, whatever the key and the spelling', () => {
    fc.assert(
      fc.property(
        keys,
        fc
          .constantFrom(...MEANT.instance, ...MEANT.group)
          .chain((code) => spelt(code).map((text) => ({ code, text }))),
        (key, { code, text }) => {
          const error = errorOf(said(400, text, key))
          expect(isNoSuchInstance(error)).toBe(MEANT.instance.some((each) => each === code))
          expect(isNoSuchGroup(error)).toBe(MEANT.group.some((each) => each === code))
        },
      ),
    )
  })

  test('take a 404 of the service for it, and none of a gateway', () => {
    fc.assert(
      fc.property(keys, fc.constantFrom('SDRS.0201', 'SDRS.1320', '404', 'x'), (key, code) => {
        const error = errorOf(said(404, code, key))
        const isService = code.startsWith('SDRS.') || key === 'itemNotFound'
        expect([isNoSuchInstance(error), isNoSuchGroup(error)]).toEqual([isService, isService])
      }),
    )
    const gateway = apiErrorFromResponse(
      { operation: 'test', host: 'h', redact: (text) => text },
      { status: 404, headers: {}, body: '{"error_code":"APIGW.0101","error_msg":"m"}' },
      0,
    )
    expect([isNoSuchInstance, isNoSuchGroup, isNoSuchJob].map((judge) => judge(gateway))).toEqual([
      false,
      false,
      false,
    ])
  })
})

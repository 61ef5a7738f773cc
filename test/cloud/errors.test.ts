import { describe, expect, test } from 'vitest'
import { CATALOGUE, catalogued, normalizeCode } from '../../src/cloud/catalogue.ts'
import {
  adviceFor,
  ApiError,
  apiErrorFromResponse,
  isNoSuchGroup,
  isNoSuchInstance,
  isNoSuchJob,
} from '../../src/cloud/errors.ts'

const ASKED = { operation: 'showJob', host: 'sdrs.test', redact: (text: string) => text }

function errorOf(status: number, body: unknown): ApiError {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return apiErrorFromResponse(ASKED, { status, headers: {}, body: text }, 0)
}

const sdrs = (code: string) => ({ error: { code, message: 'm' } })
const gateway = (code: string) => ({ error_code: code, error_msg: 'm' })
const NOT_FOUND = { itemNotFound: { code: 404, message: 'm' } }

test("IAM's code, which is the status again, is said once", () => {
  expect(errorOf(401, { error: { code: 401, message: 'wrong' } }).message).toBe('401: wrong')
  expect(errorOf(401, { error: { code: 'X.1', message: 'wrong' } }).message).toBe('401 X.1: wrong')
})

describe('"there is none"', () => {
  test.for<{ status: number; body: unknown; job: boolean; instance: boolean; group: boolean }>([
    { status: 400, body: sdrs('SDRS.0201'), job: true, instance: false, group: false },
    { status: 404, body: sdrs('SDRS.0201'), job: true, instance: true, group: true },
    { status: 404, body: NOT_FOUND, job: true, instance: true, group: true },
    { status: 400, body: sdrs('SDRS.1320'), job: true, instance: true, group: false },
    { status: 400, body: sdrs('sdrs.0208'), job: true, instance: true, group: false },
    { status: 400, body: gateway('SDRS.1320'), job: true, instance: true, group: false },
    { status: 400, body: sdrs('SDRS.1013'), job: false, instance: false, group: true },
    { status: 400, body: sdrs('SDRS.0207'), job: false, instance: false, group: true },
    {
      status: 400,
      body: { badrequest: { code: 'SDRS.1320', message: 'm' } },
      job: true,
      instance: true,
      group: false,
    },
    {
      status: 400,
      body: { badRequest: { code: 'SDRS.1013', message: 'm' } },
      job: false,
      instance: false,
      group: true,
    },
    {
      status: 404,
      body: { itemNotFound: { code: 'SDRS.0201', message: 'm' } },
      job: true,
      instance: true,
      group: true,
    },
    { status: 400, body: sdrs('SDRS.1608'), job: true, instance: false, group: false },
    // Not the service's word, or not about that.
    { status: 404, body: gateway('APIGW.0101'), job: false, instance: false, group: false },
    { status: 400, body: gateway('APIG.0201'), job: false, instance: false, group: false },
    { status: 404, body: '<html>nginx</html>', job: false, instance: false, group: false },
    { status: 404, body: '', job: false, instance: false, group: false },
    { status: 404, body: sdrs('404'), job: false, instance: false, group: false },
    { status: 404, body: '[]', job: false, instance: false, group: false },
    { status: 500, body: sdrs('SDRS.1320'), job: false, instance: false, group: false },
    { status: 403, body: sdrs('SDRS.1320'), job: false, instance: false, group: false },
    { status: 400, body: sdrs('SDRS.1018'), job: false, instance: false, group: false },
    { status: 400, body: sdrs('SDRS.0001'), job: false, instance: false, group: false },
  ])('$status $body', ({ status, body, job, instance, group }) => {
    const error = errorOf(status, body)
    const said = [isNoSuchJob(error), isNoSuchInstance(error), isNoSuchGroup(error)]
    expect(said).toEqual([job, instance, group])
  })
})

describe('what a refusal takes away', () => {
  test.for<[number, unknown, 'sign-in' | 'operation' | null]>([
    [401, '', 'sign-in'],
    [401, gateway('APIGW.0307'), 'sign-in'],
    [403, gateway('APIGW.0301'), 'sign-in'],
    [403, gateway('apig.0303'), 'sign-in'],
    [403, gateway('APIGW.0302'), 'operation'],
    [403, '', 'operation'],
    [403, sdrs('SDRS.0001'), 'operation'],
    [400, sdrs('SDRS.0005'), 'operation'],
    // "Invalid tenant token": refused for everything, not for one group.
    [400, sdrs('SDRS.0002'), 'sign-in'],
    [500, sdrs('SDRS.0005'), null],
    [400, sdrs('SDRS.1018'), null],
  ])('%i %j: %s', ([status, body, scope]) => {
    expect(errorOf(status, body).accessScope).toBe(scope)
  })

  test('a credential refused without an answer is the sign-in', () => {
    const error = new ApiError({ class: 'access', operation: 'authorize', message: 'm' })
    expect(error.accessScope).toBe('sign-in')
  })

  test('put differently, it keeps its facts; a new class brings its own', () => {
    const error = errorOf(403, sdrs('SDRS.0001'))
    expect(error.amended({ message: 'other' })).toMatchObject({
      message: 'other',
      class: 'access',
      accessScope: 'operation',
      answeredBy: 'service',
      advice: error.advice,
    })
    const amended = errorOf(404, NOT_FOUND).amended({ class: 'access', accessScope: 'sign-in' })
    expect(amended).toMatchObject({ accessScope: 'sign-in', httpStatus: 404 })
    expect(error.amended({ class: 'not-sent' }).accessScope).toBeNull()
  })
})

describe('whose trouble it is', () => {
  test.for<[number, unknown, string]>([
    [400, sdrs('SDRS.1359'), 'server'],
    [400, sdrs('SDRS.1357'), 'server'],
    [400, sdrs('SDRS.1018'), 'group'],
    [409, '', 'group'],
    [400, sdrs('SDRS.1358'), 'group'],
    [400, sdrs('SDRS.0306'), 'project'],
    [400, sdrs('SDRS.1334'), 'server'],
    [400, sdrs('SDRS.4711'), 'server'],
    // The status says that its fate is unknown: the code's scope is not that of the failure any more.
    [500, sdrs('SDRS.1018'), 'server'],
    [429, '', 'project'],
  ])('%i %j: %s', ([status, body, scope]) => {
    expect(errorOf(status, body).scope).toBe(scope)
  })
})

describe('the catalogue', () => {
  test('tells the quota of groups from that of pairs', () => {
    expect(adviceFor('quota', 'SDRS.0305')).toContain('protection groups')
    expect(adviceFor('quota', 'SDRS.0306')).toContain('replication pairs')
  })

  test('is asked in any case, and knows nothing but its own codes', () => {
    expect(catalogued('sdrs.1017')).toBe(CATALOGUE['SDRS.1017'])
    for (const code of ['constructor', '__proto__', 'SDRS.4711', null]) {
      expect(catalogued(code)).toBeNull()
    }
  })

  test.for([
    ['sdrs.1017', 'SDRS.1017'],
    [' evs.2024\n', 'EVS.2024'],
    ['404', '404'],
    ['some secret.1', 'some secret.1'],
  ] as const)('%j reads %j', ([text, code]) => {
    expect(normalizeCode(text)).toBe(code)
  })
})

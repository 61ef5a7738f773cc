import { expect, test } from 'vitest'
import { ApiError } from '../../../src/cloud/errors.ts'
import { describeClockSkew, withClockSkew } from '../../../src/cloud/sign-in/clock-skew.ts'

const server = Date.UTC(2030, 0, 1)
const date = new Date(server).toUTCString()
const minutes = (count: number): number => server + count * 60_000

test.each([
  [minutes(23), "this machine's clock is 23 minutes ahead"],
  [minutes(-16), "this machine's clock is 16 minutes behind"],
  [minutes(60 * 26), "this machine's clock is 26 hours ahead"],
  [minutes(4), null],
  [minutes(0), null],
])('at %i', (now, text) => expect(describeClockSkew(date, now)).toBe(text))

test('says nothing without a readable date', () => {
  expect(describeClockSkew(undefined, server)).toBeNull()
  expect(describeClockSkew('yesterday', server)).toBeNull()
})

test('is named in a 401 only, and leaves the rest of the error as it was', () => {
  const error = new ApiError({
    class: 'access',
    operation: 'showJob',
    message: '401: no',
    httpStatus: 401,
    code: 'APIGW.0301',
    requestId: 'r1',
  })
  const response = { status: 401, headers: { date }, body: '' }
  const named = withClockSkew(error, response, minutes(30))
  expect(named.message).toContain('30 minutes ahead')
  expect(named).toMatchObject({ class: 'access', operation: 'showJob', requestId: 'r1' })
  expect(withClockSkew(error, { ...response, status: 403 }, minutes(30))).toBe(error)
  expect(withClockSkew(error, response, minutes(1))).toBe(error)
})

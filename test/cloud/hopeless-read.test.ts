import { expect, test } from 'vitest'
import { ApiError, type ErrorClass } from '../../src/cloud/errors.ts'
import { isHopelessRead } from '../../src/cloud/retry.ts'
import { ANSWER_TOO_LARGE as TOO_LARGE } from '../../src/cloud/transport.ts'

function failed(errorClass: ErrorClass, facts: { code?: string; httpStatus?: number }): ApiError {
  return new ApiError({ class: errorClass, operation: 'showJob', message: 'x', ...facts })
}

function away(errorClass: ErrorClass, httpStatus: number): ApiError {
  const answeredBy = 'gateway'
  return new ApiError({ class: errorClass, operation: 'x', message: 'x', httpStatus, answeredBy })
}

test.each([
  [
    'a certificate that is not trusted',
    failed('not-sent', { code: 'CERT_HAS_EXPIRED' }),
    1,
    true,
    true,
  ],
  ['a proxy that wants a password', failed('not-sent', { code: 'PROXY_407' }), 1, false, true],
  ['a proxy that has lost its way', failed('not-sent', { code: 'PROXY_502' }), 1, true, false],
  ['a redirect', failed('unknown-fate', { httpStatus: 302 }), 1, true, true],
  ['a host that was there before', failed('not-sent', { code: 'ECONNREFUSED' }), 6, true, false],
  ['a host never reached, at first', failed('not-sent', { code: 'ECONNREFUSED' }), 2, false, false],
  ['a host never reached', failed('not-sent', { code: 'ECONNREFUSED' }), 3, false, true],
  ['an answer that is too large', failed('unknown-fate', { code: TOO_LARGE }), 1, true, true],
  ['a status that is no redirect', failed('unknown-fate', { httpStatus: 299 }), 6, false, false],
  ['a gateway without a route', away('not-sent', 404), 2, false, false],
  ['a gateway that never had one', away('not-sent', 404), 3, false, true],
  ['a gateway that had one before', away('not-sent', 404), 6, true, false],
  ['a page with a 404', away('unknown-fate', 404), 3, false, true],
  ['a page with a 400', away('unknown-fate', 400), 3, false, true],
  ['a page with a 499', away('unknown-fate', 499), 3, false, true],
  ['a page with a 500', away('unknown-fate', 500), 6, false, false],
  ['a page with a 408', away('unknown-fate', 408), 6, false, false],
  ['a page with a 429', away('throttled', 429), 6, false, false],
  ['a reset', failed('unknown-fate', { code: 'reset' }), 6, false, false],
  ['an inner error', failed('unknown-fate', { httpStatus: 500 }), 6, false, false],
])('reading again after %s', (_, error, attempt, everAnswered, hopeless) => {
  expect(isHopelessRead(error, attempt, everAnswered)).toBe(hopeless)
})

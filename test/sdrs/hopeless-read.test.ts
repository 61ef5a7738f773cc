import { expect, test } from 'vitest'
import { ApiError, type ErrorClass } from '../../src/sdrs/errors.ts'
import { isHopelessRead } from '../../src/sdrs/retry.ts'

function failed(errorClass: ErrorClass, facts: { code?: string; httpStatus?: number }): ApiError {
  return new ApiError({ class: errorClass, operation: 'showJob', message: 'x', ...facts })
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
  ['a reset', failed('unknown-fate', { code: 'reset' }), 6, false, false],
  ['an inner error', failed('unknown-fate', { httpStatus: 500 }), 6, false, false],
])('reading again after %s', (_, error, attempt, everAnswered, hopeless) => {
  expect(isHopelessRead(error, attempt, everAnswered)).toBe(hopeless)
})

import { expect, test } from 'vitest'
import { readFailure } from '../../src/commands/session.ts'
import { ApiError } from '../../src/cloud/errors.ts'
import { Failure } from '../../src/failure.ts'
import { apiError } from '../support/small-cloud.ts'

function hintOf(...[errorClass, status, code]: Parameters<typeof apiError>): string {
  const failure = readFailure(apiError(errorClass, status, code))
  if (!(failure instanceof Failure)) throw new Error('not a failure')
  return failure.hint ?? ''
}

test('a first read that is refused is no row to be corrected', () => {
  expect(hintOf('row', 404, null)).toMatch(/endpoint, region and project/)
  expect(hintOf('row', 404, null)).not.toMatch(/row/)
})

test('a missing right is told as a role: there are no fine-grained actions of SDRS', () => {
  const hint = hintOf('access', 403, 'SDRS.0003')
  expect(hint).toMatch(/Tenant Guest/)
  expect(hint).not.toMatch(/sdrs:/)
})

test('a refused token or key says where each value came from; what is not allowed does not', () => {
  const taken = 'Taken were: token from OS_TOKEN.'
  const refused = { class: 'access', operation: 'listServerGroups', message: '401' } as const
  const hint = (accessScope: 'sign-in' | 'operation'): unknown =>
    readFailure(new ApiError({ ...refused, accessScope }), taken)
  expect(hint('sign-in')).toMatchObject({ hint: expect.stringContaining(taken) })
  expect(hint('operation')).toMatchObject({ hint: expect.not.stringContaining(taken) })
})

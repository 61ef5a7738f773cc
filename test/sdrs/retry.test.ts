import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CATALOGUE, type ErrorClass } from '../../src/sdrs/catalogue.ts'
import { apiErrorFromResponse } from '../../src/sdrs/errors.ts'
import { decideReadRetry, decideRetry, type Failed } from '../../src/sdrs/retry.ts'

const failed: Failed = {
  class: 'throttled',
  attempt: 1,
  retryAfterMs: null,
  waitedMs: 0,
  patienceMs: 60 * 60_000,
}
const ASKED = { operation: 'create', host: 'sdrs.test', redact: (text: string) => text }
const half = (): number => 0.5

describe('a failed create', () => {
  test.for<[ErrorClass, string]>([
    ['throttled', 'resend'],
    ['busy', 'resend'],
    ['not-sent', 'resend'],
    ['unknown-fate', 'look-first'],
    ['exists', 'look-first'],
    ['group-done', 'give-up'],
    ['quota', 'give-up'],
    ['access', 'give-up'],
    ['row', 'give-up'],
  ])('%s: %s', ([errorClass, kind]) => {
    expect(decideRetry({ ...failed, class: errorClass }, half).kind).toBe(kind)
  })

  test.for([
    { retryAfterMs: 0, afterMs: 1_000 },
    { retryAfterMs: 7_000, afterMs: 7_000 },
    { retryAfterMs: 10 ** 12, afterMs: 300_000 },
  ])('Retry-After $retryAfterMs waits $afterMs', ({ retryAfterMs, afterMs }) => {
    expect(decideRetry({ ...failed, retryAfterMs }, half)).toEqual({ kind: 'resend', afterMs })
  })

  test('whatever the facts, a wait fits a timer and the patience', () => {
    fc.assert(
      fc.property(
        fc.record({
          class: fc.constantFrom<ErrorClass>('throttled', 'busy', 'not-sent'),
          attempt: fc.integer({ min: 1, max: 5_000 }),
          retryAfterMs: fc.option(fc.double({ min: 0, max: 1e15, noNaN: true })),
          waitedMs: fc.nat(10 ** 8),
          patienceMs: fc.nat(10 ** 8),
        }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (facts, random) => {
          const decision = decideRetry(facts, () => random)
          if (decision.kind !== 'resend') return
          expect(decision.afterMs).toBeLessThan(2 ** 31)
          expect(facts.waitedMs + decision.afterMs).toBeLessThanOrEqual(facts.patienceMs)
        },
      ),
    )
  })

  test('a read is tried again whatever its fate, though not for ever', () => {
    const read = { ...failed, class: 'unknown-fate' } as const
    expect(decideReadRetry(read, half).kind).toBe('resend')
    expect(decideReadRetry({ ...read, attempt: 50 }, half).kind).toBe('give-up')
    expect(decideReadRetry({ ...read, class: 'row' }, half).kind).toBe('give-up')
  })
})

describe('what an answer means', () => {
  const error = (code: string) => JSON.stringify({ error: { code, message: 'm' } })
  test.for<[number, string, ErrorClass, string | null]>([
    [400, error('SDRS.1305'), 'exists', 'SDRS.1305'],
    [400, error('SDRS.1018'), 'busy', 'SDRS.1018'],
    [409, '', 'busy', null],
    [400, error('SDRS.1358'), 'group-done', 'SDRS.1358'],
    [400, error('SDRS.0305'), 'quota', 'SDRS.0305'],
    [400, error('SDRS.0005'), 'access', 'SDRS.0005'],
    [403, error('SDRS.0001'), 'access', 'SDRS.0001'],
    [500, error('SDRS.0001'), 'unknown-fate', 'SDRS.0001'],
    [403, '<html></html>', 'access', null],
    [401, '{"error_code":"APIGW.0301","error_msg":"m"}', 'access', 'APIGW.0301'],
    [429, '{"error_code":"APIGW.0308","error_msg":"m"}', 'throttled', 'APIGW.0308'],
    [503, '<title>Bad</title>', 'throttled', null],
    [502, '', 'unknown-fate', null],
    [504, '{"error', 'unknown-fate', null],
    [408, '', 'unknown-fate', null],
    [302, '', 'unknown-fate', null],
    [400, error('sdrs.1017'), 'busy', 'SDRS.1017'],
    [400, error(' Sdrs.1305 '), 'exists', 'SDRS.1305'],
    [400, error('SDRS.1359'), 'busy', 'SDRS.1359'],
    [400, error('SDRS.0306'), 'quota', 'SDRS.0306'],
    [400, error('SDRS.9999'), 'row', 'SDRS.9999'],
    [404, '{"error_code":"APIGW.0101","error_msg":"m"}', 'not-sent', 'APIGW.0101'],
    [404, '{"error_code":"APIG.0101","error_msg":"m"}', 'not-sent', 'APIG.0101'],
    [400, '{"error_code":"APIGW.0201","error_msg":"m"}', 'not-sent', 'APIGW.0201'],
    [404, '<html><title>Not here</title></html>', 'unknown-fate', null],
    [404, '', 'unknown-fate', null],
    [400, '', 'unknown-fate', null],
    [403, '{"error_code":"APIGW.0302","error_msg":"m"}', 'access', 'APIGW.0302'],
    [400, error('constructor'), 'row', 'constructor'],
    [404, '{"itemNotFound":{"code":"404","message":"m"}}', 'row', '404'],
    [400, '{"badRequest":{"code":400,"message":"m"}}', 'row', '400'],
    [400, '{"error":null}', 'row', null],
    [400, '[]', 'row', null],
    [400, 'null', 'row', null],
    [400, '"text"', 'row', null],
  ])('%i %s: %s', ([status, body, errorClass, code]) => {
    const found = apiErrorFromResponse(ASKED, { status, headers: {}, body }, 0)
    expect([found.class, found.code]).toEqual([errorClass, code])
    expect(found.advice).not.toBe('')
  })

  test('no body whatever makes the reading fail', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        fc.oneof(fc.string(), fc.json()),
        (status, body) => {
          expect(apiErrorFromResponse(ASKED, { status, headers: {}, body }, 0).httpStatus).toBe(
            status,
          )
        },
      ),
    )
  })

  test('every code of the catalogue has advice', () => {
    for (const { advice } of Object.values(CATALOGUE)) expect(advice).not.toBe('')
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CATALOGUE, type ErrorClass } from '../../src/cloud/catalogue.ts'
import { apiErrorFromResponse } from '../../src/cloud/errors.ts'
import {
  backoffMs,
  clampRetryAfter,
  decideReadRetry,
  decideRetry,
  type Failed,
} from '../../src/cloud/retry.ts'

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

  test.for<[ErrorClass, attempt: number, afterMs: number]>([
    ['throttled', 1, 500],
    ['throttled', 2, 1_000],
    ['throttled', 5, 8_000],
    ['throttled', 6, 15_000],
    ['throttled', 5_000, 15_000],
    ['busy', 1, 2_000],
    ['busy', 2, 4_000],
    ['busy', 5, 30_000],
    ['not-sent', 1, 250],
    ['not-sent', 3, 1_000],
    ['not-sent', 8, 15_000],
  ])('%s, failure %i: half of its bound is %i ms', ([errorClass, attempt, afterMs]) => {
    const decision = decideRetry({ ...failed, class: errorClass, attempt }, half)
    expect(decision).toEqual({ kind: 'resend', afterMs })
  })

  test('full jitter: from nothing to the whole bound, in whole milliseconds', () => {
    const wait = (random: number) => backoffMs({ baseMs: 1_000, capMs: 9_000 }, 2, () => random)
    expect([0, 0.123_456, 0.5, 0.999_999].map(wait)).toEqual([0, 247, 1_000, 2_000])
  })

  test.for<[waitedMs: number, kind: string]>([
    [9_500, 'resend'],
    [9_501, 'give-up'],
    [20_000, 'give-up'],
  ])('a wait of 500 ms after %i of 10,000: %s', ([waitedMs, kind]) => {
    expect(decideRetry({ ...failed, waitedMs, patienceMs: 10_000 }, half).kind).toBe(kind)
  })

  test.for([
    [-5, 1_000],
    [999, 1_000],
    [1_000, 1_000],
    [1_001, 1_001],
    [300_000, 300_000],
    [300_001, 300_000],
  ] as const)('Retry-After of %i ms is taken as %i', ([ms, taken]) => {
    expect(clampRetryAfter(ms)).toBe(taken)
  })

  test.for<[ErrorClass, kinds: readonly string[]]>([
    ['throttled', ['resend', 'resend', 'give-up']],
    ['busy', ['resend', 'resend', 'give-up']],
    ['not-sent', ['resend', 'resend', 'give-up']],
    ['unknown-fate', ['resend', 'resend', 'give-up']],
    ['exists', ['give-up', 'give-up', 'give-up']],
    ['group-done', ['give-up', 'give-up', 'give-up']],
    ['quota', ['give-up', 'give-up', 'give-up']],
    ['access', ['give-up', 'give-up', 'give-up']],
    ['row', ['give-up', 'give-up', 'give-up']],
  ])('a read that failed with %s the first, 6th, 7th time: %j', ([errorClass, kinds]) => {
    const read = { ...failed, class: errorClass }
    expect([1, 6, 7].map((attempt) => decideReadRetry({ ...read, attempt }, half).kind)).toEqual(
      kinds,
    )
  })

  test.for([
    [1, 250],
    [4, 2_000],
    [6, 7_500],
  ] as const)('a read waits half of its bound after failure %i: %i ms', ([attempt, afterMs]) => {
    const read = { ...failed, class: 'unknown-fate', attempt } as const
    expect(decideReadRetry(read, half)).toEqual({ kind: 'resend', afterMs })
    expect(decideReadRetry({ ...read, retryAfterMs: 7_000 }, half)).toMatchObject({
      afterMs: 7_000,
    })
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

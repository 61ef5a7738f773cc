import { loadFaultPlan, type FaultPlan } from './fault-plan.ts'

/** Switching a group's protection on; bounded by `times`, as it is about no server. */
const start = { on: 'startServerGroup' }

/** Named plans. Chance is per request, bounded per server so that a create gets through in the end. */

/** A bad day: everything passes, and a tool that tries again properly protects every server. */
export function mildFaults(seed = 1): FaultPlan {
  const once = { on: 'createProtectedInstance', timesPerServer: 1 }
  return loadFaultPlan({
    seed,
    limits: { listLagMs: 1_000 },
    rules: [
      { ...once, probability: 0.04, do: { status: 409 } },
      { ...once, probability: 0.03, do: { status: 400, code: 'SDRS.1018' } },
      { ...once, probability: 0.02, do: { status: 429, body: 'gateway', retryAfter: 1 } },
      { ...once, probability: 0.03, do: { status: 503, body: 'html', retryAfter: 2 } },
      { ...once, probability: 0.02, do: { reset: 'before' } },
      { ...once, probability: 0.02, do: { reset: 'after' } },
      { ...once, probability: 0.02, do: { status: 502, body: 'html', carriedOut: true } },
      { ...once, probability: 0.01, do: { status: 500 } },
      { on: '{list,show}*', probability: 0.02, do: { status: 503, retryAfter: 1 } },
      { on: '{list,show}*', probability: 0.01, do: { status: 502, body: 'html' } },
      { on: '{list,show}*', probability: 0.01, do: { reset: 'before' } },
      { on: '{list,show}*', probability: 0.02, do: { slowMs: 500 } },
      { ...start, times: 2, probability: 0.1, do: { status: 400, code: 'SDRS.1018' } },
      { ...start, times: 1, probability: 0.1, do: { status: 503, body: 'html', retryAfter: 1 } },
      { ...start, times: 1, probability: 0.1, do: { reset: 'after' } },
    ],
  })
}

/** Everything at once, hangs and failing jobs included: not every server can be protected in one run. */
export function harshFaults(seed = 1): FaultPlan {
  const create = { on: 'createProtectedInstance', timesPerServer: 3 }
  const read = { on: '{list,show}*' }
  return loadFaultPlan({
    seed,
    limits: { listLagMs: 5_000, groupParallel: 5, rateLimit: 50 },
    jobs: [
      {
        server: '*',
        probability: 0.03,
        errorCode: 'EVS.2024',
        failReason: 'SdrsGenerateNativeServerParamsTask-fail:volume is error!',
      },
      {
        server: '*',
        probability: 0.02,
        errorCode: 'SDRS.1350',
        failReason: 'Failed to create the protected instance.',
        leavesInstance: false,
        times: 1,
      },
      {
        server: '*',
        probability: 0.02,
        errorCode: 'SDRS.1811',
        failReason: 'The disk has been used to create a replication pair.',
        subJobOnly: true,
      },
    ],
    rules: [
      { ...create, probability: 0.06, do: { status: 409 } },
      { ...create, probability: 0.05, do: { status: 400, code: 'SDRS.1018' } },
      { ...create, probability: 0.04, do: { status: 429, body: 'gateway', retryAfter: 3 } },
      {
        ...create,
        probability: 0.04,
        do: { status: 503, body: 'html', retryAfter: 5, retryAfterAs: 'date' },
      },
      { ...create, probability: 0.03, do: { reset: 'before' } },
      { ...create, probability: 0.04, do: { reset: 'after' } },
      { ...create, probability: 0.02, do: { hang: 'before' } },
      { ...create, probability: 0.02, do: { hang: 'after' } },
      { ...create, probability: 0.02, do: { status: 500, body: 'badRequest', code: 'SDRS.0001' } },
      { ...create, probability: 0.02, do: { status: 500, carriedOut: true } },
      { ...create, probability: 0.03, do: { status: 502, body: 'html', carriedOut: true } },
      { ...create, probability: 0.03, do: { status: 504, body: 'empty', carriedOut: true } },
      { ...create, probability: 0.02, do: { status: 408, carriedOut: true } },
      { ...create, probability: 0.02, do: { garbage: 'truncated' } },
      { ...create, probability: 0.02, do: { garbage: 'html' } },
      { ...create, probability: 0.02, do: { contentType: 'text/plain' } },
      { ...read, probability: 0.04, do: { status: 503, body: 'html', retryAfter: 2 } },
      { ...read, probability: 0.03, do: { status: 429, body: 'gateway' } },
      { ...read, probability: 0.03, do: { status: 502, body: 'html' } },
      { ...read, probability: 0.02, do: { status: 500, body: 'empty' } },
      { ...read, probability: 0.03, do: { reset: 'before' } },
      { ...read, probability: 0.01, do: { hang: 'before' } },
      { ...read, probability: 0.02, do: { garbage: 'truncated' } },
      { ...read, probability: 0.05, do: { slowMs: 2_000 } },
      { on: 'createToken', probability: 0.1, times: 2, do: { status: 503 } },
      { on: '*', nth: 200, do: { revokeTokens: true } },
      { ...start, times: 2, probability: 0.15, do: { status: 409 } },
      { ...start, times: 2, probability: 0.1, do: { reset: 'before' } },
      { ...start, times: 2, probability: 0.1, do: { reset: 'after' } },
      { ...start, times: 1, probability: 0.1, do: { hang: 'after' } },
      { ...start, times: 2, probability: 0.1, do: { status: 502, body: 'html', carriedOut: true } },
      { ...start, times: 1, probability: 0.1, do: { garbage: 'truncated' } },
    ],
  })
}

import fc from 'fast-check'

/** Rules of a fault plan as they stand in its JSON, see src/simulator/fault-plan.ts. */
export type RuleInput = Readonly<Record<string, unknown>>

const body = fc.constantFrom('error', 'badRequest', 'gateway', 'iam', 'html', 'empty', 'garbage')
const BUSY = ['SDRS.1002', 'SDRS.1018', 'SDRS.1325', 'SDRS.1357', 'SDRS.1359', 'sdrs.1017']
const retryAfter = fc.constantFrom({}, { retryAfter: 1 }, { retryAfter: 3, retryAfterAs: 'date' })

const effectOnAnything = fc.oneof(
  fc.tuple(fc.constantFrom(429, 503), body, retryAfter).map(([status, form, after]) => ({
    status,
    body: form,
    ...after,
  })),
  fc
    .tuple(fc.constantFrom(408, 500, 502, 504), body, fc.boolean())
    .map(([status, form, carriedOut]) => ({ status, body: form, carriedOut })),
  fc.constantFrom('before', 'after').map((reset) => ({ reset })),
  fc.constantFrom('before', 'after').map((hang) => ({ hang })),
  fc.constantFrom('html', 'truncated', 'empty', 'other').map((garbage) => ({ garbage })),
  fc.constantFrom(500, 8_000, 40_000).map((slowMs) => ({ slowMs })),
  fc.constant({ contentType: 'text/plain' }),
)

const rarely = fc.constantFrom<RuleInput>({ status: 401 }, { status: 403 }, { revokeTokens: true })

export const createRule: fc.Arbitrary<RuleInput> = fc.record({
  on: fc.constant('createProtectedInstance'),
  probability: fc.constantFrom(0.1, 0.3, 0.7, 1),
  timesPerServer: fc.constantFrom(1, 2, 3),
  do: fc.oneof(
    { weight: 6, arbitrary: effectOnAnything },
    { weight: 1, arbitrary: fc.constant({ status: 409 }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...BUSY).map((code) => ({ status: 400, code })),
    },
  ),
})

export const readRule: fc.Arbitrary<RuleInput> = fc.record({
  on: fc.constantFrom(
    'listProtectedInstances',
    'showJob',
    'list*',
    '{list,show}*',
    'deleteProtectedInstance',
  ),
  probability: fc.constantFrom(0.05, 0.3, 0.6),
  do: fc.oneof(
    { weight: 6, arbitrary: effectOnAnything },
    { weight: 1, arbitrary: fc.constant({ status: 404 }) },
  ),
})

export const accessRule: fc.Arbitrary<RuleInput> = fc.record({
  on: fc.constantFrom('*', 'createProtectedInstance', 'show*'),
  nth: fc.integer({ min: 1, max: 40 }),
  times: fc.constantFrom(1, 2),
  do: rarely,
})

const CREATE = 'createProtectedInstance'
const LIST = 'listProtectedInstances'

/** What a create may be refused with because of an earlier one of the same server. */
export const echoCode = fc.constantFrom('SDRS.1334', 'SDRS.1811', 'SDRS.1358', 'SDRS.0306')

/** An answer is lost although the create was carried out, and a second create is refused with what the first uses up. */
const echo = fc
  .record({
    code: echoCode,
    during: fc.constantFrom('creating', 'alive'),
    probability: fc.constantFrom(0.3, 1),
    loss: fc.constantFrom<RuleInput>(
      { reset: 'after' },
      { hang: 'after' },
      { status: 504, carriedOut: true },
      { garbage: 'html' },
    ),
  })
  .map(({ code, during, probability, loss }): RuleInput[] => [
    { on: CREATE, do: { echo: code, while: during } },
    { on: CREATE, probability, timesPerServer: 1, do: loss },
  ])

/** One or two polls of a job are answered as if there were none: by a gateway, or by SDRS itself. */
const deniedJob = fc
  .record({
    timesPerServer: fc.constantFrom(1, 2),
    do: fc.constantFrom<RuleInput>(
      { status: 404, body: 'gateway' },
      { status: 400, body: 'gateway' },
      { status: 404, body: 'html' },
      { notFound: true },
    ),
  })
  .map((rule): RuleInput[] => [{ on: 'showJob', ...rule }])

/** For some seconds there is no endpoint. */
const noEndpoint = fc
  .constantFrom(500, 2_000, 15_000, 60_000, 200_000)
  .map((fromMs): RuleInput[] => [
    { on: '*', fromMs, untilMs: fromMs + 3_000, do: { status: 404, body: 'gateway' } },
  ])

/** A group whose list is refused, as long as the weather lasts. */
const unlistedGroup = fc
  .record({
    group: fc.constantFrom('g1', 'g2'),
    do: fc.constantFrom<RuleInput>({ status: 403 }, { status: 400, code: 'SDRS.1013' }),
  })
  .map((rule): RuleInput[] => [{ on: LIST, ...rule }])

const lowerCase = fc.constant<RuleInput[]>([
  { on: '*', probability: 0.6, do: { lowerCaseCodes: true } },
])

/** Nobody can read it: of somebody else's instance for good, of one's own for a while. */
const poisonedList = fc
  .record({
    of: fc.constantFrom('foreign-*', 'foreign-1', 'server-1'),
    poison: fc.constantFrom<RuleInput>(
      { poison: 'lone-surrogate' },
      { poison: 'lone-surrogate', field: 'name' },
      { poison: 'wrong-type', field: 'progress' },
      { poison: 'wrong-type', field: 'tags', value: 'none' },
      { poison: 'wrong-type', field: 'metadata', value: 7 },
      { poison: 'wrong-type', field: 'status', value: 3 },
      { poison: 'wrong-type', field: 'source_server', value: null },
    ),
  })
  .map(({ of, poison }): RuleInput[] => [
    { on: LIST, ...(of === 'server-1' ? { times: 3 } : {}), do: { ...poison, of } },
  ])

const poisonedJob = fc
  .constantFrom<RuleInput>(
    { poison: 'deep-job' },
    { poison: 'lone-surrogate' },
    { poison: 'wrong-type', field: 'entities', value: 'none' },
    { poison: 'wrong-type', field: 'begin_time' },
    { poison: 'wrong-type', field: 'status', value: null },
  )
  .map((poison): RuleInput[] => [{ on: 'showJob', times: 2, do: poison }])

/** Needs pages: somebody else deletes an instance while they are read. */
const shiftedPages = fc
  .constantFrom(1, 2, 5)
  .map((times): RuleInput[] => [{ on: LIST, times, do: { deleteBetweenPages: 'foreign-*' } }])

const repeatedPages = fc
  .record({ which: fc.constantFrom('previous', 'first'), probability: fc.constantFrom(0.2, 0.6) })
  .map(({ which, probability }): RuleInput[] => [
    { on: LIST, probability, do: { repeatPage: which } },
  ])

/** Deletes meet a busy group: time passes between the plan's look and the one that goes. */
export const busyDelete = fc
  .constantFrom(1, 2, 4)
  .map((timesPerServer): RuleInput[] => [
    { on: 'deleteProtectedInstance', timesPerServer, do: { status: 400, code: 'SDRS.1018' } },
  ])

/** The kinds of trouble that one answer can make, each with the rules that it takes. */
export const troubleRules: fc.Arbitrary<RuleInput[]> = fc.oneof(
  { weight: 3, arbitrary: echo },
  { weight: 2, arbitrary: deniedJob },
  { weight: 1, arbitrary: noEndpoint },
  { weight: 2, arbitrary: unlistedGroup },
  { weight: 1, arbitrary: lowerCase },
  { weight: 2, arbitrary: poisonedList },
  { weight: 1, arbitrary: poisonedJob },
  { weight: 2, arbitrary: shiftedPages },
  { weight: 1, arbitrary: repeatedPages },
  { weight: 1, arbitrary: busyDelete },
)

/** The same trouble, for one group alone; what is for all requests of some seconds stays. */
export function confinedTo(group: string, rule: RuleInput): RuleInput {
  return rule['on'] === '*' && 'untilMs' in rule ? rule : { ...rule, group }
}

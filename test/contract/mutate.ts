/** Documented answers, spoilt in one place at a time. */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json }
type Step = string | number

export interface Mutation {
  /** Where, with `[]` for any place in a list: `servers[].flavor.id`. */
  readonly path: string
  /** Where exactly. */
  readonly steps: readonly Step[]
  readonly kind:
    | 'absent'
    | 'null'
    | 'number'
    | 'numeric text'
    | 'text'
    | 'empty text'
    | 'boolean'
    | 'object'
    | 'list'
  readonly value: Json | undefined
  readonly mutated: Json
}

/** What may stand there instead. A number's own digits as a text are another spelling, not another value. */
function instead(value: Json): readonly (readonly [Mutation['kind'], Json | undefined])[] {
  const others: (readonly [Mutation['kind'], Json])[] = [
    ['number', 12_345],
    ['text', 'something else'],
    ['empty text', ''],
    ['boolean', true],
    ['object', { unexpected: true }],
    ['list', []],
  ]
  const kind =
    typeof value === 'string'
      ? ['text', 'empty text']
      : typeof value === 'object' && value !== null
        ? [Array.isArray(value) ? 'list' : 'object']
        : [typeof value]
  return [
    ['absent', undefined],
    ...(value === null ? [] : ([['null', null]] as const)),
    ...(typeof value === 'number' ? ([['numeric text', String(value)]] as const) : []),
    ...others.filter(([other]) => !kind.includes(other)),
  ]
}

/** Every field and item of the answer, each once for everything that may stand there instead. Not the answer itself. */
export function* mutationsOf(answer: Json): Generator<Mutation> {
  for (const steps of placesIn(answer, [])) {
    for (const [kind, value] of instead(at(answer, steps))) {
      // An item that is left out is a shorter list: nothing is wrong with that.
      if (kind === 'absent' && typeof steps.at(-1) === 'number') continue
      yield { path: written(steps), steps, kind, value, mutated: withValue(answer, steps, value) }
    }
  }
}

function* placesIn(value: Json, steps: readonly Step[]): Generator<readonly Step[]> {
  if (typeof value !== 'object' || value === null) return
  const keys: readonly Step[] = isList(value) ? [...value.keys()] : Object.keys(value)
  for (const key of keys) {
    yield [...steps, key]
    yield* placesIn(at(value, [key]), [...steps, key])
  }
}

function written(steps: readonly Step[]): string {
  return steps
    .map((step) => (typeof step === 'number' ? '[]' : `.${step}`))
    .join('')
    .replace(/^\./, '')
}

function at(value: Json, steps: readonly Step[]): Json {
  let found = value
  for (const step of steps) {
    if (typeof found !== 'object' || found === null) return null
    const next = isList(found)
      ? found[Number(step)]
      : Object.entries(found).find(([key]) => key === step)?.[1]
    found = next ?? null
  }
  return found
}

/** Undefined takes the field away. */
function withValue(value: Json, [step, ...rest]: readonly Step[], put: Json | undefined): Json {
  if (step === undefined || typeof value !== 'object' || value === null) return put ?? null
  if (isList(value)) {
    return value.map((each, index) => (index === step ? withValue(each, rest, put) : each))
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]): [string, Json][] => {
      if (key !== step) return [[key, each]]
      if (rest.length === 0 && put === undefined) return []
      return [[key, withValue(each, rest, put)]]
    }),
  )
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

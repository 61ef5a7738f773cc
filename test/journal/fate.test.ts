import { describe, expect, test } from 'vitest'
import {
  IllegalFate,
  isOpen,
  nextFate,
  NO_FATE,
  type Fate,
  type FateEvent,
} from '../../src/journal/fate.ts'

const FATES: Readonly<Record<string, Fate>> = {
  none: { kind: 'none' },
  intended: { kind: 'intended' },
  sent: { kind: 'sent' },
  refused: { kind: 'refused' },
  unknown: { kind: 'unknown', jobId: null },
  absent: { kind: 'absent' },
  unseen: { kind: 'absent', openSince: 0 },
  accepted: { kind: 'accepted', jobId: 'j', instanceId: null },
  settled: { kind: 'settled' },
}

const EVENTS: Readonly<Record<string, FateEvent>> = {
  intent: { type: 'intent' },
  sent: { type: 'sent' },
  accepted: { type: 'accepted', jobId: 'j' },
  refused: { type: 'refused' },
  echo: { type: 'refused', openSince: 0 },
  lost: { type: 'lost' },
  found: { type: 'found', instanceId: 'i' },
  missing: { type: 'missing' },
  absent: { type: 'absent' },
  unseen: { type: 'absent', openSince: 0 },
  settled: { type: 'settled' },
}

/** Every state and every event; `-` is a transition that does not exist. */
const TABLE = `
            intent    sent  accepted  refused  echo     lost     found     missing  absent  unseen  settled
  none      intended  -     -         -        -        -        -         -        -       -       settled
  intended  -         sent  accepted  refused  unknown  unknown  accepted  -        absent  unseen  settled
  sent      -         -     accepted  refused  unknown  unknown  accepted  -        absent  unseen  settled
  refused   intended  -     -         -        -        -        -         -        -       -       settled
  unknown   -         -     -         -        -        -        accepted  -        absent  unseen  settled
  absent    intended  -     -         -        -        -        -         -        -       -       settled
  unseen    intended  -     -         -        -        -        -         -        -       -       settled
  accepted  -         -     -         -        -        -        accepted  unknown  -       -       settled
  settled   intended  -     -         -        -        -        -         unknown  -       -       settled`

const [header = [], ...lines] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))
const cases = lines.flatMap(([from = '', ...to]) =>
  to.map((expected, at) => ({ from, event: header[at] ?? '', expected })),
)

function nameOf(fate: Fate): string {
  return fate.kind === 'absent' && fate.openSince !== undefined ? 'unseen' : fate.kind
}

describe('the fate of a create', () => {
  test.for(cases)('$from and $event: $expected', ({ from, event, expected }) => {
    const fate = FATES[from]
    const happens = EVENTS[event]
    if (fate === undefined || happens === undefined) throw new Error('no such case')
    if (expected === '-') expect(() => nextFate(fate, happens)).toThrow(IllegalFate)
    else expect(nameOf(nextFate(fate, happens))).toBe(expected)
  })

  test('all states and events are in the table', () => {
    expect(lines.map(([from]) => from)).toEqual(Object.keys(FATES))
    expect(header).toEqual(Object.keys(EVENTS))
  })

  test('begins with none, from which it can be intended', () => {
    expect(NO_FATE).toEqual(FATES['none'])
    expect(nextFate(NO_FATE, { type: 'intent' })).toEqual({ kind: 'intended' })
  })

  test('a transition that does not exist names what was and what was to be', () => {
    const intend = (): Fate => nextFate({ kind: 'sent' }, { type: 'intent' })
    expect(intend).toThrow(/ sent .* intent$/)
    expect(intend).toThrow(expect.objectContaining({ name: 'IllegalFate' }))
  })

  test('a job ID outlives the search for the instance', () => {
    const lost = nextFate({ kind: 'accepted', jobId: 'j', instanceId: null }, { type: 'missing' })
    expect(lost).toEqual({ kind: 'unknown', jobId: 'j' })
    expect(nextFate(lost, { type: 'found', instanceId: 'i' })).toEqual({
      kind: 'accepted',
      jobId: 'j',
      instanceId: 'i',
    })
  })

  test('what may still be out there is open for the next run', () => {
    const open = Object.keys(FATES).filter((kind) => isOpen(FATES[kind] ?? { kind: 'none' }))
    expect(open).toEqual(['intended', 'sent', 'unknown', 'unseen', 'accepted'])
  })
})

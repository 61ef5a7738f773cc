import { describe, expect, test } from 'vitest'
import {
  IllegalEnabling,
  isOpenEnabling,
  nextEnabling,
  NO_ENABLING,
  type EnablingEvent,
  type EnablingFate,
} from '../../src/journal/enabling-fate.ts'

const FATES = {
  none: { kind: 'none' },
  intended: { kind: 'intended' },
  sent: { kind: 'sent' },
  refused: { kind: 'refused' },
  unknown: { kind: 'unknown' },
  absent: { kind: 'absent' },
  accepted: { kind: 'accepted', jobId: 'j' },
  on: { kind: 'on' },
  failed: { kind: 'failed' },
} as const satisfies { readonly [K in EnablingFate['kind']]: EnablingFate }

const EVENTS: Readonly<Record<string, EnablingEvent>> = {
  intent: { type: 'intent' },
  sent: { type: 'sent' },
  accepted: { type: 'accepted', jobId: 'j' },
  refused: { type: 'refused' },
  echo: { type: 'refused', openSince: 0 },
  lost: { type: 'lost' },
  found: { type: 'found' },
  absent: { type: 'absent' },
  on: { type: 'on' },
  failed: { type: 'failed' },
}

/** Every state and every event; `-` is a transition that does not exist. */
const TABLE = `
            intent    sent  accepted  refused  echo     lost     found     absent  on  failed
  none      intended  -     -         -        -        -        -         -       -   -
  intended  -         sent  accepted  refused  unknown  unknown  accepted  absent  on  failed
  sent      -         -     accepted  refused  unknown  unknown  accepted  absent  on  failed
  refused   intended  -     -         -        -        -        -         -       -   -
  unknown   -         -     -         -        -        -        accepted  absent  on  failed
  absent    intended  -     -         -        -        -        -         -       -   -
  accepted  -         -     -         -        -        -        accepted  absent  on  failed
  on        -         -     -         -        -        -        -         -       -   -
  failed    -         -     -         -        -        -        -         -       -   -`

const [header = [], ...lines] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))
const cases = lines.flatMap(([from = '', ...to]) =>
  to.map((expected, at) => ({ from, event: header[at] ?? '', expected })),
)

describe('the fate of the start of a group', () => {
  test.for(cases)('$from and $event: $expected', ({ from, event, expected }) => {
    const fate = FATES[from as keyof typeof FATES]
    const happens = EVENTS[event]
    if (happens === undefined) throw new Error('no such case')
    if (expected === '-') expect(() => nextEnabling(fate, happens)).toThrow(IllegalEnabling)
    else expect(nextEnabling(fate, happens).kind).toBe(expected)
  })

  test('all states and events are in the table', () => {
    expect(lines.map(([from]) => from)).toEqual(Object.keys(FATES))
    expect(header).toEqual(Object.keys(EVENTS))
    expect(NO_ENABLING).toEqual(FATES.none)
  })

  test('a transition that does not exist names what was and what was to be', () => {
    const intend = (): EnablingFate => nextEnabling({ kind: 'sent' }, { type: 'intent' })
    expect(intend).toThrow(/ sent .* intent$/)
    expect(intend).toThrow(expect.objectContaining({ name: 'IllegalEnabling' }))
  })

  test('a job ID is kept when the group is seen to start; a lost answer has none', () => {
    expect(nextEnabling(FATES.accepted, { type: 'found' })).toEqual(FATES.accepted)
    expect(nextEnabling(FATES.unknown, { type: 'found' })).toEqual({
      kind: 'accepted',
      jobId: null,
    })
  })

  test('what may still be out there is open for the next run, also what was to be sent again', () => {
    const open = Object.values(FATES).filter(isOpenEnabling)
    expect(open.map(({ kind }) => kind)).toEqual([
      'intended',
      'sent',
      'unknown',
      'absent',
      'accepted',
    ])
  })
})

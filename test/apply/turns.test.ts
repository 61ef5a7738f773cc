import { describe, expect, test } from 'vitest'
import { createDispatcher, type Dispatcher, type Turn } from '../../src/apply/dispatch.ts'
import { createSlots } from '../../src/apply/slots.ts'
import { createStopControl } from '../../src/apply/stop.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const AT_ONCE = { notBefore: Number.NEGATIVE_INFINITY, again: false }

/** A dispatcher, and the order in which those who asked got their turn. */
function dispatching(options: { readonly concurrency?: number; readonly maxJobs?: number } = {}) {
  const clock = virtualClock()
  const stop = createStopControl()
  const slots = createSlots(options.concurrency ?? 10)
  const dispatcher = createDispatcher({ slots, maxJobs: options.maxJobs ?? 100, clock, stop })
  const startedAt = clock.now()
  const went: string[] = []
  const stopped: string[] = []
  const turns = new Map<string, Extract<Turn, { kind: 'go' }>>()

  /** Named `group-number`. */
  function ask(name: string, more: Partial<Parameters<Dispatcher['turn']>[1]> = {}): Promise<void> {
    const group = name.split('-')[0] ?? ''
    return dispatcher.turn(group, { ...AT_ONCE, ...more }).then((turn) => {
      if (turn.kind === 'go') {
        went.push(name)
        turns.set(name, turn)
      } else {
        stopped.push(`${name} ${turn.reason}`)
      }
    })
  }

  return {
    clock,
    stop,
    slots,
    dispatcher,
    went,
    stopped,
    ask,
    elapsed: () => clock.now() - startedAt,
    /** The create has its answer: a job runs from now on. */
    accept(name: string): void {
      turns.get(name)?.done()
      dispatcher.accepted(name.split('-')[0] ?? '')
    },
    /** The create has come to nothing. */
    giveBack(name: string): void {
      turns.get(name)?.done()
      dispatcher.giveBack(name.split('-')[0] ?? '')
    },
    settle: () => new Promise<void>((resolve) => setImmediate(resolve)),
  }
}

describe('turns', () => {
  test('go to the group that has most left, and every fourth to the one that waits longest', async () => {
    const { ask, went, giveBack, settle } = dispatching({ concurrency: 1 })
    for (let n = 1; n <= 6; n += 1) void ask(`big-${n}`)
    void ask('small-1')
    void ask('other-1')
    void ask('other-2')
    for (let turn = 0; turn < 9; turn += 1) {
      await settle()
      giveBack(went.at(-1) ?? '')
    }
    // The first is both, and then three turns are the longest's; two rows that are left are more than one.
    expect(went).toEqual([
      'big-1',
      'big-2',
      'big-3',
      'big-4',
      'small-1',
      'big-5',
      'other-1',
      'big-6',
      'other-2',
    ])
  })

  test('a row that was refused goes before the others of its group', async () => {
    const { ask, went, giveBack, settle } = dispatching()
    void ask('g-1')
    void ask('g-2')
    void ask('g-3')
    await settle()
    void ask('g-1', { again: true })
    giveBack('g-1')
    await settle()
    expect(went).toEqual(['g-1', 'g-1'])
  })

  test('a row that has to wait lets those behind it pass', async () => {
    const { ask, went, giveBack, clock, elapsed } = dispatching()
    const late = ask('g-1', { notBefore: clock.now() + 5_000 })
    await clock.run(ask('g-2'))
    expect(elapsed()).toBe(0)
    giveBack('g-2')
    await clock.run(late)
    expect({ went, at: elapsed() }).toEqual({ went: ['g-2', 'g-1'], at: 5_000 })
  })

  test('rows that wait hold no slot', async () => {
    const { ask, went, slots, dispatcher, settle } = dispatching({ concurrency: 2 })
    void ask('busy-1')
    await settle()
    dispatcher.busy('busy', 60_000)
    for (let n = 2; n <= 5; n += 1) void ask(`busy-${n}`)
    await settle()
    // Only the first create is still in flight.
    expect({ active: slots.limit.activeCount, pending: slots.limit.pendingCount }).toEqual({
      active: 1,
      pending: 0,
    })
    void ask('free-1')
    await settle()
    expect(went).toEqual(['busy-1', 'free-1'])
  })

  test('a slot is one create in flight, until it has its answer', async () => {
    const { ask, went, accept, settle } = dispatching({ concurrency: 2 })
    for (const name of ['a-1', 'b-1', 'c-1']) void ask(name)
    await settle()
    expect(went).toEqual(['a-1', 'b-1'])
    accept('a-1')
    await settle()
    expect(went).toEqual(['a-1', 'b-1', 'c-1'])
  })
})

describe('--max-jobs', () => {
  test('counts creates in flight and running jobs', async () => {
    const { ask, went, accept, giveBack, dispatcher, settle } = dispatching({ maxJobs: 2 })
    for (const name of ['a-1', 'b-1', 'c-1', 'd-1']) void ask(name)
    await settle()
    accept('a-1')
    await settle()
    expect(went).toEqual(['a-1', 'b-1'])
    dispatcher.jobEnded('a', null)
    await settle()
    expect(went).toEqual(['a-1', 'b-1', 'c-1'])
    giveBack('b-1')
    await settle()
    expect(went).toEqual(['a-1', 'b-1', 'c-1', 'd-1'])
  })

  test('counts jobs of earlier runs', async () => {
    const { ask, went, dispatcher, settle } = dispatching({ maxJobs: 2 })
    dispatcher.occupy('a')
    dispatcher.occupy('b')
    dispatcher.occupy('b')
    void ask('c-1')
    await settle()
    expect(went).toEqual([])
    dispatcher.jobEnded('b', null)
    await settle()
    expect(went).toEqual([])
    dispatcher.jobEnded('b', null)
    await settle()
    expect(went).toEqual(['c-1'])
  })
})

describe('a Retry-After', () => {
  test('holds all groups back, the longest one counts, and nothing else wakes them', async () => {
    const { ask, went, dispatcher, clock, elapsed, settle } = dispatching()
    dispatcher.holdUntil(clock.now() + 9_000)
    dispatcher.holdUntil(clock.now() + 3_000)
    const all = Promise.all([ask('a-1'), ask('b-1')])
    dispatcher.wake()
    await settle()
    expect(went).toEqual([])
    await clock.run(all)
    expect({ went, at: elapsed() }).toEqual({ went: ['a-1', 'b-1'], at: 9_000 })
  })
})

describe('a group that takes no more', () => {
  test('answers those that wait and those that come, and no others', async () => {
    const { ask, went, stopped, accept, dispatcher, settle } = dispatching()
    for (const name of ['a-1', 'a-2', 'a-3', 'b-1']) void ask(name)
    await settle()
    dispatcher.close('a', 'group-unusable')
    void ask('a-4')
    void ask('b-2')
    accept('b-1')
    await settle()
    expect(went).toEqual(['a-1', 'b-1', 'b-2'])
    expect(stopped).toEqual(['a-2 group-unusable', 'a-3 group-unusable', 'a-4 group-unusable'])
  })
})

describe('a stop', () => {
  test('answers all that wait, for whatever they wait, and leaves no timer behind', async () => {
    const { ask, went, stopped, stop, dispatcher, clock, settle } = dispatching({ maxJobs: 3 })
    void ask('a-1')
    void ask('a-2')
    void ask('late-1', { notBefore: clock.now() + 60_000 })
    dispatcher.close('shut', 'group-unusable')
    await settle()
    dispatcher.holdUntil(clock.now() + 30_000)
    void ask('b-1')
    stop.stopSending('failure-limit')
    void ask('c-1')
    void ask('shut-1')
    await settle()
    expect(went).toEqual(['a-1'])
    expect(stopped.toSorted()).toEqual([
      'a-2 failure-limit',
      'b-1 failure-limit',
      'c-1 failure-limit',
      'late-1 failure-limit',
      'shut-1 group-unusable',
    ])
    expect(clock.sleeping()).toBe(0)
  })

  test('keeps the first reason that was given', async () => {
    const { ask, stopped, stop, settle } = dispatching()
    stop.stopSending('quota')
    stop.interrupt()
    void ask('a-1')
    await settle()
    expect(stopped).toEqual(['a-1 quota'])
  })
})

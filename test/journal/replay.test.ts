import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  JOURNAL_VERSION,
  JournalDamage,
  parseJournal,
  renderEvent,
  type JournalEvent,
} from '../../src/journal/journal.ts'
import { replay, type OpenWork } from '../../src/journal/replay.ts'
import { ENDPOINT } from '../support/rollout.ts'
import { anyHistory } from '../property/histories.ts'
import { play } from '../property/play.ts'
import { PROJECT } from '../property/world.ts'

const WHERE = { endpoint: ENDPOINT, projectId: PROJECT }
const RUN: Extract<JournalEvent, { readonly type: 'run' }> = {
  type: 'run',
  at: 0,
  runId: 'r1',
  command: 'apply',
  ...WHERE,
  source: 'servers.csv',
  sha256: '',
}

function intent(server: string): JournalEvent {
  return { type: 'intent', at: 1, server, groupId: 'g', name: server, attempt: 1 }
}

describe('journals that runs really wrote', () => {
  /** The journals of each history, oldest run first. */
  const histories: string[][] = []
  beforeAll(async () => {
    for (const drawn of fc.sample(anyHistory, { numRuns: 25, seed: 7 })) {
      // The journals of all runs together, as if none had been deleted.
      const { runs } = await play(drawn)
      histories.push(runs.map(({ journal }) => journal.text).filter((text) => text !== ''))
    }
  }, 120_000)

  test('every prefix, and every prefix with half a line more, is read and told', () => {
    let prefixes = 0
    for (const texts of histories) {
      for (const [at, text] of texts.entries()) {
        const earlier = texts.slice(0, at).map(parseJournal)
        const lines = text.split('\n').slice(0, -1)
        for (let count = 0; count <= lines.length; count += 1) {
          const whole = lines.slice(0, count).map((line) => `${line}\n`)
          const next = lines[count] ?? ''
          const half = next.slice(0, Math.floor(next.length / 2))
          const told = replay([...earlier, parseJournal(whole.join(''))], WHERE)
          const torn = replay([...earlier, parseJournal(whole.join('') + half)], WHERE)
          expect([...torn.open.keys()]).toEqual([...told.open.keys()])
          expectConservative([...earlier, parseJournal(whole.join(''))], told)
          prefixes += 1
        }
      }
    }
    expect(prefixes).toBeGreaterThan(500)
  })
})

/** Nothing that was accepted or may have been sent is missing, unless something later ended it. */
function expectConservative(runs: readonly (readonly JournalEvent[])[], openWork: OpenWork): void {
  const last = new Map<string, JournalEvent['type']>()
  for (const event of runs.flat()) if ('server' in event) last.set(event.server, event.type)
  const open = new Set([...openWork.open.values()].map(({ serverId }) => serverId))
  for (const [server, type] of last) {
    if (['intent', 'accepted', 'lost', 'found', 'missing'].includes(type)) {
      expect(open).toContain(server)
    }
  }
}

describe('parseJournal', () => {
  const text = [RUN, intent('a'), intent('b')].map(renderEvent).join('')

  test('half a last line is passed over, one that lacks only its end is not', () => {
    expect(parseJournal(text.slice(0, -10))).toEqual([RUN, intent('a')])
    expect(parseJournal(text.slice(0, -1))).toEqual([RUN, intent('a'), intent('b')])
  })

  test.for([
    { name: 'a cut line', damage: (line: string) => line.slice(0, 20), at: 2 },
    { name: 'an empty line', damage: () => '', at: 2 },
    { name: 'another kind of event', damage: () => '{"v":1,"type":"guess","at":1}', at: 2 },
    { name: 'no object', damage: () => '17', at: 2 },
    {
      name: 'a missing field',
      damage: (line: string) => line.replace('"server"', '"sever"'),
      at: 2,
    },
    {
      name: 'another version',
      damage: (line: string) =>
        line.replace(`"v":${JOURNAL_VERSION}`, `"v":${JOURNAL_VERSION + 1}`),
      at: 2,
    },
  ])('$name in the middle is damage', ({ damage, at }) => {
    const lines = text.split('\n')
    const spoilt = lines.with(at - 1, damage(lines[at - 1] ?? '')).join('\n')
    let line: number | null = null
    try {
      parseJournal(spoilt)
    } catch (error) {
      if (error instanceof JournalDamage) line = error.line
    }
    expect(line).toBe(at)
  })
})

describe('replay', () => {
  const second: JournalEvent = { ...RUN, runId: 'r2' }
  const accepted: JournalEvent = { type: 'accepted', at: 2, server: 'a', jobId: 'j' }
  const settled: JournalEvent = {
    type: 'settled',
    at: 3,
    server: 'a',
    outcome: 'created',
    reason: null,
    instanceId: 'i',
  }

  test.for<{ name: string; runs: JournalEvent[][]; open: Record<string, string> }>([
    { name: 'nothing', runs: [], open: {} },
    { name: 'an intent', runs: [[RUN, intent('a')]], open: { a: 'intended' } },
    { name: 'accepted', runs: [[RUN, intent('a'), accepted]], open: { a: 'accepted' } },
    { name: 'settled', runs: [[RUN, intent('a'), accepted, settled]], open: {} },
    {
      name: 'settled by a later run',
      runs: [
        [RUN, intent('a'), accepted],
        [second, settled],
      ],
      open: {},
    },
    {
      name: 'sent anew by a later run',
      runs: [
        [RUN, intent('a')],
        [second, { type: 'absent', at: 2, server: 'a' }, intent('a'), accepted],
      ],
      open: { a: 'accepted' },
    },
    {
      name: 'found by a run whose predecessor is gone',
      runs: [[second, { type: 'found', at: 2, server: 'a', instanceId: 'i' }]],
      open: {},
    },
    {
      name: 'another project',
      runs: [[{ ...RUN, projectId: 'other' }, intent('a')]],
      open: {},
    },
    {
      name: 'another spelling of the endpoint',
      runs: [[{ ...RUN, endpoint: 'https://127.0.0.1:8080/' }, intent('a'), accepted]],
      open: { a: 'accepted' },
    },
    {
      name: 'another spelling of the server',
      runs: [
        [RUN, intent('A-1')],
        [second, { ...settled, server: 'a1' }],
      ],
      open: {},
    },
  ])('$name', ({ runs, open }) => {
    const openWork = replay(runs, WHERE)
    expect(
      Object.fromEntries([...openWork.open].map(([key, { fate }]) => [key, fate.kind])),
    ).toEqual(open)
  })

  test('only what a failed create of ours left may be deleted, until it is', () => {
    const failed = { ...settled, outcome: 'failed', reason: 'job-failed', left: 'error' } as const
    const deleted: JournalEvent = { type: 'deleted', at: 4, server: 'a', instanceId: 'i' }
    const left = replay([[RUN, intent('a'), accepted, failed]], WHERE).failedInstances
    expect([...left]).toEqual(['i'])
    expect(
      replay([[RUN, intent('a'), accepted, failed, deleted]], WHERE).failedInstances.size,
    ).toBe(0)
  })
})

describe('runs that did not know of each other', () => {
  const run = (runId: string, resumes?: string[]): JournalEvent => ({
    ...RUN,
    runId,
    ...(resumes === undefined ? {} : { resumes }),
  })
  const lost = (server: string): JournalEvent => ({
    type: 'lost',
    at: 2,
    server,
    status: null,
    code: 'ECONNRESET',
  })
  const refused = (server: string): JournalEvent => ({
    type: 'refused',
    at: 2,
    server,
    status: 400,
    code: 'SDRS.0201',
  })
  const settled = (server: string): JournalEvent => ({
    type: 'settled',
    at: 3,
    server,
    outcome: 'created',
    reason: null,
    instanceId: 'i',
  })

  test('a run whose clock was ahead does not hide what a later one lost', () => {
    // r9 was the first to run, on a machine whose clock was ahead; r1 came after it.
    const ahead = [run('r9', []), intent('a'), refused('a')]
    const behind = [run('r1', []), intent('a'), lost('a')]
    const openWork = replay([behind, ahead], WHERE)
    expect(openWork.open.get('a')).toMatchObject({ runId: 'r1', fate: { kind: 'unknown' } })
    expect(openWork.openRuns).toEqual(['r1'])
  })

  test('a run that had read another ends what that one left open, whatever their names', () => {
    const killed = [run('r9', []), intent('a'), lost('a')]
    const next = [
      run('r1', ['r9']),
      { type: 'found', at: 3, server: 'a', instanceId: 'i' } as const,
      settled('a'),
    ]
    expect(replay([next, killed], WHERE)).toMatchObject({ openRuns: [] })
    expect(replay([killed, next], WHERE).open.size).toBe(0)
  })

  test('a run that had not read another does not end its create', () => {
    const one = [run('r1', []), intent('a'), lost('a')]
    const other = [run('r2', []), intent('a'), refused('a'), settled('a')]
    expect(replay([one, other], WHERE).open.get('a')).toMatchObject({ runId: 'r1' })
  })

  test('a line that was written twice says nothing more', () => {
    const lines = [intent('a'), lost('a')]
    expect(replay([[run('r1'), ...lines, ...lines]], WHERE).open.get('a')).toMatchObject({
      fate: { kind: 'unknown' },
    })
    // What ended the first create does not end the next one.
    const next = { ...intent('a'), at: 2 }
    const again = [run('r1'), intent('a'), refused('a'), next, intent('a'), refused('a')]
    expect(replay([again], WHERE).open.size).toBe(1)
  })

  test('a story that cannot have happened names its run', () => {
    // Written at another time: not a line that is there twice.
    const doubled = [run('r1'), intent('a'), { ...intent('a'), at: 2 }]
    expect(() => replay([doubled], WHERE)).toThrow(expect.objectContaining({ runId: 'r1' }))
  })

  test('a journal without its first line, or with two of it, is damaged', () => {
    const lines = [run('r1'), intent('a')].map(renderEvent)
    expect(() => parseJournal(lines[1] ?? '')).toThrow(JournalDamage)
    expect(() => parseJournal([...lines, ...lines].join(''))).toThrow(JournalDamage)
  })
})

describe('thousands of old runs', () => {
  /** How often a field of an event was read: what replay does, counted. */
  function counted(journals: readonly JournalEvent[][]): {
    readonly runs: JournalEvent[][]
    reads(): number
  } {
    let reads = 0
    const watched = (event: JournalEvent): JournalEvent =>
      new Proxy(event, {
        get(target, name) {
          reads += 1
          return Reflect.get(target, name)
        },
      })
    return { runs: journals.map((events) => events.map(watched)), reads: () => reads }
  }

  /** Runs that each sent the same server again and saw its end, or each took up what the one before left. */
  function oldRuns(count: number, settles: boolean): JournalEvent[][] {
    const accepted = { type: 'accepted', at: 2, server: 'a', jobId: 'j' } as const
    const about = { outcome: 'created', reason: null, instanceId: 'i' } as const
    const settled = { type: 'settled', at: 3, server: 'a', ...about } as const
    return Array.from({ length: count }, (_, index): JournalEvent[] => {
      const run = { ...RUN, runId: `r${index}` }
      if (settles) return [{ ...run, resumes: [] }, intent('a'), accepted, settled]
      if (index === 0) return [{ ...run, resumes: [] }, intent('a'), accepted]
      return [{ ...run, resumes: [`r${index - 1}`] }, accepted]
    })
  }

  test.for([{ settles: true }, { settles: false }])(
    'the work grows with the runs, not with their square; settled: $settles',
    ({ settles }) => {
      const workFor = (count: number): number => {
        const { runs, reads } = counted(oldRuns(count, settles))
        expect(replay(runs, WHERE).open.size).toBe(settles ? 0 : 1)
        return reads()
      }
      const perRun = workFor(100) / 100
      expect(workFor(3_000) / 3_000).toBeLessThan(perRun * 1.1)
    },
  )

  test('a chain that is longer than the stack is deep', () => {
    expect(replay(oldRuns(20_000, false), WHERE).openRuns).toEqual(['r19999'])
  })
})

import { describe, expect, test } from 'vitest'
import { barOf } from '../../src/report/page/bar.ts'
import { durationsOf } from '../../src/report/page/durations-chart.ts'
import { timelineOf } from '../../src/report/page/timeline-chart.ts'
import { entry, report } from './build.ts'

const at = (second: number): string => new Date(Date.UTC(2026, 0, 2, 3, 0, second)).toISOString()

function took(seconds: readonly number[]) {
  return report(
    seconds.map((each, index) =>
      entry(index + 1, 'created', { attempts: 1, submittedAt: at(0), finishedAt: at(each) }),
    ),
  )
}

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0)

test('a bar is as long as its counts, without gaps, and what is none has no piece', () => {
  const pieces = barOf([
    { key: 'a', count: 1, tone: 'good' },
    { key: 'b', count: 0, tone: 'bad' },
    { key: 'c', count: 3, tone: 'warn' },
  ])
  expect(pieces).toEqual([
    { x: '0.000%', width: '25.000%', tone: 'good', label: 'a 1' },
    { x: '25.000%', width: '75.000%', tone: 'warn', label: 'c 3' },
  ])
  expect(barOf([{ key: 'a', count: 0, tone: 'good' }])).toEqual([])
})

describe('durations', () => {
  test.each<[readonly number[], string, string]>([
    [[10], '10 s', '10 s'],
    [[60, 120, 180], '2 min', '2 min 54 s'],
    [Array.from({ length: 101 }, (_, second) => second), '50 s', '1 min 35 s'],
    [[7_200, 14_400], '3 h', '3 h 54 min'],
  ])('of %j: the middle one and that which 95 % keep to', (seconds, p50, p95) => {
    const view = durationsOf(took(seconds))
    expect(view?.figures.slice(0, 2)).toEqual([
      ['p50', p50],
      ['p95', p95],
    ])
    const counted = (view?.bars ?? []).map(({ label }) => Number(label.split(': ')[1]))
    expect(sum(counted)).toBe(seconds.length)
    for (const { x, width } of view?.bars ?? []) {
      expect(Number.parseFloat(x) + Number.parseFloat(width)).toBeLessThanOrEqual(100.001)
    }
  })

  test('all at once is no division by nothing, and nothing done has none', () => {
    expect(durationsOf(took([0, 0]))?.figures[0]).toEqual(['p50', '0 s'])
    expect(JSON.stringify(durationsOf(took([0, 0])))).not.toMatch(/NaN|Infinity/)
    expect(durationsOf(report([entry(1, 'blocked')]))).toBeNull()
  })
})

test.each([[[1]], [[2, 3]]])(
  'no two labels of an axis are the same, however short it is: %j s',
  (seconds) => {
    const labels = durationsOf(took(seconds))?.ticks.map(({ label }) => label) ?? []
    expect(new Set(labels).size).toBe(labels.length)
  },
)

test('what has not ended counts for no duration', () => {
  const facts = { attempts: 1, jobId: 'j', submittedAt: at(0), finishedAt: at(3) }
  const open = report([entry(1, 'in-progress', facts), entry(2, 'unknown', facts)])
  expect(durationsOf(open)).toBeNull()
})

describe('the time line', () => {
  const base = took([10])
  const group = base.groups[0]
  const withLanes = (lanes: readonly (readonly [from: number, to: number])[]) => {
    if (group === undefined) throw new Error('a row has a group')
    return {
      ...base,
      run: { ...base.run, startedAt: at(0), finishedAt: at(100) },
      groups: lanes.map(([from, to], index) => ({
        ...group,
        id: `g${index}`,
        name: `group ${index}`,
        timeline: [{ kind: 'creating' as const, from: at(from), to: at(to) }],
      })),
    }
  }

  test('none where nothing was kept, or nothing done', () => {
    expect(timelineOf(base)).toBeNull()
    if (group === undefined) throw new Error('a row has a group')
    expect(timelineOf({ ...base, groups: [{ ...group, timeline: [] }] })).toBeNull()
  })

  test('a piece stands where it was in the run, whatever a clock has done', () => {
    const view = timelineOf(withLanes([[25, 75]]))
    expect(view?.lanes[0]?.work[0]).toMatchObject({ x: '25.000%', width: '50.000%' })
    const before = timelineOf(withLanes([[-50, 50]]))
    expect(before?.lanes[0]?.work[0]).toMatchObject({ x: '0.000%', width: '50.000%' })
    const beyond = timelineOf(withLanes([[0, 200]]))
    expect(beyond?.lanes[0]?.work[0]).toMatchObject({ x: '0.000%', width: '100.000%' })
  })

  test('of a short run no second is labelled twice', () => {
    const view = timelineOf({
      ...withLanes([[0, 1]]),
      run: { ...base.run, startedAt: at(0), finishedAt: at(2) },
    })
    const labels = view?.ticks.map(({ label }) => label) ?? []
    expect(labels.length).toBeGreaterThan(1)
    expect(new Set(labels).size).toBe(labels.length)
  })

  test('of very many groups those that took longest have a lane', () => {
    const view = timelineOf(withLanes(Array.from({ length: 50 }, (_, index) => [0, index + 1])))
    expect(view?.lanes).toHaveLength(30)
    expect(view?.lanes[0]?.name).toBe('group 49')
    expect(view?.left).toBe(20)
  })
})

import { expect, test } from 'vitest'
import { mergeRemaining as merge, type RunRemaining } from '../../src/report/remaining.ts'
import type { OutcomeKind } from '../../src/outcome.ts'
import { entry, report } from './build.ts'

interface TextRemaining extends Pick<RunRemaining, 'report'> {
  readonly remaining: string | null
}

/** The same with files in UTF-8. */
async function mergeRemaining(
  merged: RunRemaining['report'],
  runs: readonly TextRemaining[],
): Promise<string | null> {
  const bytes = await merge(
    merged,
    runs.map((run) => ({
      report: run.report,
      remaining: run.remaining === null ? null : Buffer.from(run.remaining),
    })),
  )
  return bytes === null ? null : Buffer.from(bytes).toString()
}

const HEADER = 'ID;Name;Note\n'
/** The note has the delimiter, a quote and a line end in it. */
const line = (number: number): string => `id-${number};web-${number};"a ""b"";\nc"\n`

function of(outcomes: Readonly<Record<number, OutcomeKind>>) {
  return report(Object.entries(outcomes).map(([number, kind]) => entry(Number(number), kind)))
}

const one = of({ 1: 'created', 3: 'failed', 4: 'conflict' })
const two = of({ 2: 'not-attempted' })
const both = of({ 1: 'created', 2: 'not-attempted', 3: 'failed', 4: 'conflict' })

test('the open rows of all, in their order, as they stand in the files', async () => {
  const runs = [
    { report: two, remaining: HEADER + line(2) },
    { report: one, remaining: HEADER + line(3) + line(4) },
  ]
  expect(await mergeRemaining(both, runs)).toBe(HEADER + line(2) + line(3) + line(4))
})

test('a row that a later run has closed is left out', async () => {
  const later = of({ 3: 'created', 4: 'conflict' })
  const runs = [
    { report: one, remaining: HEADER + line(3) + line(4) },
    { report: later, remaining: HEADER + line(4) },
  ]
  const merged = of({ 1: 'created', 3: 'created', 4: 'conflict' })
  expect(await mergeRemaining(merged, runs)).toBe(HEADER + line(4))
})

test('nothing open leaves the header', async () => {
  expect(
    await mergeRemaining(of({ 1: 'created' }), [
      { report: of({ 1: 'created' }), remaining: HEADER },
    ]),
  ).toBe(HEADER)
})

test.each([
  ['missing', null],
  ['of another inventory', `id;name;note\n${line(2)}`],
  ['cut off', HEADER],
])('none when a file is %s', async (_, remaining) => {
  const runs = [
    { report: one, remaining: HEADER + line(3) + line(4) },
    { report: two, remaining },
  ]
  expect(await mergeRemaining(both, runs)).toBeNull()
})

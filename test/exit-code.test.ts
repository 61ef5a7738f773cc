import { expect, test } from 'vitest'
import { EXIT, exitCodeFor } from '../src/exit-code.ts'
import type { RunEnd } from '../src/run-end.ts'
import { entry, report } from './report/build.ts'

const done = (end: RunEnd) => exitCodeFor(report([entry(1, 'created')], { end }), end)
const open = (end: RunEnd) => exitCodeFor(report([entry(1, 'not-attempted')], { end }), end)

test.each<[RunEnd, number, number]>([
  [{ kind: 'ended' }, EXIT.done, EXIT.notAllProtected],
  [{ kind: 'interrupted', signal: 'SIGINT' }, EXIT.done, 130],
  [{ kind: 'interrupted', signal: 'SIGTERM' }, EXIT.done, 143],
  [{ kind: 'aborted', cause: 'access' }, EXIT.done, EXIT.access],
  [{ kind: 'aborted', cause: 'failure-limit' }, EXIT.done, EXIT.notAllProtected],
  [{ kind: 'aborted', cause: 'crash' }, EXIT.bug, EXIT.bug],
])('%j: %i when all is protected, %i when not', (end, whenDone, whenOpen) => {
  expect(done(end)).toBe(whenDone)
  expect(open(end)).toBe(whenOpen)
})

test('a run without rows is done', () => {
  expect(exitCodeFor(report([]), { kind: 'ended' })).toBe(EXIT.done)
})

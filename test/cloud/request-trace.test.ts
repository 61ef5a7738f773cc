import { expect, test } from 'vitest'
import { createRequestTraces, type RequestTrace } from '../../src/cloud/request-trace.ts'

const trace = (durationMs: number): RequestTrace => ({
  at: 0,
  service: 'sdrs',
  operation: 'showJob',
  method: 'GET',
  path: 'jobs/j',
  status: 200,
  requestId: null,
  durationMs,
  again: false,
})

test('what came before anybody listened is kept for them, then each as it comes', () => {
  const traces = createRequestTraces()
  const heard: number[] = []
  traces.add(trace(1))
  traces.add(trace(2))
  traces.listen(({ durationMs }) => heard.push(durationMs))
  traces.add(trace(3))
  expect(heard).toEqual([1, 2, 3])
})

test('but not without end', () => {
  const traces = createRequestTraces()
  for (let at = 0; at < 5_000; at += 1) traces.add(trace(at))
  let heard = 0
  traces.listen(() => (heard += 1))
  expect(heard).toBe(1_000)
})

import { expect, test } from 'vitest'
import { logEvent, logRequest } from '../../src/commands/run-log.ts'
import type { Log } from '../../src/log.ts'

function recorder(): { readonly log: Log; readonly lines: unknown[][] } {
  const lines: unknown[][] = []
  const at =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push([level, message, fields])
  return {
    lines,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  }
}

const ROW = {
  row: 7,
  serverId: 's-7',
  name: 'crm-07',
  groupId: 'g',
  group: 'crm',
  wave: 2,
} as const

test('an entry has names, group and wave; progress at every step has none', () => {
  const { log, lines } = recorder()
  logEvent(log, { type: 'accepted', ...ROW, jobId: 'j' })
  logEvent(log, { type: 'progress', rows: 3, ended: {}, running: 1 })
  expect(lines).toEqual([['info', 'create accepted', { ...ROW, jobId: 'j' }]])
})

test('holds are told with a time that can be read', () => {
  const { log, lines } = recorder()
  const until = Date.UTC(2026, 0, 1, 12)
  const answer = { status: 503, code: null, requestId: 'r' }
  logEvent(log, { type: 'held-back', until, ...answer })
  logEvent(log, {
    type: 'lane',
    groupId: 'g',
    group: 'crm',
    limit: 1,
    busySince: until,
    closedUntil: null,
  })
  expect(lines).toMatchObject([
    ['info', 'creates held back', { until: '2026-01-01T12:00:00.000Z', status: 503 }],
    ['info', expect.any(String), { limit: 1, busySince: '2026-01-01T12:00:00.000Z' }],
  ])
})

test('each request at debug, with its ID', () => {
  const { log, lines } = recorder()
  logRequest(log, {
    at: 0,
    service: 'sdrs',
    operation: 'showJob',
    method: 'GET',
    path: 'jobs/j',
    status: 200,
    requestId: 'req-1',
    durationMs: 12,
    again: false,
  })
  expect(lines).toMatchObject([
    ['debug', 'request', { requestId: 'req-1', at: '1970-01-01T00:00:00.000Z' }],
  ])
})

import { expect, test } from 'vitest'
import { NO_OPEN_WORK } from '../../src/journal/replay.ts'
import { worthKeeping } from '../../src/journal/seen-healthy.ts'

test('while a row is to be matched by name, whatever was seen healthy may be its server’s', () => {
  const seen = new Map([['i-1', 'server-1']])
  expect(worthKeeping(seen, NO_OPEN_WORK, ['server-2'])).toEqual([])
  expect(worthKeeping(seen, NO_OPEN_WORK, ['server-2', ''])).toEqual([
    { server: 'server-1', instanceId: 'i-1' },
  ])
})

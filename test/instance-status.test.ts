import { expect, test } from 'vitest'
import { hasBeenHealthy, isMoved, isWhole } from '../src/instance-status.ts'

/** Every documented status: whole, production perhaps elsewhere, and whether it ever was healthy. */
const TABLE = `
  available            whole  -      healthy
  protected            whole  -      healthy
  starting             whole  -      healthy
  stopping             whole  -      healthy
  resizing             whole  -      healthy
  nic-creating         whole  -      healthy
  nic-deleting         whole  -      healthy
  failing-over         -      moved  healthy
  failed-over          -      moved  healthy
  reversing            -      moved  healthy
  reprotecting         -      moved  healthy
  error-starting       -      -      healthy
  error-stopping       -      -      healthy
  error-reversing      -      -      healthy
  error-failing-over   -      -      healthy
  error-reprotecting   -      -      healthy
  error-resizing       -      -      healthy
  invalid              -      -      healthy
  fault                -      -      healthy
  creating             -      -      -
  deleting             -      -      -
  error                -      -      -
  error-deleting       -      -      -
  unknown              -      -      -`

const rows = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/))

test.for(rows)('%s: %s %s %s', ([status = '', ...expected]) => {
  expect([
    isWhole(status) ? 'whole' : '-',
    isMoved(status) ? 'moved' : '-',
    hasBeenHealthy(status) ? 'healthy' : '-',
  ]).toEqual(expected)
})

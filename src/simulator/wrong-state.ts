import type { SdrsCode } from './error-texts.ts'
import type { GroupActKind } from './group-acts.ts'

/** Protection is off, or not on yet. */
const NOT_STARTED: ReadonlySet<string> = new Set([
  'creating',
  'available',
  'starting',
  'error-starting',
  'deleting',
  'error-deleting',
  'error',
])
/** Off, and yet not to be started: there is no group yet, or none any more. */
const NOT_THERE: ReadonlySet<string> = new Set(['creating', 'deleting', 'error-deleting', 'error'])

/**
 * How a group in a wrong status refuses an act ("Error Codes" of the API reference): a start that finds protection
 * `not stopped` (1018) or the status neither `available` nor `starting` (1020), whatever needs protection that
 * finds it `not started` (1019), and the rest as "not allowed in the current state" (1002).
 */
export function wrongStateCode(kind: GroupActKind, status: string): SdrsCode {
  if (kind === 'start' || kind === 'reprotect') {
    return NOT_THERE.has(status) ? 'SDRS.1020' : 'SDRS.1018'
  }
  return NOT_STARTED.has(status) ? 'SDRS.1019' : 'SDRS.1002'
}

/** What the status of an instance says. See the list of statuses in the SDRS API reference. */

/** In these an instance is whole, even where something is being done to it or its group. */
const WHOLE: readonly string[] = [
  'available',
  'protected',
  'starting',
  'stopping',
  'resizing',
  'nic-creating',
  'nic-deleting',
]

/** In these, production may run on the DR side. */
const MOVED: readonly string[] = ['failing-over', 'failed-over', 'reversing', 'reprotecting']

/** These say nothing of whether its create has ever come to a good end. */
const UNTOLD: readonly string[] = ['creating', 'error', 'deleting', 'error-deleting', 'unknown']

/**
 * It is being created, or the service does not say what it is in (`unknown`: missing, or of a wrong type):
 * nobody can tell yet what becomes of it.
 */
export function isUnsettled(status: string): boolean {
  return status === 'creating' || status === 'unknown'
}

/** Nothing is missing of such an instance: its create has succeeded. */
export function isWhole(status: string): boolean {
  return WHOLE.includes(status)
}

export function isMoved(status: string): boolean {
  return MOVED.includes(status)
}

/** It is or was healthy: what it is in, it can only have come to from there. */
export function hasBeenHealthy(status: string): boolean {
  return !UNTOLD.includes(status)
}

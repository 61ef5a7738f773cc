/** What the status of a protection group says. See the list of statuses in the SDRS API reference. */

/** Whether a group replicates; null: it is between the two, or in trouble. */
export function protectionOf(status: string): 'on' | 'off' | null {
  if (status === 'protected') return 'on'
  return status === 'available' || status === 'error-starting' ? 'off' : null
}

/** Whether it is switched on; null: nobody could look, or the answer does not tell (`unknown`: missing, or of a wrong type). */
export function isSwitchedOn(status: string | null): boolean | null {
  return status === null || status === 'unknown' ? null : protectionOf(status) === 'on'
}

/** The documented exit codes: people script against them. */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  notAllProtected: 3,
  access: 4,
  locked: 5,
  /** `plan --detailed-exitcode`: clean, and there are changes to make. */
  changes: 10,
  interrupted: 130,
  terminated: 143,
} as const

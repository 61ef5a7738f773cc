import { EXIT, EXIT_OF_FAILURE } from './exit-code.ts'
import type { FailureKind } from './failure.ts'
import { sanitizeJson } from './safe-text.ts'

/** What ends a command without its own document, by the code that a program reading it goes by: a closed set. */
export const ERROR_CODES = {
  usage: EXIT.usage,
  access: EXIT.access,
  locked: EXIT.locked,
  /** The disk is full, a file cannot be read …: the machine's doing. */
  machine: EXIT.bug,
  bug: EXIT.bug,
  interrupted: EXIT.interrupted,
  terminated: EXIT.terminated,
  quit: EXIT.quit,
} as const satisfies Record<string, number>

export type ErrorCode = keyof typeof ERROR_CODES

/** The code of each expected end of a command. */
export const CODE_OF_FAILURE = {
  usage: 'usage',
  access: 'access',
  locked: 'locked',
  machine: 'machine',
  SIGINT: 'interrupted',
  SIGTERM: 'terminated',
  SIGQUIT: 'quit',
} as const satisfies {
  readonly [K in FailureKind]: CodeWith<(typeof EXIT_OF_FAILURE)[K]>
}

/** The codes that stand for an exit code: no code may say one thing and the process another. */
type CodeWith<Exit extends number> = {
  readonly [C in ErrorCode]: (typeof ERROR_CODES)[C] extends Exit ? C : never
}[ErrorCode]

/** What went wrong, in plain text; lines stay lines. */
export interface Ended {
  readonly code: ErrorCode
  readonly message: string
  /** What to do about it, or null. */
  readonly hint: string | null
}

/** What `--json` prints where a command comes to no document of its own: `{error: {code, exitCode, message, hint}}`. */
export function errorDocument({ code, message, hint }: Ended): string {
  const error = { code, exitCode: ERROR_CODES[code], message, hint }
  return `${sanitizeJson(JSON.stringify({ error }, null, 2))}\n`
}

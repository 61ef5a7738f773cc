/**
 * An expected end of a command that is no bug: says what happened and what to do next, and carries
 * the exit code. Everything else that reaches the top is a bug and exits 1.
 */
export class Failure extends Error {
  readonly exitCode: number
  readonly hint: string | null

  constructor(exitCode: number, message: string, hint: string | null = null) {
    super(message)
    this.name = 'Failure'
    this.exitCode = exitCode
    this.hint = hint
  }
}

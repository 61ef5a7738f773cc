import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { CODE_OF_FAILURE, ERROR_CODES, type Ended, type ErrorCode } from './error-document.ts'
import { Failure } from './failure.ts'
import { machineTrouble } from './machine-trouble.ts'
import type { SecretRegistry } from './secrets.ts'
import { sanitize } from './safe-text.ts'

export interface Explained {
  readonly exitCode: number
  /** For a person. */
  readonly lines: readonly string[]
  /** The same for a program. */
  readonly ended: Ended
}

/**
 * The last words on whatever ended the program: an expected failure says what it has to say; anything
 * else is one line and a file with the details, or the details themselves at log level debug.
 */
export function explainFailure(
  error: unknown,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { redact }: Pick<SecretRegistry, 'redact'>,
): Explained {
  // A message or a stack may quote anything, so nothing of it leaves without a look.
  if (error instanceof Failure) {
    return explained(CODE_OF_FAILURE[error.kind], error.message, error.hint, redact)
  }
  const trouble = machineTrouble(error)
  if (trouble !== null) {
    const { what, path, code, advice } = trouble
    const where = path === null ? '' : `: ${path}`
    // By its name: its file brings along all that a journal is checked by.
    const isJournals = error instanceof Error && error.name === 'JournalFailure'
    const context = isJournals ? 'the journal cannot be written: ' : ''
    return explained('machine', `${context}${what}${where} (${code})`, advice, redact)
  }
  const message = redact(`unexpected error: ${sanitize(firstLineOf(error))}`)
  const details = redact(inspect(error, { depth: 4 }))
  const hint = wantsDetails(argv, env) ? details : keep(details)
  return {
    exitCode: ERROR_CODES.bug,
    lines: [`sdrs-protect: ${message}`, hint],
    ended: { code: 'bug', message, hint },
  }
}

function explained(
  code: ErrorCode,
  message: string,
  hint: string | null,
  redact: SecretRegistry['redact'],
): Explained {
  const said = safeLines(message).map(redact)
  const more = hint === null ? null : safeLines(hint).map(redact)
  const [first = '', ...rest] = said
  return {
    exitCode: ERROR_CODES[code],
    lines: [`sdrs-protect: ${first}`, ...rest, ...(more ?? [])],
    ended: { code, message: said.join('\n'), hint: more?.join('\n') ?? null },
  }
}

/** Lines as they are, indented or not, with nothing in them that a terminal would obey. */
function safeLines(text: string): readonly string[] {
  return text.split('\n').map((line) => `${/^ */.exec(line)?.[0] ?? ''}${sanitize(line)}`)
}

function firstLineOf(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error)
  const [line = ''] = error.message.split('\n')
  return line || error.name
}

/** The command line may be what is broken, so it is not parsed for this. */
function wantsDetails(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const at = argv.indexOf('--log-level')
  return (
    (at >= 0 && argv[at + 1] === 'debug') ||
    argv.includes('--log-level=debug') ||
    env['SDRS_PROTECT_LOG_LEVEL'] === 'debug'
  )
}

function keep(details: string): string {
  try {
    const file = join(mkdtempSync(join(tmpdir(), 'sdrs-protect-')), 'crash.txt')
    writeFileSync(file, `${details}\n`, { mode: 0o600, flag: 'wx' })
    return `This is a bug. Details are in ${file}; or run again with --log-level debug.`
  } catch {
    return 'This is a bug. Run again with --log-level debug for the details.'
  }
}

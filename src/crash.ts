import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { EXIT } from './exit-code.ts'
import { Failure } from './failure.ts'
import type { SecretRegistry } from './secrets.ts'
import { sanitize } from './ui/text.ts'

/** The machine's fault rather than ours, with a sentence that helps more than a stack trace. */
const MACHINE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'no permission',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
  ENOENT: 'there is no such file or directory',
  EEXIST: 'a file stands where a directory is wanted',
  EISDIR: 'a directory stands where a file is wanted',
  ENOTDIR: 'a file stands where a directory is wanted',
  EADDRINUSE: 'the address is in use',
}

export interface Explained {
  readonly exitCode: number
  readonly lines: readonly string[]
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
    const said = [`sdrs-protect: ${error.message}`, ...(error.hint === null ? [] : [error.hint])]
    return { exitCode: error.exitCode, lines: said.flatMap(safeLines).map(redact) }
  }
  const { code, message, path } = fieldsOf(error)
  const machine = code === null ? undefined : MACHINE[code]
  if (machine !== undefined) {
    const where = path === null ? '' : `: ${path}`
    return { exitCode: EXIT.bug, lines: [`sdrs-protect: ${machine}${where} (${code})`] }
  }
  const headline = redact(`sdrs-protect: unexpected error: ${message}`)
  const details = redact(inspect(error, { depth: 4 }))
  if (wantsDetails(argv, env)) return { exitCode: EXIT.bug, lines: [headline, details] }
  return { exitCode: EXIT.bug, lines: [headline, keep(details)] }
}

/** Lines as they are, indented or not, with nothing in them that a terminal would obey. */
function safeLines(text: string): readonly string[] {
  return text.split('\n').map((line) => `${/^ */.exec(line)?.[0] ?? ''}${sanitize(line)}`)
}

function fieldsOf(error: unknown): { code: string | null; message: string; path: string | null } {
  if (!(error instanceof Error)) return { code: null, message: inspect(error), path: null }
  const { code, path } = error as NodeJS.ErrnoException
  const [firstLine = ''] = error.message.split('\n')
  return { code: code ?? null, message: firstLine || error.name, path: path ?? null }
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

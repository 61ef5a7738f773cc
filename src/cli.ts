#!/usr/bin/env node
import { EXIT } from './exit-code.ts'
import { addSecretsOfEnvironment, createSecretRegistry } from './secrets.ts'
import { systemErrorCode, hasSystemCode } from './system-error.ts'
import { endProcess, processIo } from './ui/io.ts'
import type { Io } from './ui/io.ts'
import type { CommandName, Settings } from './settings.ts'

/** A command: reads its settings, writes its product to stdout, and returns the exit code. */
type Run = (settings: Settings, io: Io) => Promise<number>

/** Loaded one at a time, so that `validate` does not pay for an HTTP client. */
const LOAD: Readonly<Record<CommandName, () => Promise<{ readonly run: Run }>>> = {
  validate: () => import('./commands/validate.ts'),
  plan: () => import('./commands/plan.ts'),
  apply: () => import('./commands/apply.ts'),
  enable: () => import('./commands/enable.ts'),
  verify: () => import('./commands/verify.ts'),
  coverage: () => import('./commands/coverage.ts'),
  report: () => import('./commands/report.ts'),
  template: () => import('./commands/template.ts'),
  simulate: () => import('./commands/simulate.ts'),
}

const secrets = createSecretRegistry()
addSecretsOfEnvironment(secrets, process.env)

async function main(argv: readonly string[], io: Io): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-v') {
    const { tool } = await import('./version.ts')
    io.stdout.write(`${tool().version}\n`)
    return EXIT.done
  }
  const { parseCommandLine } = await import('./command-line.ts')
  const request = parseCommandLine(argv)
  if (request.kind === 'print') {
    io.stdout.write(request.text)
    return EXIT.done
  }
  if (request.kind === 'wrong') return usageError(io, [request.message], request.command)

  const { parseSettings } = await import('./settings.ts')
  const result = parseSettings({ ...request, env: io.env })
  if (!result.ok) return usageError(io, result.errors, request.command)
  const { settings } = result
  if (!settings.quiet) for (const notice of settings.notices) io.stderr.write(`${notice}\n`)
  const { run } = await LOAD[settings.command]()
  try {
    return await run(settings, io)
  } catch (error) {
    const { withNextRun } = await import('./commands/next-run.ts')
    throw withNextRun(error, settings, io.env)
  }
}

function usageError(io: Io, errors: readonly string[], command: CommandName | null): number {
  for (const error of errors) io.stderr.write(`sdrs-protect: ${error}\n`)
  io.stderr.write(`See sdrs-protect ${command === null ? '' : `${command} `}--help\n`)
  return EXIT.usage
}

/** Everything has been said by now; what is still buffered for a pipe must get out before the end. */
async function exit(code: number): Promise<never> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise<void>((resolve) => stream.write('', () => resolve())),
    ),
  )
  return endProcess(code === EXIT.done && outputFailed ? EXIT.bug : code)
}

let isFailing = false

async function fail(error: unknown): Promise<never> {
  // What fails while a failure is told would be told for ever: the first one ends the process.
  if (isFailing) return new Promise(() => {})
  isFailing = true
  if (hasSystemCode(error, 'EMFILE', 'ENFILE')) return tooFewFiles(error)
  try {
    const { explainFailure } = await import('./crash.ts')
    const { exitCode, lines } = explainFailure(error, process.argv, process.env, secrets)
    for (const line of lines) process.stderr.write(`${line}\n`)
    return await exit(exitCode)
  } catch (another) {
    return tooFewFiles(another)
  }
}

/** With so few file descriptors not even the program itself can be loaded, nor what would explain it. */
function tooFewFiles(error: unknown): Promise<never> {
  process.stderr.write(
    hasSystemCode(error, 'EMFILE', 'ENFILE')
      ? 'sdrs-protect: too few files may be open at once (EMFILE).\nRaise the limit (ulimit -n 1024), then run again.\n'
      : `sdrs-protect: it could not be loaded (${systemErrorCode(error) ?? 'unknown error'}). Install it again.\n`,
  )
  return exit(EXIT.bug)
}

// `sdrs-protect apply … | head` closes the pipe early. That must not end a run that is creating
// servers: what nobody reads is dropped, and the report's files are written all the same.
// The same for a terminal that is closed (EIO), be it to read from.
let outputFailed = false
process.stdin.on('error', () => {})
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') outputFailed = true
  })
}
// A promise that never settles lets Node end with nothing said and code 0, which would look like success.
process.exitCode = EXIT.bug
process.on('beforeExit', () => {
  process.stderr.write('sdrs-protect: it stopped without coming to an end. This is a bug.\n')
})
process.on('uncaughtException', (error) => void fail(error))
process.on('unhandledRejection', (error) => void fail(error))

// No `await` at the top: the single executable is a classic script, which has none.
void main(process.argv.slice(2), processIo(secrets)).then(exit).catch(fail)

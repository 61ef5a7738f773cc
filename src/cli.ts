#!/usr/bin/env node
import { errorDocument, wantsJson, type Ended } from './error-document.ts'
import { EXIT, EXIT_BY_SIGNAL } from './exit-code.ts'
import { addSecretsOfEnvironment, createSecretRegistry } from './secrets.ts'
import { systemErrorCode, hasSystemCode } from './system-error.ts'
import { endProcess, noticeWrites, processIo, SAME_SIGNAL_MS } from './ui/io.ts'
import type { Io } from './ui/io.ts'
import type { StopSignal } from './run-end.ts'
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
  runs: () => import('./commands/runs.ts'),
  report: () => import('./commands/report.ts'),
  template: () => import('./commands/template.ts'),
  simulate: () => import('./commands/simulate.ts'),
  completion: () => import('./commands/completion.ts'),
}

const argv = process.argv.slice(2)
const secrets = createSecretRegistry()
addSecretsOfEnvironment(secrets, process.env)
const hasPrinted = noticeWrites(process.stdout)
let isListening = false
let isEnding = false

/** The process, with a last word for programs wherever it ends at once. */
function openIo(): Io {
  const io = processIo(secrets)
  return {
    ...io,
    onSignal(handler) {
      isListening = true
      const forget = io.onSignal(handler)
      return () => {
        isListening = false
        forget()
      }
    },
    exit: (code) => endAtOnce(code, 'Ended at once, without a report.', 'Run it again.'),
  }
}

async function main(io: Io): Promise<number> {
  const [first] = argv
  if (first !== undefined && VERSION_WORDS.includes(first) && argv.every(isOption(first))) {
    const { tool } = await import('./version.ts')
    const { version } = tool()
    io.stdout.write(`${wantsJson(argv, {}) ? JSON.stringify({ version }) : version}\n`)
    return EXIT.done
  }
  const { calledAs, thisInvocation } = await import('./settings/called-as.ts')
  const program = calledAs(thisInvocation())
  const { parseCommandLine } = await import('./command-line.ts')
  const request = parseCommandLine(argv, program)
  if (request.kind === 'print') {
    io.stdout.write(request.text)
    return EXIT.done
  }
  if (request.kind === 'wrong') return usageError(io, [request.message], request.command, program)

  const { parseSettings } = await import('./settings.ts')
  const result = parseSettings({ ...request, env: io.env, calledAs: program })
  if (!result.ok) return usageError(io, result.errors, request.command, program)
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

/** Whether a word is `first` itself, or steers how it is said. */
const isOption =
  (first: string) =>
  (word: string, at: number): boolean =>
    (at === 0 && word === first) || word.startsWith('-')

const VERSION_WORDS: readonly string[] = ['--version', '-V', '-v', 'version']

async function usageError(
  io: Io,
  errors: readonly string[],
  command: CommandName | null,
  program: readonly string[],
): Promise<number> {
  const { shellWords } = await import('./settings/next-command.ts')
  const help = `See ${shellWords([...program, ...(command === null ? [] : [command]), '--help'])}`
  for (const error of errors) io.stderr.write(`sdrs-protect: ${error}\n`)
  io.stderr.write(`${help}\n`)
  lastWord({ code: 'usage', message: errors.join('\n'), hint: help })
  return EXIT.usage
}

/** Where `--json` is given and nothing has been printed: the one document says how it ended. */
function lastWord(ended: Ended): void {
  if (hasPrinted() || !wantsJson(argv, process.env)) return
  process.stdout.write(secrets.redact(errorDocument(ended)))
}

/** The end of a process that was told to stop and has nobody to do it in order. */
function endAtOnce(code: number, message: string, hint: string | null): never {
  const ended = Object.entries(ENDED_BY).find(([, signal]) => EXIT_BY_SIGNAL[signal] === code)
  if (ended !== undefined) {
    lastWord({ code: ended[0] as keyof typeof ENDED_BY, message, hint })
  }
  return endProcess(code)
}

const ENDED_BY = {
  interrupted: 'SIGINT',
  quit: 'SIGQUIT',
  terminated: 'SIGTERM',
} as const satisfies Partial<Record<Ended['code'], StopSignal>>

/** Everything has been said by now; what is still buffered for a pipe must get out before the end. */
async function exit(code: number): Promise<never> {
  isEnding = true
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
    const { exitCode, lines, ended } = explainFailure(error, process.argv, process.env, secrets)
    for (const line of lines) process.stderr.write(`${line}\n`)
    lastWord(ended)
    return await exit(exitCode)
  } catch (another) {
    return tooFewFiles(another)
  }
}

/** With so few file descriptors not even the program itself can be loaded, nor what would explain it. */
function tooFewFiles(error: unknown): Promise<never> {
  const [message, hint] = hasSystemCode(error, 'EMFILE', 'ENFILE')
    ? [
        'too few files may be open at once (EMFILE).',
        'Raise the limit (ulimit -n 1024), then run again.',
      ]
    : [
        `it could not be loaded (${systemErrorCode(error) ?? 'unknown error'}).`,
        'Install it again.',
      ]
  process.stderr.write(`sdrs-protect: ${message}\n${hint}\n`)
  lastWord({ code: 'machine', message, hint })
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
  if (isFailing) return
  void fail(new Error('it stopped without coming to an end'))
})
process.on('uncaughtException', (error) => void fail(error))
process.on('unhandledRejection', (error) => void fail(error))

// A command that does not listen itself has nothing under way that would have to be ended in order.
let signalledAt = Number.NEGATIVE_INFINITY
for (const signal of Object.values(ENDED_BY)) {
  process.on(signal, () => {
    const sinceMs = Date.now() - signalledAt
    signalledAt = Date.now()
    if (isListening || isEnding || (sinceMs >= 0 && sinceMs < SAME_SIGNAL_MS)) return
    process.stderr.write('\nsdrs-protect: interrupted.\n')
    endAtOnce(EXIT_BY_SIGNAL[signal], 'Interrupted before it came to its end.', null)
  })
}

// No `await` at the top: the single executable is a classic script, which has none.
void main(openIo()).then(exit).catch(fail)

import type { Run } from './commands/command.ts'
import type { FleetCommand } from './commands/fleet-commands.ts'
import type { LightCommand } from './commands/light-commands.ts'
import { run as completion } from './commands/completion.ts'
import { withNextRun } from './commands/next-run.ts'
import { parseCommandLine } from './command-line.ts'
import { explainFailure } from './crash.ts'
import { errorDocument, type Ended } from './error-document.ts'
import { EXIT, EXIT_BY_SIGNAL } from './exit-code.ts'
import type { StopSignal } from './run-end.ts'
import { addSecretsOfEnvironment, createSecretRegistry } from './secrets.ts'
import { calledAs, thisInvocation } from './settings/called-as.ts'
import { shellWords } from './settings/next-command.ts'
import { parseSettings, type CommandName } from './settings.ts'
import { hasSystemCode } from './system-error.ts'
import { endProcess, noticeWrites, processIo, SAME_SIGNAL_MS, type Io } from './ui/io.ts'
import { whyUnloadable } from './unloadable.ts'
import { wantsJson } from './wants-json.ts'

/** How each is loaded, so that `validate` does not pay for an HTTP client, nor `runs` for the drawings of a report. */
const LOAD: Readonly<Record<CommandName, () => Promise<Run>>> = {
  validate: async () => (await import('./commands/validate.ts')).run,
  plan: fleetCommand('plan'),
  apply: fleetCommand('apply'),
  enable: fleetCommand('enable'),
  verify: fleetCommand('verify'),
  coverage: fleetCommand('coverage'),
  runs: lightCommand('runs'),
  report: fleetCommand('report'),
  simulate: fleetCommand('simulate'),
  template: lightCommand('template'),
  completion: async () => completion,
}

function fleetCommand(name: FleetCommand): () => Promise<Run> {
  return async () => (await import('./commands/fleet-commands.ts')).FLEET_COMMANDS[name]
}

function lightCommand(name: LightCommand): () => Promise<Run> {
  return async () => (await import('./commands/light-commands.ts')).LIGHT_COMMANDS[name]
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
  const program = calledAs(thisInvocation())
  const request = parseCommandLine(argv, program)
  if (request.kind === 'print') {
    io.stdout.write(request.text)
    return EXIT.done
  }
  if (request.kind === 'wrong') return usageError(io, [request.message], request.command, program)

  const result = parseSettings({ ...request, env: io.env, calledAs: program })
  if (!result.ok) return usageError(io, result.errors, request.command, program)
  const { settings } = result
  if (!settings.quiet) for (const notice of settings.notices) io.stderr.write(`${notice}\n`)
  const run = await LOAD[settings.command]()
  try {
    return await run(settings, io)
  } catch (error) {
    throw withNextRun(error, settings, io.env)
  }
}

function usageError(
  io: Io,
  errors: readonly string[],
  command: CommandName | null,
  program: readonly string[],
): number {
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
    const { exitCode, lines, ended } = explainFailure(error, process.argv, process.env, secrets)
    for (const line of lines) process.stderr.write(`${line}\n`)
    lastWord(ended)
    return await exit(exitCode)
  } catch (another) {
    return tooFewFiles(another)
  }
}

/** Here not even what would explain it can be loaded. */
function tooFewFiles(error: unknown): Promise<never> {
  const [message, hint] = whyUnloadable(error)
  process.stderr.write(`sdrs-protect: ${message}\n${hint}\n`)
  lastWord({ code: 'machine', message, hint })
  return exit(EXIT.bug)
}

let outputFailed = false
let signalledAt = Number.NEGATIVE_INFINITY

/** Runs the program to the end of its process. */
export function start(): void {
  // `sdrs-protect apply … | head` closes the pipe early. That must not end a run that is creating
  // servers: what nobody reads is dropped, and the report's files are written all the same.
  // The same for a terminal that is closed (EIO), be it to read from.
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
  for (const signal of Object.values(ENDED_BY)) {
    process.on(signal, () => {
      const sinceMs = Date.now() - signalledAt
      signalledAt = Date.now()
      if (isListening || isEnding || (sinceMs >= 0 && sinceMs < SAME_SIGNAL_MS)) return
      process.stderr.write('\nsdrs-protect: interrupted.\n')
      endAtOnce(EXIT_BY_SIGNAL[signal], 'Interrupted before it came to its end.', null)
    })
  }

  void main(openIo()).then(exit).catch(fail)
}

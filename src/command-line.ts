import yargs, { type Argv } from 'yargs'
import { nearest } from './nearest.ts'
import { PROGRAM } from './settings/called-as.ts'
import { shellWords } from './settings/next-command.ts'
import {
  COMMANDS,
  OPTIONS,
  optionsOf,
  type CommandName,
  type OptionName,
  type OptionSpec,
} from './settings/options.ts'
import type { Given } from './settings/source.ts'
import { WIDTH } from './ui/text.ts'

/** What a command line asks for. Whether its options and their values make sense is for `parseSettings`. */
export type Request =
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'wrong'; readonly message: string; readonly command: CommandName | null }
  | {
      readonly kind: 'run'
      readonly command: CommandName
      readonly positionals: readonly string[]
      readonly options: Given
    }

const USAGE: Readonly<Record<CommandName, string>> = {
  validate: '<inventory>',
  plan: '<inventory>',
  apply: '<inventory>',
  enable: '<inventory>',
  verify: '<inventory>',
  coverage: '',
  runs: '',
  report: '<run-dir..>',
  template: '[csv|yaml]',
  simulate: '[inventory]',
  completion: '<bash|zsh|fish>',
}

const EXAMPLES: Readonly<Record<CommandName, readonly (readonly [string, string])[]>> = {
  validate: [
    ['validate servers.csv', ''],
    ['validate - --json < servers.yaml', ''],
  ],
  plan: [
    ['plan servers.csv', ''],
    ['plan servers.csv --out plan.json', 'then: apply servers.csv --plan plan.json'],
  ],
  apply: [
    ['apply servers.csv', 'asks before it creates anything'],
    ['apply servers.csv --yes --wave 1', ''],
    ['apply servers.csv --simulate --yes', ''],
  ],
  enable: [
    ['enable servers.csv', 'asks before it starts anything'],
    ['enable servers.csv --partial --yes', 'also where some rows are not created'],
  ],
  verify: [
    ['verify servers.csv', 'for a nightly job: sends reads only'],
    ['verify servers.csv --expect created', 'protection need not be on'],
  ],
  coverage: [
    ['coverage', ''],
    ['coverage --out gap.csv', 'then: plan gap.csv'],
    ["coverage --exclude 'test-*' --exclude-tag env=dev", ''],
  ],
  runs: [
    ['runs', ''],
    ['runs --json', 'for a program: {runs: [{id, state, …}]}'],
  ],
  report: [
    ['report latest', 'of a run that is at work: how far it is'],
    ['report shard-1/* shard-2/* --out merged', 'one report of both'],
  ],
  template: [
    ['template csv > servers.csv', ''],
    ['template --schema inventory', ''],
  ],
  simulate: [
    ['simulate servers.csv', 'a world that has these servers'],
    ['simulate --world world.json --port 0 --faults mild', ''],
    [
      'simulate --world wide.json',
      'wide.json: {"limits": {"limitRange": "0-1000"}}, pages as documented',
    ],
  ],
  completion: [
    ['completion bash > ~/.local/share/bash-completion/completions/sdrs-protect', ''],
    ['completion fish > ~/.config/fish/completions/sdrs-protect.fish', ''],
  ],
}

const DURATIONS = 'Durations (D) are a number with its unit: 500ms, 30s, 2m, 1h.'

const EPILOGUE = `An option can also come from the environment: --max-jobs is
SDRS_PROTECT_MAX_JOBS. Credentials come from the environment or clouds.yaml only.

Exit codes:
    0  done: nothing is left open
    1  a bug, or the machine failed us (disk full …)
    2  wrong usage, an invalid inventory, or not approved; nothing was sent
    3  rows are not protected, groups not on, differences, or a gap
    4  no sign-in, no permission, or the endpoint cannot be reached
    5  another run holds the lock
   10  plan --detailed-exitcode: clean, and there are changes to make
  130, 143, 131  interrupted (SIGINT, SIGTERM, SIGQUIT); run it again`

/** Beside the commands. */
const OWN_WORDS: readonly string[] = ['help', 'version']

/**
 * The words of a command line to what they ask for. `program`: what starts this program, for what is printed to be typed.
 */
export function parseCommandLine(
  argv: readonly string[],
  program: readonly string[] = [PROGRAM],
): Request {
  const [first, ...rest] = argv
  if (first === 'help') {
    // Help of the words that are none of the commands is the program's own.
    const words = OWN_WORDS.includes(rest[0] ?? '') ? rest.slice(1) : rest
    return parseCommandLine([...words, '--help'], program)
  }
  // yargs makes its help for every command line, and most want none: with all of its words only where one does.
  const request = requestOf(argv, parser(program, false))
  return request.kind === 'print' ? requestOf(argv, parser(program, true)) : request
}

function requestOf(argv: readonly string[], cli: Argv): Request {
  const both = contradictoryFlag(argv)
  const odd = oddFlagValue(argv)
  let request: Request | null = null
  // With a callback yargs neither prints nor exits.
  void cli.parse([...argv], {}, (error, parsed, output) => {
    const words = parsed._.map(String)
    const [word] = words
    const command = words.find(isCommand) ?? null
    // Before anything else: help for something else than what was meant helps nobody, and is no success.
    if (word !== undefined && !isCommand(word)) request = unknownCommand(word)
    else if (error) request = { kind: 'wrong', message: error.message, command }
    else if (output !== '') request = { kind: 'print', text: `${output}\n` }
    else if (both !== null) {
      const message = `--${both} and --no-${both} exclude each other`
      request = { kind: 'wrong', message, command }
    } else if (odd !== null) {
      const [flag = ''] = odd.split('=')
      request = { kind: 'wrong', message: `${odd}: ${flag} takes no value`, command }
    } else request = toRequest(words, parsed)
  })
  if (request === null) throw new Error('yargs did not call back')
  return request
}

/** What a flag may have behind a `=`: yargs would take anything else for a no. */
const FLAG_VALUES: readonly string[] = ['true', 'false']

function oddFlagValue(argv: readonly string[]): string | null {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  return (
    words.find((word) => {
      const [, name = '', value = ''] = /^--(?:no-)?([a-z-]+)=(.*)$/s.exec(word) ?? []
      const spec: OptionSpec | undefined = Object.hasOwn(OPTIONS, name)
        ? OPTIONS[name as OptionName]
        : undefined
      return spec?.kind === 'flag' && !FLAG_VALUES.includes(value)
    }) ?? null
  )
}

/** A flag that is switched on and off in one line, of which yargs would take the last. */
function contradictoryFlag(argv: readonly string[]): string | null {
  const end = argv.indexOf('--')
  const words = new Set(end < 0 ? argv : argv.slice(0, end))
  const flags = Object.entries<OptionSpec>(OPTIONS).filter(([, { kind }]) => kind === 'flag')
  return flags.find(([name]) => words.has(`--${name}`) && words.has(`--no-${name}`))?.[0] ?? null
}

function unknownCommand(word: string): Request {
  const near = nearest(word, [...Object.keys(COMMANDS), 'help', 'version'])
  const hint = near === null ? '' : `; did you mean ${near}?`
  return { kind: 'wrong', message: `unknown command "${word}"${hint}`, command: null }
}

function toRequest(words: readonly string[], parsed: Readonly<Record<string, unknown>>): Request {
  const [command, ...positionals] = words
  if (command === undefined) {
    const commands = Object.keys(COMMANDS).join(', ')
    return { kind: 'wrong', message: `say which command: ${commands}`, command: null }
  }
  if (!isCommand(command)) return unknownCommand(command)
  const { _: _words, $0: _name, ...options } = parsed
  return { kind: 'run', command, positionals, options: options as Given }
}

/** Longer ones leave no room for what follows them. */
const LONGEST_PROGRAM = 24

/** `hasWords`: whether its help is to be read. */
function parser(program: readonly string[], hasWords: boolean): Argv {
  const typed = shellWords(program)
  const cli = yargs()
    .scriptName(isShort(typed) ? typed : PROGRAM)
    .usage(
      '$0 <command> [options]\n$0 help [command]\n$0 version\n\nGives every server of an inventory its SDRS protected instance, exactly once.',
    )
    .parserConfiguration({
      // The texts as typed: settings.ts is the one place that reads values.
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'camel-case-expansion': false,
      'dot-notation': false,
    })
    .exitProcess(false)
    .wrap(hasWords ? WIDTH : null)
    .locale('en')
    .help()
    .alias('help', 'h')
    .version(false)
    .epilogue(hasWords ? epilogue(program, true) : '')
  for (const [command, about] of Object.entries(COMMANDS) as [CommandName, string][]) {
    // Positionals are not declared: yargs would read a lone `-` (stdin) as an empty text.
    if (hasWords) cli.command(command, about, (each) => describe(each, command, about, program))
    else cli.command(command, false, (each) => declareOptions(each, command))
  }
  return cli
}

/** What stands at the end of every help. */
function epilogue(program: readonly string[], hasDurations: boolean): string {
  const typed = shellWords(program)
  return [
    ...(hasDurations ? [DURATIONS] : []),
    EPILOGUE,
    ...(isShort(typed) ? [] : [`\nHere, ${PROGRAM} stands for:\n${typed}`]),
  ].join('\n')
}

function isShort(typed: string): boolean {
  return typed.length <= LONGEST_PROGRAM
}

/** The options alone. */
function declareOptions(cli: Argv, command: CommandName): Argv {
  for (const [name, spec] of optionsOf(command)) cli.option(name, { ...shape(spec), hidden: true })
  return cli
}

function describe(
  cli: Argv,
  command: CommandName,
  about: string,
  program: readonly string[],
): Argv {
  cli.usage(`$0 ${`${command} ${USAGE[command]}`.trim()} [options]\n\n${about}`)
  for (const [name, spec] of optionsOf(command)) {
    const meaning = spec.aboutIn?.[command] ?? spec.about
    cli.option(name, {
      group: `${spec.section}:`,
      describe: spec.placeholder === undefined ? meaning : `${spec.placeholder}: ${meaning}`,
      ...shape(spec),
    })
  }
  for (const [example, about] of EXAMPLES[command]) cli.example(`$0 ${example}`, about)
  const hasDurations = optionsOf(command).some(([, { placeholder }]) => placeholder === 'D')
  // Of the program's own, help of a command shows nothing.
  return cli.epilogue(epilogue(program, hasDurations))
}

/** `nargs` rather than a type, so that help does not say [string] on every line. */
function shape(spec: OptionSpec): { type: 'boolean' } | { nargs: 1; defaultDescription?: string } {
  if (spec.kind === 'flag') return { type: 'boolean' }
  return spec.default === undefined ? { nargs: 1 } : { nargs: 1, defaultDescription: spec.default }
}

function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word)
}

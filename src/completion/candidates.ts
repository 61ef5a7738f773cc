import {
  COMMANDS,
  optionsOf,
  type CommandName,
  type OptionName,
  type OptionSpec,
} from '../settings/options.ts'
import { INVENTORY_FORMATS, REPORT_FORMATS, STARTER_FORMATS } from '../settings/formats.ts'
import { SHELLS } from '../settings/shells.ts'

/** What can stand behind an option: words of a closed set, a file, a folder, or anything. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'folder' | 'any' }

export interface OptionCandidate {
  /** With its hyphens: `--max-jobs`, `--no-preflight`. */
  readonly word: string
  readonly about: string
  /** Null: it takes none. */
  readonly values: Values | null
}

export interface CommandCandidate {
  readonly name: CommandName
  readonly about: string
  readonly options: readonly OptionCandidate[]
  /** What stands beside its options. */
  readonly operand: Values | null
}

const words = (list: readonly string[]): Values => ({ kind: 'words', words: list })
const FILE: Values = { kind: 'file' }
const FOLDER: Values = { kind: 'folder' }

/** What a command takes beside its options. */
const OPERANDS = {
  validate: FILE,
  plan: FILE,
  apply: FILE,
  enable: FILE,
  verify: FILE,
  coverage: null,
  runs: null,
  report: FOLDER,
  template: words(STARTER_FORMATS),
  simulate: FILE,
  completion: words(SHELLS),
} as const satisfies Record<CommandName, Values | null>

/** Of the options that take a value: those whose values can be told. A placeholder `a|b` in lower case tells its own. */
const VALUES: Partial<Record<OptionName, Values | ((command: CommandName) => Values)>> = {
  format: (command) =>
    words(
      command === 'report'
        ? REPORT_FORMATS
        : command === 'template'
          ? STARTER_FORMATS
          : INVENTORY_FORMATS,
    ),
  schema: words(['inventory', 'plan', 'report', 'journal', 'coverage']),
  'log-level': words(['error', 'warn', 'info', 'debug']),
  faults: FILE,
  plan: FILE,
  out: FILE,
  world: FILE,
  state: FILE,
  'reports-dir': FOLDER,
}

/** All that there is to complete, from the one table of the options. */
export function candidates(): readonly CommandCandidate[] {
  return (Object.entries(COMMANDS) as [CommandName, string][]).map(([name, about]) => ({
    name,
    about,
    operand: OPERANDS[name],
    options: [
      ...optionsOf(name).map(([option, spec]) => optionCandidate(name, option, spec)),
      { word: '--help', about: 'show help', values: null },
    ],
  }))
}

function optionCandidate(
  command: CommandName,
  name: OptionName,
  spec: OptionSpec,
): OptionCandidate {
  const about = spec.aboutIn?.[command] ?? spec.about
  if (spec.kind === 'flag') {
    const isOff = spec.negated === true || name === 'color'
    return { word: `--${isOff ? 'no-' : ''}${name}`, about, values: null }
  }
  const known = VALUES[name]
  const told = typeof known === 'function' ? known(command) : known
  const inPlaceholder = /^[a-z]+(\|[a-z]+)+$/.test(spec.placeholder ?? '')
    ? words((spec.placeholder ?? '').split('|'))
    : null
  return { word: `--${name}`, about, values: told ?? inPlaceholder ?? { kind: 'any' } }
}

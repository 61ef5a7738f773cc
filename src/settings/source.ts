import {
  OPTIONS,
  variableOf,
  type CommandName,
  type OptionName,
  type OptionSpec,
} from './options.ts'
import { ValueError, flag } from './values.ts'

/** Options as typed: text, repeated text, or a flag's true and false. */
export type Given = Readonly<Record<string, string | boolean | readonly string[]>>
type Env = Readonly<Record<string, string | undefined>>

/** Reads options one by one and remembers what was wrong with each, so that all errors come at once. */
export interface SettingsReader {
  readonly errors: readonly string[]
  takes(name: OptionName): boolean
  text(name: OptionName): string | null
  flag(name: OptionName): boolean
  /** Null when the option is not given, or is wrong. */
  read<T>(name: OptionName, parse: (text: string) => T): T | null
  /** As `read`, else the default of the table. */
  readOr<T>(name: OptionName, parse: (text: string) => T): T
  /** Every value of an option that may be repeated. */
  list(name: OptionName): readonly string[]
  /** Runs a parser of our caller's own and collects its ValueError under `from`. */
  attempt<T>(from: string, parse: () => T, fallback: T): T
}

/** Flags win over `SDRS_PROTECT_<OPTION>`, which wins over the default. Options of other commands are not read. */
export function settingsReader(command: CommandName, options: Given, env: Env): SettingsReader {
  const errors: string[] = []
  const specOf = (name: OptionName): OptionSpec => OPTIONS[name]
  const takes = (name: OptionName): boolean => specOf(name).commands.includes(command)

  function source(name: OptionName): { from: string; texts: readonly string[] } {
    const none = { from: `--${name}`, texts: [] }
    if (!takes(name)) return none
    const given = options[name]
    if (given !== undefined) {
      return { from: `--${name}`, texts: typeof given === 'object' ? given : [String(given)] }
    }
    const variable = env[variableOf(name)]
    // An empty variable is an unset one: CI systems export unset inputs as empty text.
    if (variable === undefined || variable.trim() === '') return none
    // Of a negated flag the variable says the opposite; what is neither yes nor no stays, to be refused.
    if (specOf(name).negated === true) {
      return { from: variableOf(name), texts: [opposite(variable.trim())] }
    }
    const isList = specOf(name).kind === 'list'
    const texts = isList ? variable.split(/[;\n]/).filter((text) => text.trim() !== '') : [variable]
    return { from: variableOf(name), texts: texts.map((text) => text.trim()) }
  }

  function attempt<T>(from: string, parse: () => T, fallback: T): T {
    try {
      return parse()
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
      errors.push(`${from}: ${error.message}`)
      return fallback
    }
  }

  function read<T>(name: OptionName, parse: (text: string) => T): T | null {
    const { from, texts } = source(name)
    const [text, ...more] = texts
    if (text === undefined) return null
    if (more.length > 0) {
      errors.push(`${from}: given ${texts.length} times; one value is wanted`)
      return null
    }
    // A tab is a fine delimiter, and white space to everything else.
    if (text === '' || (text.trim() === '' && name !== 'delimiter')) {
      errors.push(`${from}: the value is empty`)
      return null
    }
    return attempt(from, () => parse(text), null)
  }

  return {
    errors,
    takes,
    attempt,
    read,
    readOr: (name, parse) => read(name, parse) ?? parse(specOf(name).default ?? ''),
    text: (name) => read(name, (text) => text),
    flag: (name) => read(name, flag) ?? false,
    list: (name) => source(name).texts,
  }
}

function opposite(text: string): string {
  try {
    return String(!flag(text))
  } catch (error) {
    if (error instanceof ValueError) return text
    throw error
  }
}

import { optionsOf, variableOf, type CommandName, type OptionName } from './options.ts'
import type { Settings } from '../settings.ts'
import { sanitize } from '../safe-text.ts'
import type { Given } from './source.ts'

export interface NextCommand {
  readonly command?: CommandName
  readonly positionals?: readonly string[]
  /** Options to leave out, e.g. `plan` once a saved plan has been used up. */
  readonly without?: readonly OptionName[]
  /** The environment of that shell: what is left out must not come back from it. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Options to add, or to give another value. */
  readonly with?: Given
}

/**
 * The exact line to type next in a POSIX shell: in the words that this program was called with, with the flags that were given and that the next
 * command knows. What came from the environment is not repeated: it is still there, and others
 * need not see it.
 */
export function nextCommand(settings: Settings, next: NextCommand = {}): string {
  const command = next.command ?? settings.command
  const same = settings.inventory === null ? settings.runDirs : [settings.inventory]
  const known = new Set(optionsOf(command).map(([name]) => name))
  const without = new Set<string>(next.without)
  const options = Object.entries({ ...settings.given, ...next.with }).filter(
    ([name]) => known.has(name as OptionName) && !without.has(name),
  )
  const unset = (next.without ?? []).map(variableOf).filter((name) => isSet(next.env?.[name]))
  return shellWords([
    ...(unset.length === 0 ? [] : ['env', ...unset.flatMap((name) => ['-u', name])]),
    ...settings.calledAs,
    command,
    ...(next.positionals ?? same).map(asPositional),
    ...options.flatMap(asWords),
  ])
}

/** A line for a POSIX shell. */
export function shellWords(words: readonly string[]): string {
  return words.map(shellQuote).join(' ')
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== ''
}

/** A path that begins with a hyphen would be read as an option; `-` alone is stdin. */
function asPositional(path: string): string {
  return path.startsWith('-') && path !== '-' ? `./${path}` : path
}

function asWords([name, given]: readonly [string, Given[string]]): readonly string[] {
  if (typeof given === 'boolean') return [given ? `--${name}` : `--no-${name}`]
  const texts = typeof given === 'string' ? [given] : given
  return texts.flatMap((text) =>
    text.startsWith('-') ? [`--${name}=${text}`] : [`--${name}`, text],
  )
}

/**
 * Quotes a word for a POSIX shell where it needs it. What would steer the terminal it is printed on is
 * written by its bytes, `$'\x1b'`, which bash, zsh and ksh read: the word stays what it is.
 */
export function shellQuote(word: string): string {
  if (/^[\w./:=@%+,-]+$/.test(word)) return word
  if (sanitize(word) === word.trim()) return `'${word.replaceAll("'", String.raw`'\''`)}'`
  const bytes = [...word].map((character) =>
    sanitize(`x${character}x`) === `x${character}x` && !/['\\]/.test(character)
      ? character
      : [...Buffer.from(character)]
          .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
          .join(''),
  )
  return `$'${bytes.join('')}'`
}

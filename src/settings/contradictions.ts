import type { CommandName, OptionName } from './options.ts'
import { isShell, SHELLS } from './shells.ts'
import type { Given } from './source.ts'

/** Of the settings, what these rules look at. */
interface Looked {
  readonly command: CommandName
  readonly given: Given
  readonly json: boolean
  readonly format: string | null
  readonly simulate: boolean
  readonly pollInterval: number | null
  readonly jobTimeout: number
}

/** A rule across options: one sentence when it is broken, else null. */
type Rule = (settings: Looked) => string | null

/** The simulator in this process is nowhere else, and has one project. */
const ELSEWHERE = [
  'region',
  'project-id',
  'project-name',
  'cloud',
  'endpoint',
  'ecs-endpoint',
  'vpc-endpoint',
  'evs-endpoint',
  'iam-endpoint',
] as const satisfies readonly OptionName[]

/** The flags, not the values: a variable that was set for good must not forbid a flag that is typed today. */
const EXCLUSIVE: readonly (readonly [OptionName, OptionName])[] = [
  ...ELSEWHERE.map((name) => ['simulate', name] as const),
  ['project-id', 'project-name'],
  ['format', 'schema'],
]
const NEED_SIMULATE: readonly OptionName[] = ['faults', 'job-time', 'seed']

const RULES: readonly Rule[] = [
  ...EXCLUSIVE.map(
    ([one, other]): Rule =>
      ({ given }) =>
        isGiven(given, one) && isGiven(given, other)
          ? `--${one} and --${other} exclude each other`
          : null,
  ),
  ...NEED_SIMULATE.map(
    (name): Rule =>
      ({ command, given, simulate }) =>
        isGiven(given, name) && command !== 'simulate' && !simulate
          ? `--${name} needs --simulate`
          : null,
  ),
  ({ command, json, format }) =>
    command === 'report' && json && format !== null && format !== 'json'
      ? `--json and --format ${format} exclude each other`
      : null,
  ({ pollInterval, jobTimeout }) =>
    pollInterval !== null && pollInterval > jobTimeout
      ? '--poll-interval is longer than --job-timeout: no job would ever be looked at'
      : null,
]

export function contradictions(settings: Looked): readonly string[] {
  return RULES.map((rule) => rule(settings)).filter((message) => message !== null)
}

/** What a command takes beside its options. */
const WORDS = {
  validate: 'inventory',
  plan: 'inventory',
  apply: 'inventory',
  enable: 'inventory',
  verify: 'inventory',
  coverage: 'nothing',
  runs: 'nothing',
  report: 'runs',
  template: 'nothing',
  simulate: 'inventory-or-nothing',
  completion: 'shell',
} as const satisfies Record<
  CommandName,
  'inventory' | 'inventory-or-nothing' | 'runs' | 'shell' | 'nothing'
>

/** Whether the first word beside the options is the path of an inventory. */
export function takesInventory(command: CommandName): boolean {
  return WORDS[command] === 'inventory' || WORDS[command] === 'inventory-or-nothing'
}

/** What is wrong with the number of words beside the options. */
export function positionalErrors(
  command: CommandName,
  positionals: readonly string[],
): readonly string[] {
  const words = WORDS[command]
  if (words === 'runs') {
    return positionals.length === 0 ? [`${command} needs the directory of at least one run`] : []
  }
  if (words === 'shell') {
    const [shell, ...more] = positionals
    if (shell === undefined || !isShell(shell)) {
      const wrong = shell === undefined ? '' : `"${shell}" is none of them; `
      return [`${wrong}${command} needs the name of a shell: ${SHELLS.join(', ')}`]
    }
    return more.map((word) => `${command}: one word too many: "${word}"`)
  }
  if (words === 'inventory' && positionals.length === 0) {
    return [`${command} needs an inventory: a path, or - for stdin`]
  }
  return positionals
    .slice(words === 'nothing' ? 0 : 1)
    .map((word) => `${command}: one word too many: "${word}"`)
}

function isGiven(given: Given, name: OptionName): boolean {
  return given[name] !== undefined && given[name] !== false
}

import { PLACEHOLDER_NAMES } from '../inventory/names/name-template.ts'
import { INVENTORY_FORMATS, REPORT_FORMATS, STARTER_FORMATS } from './formats.ts'
import { PROGRESS_MODES } from './progress.ts'

/** The commands there are, with what each does in a line; the order is the order of `--help`. */
export const COMMANDS = {
  validate: 'check every row of the inventory, offline',
  plan: 'read the cloud; show what apply would do, and why',
  apply: 'do it: create, poll, reconcile, report',
  enable: 'switch protection on for the groups whose rows are all created',
  verify: 'audit: is every row protected, as written, and replicating?',
  coverage: 'which servers of the project are not protected, and which could be',
  runs: 'the runs that are kept: running, done, interrupted or killed',
  report: "render a run's report again, or merge several runs' reports",
  template: 'print a starter inventory, or the JSON Schema of a format',
  simulate: 'serve a local SDRS to try all of this on',
  completion: 'print the completion of a shell: bash, zsh or fish',
} as const
export type CommandName = keyof typeof COMMANDS

/** The headings of `--help`. */
type Section = 'Where' | 'Inventory' | 'Part of it' | 'Pace' | 'Safety' | 'Output' | 'Simulator'

export interface OptionSpec {
  /**
   * `flag` takes no value, `value` takes one. `list` and `parts` may be repeated and add up; a list has
   * several in its variable, parts are lists within one text already.
   */
  readonly kind: 'flag' | 'value' | 'list' | 'parts'
  /** A flag that is on unless `--no-…` is typed; its variable has that name, too. */
  readonly negated?: true
  /** What stands for the value in `--help`. */
  readonly placeholder?: string
  /** The default as it would be written on the command line; it goes through the same parser. */
  readonly default?: string
  readonly about: string
  /** Where one name means something else to another command. */
  readonly aboutIn?: Partial<Record<CommandName, string>>
  readonly section: Section
  readonly commands: readonly CommandName[]
}

const ALL = Object.keys(COMMANDS) as readonly CommandName[]
const READS_INVENTORY = ['validate', 'plan', 'apply', 'enable', 'verify'] as const
const PRINTS_REPORTS = [
  'validate',
  'plan',
  'apply',
  'enable',
  'verify',
  'coverage',
  'runs',
  'report',
] as const
/** What plans creates. */
const CREATES = ['plan', 'apply'] as const
/** What changes the cloud. */
const CHANGES = ['apply', 'enable'] as const
/** What is asked about an inventory's rows. */
const CLOUD = ['plan', 'apply', 'enable', 'verify'] as const
const CONNECTS = [...CLOUD, 'coverage'] as const
const SIMULATED = [...CONNECTS, 'simulate'] as const

const where = { kind: 'value', section: 'Where', commands: CONNECTS } as const
const inventory = {
  kind: 'value',
  section: 'Inventory',
  commands: [...READS_INVENTORY, 'simulate'],
} as const
const part = { kind: 'value', section: 'Part of it', commands: CLOUD } as const
const parts = { ...part, kind: 'parts' } as const
const pace = { kind: 'value', section: 'Pace', commands: CHANGES } as const
const safety = { kind: 'flag', section: 'Safety', commands: CHANGES } as const
const output = { kind: 'flag', section: 'Output', commands: ALL } as const
const simulator = { kind: 'value', section: 'Simulator', commands: SIMULATED } as const
const server = { ...simulator, commands: ['simulate'] } as const

/**
 * Every option, once: the command line, the environment, `--help` and the "next command" line are all
 * derived from here. Credentials are missing on purpose: a command line is visible to other users.
 */
export const OPTIONS = {
  region: { ...where, placeholder: 'NAME', about: 'region' },
  'project-id': { ...where, placeholder: 'ID', about: 'project', commands: SIMULATED },
  'project-name': { ...where, placeholder: 'NAME', about: 'project, by name' },
  cloud: { ...where, placeholder: 'NAME', about: 'entry of clouds.yaml' },
  endpoint: { ...where, placeholder: 'URL', about: 'SDRS base URL, without /v1/…' },
  'ecs-endpoint': { ...where, placeholder: 'URL', about: 'ECS base URL' },
  'vpc-endpoint': { ...where, placeholder: 'URL', about: 'VPC base URL' },
  'evs-endpoint': { ...where, placeholder: 'URL', about: 'EVS base URL' },
  'iam-endpoint': { ...where, placeholder: 'URL', about: 'IAM base URL' },

  group: {
    ...inventory,
    placeholder: 'ID|NAME',
    about: 'protection group for rows that name none',
  },
  map: {
    ...inventory,
    kind: 'list',
    placeholder: 'FIELD=HEADER',
    about: 'take a field from this column; repeatable',
  },
  set: {
    ...inventory,
    kind: 'list',
    placeholder: 'FIELD=VALUE',
    about: 'one value for every row; repeatable',
  },
  'name-template': {
    ...inventory,
    placeholder: 'TEMPLATE',
    about: `names of the instances, e.g. '{name}-dr'; ${PLACEHOLDER_NAMES.map((name) => `{${name}}`).join(' ')}`,
  },
  'fit-names': {
    ...inventory,
    kind: 'flag',
    about: 'change names that the API refuses; plan shows each',
  },
  'fit-descriptions': {
    ...inventory,
    kind: 'flag',
    about: 'change descriptions that the API refuses; plan shows each',
  },
  'resolve-names': {
    ...inventory,
    kind: 'flag',
    about: 'find rows without a server ID by exact name in ECS; plan shows each',
  },
  format: {
    ...inventory,
    placeholder: 'NAME',
    about: oneOf(INVENTORY_FORMATS),
    aboutIn: { report: oneOf(REPORT_FORMATS), template: oneOf(STARTER_FORMATS) },
    commands: [...READS_INVENTORY, 'simulate', 'report', 'template'],
  },
  encoding: { ...inventory, placeholder: 'NAME', about: 'text encoding, e.g. utf-8, gbk' },
  delimiter: { ...inventory, placeholder: 'CHAR', about: 'CSV delimiter; \\t for a tab' },
  sheet: { ...inventory, placeholder: 'NAME|N', about: 'sheet of a workbook, by name or number' },
  dialect: {
    ...inventory,
    placeholder: 'otc|huawei',
    about: 'whose rules for names and fields',
    commands: [...READS_INVENTORY, 'coverage', 'simulate'],
  },
  schema: {
    ...inventory,
    placeholder: 'NAME',
    about: 'JSON Schema of: inventory, plan, report, journal, coverage',
    commands: ['template'],
  },

  only: {
    ...parts,
    placeholder: 'GLOB',
    about: 'rows whose name or server ID matches; repeatable',
  },
  rows: { ...parts, placeholder: '1-50,60', about: 'rows by number; repeatable' },
  wave: { ...parts, placeholder: 'A,B', about: 'rows of these waves; repeatable' },
  limit: { ...part, placeholder: 'N', about: 'the first N rows of what is left' },
  shard: {
    ...part,
    placeholder: 'I/N',
    about: 'share I of N, by protection group; merge with report',
  },

  exclude: {
    ...part,
    kind: 'list',
    placeholder: 'GLOB',
    about: 'not the servers whose name or ID matches; repeatable',
    commands: ['coverage'],
  },
  'exclude-tag': {
    ...part,
    kind: 'list',
    placeholder: 'K=V',
    about: 'not the servers with this tag; repeatable',
    commands: ['coverage'],
  },

  concurrency: {
    ...pace,
    placeholder: 'N',
    default: '10',
    about: 'create requests at once',
    aboutIn: { enable: 'groups asked to start at once' },
  },
  'max-jobs': { ...pace, placeholder: 'N', default: '100', about: 'jobs running at once' },
  rate: {
    ...pace,
    placeholder: 'N',
    default: '50',
    about: 'requests a second, all together',
    commands: CONNECTS,
  },
  'poll-interval': {
    ...pace,
    placeholder: 'D',
    about: 'time between two looks at jobs; default: as jobs probably end',
  },
  'job-timeout': { ...pace, placeholder: 'D', default: '30m', about: 'how long one job may take' },
  'request-timeout': {
    ...pace,
    placeholder: 'D',
    default: '30s',
    about: 'how long one request may take',
    commands: CONNECTS,
  },
  'settle-window': {
    ...pace,
    placeholder: 'D',
    default: '30s',
    about: 'how long to look for a create whose answer was lost',
    aboutIn: { enable: 'how long to look at a group whose answer was lost' },
  },

  'lock-timeout': {
    ...safety,
    kind: 'value',
    placeholder: 'D',
    default: '0s',
    about: 'wait so long for another run to end',
  },
  yes: { ...safety, about: 'approve without asking' },
  plan: {
    ...safety,
    kind: 'value',
    placeholder: 'FILE',
    about: 'apply this saved plan',
    commands: ['apply'],
  },
  'max-failures': {
    ...safety,
    kind: 'value',
    placeholder: 'N|N%',
    default: '50%',
    about: 'stop sending once more rows have failed',
    aboutIn: { enable: 'stop sending once more groups have failed' },
  },
  preflight: {
    ...safety,
    negated: true,
    about: 'also read ECS, VPC and EVS; --no-preflight asks SDRS alone',
    commands: CREATES,
  },
  'replace-failed': {
    ...safety,
    about: 'delete what a failed create left in error, create again',
    commands: CREATES,
  },
  'enable-protection': {
    ...safety,
    about: 'switch protection on once every row is protected',
    commands: ['apply'],
  },
  partial: {
    ...safety,
    about: 'also in groups in which some rows are not created',
    commands: ['enable'],
  },
  expect: {
    ...safety,
    kind: 'value',
    placeholder: 'created|replicating',
    default: 'replicating',
    about: 'what a row must be for exit 0',
    commands: ['verify'],
  },

  out: {
    ...output,
    kind: 'value',
    placeholder: 'PATH',
    about: 'file for the plan, to be approved and applied later',
    aboutIn: {
      coverage: 'file for the servers that could be protected, as an inventory',
      report: 'directory for the files of the rendered report',
    },
    commands: ['plan', 'coverage', 'report'],
  },
  'detailed-exitcode': {
    ...output,
    about: 'exit 10 when there are changes to make',
    commands: ['plan'],
  },
  verbose: {
    ...output,
    about: 'every row, not only what needs attention',
    commands: ['validate', 'plan', 'verify'],
  },
  'reports-dir': {
    ...output,
    kind: 'value',
    placeholder: 'DIR',
    default: 'reports',
    about: 'where runs are kept',
    aboutIn: {
      coverage: 'where the world of --simulate is kept',
      report: 'where latest and a run ID are looked for',
    },
    commands: [...CONNECTS, 'runs', 'report'],
  },
  json: {
    ...output,
    about: 'print the one JSON document',
    commands: PRINTS_REPORTS,
  },
  quiet: { ...output, about: 'no progress, no notices' },
  progress: {
    ...output,
    kind: 'value',
    placeholder: PROGRESS_MODES.join('|'),
    default: 'auto',
    about: 'how a run is shown on stderr; json is for other programs',
    commands: CHANGES,
  },
  'log-level': {
    ...output,
    kind: 'value',
    placeholder: 'LEVEL',
    default: 'info',
    about: 'error, warn, info or debug',
  },
  color: {
    ...output,
    about: 'colour; --no-color and NO_COLOR switch it off',
    commands: PRINTS_REPORTS,
  },

  simulate: { ...simulator, kind: 'flag', about: 'use the built-in simulator', commands: CONNECTS },
  faults: { ...simulator, placeholder: 'FILE|mild|harsh', about: 'what shall go wrong' },
  'job-time': {
    ...simulator,
    placeholder: 'D',
    about: 'how long a simulated job takes; default: 4s to 8s for a create',
  },
  seed: { ...simulator, placeholder: 'N', about: 'same seed, same course of events' },
  port: {
    ...server,
    placeholder: 'N',
    default: '8080',
    about: 'port on 127.0.0.1; 0 takes a free one',
  },
  world: { ...server, placeholder: 'FILE', about: 'the world to start with' },
  state: { ...server, placeholder: 'FILE', about: 'where the world is kept between runs' },
} as const satisfies Record<string, OptionSpec>

export type OptionName = keyof typeof OPTIONS

export function optionsOf(command: CommandName): readonly (readonly [OptionName, OptionSpec])[] {
  return (Object.entries(OPTIONS) as [OptionName, OptionSpec][]).filter(([, spec]) =>
    spec.commands.includes(command),
  )
}

/** `csv, yaml or json`. */
function oneOf(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].join(' or ')
}

/** `max-jobs` → `SDRS_PROTECT_MAX_JOBS`; of a negated one, `preflight` → `SDRS_PROTECT_NO_PREFLIGHT`. */
export function variableOf(option: string): string {
  const known: Readonly<Record<string, OptionSpec>> = OPTIONS
  const name = known[option]?.negated === true ? `no-${option}` : option
  return `SDRS_PROTECT_${name.toUpperCase().replaceAll('-', '_')}`
}

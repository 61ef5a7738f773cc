import { readDelimiter } from './inventory/csv-delimiter.ts'
import { parseSelection, type Selection, type SelectionOptions } from './inventory/select.ts'
import {
  INVENTORY_FORMATS,
  REPORT_FORMATS,
  STARTER_FORMATS,
  type Format,
} from './settings/formats.ts'
import type { CommandName } from './settings/options.ts'
import { contradictions, positionalErrors, takesInventory } from './settings/contradictions.ts'
import { WHOLE, shareOf } from './settings/ci-shard.ts'
import { PROGRAM } from './settings/called-as.ts'
import { PROGRESS_MODES, type ProgressMode } from './settings/progress.ts'
import { SHELLS, type Shell } from './settings/shells.ts'
import { settingsReader, type Given, type SettingsReader } from './settings/source.ts'
import { mistypedVariables, unknownOptions } from './settings/unknown.ts'
import * as value from './settings/values.ts'
import { EXPECTATIONS, type Expectation } from './verify/verification.ts'

export type { CommandName } from './settings/options.ts'

/**
 * Everything a run is told, from flags and environment, checked and frozen. Durations are
 * milliseconds; what was not given and has no default is null. No credential is ever in here.
 */
export interface Settings {
  readonly command: CommandName
  /** A path, or `-` for stdin; null for the commands that read none. */
  readonly inventory: string | null
  readonly runDirs: readonly string[]
  /** Whose completion is wanted; null in every other command. */
  readonly shell: Shell | null
  /** The flags as they were typed, for the "next command" line. What came from the environment is still there. */
  readonly given: Given
  /** The words that start this program again, for every line that is printed to be typed; see `calledAs`. */
  readonly calledAs: readonly string[]
  /** What the person should know about how the settings came about. */
  readonly notices: readonly string[]

  readonly region: string | null
  readonly projectId: string | null
  readonly projectName: string | null
  readonly cloud: string | null
  readonly endpoint: string | null
  readonly ecsEndpoint: string | null
  readonly vpcEndpoint: string | null
  readonly evsEndpoint: string | null
  readonly iamEndpoint: string | null

  readonly group: string | null
  readonly map: Readonly<Record<string, string>>
  readonly set: Readonly<Record<string, string>>
  readonly nameTemplate: string | null
  readonly fitNames: boolean
  readonly fitDescriptions: boolean
  /** Match rows without a server ID by their exact name. */
  readonly resolveNames: boolean
  readonly format: Format | null
  readonly encoding: string | null
  readonly delimiter: string | null
  readonly sheet: string | null
  /** Null: to be told from the endpoint. */
  readonly dialect: 'otc' | 'huawei' | null
  readonly schema: 'inventory' | 'plan' | 'report' | 'journal' | 'coverage' | null

  /** The part of the inventory this is about, the share of this process included. */
  readonly selection: Selection
  /** Globs over names and IDs of servers that coverage leaves out, and tags. */
  readonly exclude: readonly string[]
  readonly excludeTags: readonly { readonly key: string; readonly value: string }[]

  readonly concurrency: number
  readonly maxJobs: number
  readonly rate: number
  /** Null: adaptive. */
  readonly pollInterval: number | null
  readonly jobTimeout: number
  readonly requestTimeout: number
  readonly settleWindow: number

  /** How long to wait for another run's lock before giving up. */
  readonly lockTimeout: number
  readonly yes: boolean
  readonly planFile: string | null
  readonly maxFailures: value.FailureLimit
  /** Whether ECS, VPC and EVS are asked before anything is created. */
  readonly preflight: boolean
  readonly replaceFailed: boolean
  /** What `verify` asks of every row. */
  readonly expect: Expectation
  /** `apply`: switch protection on after a run in which every row ended protected. */
  readonly enableProtection: boolean
  /** `enable`: also groups in which some rows are not created. */
  readonly partial: boolean

  readonly out: string | null
  readonly detailedExitcode: boolean
  readonly verbose: boolean
  readonly reportsDir: string
  readonly json: boolean
  readonly quiet: boolean
  readonly progress: ProgressMode
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug'
  /** Null: as the terminal and NO_COLOR say. */
  readonly colour: boolean | null

  readonly simulate: boolean
  readonly faults: string | null
  readonly jobTime: number | null
  readonly seed: number | null
  readonly port: number
  readonly world: string | null
  readonly state: string | null
}

export interface CommandLine {
  readonly command: CommandName
  readonly positionals: readonly string[]
  readonly options: Given
  readonly env: Readonly<Record<string, string | undefined>>
  /** Left out: the name of the program as it is installed. */
  readonly calledAs?: readonly string[]
}

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly errors: readonly string[] }

const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const

/** Flags win over `SDRS_PROTECT_<OPTION>`, which wins over the default. Every error is found at once. */
export function parseSettings(line: CommandLine): SettingsResult {
  const { command, positionals, options, env } = withFormatOfTemplate(line)
  const from = settingsReader(command, options, env)
  const url = (name: Parameters<typeof from.text>[0]): string | null =>
    from.read(name, value.baseUrl)
  const atLeast = (min: number) => (text: string) => value.duration(text, min)
  const between = (min: number, max: number) => (text: string) => value.integer(text, min, max)
  const choice =
    <const T extends string>(allowed: readonly T[]) =>
    (text: string) =>
      value.choice(text, allowed)

  const share = from.takes('shard')
    ? from.attempt('--shard', () => shareOf(from.text('shard'), env), WHOLE)
    : WHOLE
  const chosen = parseSelection(selectionOptions(from, share.shard))
  const settings: Settings = {
    command,
    inventory: takesInventory(command) ? (positionals[0] ?? null) : null,
    runDirs: command === 'report' ? positionals : [],
    shell:
      command === 'completion' ? (SHELLS.find((each) => each === positionals[0]) ?? null) : null,
    given: Object.freeze({ ...options }),
    calledAs: line.calledAs ?? [PROGRAM],
    notices: [...(share.notice === null ? [] : [share.notice]), ...mistypedVariables(env)],
    region: from.text('region'),
    projectId: from.read('project-id', identifier),
    projectName: from.text('project-name'),
    cloud: from.text('cloud'),
    endpoint: url('endpoint'),
    ecsEndpoint: url('ecs-endpoint'),
    vpcEndpoint: url('vpc-endpoint'),
    evsEndpoint: url('evs-endpoint'),
    iamEndpoint: url('iam-endpoint'),
    group: from.text('group'),
    map: from.attempt('--map', () => value.assignments(from.list('map')), {}),
    set: from.attempt('--set', () => value.assignments(from.list('set')), {}),
    nameTemplate: from.read('name-template', value.nameTemplate),
    fitNames: from.flag('fit-names'),
    fitDescriptions: from.flag('fit-descriptions'),
    resolveNames: from.flag('resolve-names'),
    format: from.read('format', choice(formatsOf(command))),
    encoding: from.text('encoding'),
    delimiter: from.read('delimiter', delimiter),
    sheet: from.text('sheet'),
    dialect: from.read('dialect', choice(['otc', 'huawei'])),
    schema: from.read('schema', choice(['inventory', 'plan', 'report', 'journal', 'coverage'])),
    selection: 'selection' in chosen ? chosen.selection : {},
    exclude: from.attempt('--exclude', () => value.globs(from.list('exclude')), []),
    excludeTags: from.attempt('--exclude-tag', () => value.tags(from.list('exclude-tag')), []),
    concurrency: from.readOr('concurrency', between(1, 500)),
    maxJobs: from.readOr('max-jobs', between(1, 10_000)),
    rate: from.readOr('rate', between(1, 1_000)),
    pollInterval: from.read('poll-interval', atLeast(100)),
    jobTimeout: from.readOr('job-timeout', atLeast(100)),
    requestTimeout: from.readOr('request-timeout', atLeast(100)),
    settleWindow: from.readOr('settle-window', atLeast(0)),
    lockTimeout: from.readOr('lock-timeout', atLeast(0)),
    yes: from.flag('yes'),
    planFile: from.text('plan'),
    maxFailures: from.readOr('max-failures', value.failureLimit),
    preflight: from.read('preflight', value.flag) ?? true,
    replaceFailed: from.flag('replace-failed'),
    expect: from.readOr('expect', choice(EXPECTATIONS)),
    enableProtection: from.flag('enable-protection'),
    partial: from.flag('partial'),
    out: from.text('out'),
    detailedExitcode: from.flag('detailed-exitcode'),
    verbose: from.flag('verbose'),
    reportsDir: from.readOr('reports-dir', (raw) => raw),
    json: from.flag('json'),
    quiet: from.flag('quiet'),
    progress: from.readOr('progress', choice(PROGRESS_MODES)),
    logLevel: from.readOr('log-level', choice(LOG_LEVELS)),
    colour: from.read('color', value.flag),
    simulate: from.flag('simulate'),
    faults: from.text('faults'),
    jobTime: from.read('job-time', atLeast(0)),
    seed: from.read('seed', between(0, 2 ** 32 - 1)),
    port: from.readOr('port', between(0, 65_535)),
    world: from.text('world'),
    state: from.text('state'),
  }
  const errors = [
    ...positionalErrors(command, positionals),
    ...unknownOptions(command, options),
    ...from.errors,
    ...('errors' in chosen ? chosen.errors : []),
    ...contradictions(settings),
  ]
  return errors.length === 0
    ? { ok: true, settings: Object.freeze(settings) }
    : { ok: false, errors }
}

/** `template yaml` is `template --format yaml`. */
function withFormatOfTemplate(line: CommandLine): CommandLine {
  const [format, ...positionals] = line.positionals
  return line.command !== 'template' || format === undefined || line.options['format'] !== undefined
    ? line
    : { ...line, positionals, options: { ...line.options, format } }
}

function formatsOf(command: CommandName): readonly Format[] {
  if (command === 'report') return REPORT_FORMATS
  return command === 'template' ? STARTER_FORMATS : INVENTORY_FORMATS
}

function selectionOptions(from: SettingsReader, shard: string | null): SelectionOptions {
  const limit = from.text('limit')
  return {
    only: from.list('only'),
    rows: from.list('rows'),
    wave: from.list('wave'),
    ...(limit !== null && { limit }),
    ...(shard !== null && { shard }),
  }
}

/** It becomes a part of every path that is requested, so nothing else may hide in it. */
function identifier(text: string): string {
  if (!/^[\w-]+$/.test(text)) throw new value.ValueError(`"${text}" is not an ID`)
  return text
}

function delimiter(text: string): string {
  const character = readDelimiter(text)
  if (character === null)
    throw new value.ValueError(`"${text}" is neither a single character nor tab`)
  return character
}

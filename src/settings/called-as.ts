import { accessSync, constants, realpathSync } from 'node:fs'
import { basename, delimiter, isAbsolute, join, relative, sep } from 'node:path'

/** The name of the program where it is installed. */
export const PROGRAM = 'sdrs-protect'

/** How a process was started, as far as that tells how to start it again. */
export interface Invocation {
  /** The interpreter as it was typed, or as a `#!` line named it: `node`. */
  readonly argv0: string
  readonly execPath: string
  /** The script that runs, absolute, links unresolved. Null: the executable holds the program itself. */
  readonly script: string | null
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What must be asked of the file system. */
export interface ProgramFiles {
  /** Where a path leads once every link is followed; null: it leads nowhere. */
  realPath(path: string): string | null
  isExecutable(path: string): boolean
}

const programFiles: ProgramFiles = {
  realPath(path) {
    try {
      return realpathSync(path)
    } catch {
      return null
    }
  },
  isExecutable(path) {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  },
}

/** How the process that is asking was started. */
export function thisInvocation(): Invocation {
  const { argv0, argv, execPath, env } = process
  const [, script = null] = argv
  const holdsItself = !/^node(js)?(\.exe)?$/i.test(basename(execPath))
  return { argv0, execPath, script: holdsItself ? null : script, cwd: process.cwd(), env }
}

/**
 * The words that start this very program again, as somebody types them in the same directory: its name where the
 * shell finds it, `npx --no …` where npm has installed it (never without `--no`: where it is not installed, npm
 * would fetch and run whatever has that name), else the file, with its interpreter where it needs one.
 */
export function calledAs(how: Invocation, files: ProgramFiles = programFiles): readonly string[] {
  const path = how.script ?? how.execPath
  const itself = files.realPath(path)
  if (itself === null) return [PROGRAM]
  if (isFoundByName(how, files, itself)) return [PROGRAM]
  if (how.script !== null && isFoundByNpm(how, files, itself)) return ['npx', '--no', PROGRAM]
  const typed = shorter(path, relative(how.cwd, path))
  const isCommand = how.script === null || (!/\.[cm]?js$/.test(path) && files.isExecutable(path))
  return isCommand ? [typed.includes('/') ? typed : `./${typed}`] : [how.argv0, typed]
}

/** Whether the shell would run this program by its name: the first that the search path has is this one. */
function isFoundByName({ env }: Invocation, files: ProgramFiles, itself: string): boolean {
  // npm puts its own folders there, for what it starts alone.
  const byNpm = env['npm_command'] !== undefined
  const first = (env['PATH'] ?? '')
    .split(delimiter)
    .filter(
      (folder) => isAbsolute(folder) && !(byNpm && folder.endsWith(join('node_modules', '.bin'))),
    )
    .map((folder) => join(folder, PROGRAM))
    .find((candidate) => files.isExecutable(candidate))
  return first !== undefined && files.realPath(first) === itself
}

/** Whether npm has it here: in this project's `node_modules`, or because the project is this program's own checkout. */
function isFoundByNpm({ env, cwd }: Invocation, files: ProgramFiles, itself: string): boolean {
  const prefix = env['npm_config_local_prefix']
  if (env['npm_command'] === undefined || prefix === undefined || !isWithin(prefix, cwd))
    return false
  if (files.realPath(join(prefix, 'node_modules', '.bin', PROGRAM)) === itself) return true
  const checkout = files.realPath(prefix)
  return checkout !== null && itself === join(checkout, 'dist', 'cli.js')
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

function shorter(one: string, other: string): string {
  return other !== '' && other.length < one.length ? other : one
}

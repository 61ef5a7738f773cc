import { join } from 'node:path'
import { Failure } from '../../failure.ts'
import { isRecord } from '../../json.ts'
import type { Environment } from './credential.ts'

export type Tree = Readonly<Record<string, unknown>>

export interface FilesAccess {
  readonly env: Environment
  /** Null when there is no such file; rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<string | null>
  readonly home: string
  readonly cwd: string
}

/** What the OpenStack clients read, and the variable that names one beside the usual places. */
const KINDS = {
  clouds: 'OS_CLIENT_CONFIG_FILE',
  secure: 'OS_CLIENT_SECURE_FILE',
  'clouds-public': null,
} as const satisfies Record<string, string | null>
type Kind = keyof typeof KINDS

/** In the order of the OpenStack SDK: the first that exists counts. */
export function searchPath(kind: Kind, { env, home, cwd }: FilesAccess): string[] {
  const own = join(home, '.config', 'openstack')
  const dirs = new Set([
    cwd,
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'openstack'),
    own,
    '/etc/xdg/openstack',
    '/etc/openstack',
  ])
  const variable = KINDS[kind]
  const named = variable === null ? undefined : env[variable]
  return [
    ...(named === undefined || named === '' ? [] : [named]),
    ...[...dirs].flatMap((dir) =>
      ['yaml', 'yml', 'json'].map((ending) => join(dir, `${kind}.${ending}`)),
    ),
  ]
}

/** Rejects with Failure (usage) for one that cannot be read: the next one may hold another's credentials. */
export async function firstFile(
  kind: Kind,
  files: FilesAccess,
): Promise<{ readonly path: string; readonly tree: Tree } | null> {
  for (const path of searchPath(kind, files)) {
    const text = await files.readFile(path)
    if (text !== null) return { path, tree: await parseTree(path, text) }
  }
  return null
}

async function parseTree(path: string, text: string): Promise<Tree> {
  const { parse } = await import('yaml')
  let tree: unknown
  try {
    // Every scalar stays the text that it is: the password 0123 is not a number.
    // And no warnings: the parser would print the line in question, and a secret may be in it.
    tree = parse(text, { schema: 'failsafe', merge: true, logLevel: 'error' })
  } catch (error) {
    // Only the place: the parser's message goes on to quote the line, and a secret may be in it.
    const place = error instanceof Error ? /at line \d+, column \d+/.exec(error.message)?.[0] : ''
    throw new Failure('usage', `${path} is not valid YAML ${place ?? ''}`.trim())
  }
  if (tree === null || tree === undefined || tree === '') return {}
  if (isRecord(tree)) return tree
  throw new Failure('usage', `${path} is not a mapping with the key "clouds"`)
}

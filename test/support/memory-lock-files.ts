import type { LockFiles } from '../../src/rollout/lock-files.ts'

interface Node {
  readonly kind: 'directory' | 'file' | 'loop' | 'unreadable'
  text: string
  mtimeMs: number
}

export interface MemoryLockFiles {
  readonly files: LockFiles
  /** Puts something there, as somebody outside would. */
  put(path: string, kind: Node['kind'], text?: string): void
  remove(path: string): void
  has(path: string): boolean
  names(): readonly string[]
}

export interface MemoryLockOptions {
  /** The file system's own clock, ms. */
  readonly now: () => number
  /** Times are kept this coarsely: 2 s on FAT. */
  readonly granularityMs?: number
  /** Whether a folder may be renamed onto an empty one (POSIX), or must find nothing (Windows, some servers). */
  readonly renamesOntoEmpty?: boolean
  /** Called before every step: where steps of others may come in between, or the disk fails. */
  readonly before?: (operation: string, path: string) => Promise<void> | void
}

/** A file system in memory with what the lock needs of one; every step is atomic and fails as node:fs does. */
export function memoryLockFiles(options: MemoryLockOptions): MemoryLockFiles {
  const { granularityMs = 1, renamesOntoEmpty = true } = options
  const nodes = new Map<string, Node>()
  const now = (): number => Math.floor(options.now() / granularityMs) * granularityMs
  const children = (path: string): string[] =>
    [...nodes.keys()].filter(
      (each) => each.startsWith(`${path}/`) && !each.slice(path.length + 1).includes('/'),
    )
  const parent = (path: string): string => path.slice(0, path.lastIndexOf('/'))

  function node(operation: string, path: string): Node {
    const found = nodes.get(path)
    if (found === undefined) throw failure('ENOENT', operation, path)
    return found
  }
  function file(operation: string, path: string): Node {
    const found = node(operation, path)
    if (found.kind === 'loop') throw failure('ELOOP', operation, path)
    if (found.kind === 'directory') throw failure('EISDIR', operation, path)
    if (found.kind === 'unreadable') throw failure('EACCES', operation, path)
    return found
  }
  function directory(operation: string, path: string): Node {
    const found = node(operation, path)
    if (found.kind !== 'directory') throw failure('ENOTDIR', operation, path)
    return found
  }
  function touchParent(path: string): void {
    const above = nodes.get(parent(path))
    if (above !== undefined) above.mtimeMs = now()
  }
  function make(operation: string, path: string, made: Node): void {
    if (nodes.has(path)) throw failure('EEXIST', operation, path)
    directory(operation, parent(path))
    nodes.set(path, made)
    touchParent(path)
  }
  /** One step: nothing else happens within it. */
  async function at<T>(operation: string, path: string, work: () => T): Promise<T> {
    await options.before?.(operation, path)
    return work()
  }

  const files: LockFiles = {
    makeDirectory: (path) =>
      at('makeDirectory', path, () => {
        if (!nodes.has(path)) nodes.set(path, { kind: 'directory', text: '', mtimeMs: now() })
      }),
    lstat: (path) =>
      at('lstat', path, () => {
        const { kind, mtimeMs } = node('lstat', path)
        return { isDirectory: kind === 'directory', mtimeMs }
      }),
    list: (path) =>
      at('list', path, () => {
        directory('list', path)
        return children(path).map((each) => each.slice(path.length + 1))
      }),
    read: (path) =>
      at('read', path, () => {
        const { text, mtimeMs } = file('read', path)
        return { text, mtimeMs }
      }),
    mkdir: (path) =>
      at('mkdir', path, () => make('mkdir', path, { kind: 'directory', text: '', mtimeMs: now() })),
    create: (path, text) =>
      at('create', path, () => make('create', path, { kind: 'file', text, mtimeMs: now() })),
    rewrite: (path, text) =>
      at('rewrite', path, () => {
        const found = file('rewrite', path)
        found.text = text + found.text.slice(text.length)
        found.mtimeMs = now()
        return { mtimeMs: found.mtimeMs }
      }),
    rename: (from, to) =>
      at('rename', from, () => {
        const moved = directory('rename', from)
        const there = nodes.get(to)
        if (there !== undefined) {
          if (there.kind !== 'directory') throw failure('ENOTDIR', 'rename', to)
          if (!renamesOntoEmpty) throw failure('EPERM', 'rename', to)
          if (children(to).length > 0) throw failure('ENOTEMPTY', 'rename', to)
        }
        const inside = children(from).map((each) => [each, node('rename', each)] as const)
        nodes.delete(from)
        nodes.set(to, moved)
        for (const [each, content] of inside) {
          nodes.delete(each)
          nodes.set(to + each.slice(from.length), content)
        }
      }),
    unlink: (path) =>
      at('unlink', path, () => {
        const clean = path.endsWith('/') ? path.slice(0, -1) : path
        if (node('unlink', clean).kind === 'directory') throw failure('EISDIR', 'unlink', clean)
        nodes.delete(clean)
        touchParent(clean)
      }),
    rmdir: (path) =>
      at('rmdir', path, () => {
        directory('rmdir', path)
        if (children(path).length > 0) throw failure('ENOTEMPTY', 'rmdir', path)
        nodes.delete(path)
        touchParent(path)
      }),
    sync: (path) => at('sync', path, () => void node('sync', path)),
  }
  return {
    files,
    put(path, kind, text = '') {
      nodes.set(path, { kind, text, mtimeMs: now() })
    },
    remove(path) {
      for (const each of nodes.keys()) {
        if (each === path || each.startsWith(`${path}/`)) nodes.delete(each)
      }
    },
    has: (path) => nodes.has(path),
    names: () => [...nodes.keys()].toSorted(),
  }
}

function failure(code: string, operation: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${operation} '${path}'`), { code, path })
}

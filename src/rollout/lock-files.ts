import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises'
import { makeDirectory, syncDirectory } from '../directories.ts'

/** What the lock does with files. Every one rejects with the system's error, as node:fs does. */
export interface LockFiles {
  /** With those above it, durably. */
  makeDirectory(path: string): Promise<void>
  /** Of the name itself, also of a link. Times in ms, by the file system's clock. */
  lstat(path: string): Promise<{ readonly isDirectory: boolean; readonly mtimeMs: number }>
  list(path: string): Promise<readonly string[]>
  /** Opened anew each time: a network file system then asks its server instead of its cache. */
  read(path: string): Promise<{ readonly text: string; readonly mtimeMs: number }>
  mkdir(path: string): Promise<void>
  /** Fails where something is. Content and name are durable afterwards. */
  create(path: string, text: string): Promise<void>
  /** Writes over what is there, and never makes a file: its time of change is the file system's now. */
  rewrite(path: string, text: string): Promise<{ readonly mtimeMs: number }>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  rmdir(path: string): Promise<void>
  sync(path: string): Promise<void>
}

/** More than any lock of ours: what is longer is damaged, and not read. */
const MOST_BYTES = 64 * 1024
/** No link is followed, and a pipe that somebody put there does not hang us. */
const CAREFULLY = constants.O_NOFOLLOW | constants.O_NONBLOCK

export const lockFiles: LockFiles = {
  makeDirectory,
  async lstat(path) {
    const found = await lstat(path)
    return { isDirectory: found.isDirectory(), mtimeMs: found.mtimeMs }
  },
  list: (path) => readdir(path),
  async read(path) {
    const file = await open(path, constants.O_RDONLY | CAREFULLY)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0)
      const { mtimeMs } = await file.stat()
      return { text: buffer.toString('utf8', 0, bytesRead), mtimeMs }
    } finally {
      await file.close()
    }
  },
  mkdir: (path) => mkdir(path, { mode: 0o700 }),
  async create(path, text) {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
  },
  async rewrite(path, text) {
    const file = await open(path, constants.O_RDWR | CAREFULLY)
    try {
      await file.write(text, 0)
      return { mtimeMs: (await file.stat()).mtimeMs }
    } finally {
      await file.close()
    }
  },
  rename,
  unlink,
  rmdir,
  sync: syncDirectory,
}

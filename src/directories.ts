import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hasSystemCode } from './system-error.ts'

/** Codes with which a file system (or Windows) says that a folder cannot be synced at all, and need not be. */
const CANNOT_SYNC_A_FOLDER = [
  'EINVAL',
  'EISDIR',
  'EPERM',
  'EACCES',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EBADF',
]

/**
 * Makes a file's name durable: a new or renamed file is, once its folder is. Some file systems (and
 * Windows) cannot sync a folder and need not: the content has been synced by itself. Rejects with the
 * system's error where the disk itself fails (EIO, ENOSPC, EDQUOT …).
 */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  } catch (error) {
    if (!hasSystemCode(error, ...CANNOT_SYNC_A_FOLDER)) throw error
  }
}

/**
 * Makes a folder with those above it, readable by its owner only, and makes their names durable.
 * Rejects with the error of the folder that could not be made: the recursive mkdir of Node says
 * ENOENT on a read-only file system.
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT') && dirname(path) !== path) {
      await makeDirectory(dirname(path))
      await mkdir(path, { mode: 0o700 })
    } else if (!hasSystemCode(error, 'EEXIST') || !(await stat(path)).isDirectory()) {
      // What stands there is a file: EEXIST with its path says so.
      throw error
    } else {
      return
    }
  }
  await syncDirectory(dirname(path))
}

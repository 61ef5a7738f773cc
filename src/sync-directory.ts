import { open } from 'node:fs/promises'

/**
 * Makes a file's name durable: a new or renamed file is, once its folder is. Some file systems (and
 * Windows) cannot sync a folder and need not: the content has been synced by itself.
 */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  } catch {
    // The content is in place already.
  }
}

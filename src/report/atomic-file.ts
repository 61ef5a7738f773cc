import { open, rename, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from '../directories.ts'

/**
 * Writes a file so that, whatever happens, either the old or the whole new one is there. Readable by
 * its owner only: a report names every server of a fleet. Rejects with the system's error.
 */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array | Iterable<string>,
): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      await writeFile(file, content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
  await syncDirectory(dirname(path))
}

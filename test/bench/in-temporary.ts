import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Works in a folder of its own, which is gone afterwards. */
export async function inTemporary<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'sdrs-protect-bench-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true })
  }
}

import { join } from 'node:path'
import { Failure } from '../failure.ts'
import type { ProcessFacts } from '../process-facts.ts'
import { systemErrorCode, hasSystemCode } from '../system-error.ts'
import { lifeOf, parseHolder, type Holder } from './holder.ts'
import type { LockFiles } from './lock-files.ts'
import type { Sight } from './lock-state.ts'

/** What a look showed, with what a person wants to know of it. */
export interface Look {
  readonly sight: Sight
  /** Null: nobody, or nobody knows. */
  readonly holder: Holder | null
  /** What is wrong with the lock, for a sentence. */
  readonly trouble: string | null
}

export interface LockFolder {
  look(): Promise<Look>
  /** Takes this entry away, if it is still there. */
  clear(entry: string): Promise<void>
  /** Whether the lock is ours now. */
  claim(): Promise<boolean>
  /** Rejects with ENOENT and its kin once our word is gone. */
  touch(): Promise<void>
  /** Takes our own word away. Never rejects: what is left is that of a dead process soon. */
  remove(): Promise<void>
  /** Takes away what was made aside, of one that does not get the lock. Never rejects. */
  withdraw(): Promise<void>
}

const FREE: Look = { sight: { kind: 'free' }, holder: null, trouble: null }

/** Longer than any contender takes from its last look to its claim. */
const LEFT_BEHIND_MS = 60 * 60_000

/** How file systems say that something is where a folder shall be renamed to. */
const TAKEN = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES', 'EBUSY']

/** The entry of a lock that is not a folder at all. */
const ITSELF = ''

/**
 * The lock as files. It is a folder, `.lock`, with one file in it, `<nonce of the holder>.json`:
 *
 * - claim: the folder is made aside, its file written and synced, then renamed into place. Every file
 *   system refuses to rename a folder onto one that has something in it, so exactly one claim succeeds,
 *   and the lock appears with its whole content or not at all. No hard links are needed (SMB, exFAT …).
 * - clear: the file of the dead is deleted by its name, which is never used again. An empty folder is a
 *   free lock. A clear that comes too late deletes nothing.
 * - touch: the file is written over, never made. Is it gone, then so is the lock.
 *
 * No step deletes or replaces a word whose writer was not seen dead.
 */
export function openLockFolder(about: {
  readonly path: string
  readonly reportsDir: string
  readonly me: Holder
  readonly files: LockFiles
  readonly facts: ProcessFacts
}): LockFolder {
  const { path, reportsDir, me, files, facts } = about
  const name = `${me.nonce}.json`
  const aside = `${path}.${me.nonce}`
  const text = `${JSON.stringify(me)}\n`
  const own = join(path, name)

  async function makeAside(): Promise<void> {
    await ignoring(['EEXIST'], files.mkdir(aside))
    await ignoring(['EEXIST'], files.create(join(aside, name), text))
    await files.sync(aside)
  }

  /** By the file system's clock, which may be another machine's: that of a file written just now. */
  async function nowThere(): Promise<number> {
    await makeAside()
    return (await files.rewrite(join(aside, name), text)).mtimeMs
  }

  async function foreign(
    entry: string,
    mtimeMs: number,
    whose: Pick<Look, 'holder' | 'trouble'>,
  ): Promise<Look> {
    const silentMs = Math.max(0, (await nowThere()) - mtimeMs)
    const beat = String(mtimeMs)
    return { sight: { kind: 'held', entry, beat, life: 'foreign', silentMs }, ...whose }
  }

  async function lookAt(entry: string): Promise<Look> {
    const file = join(path, entry)
    let read: Awaited<ReturnType<LockFiles['read']>>
    try {
      read = await files.read(file)
    } catch (error) {
      const code = systemErrorCode(error)
      if (code === null || code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESTALE') throw error
      const { mtimeMs } = await files.lstat(file)
      return foreign(entry, mtimeMs, { holder: null, trouble: `unreadable (${code})` })
    }
    const holder = parseHolder(read.text)
    const life = lifeOf(holder, facts)
    if (life === 'foreign') {
      const trouble = read.text.trim() === '' ? 'empty' : 'damaged'
      return foreign(entry, read.mtimeMs, { holder, trouble: holder === null ? trouble : null })
    }
    const beat = String(read.mtimeMs)
    return { sight: { kind: 'held', entry, beat, life, silentMs: 0 }, holder, trouble: null }
  }

  async function lookOnce(): Promise<Look> {
    const found = await files.lstat(path)
    if (!found.isDirectory) {
      const trouble = 'a file or a link where a folder is wanted'
      return foreign(ITSELF, found.mtimeMs, { holder: null, trouble })
    }
    const entries = [...(await files.list(path))].toSorted()
    // Something else may lie there (`.nfs…` of a file that is still open): nobody's word, but in the way.
    const entry = entries.find((each) => each.endsWith('.json')) ?? entries[0]
    return entry === undefined ? FREE : lookAt(entry)
  }

  async function isOurs(): Promise<boolean> {
    return files.read(own).then(
      () => true,
      () => false,
    )
  }

  /** What a contender left aside that was killed on its way; a living one makes its own anew. */
  async function sweep(): Promise<void> {
    const { mtimeMs: now } = await files.rewrite(own, text)
    for (const left of await files.list(reportsDir)) {
      const [, nonce] = /^\.lock\.([\da-f-]{36})$/.exec(left) ?? []
      if (nonce === undefined) continue
      const folder = join(reportsDir, left)
      if (now - (await files.lstat(folder)).mtimeMs < LEFT_BEHIND_MS) continue
      await files.unlink(join(folder, `${nonce}.json`)).catch(() => {})
      await files.rmdir(folder).catch(() => {})
    }
  }

  return {
    async look() {
      try {
        return await lookOnce()
      } catch (error) {
        // It went away between two of our steps: that is a free lock, or the next claim shows whose it is.
        if (hasSystemCode(error, 'ENOENT', 'ENOTDIR', 'ESTALE')) return FREE
        if (!hasSystemCode(error, 'EACCES', 'EPERM')) throw error
        return { sight: { kind: 'unreadable' }, holder: null, trouble: systemErrorCode(error) }
      }
    },

    async clear(entry) {
      // Where a lock that was not a folder has become one, somebody else was faster: a folder is never unlinked.
      const harmless = entry === ITSELF ? ['ENOENT', 'EISDIR', 'EPERM'] : ['ENOENT', 'ENOTDIR']
      try {
        await ignoring(harmless, files.unlink(join(path, entry)))
      } catch (error) {
        throw new Failure(
          'locked',
          `The lock ${join(path, entry)} is that of a dead run and cannot be taken away (${systemErrorCode(error) ?? String(error)}). Nothing was sent.`,
          'If no other run is at work on this reports folder, delete it and run again.',
        )
      }
    },

    async claim() {
      await nowThere()
      try {
        // Where a file system does not rename onto an empty folder, it must go first; a full one stays.
        await ignoring(['ENOENT', ...TAKEN], files.rmdir(path))
        await files.rename(aside, path)
      } catch (error) {
        // A server may have done it and lost its answer (NFS).
        if (!(await isOurs())) {
          if (hasSystemCode(error, ...TAKEN)) return false
          throw error
        }
      }
      await files.sync(reportsDir)
      await sweep().catch(() => {})
      return true
    },

    async touch() {
      await files.rewrite(own, text)
    },

    async remove() {
      await files.unlink(own).catch(() => {})
      await files.rmdir(path).catch(() => {})
    },

    async withdraw() {
      await files.unlink(join(aside, name)).catch(() => {})
      await files.rmdir(aside).catch(() => {})
    },
  }
}

async function ignoring(codes: readonly string[], work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!hasSystemCode(error, ...codes)) throw error
  })
}

import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { World } from './state.ts'
import { changesBetween, trackedWorld } from './world-changes.ts'
import { loadWorld, saveWorld, SimulatorFileError } from './world-file.ts'
import { changesText, parseWorldText, worldText } from './world-text.ts'

/** A world that outlives its process. */
export interface WorldFileHandle {
  /** As read, or as seeded; what is saved comes of it. */
  readonly world: World
  /**
   * Holds the world, which came of the last one. Whoever is killed here leaves that one or this one, whole. What
   * it writes is as much as has changed, whatever the size of the rest.
   */
  save(world: World): void
  /** Holds it as one document again, and lets go of the file. Does nothing where nothing was saved. */
  close(): void
}

/** A world up to this size is written whole each time, so that its file is one document at any moment. Bytes. */
const WHOLE_UP_TO = 64 * 1024
/** Pieces of text are written together up to this size. Characters. */
const WRITTEN_AT_ONCE = 1024 * 1024

/** The file as this process left it. */
interface Written {
  /** Open for appending; null: it is so small that it is written whole. */
  readonly file: number | null
  readonly ino: number
  /** Of the document, and of all there is. */
  readonly wholeSize: number
  size: number
}

/**
 * Reads the world at `path`, hands it (or null, when there is none yet) to `seed`, which may add to
 * it, and saves what comes back. Throws SimulatorFileError for a file that is not a world; other I/O
 * errors pass through.
 *
 * Whatever is saved is in the file when `save` returns (not fsynced: it outlives the process, not the machine). Of
 * two processes with one world the one that saves last wins, with all of its own: whoever finds that the file is
 * not as it left it writes its world whole.
 */
export function openWorldFile(path: string, seed: (saved: World | null) => World): WorldFileHandle {
  return keepWorldFile(path, seed(readSavedWorld(path)))
}

/** The same of a world that is to be in the file, whatever is there now. */
export function keepWorldFile(
  path: string,
  begun: World,
  { wholeUpTo = WHOLE_UP_TO }: { readonly wholeUpTo?: number } = {},
): WorldFileHandle {
  const world = trackedWorld(begun)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let saved = world
  let written = writeWhole(path, world, wholeUpTo)

  function whole(): void {
    if (written.file !== null) closeSync(written.file)
    written = writeWhole(path, saved, wholeUpTo)
  }

  return {
    world,
    save(next) {
      const changes = changesBetween(saved, next)
      saved = next
      if (changes !== null && Object.keys(changes).length === 0) return
      const text = changes === null ? null : Buffer.from(changesText(changes))
      const { file, size, wholeSize } = written
      const mayGrow = text !== null && size + text.length <= 2 * wholeSize
      if (file === null || !mayGrow || !isAsLeft(path, written)) {
        whole()
        return
      }
      append(file, text, size)
      written.size += text.length
    },
    close() {
      if (written.file === null) return
      if (written.size > written.wholeSize && isAsLeft(path, written)) whole()
      if (written.file !== null) closeSync(written.file)
      written = { ...written, file: null }
    },
  }
}

/** What cannot be written whole is taken back: nothing may ever follow half a line. */
function append(file: number, text: Uint8Array, size: number): void {
  try {
    writeAll(file, text)
  } catch (error) {
    ftruncateSync(file, size)
    throw error
  }
}

/** Somebody else replaces the file, or has removed it. */
function isAsLeft(path: string, { ino, size }: Written): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found !== undefined && found.ino === ino && found.size === size
}

/** In one step: the old file or the new one. */
function writeWhole(path: string, world: World, wholeUpTo: number): Written {
  const beside = `${path}.${process.pid}.tmp`
  const file = openSync(beside, 'w', 0o600)
  try {
    let pieces: string[] = []
    let length = 0
    const flush = (): void => {
      writeAll(file, Buffer.from(pieces.join('')))
      pieces = []
      length = 0
    }
    for (const piece of worldText(saveWorld(world))) {
      pieces.push(piece)
      length += piece.length
      if (length >= WRITTEN_AT_ONCE) flush()
    }
    flush()
    renameSync(beside, path)
    // Of the very file that was written: another process may replace it at any moment.
    const { ino, size } = fstatSync(file)
    const isSmall = size <= wholeUpTo
    if (isSmall) closeSync(file)
    return { file: isSmall ? null : file, ino, wholeSize: size, size }
  } catch (error) {
    closeSync(file)
    rmSync(beside, { force: true })
    throw error
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}

/** Whether more than counters has changed: of a read, that somebody else did something beside it. */
export function isMeddledWith(before: World, after: World): boolean {
  return (
    after.instances !== before.instances ||
    after.servers !== before.servers ||
    after.groups !== before.groups
  )
}

/** Null: there is no such file. */
export function readSavedWorld(path: string): World | null {
  try {
    return readWorldFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Reads a world file, short or saved. Throws SimulatorFileError, or the I/O error. */
export function readWorldFile(path: string): World {
  return loadWorld(parseWorldText(readFileSync(path, 'utf8'), path))
}

export function readJson(path: string): unknown {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new SimulatorFileError(
      `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

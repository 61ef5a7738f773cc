import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { World } from './state.ts'
import { loadWorld, saveWorld, SimulatorFileError } from './world-file.ts'

/** A world that outlives its process. */
export interface WorldFileHandle {
  /** As read, or as seeded. */
  readonly world: World
  /** Replaces the file in one step: whoever is killed here leaves the old world or the new one, whole. */
  save(world: World): void
}

/**
 * Reads the world at `path`, hands it (or null, when there is none yet) to `seed`, which may add to
 * it, and saves what comes back. Throws SimulatorFileError for a file that is not a world; other I/O
 * errors pass through.
 */
export function openWorldFile(path: string, seed: (saved: World | null) => World): WorldFileHandle {
  const world = seed(readWorld(path))
  const save = (current: World): void => saveWorldFile(path, current)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  save(world)
  return { world, save }
}

/** Synchronous, so that no answer can leave before its world is stored. */
export function saveWorldFile(path: string, world: World): void {
  const beside = `${path}.tmp`
  writeFileSync(beside, `${JSON.stringify(saveWorld(world))}\n`, { mode: 0o600 })
  renameSync(beside, path)
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
function readWorld(path: string): World | null {
  try {
    return readWorldFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Reads a world file, short or saved. Throws SimulatorFileError, or the I/O error. */
export function readWorldFile(path: string): World {
  return loadWorld(readJson(path))
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

import { constants, copyFileSync, existsSync, readFileSync, statSync } from 'node:fs'
import { GAP_HEADER } from '../coverage/gap-inventory.ts'
import { Failure } from '../failure.ts'
import { sanitize } from '../ui/text.ts'

/** A name for the gap that no file has yet: nobody's inventory is to be lost by typing what is suggested. */
export function freeGapFile(isTaken: (name: string) => boolean = existsSync): string {
  for (let nth = 1; ; nth += 1) {
    const name = nth === 1 ? 'gap.csv' : `gap-${nth}.csv`
    if (!isTaken(name)) return name
  }
}

/**
 * A gap is written over a list with its very columns, so that a nightly job works (see `keepOld`), and over nothing
 * else: an inventory has columns of its own. Throws Failure, or the system's error.
 */
export function refuseToOverwrite(path: string): void {
  const text = readOld(path)
  if (text === '' || text.split(/\r?\n/, 1)[0] === GAP_HEADER) return
  throw new Failure(
    'usage',
    `--out: ${sanitize(path)} is there already, and coverage has not written it. Nothing was changed.`,
    'Give another name, or move it away.',
  )
}

/**
 * What such a list holds may be somebody's all the same, with groups that were filled in by hand: where rows would be
 * lost, a copy is kept beside it. Its path, or null. Throws the system's error.
 */
export function keepOld(path: string, next: string): string | null {
  const kept = new Set(linesOf(next))
  if (linesOf(readOld(path)).every((line) => kept.has(line))) return null
  for (let nth = 1; ; nth += 1) {
    const copy = nth === 1 ? `${path}.old` : `${path}.old-${nth}`
    if (existsSync(copy)) continue
    copyFileSync(path, copy, constants.COPYFILE_EXCL)
    return copy
  }
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line !== '')
}

/** Empty where it is not there, or is no file that keeps what is written. */
function readOld(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats?.isFile() === true ? readFileSync(path, 'utf8').replace(/^\ufeff/, '') : ''
}

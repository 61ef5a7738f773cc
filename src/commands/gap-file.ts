import { existsSync, readFileSync, statSync } from 'node:fs'
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
 * A gap is written over one that was written before, so that a nightly job works, and over nothing else: an
 * inventory has columns of its own. Throws Failure; what cannot be read says so when it is written.
 */
export function refuseToOverwrite(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined || !stats.isFile() || stats.size === 0) return
  const [first = ''] = readFileSync(path, 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/, 1)
  if (first === GAP_HEADER) return
  throw new Failure(
    'usage',
    `--out: ${sanitize(path)} is there already, and coverage has not written it. Nothing was changed.`,
    'Give another name, or move it away.',
  )
}

import { LIMITS } from './workbook-limits.ts'
import { tooLarge } from './workbook-problem.ts'

/** Keeps the texts of cells, equal ones once, within a bound. */
export interface TextPool {
  /** @throws WorkbookProblem once there is too much. */
  keep(text: string): string
}

export function createTextPool(): TextPool {
  const known = new Map<string, string>()
  let spent = 0
  return {
    keep(text) {
      const same = known.get(text)
      if (same !== undefined) return same
      // oxlint-disable-next-line no-control-regex
      const isNarrow = /^[\0-\u{ff}]*$/u.test(text)
      spent += text.length * (isNarrow ? 1 : 2) + LIMITS.perText
      if (spent > LIMITS.text) throw tooLarge('more text than an inventory has')
      const own = text.length < SHORTEST_VIEW ? text : copied(text, isNarrow ? 'latin1' : 'utf16le')
      if (known.size < LIMITS.pooled) known.set(own, own)
      return own
    },
  }
}

/** From here on the engine makes a part of a text as a view of it: a cell would keep all of its chunk in memory. */
const SHORTEST_VIEW = 13

function copied(text: string, encoding: 'latin1' | 'utf16le'): string {
  return Buffer.from(text, encoding).toString(encoding)
}

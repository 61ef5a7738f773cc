/** What waits in a lane for its turn. `notBefore` in ms. */
export interface Waiting {
  readonly notBefore: number
}

/**
 * A lane's own order: first come, first served. One that must wait for a time lets those behind it pass, and goes
 * before them once its time has come; so does one that was refused and comes again. Taking the next costs nothing
 * that grows with those that wait.
 */
export interface LaneQueue<T extends Waiting> {
  size(): number
  /** Behind all others; `again`: before them. */
  add(item: T, now: number, again: boolean): void
  /** The next that may go at `now`; undefined: none. */
  take(now: number): T | undefined
  /** When the first of them may go, ms; minus infinity: at any time; `Infinity`: nothing waits. */
  opensAt(): number
  clear(): T[]
}

/** The room of those that have gone is given back once they are so many, and half of all. */
const KEPT = 32

export function createLaneQueue<T extends Waiting>(): LaneQueue<T> {
  /** Undefined: it has gone. */
  let line: (T | undefined)[] = []
  let gone = 0
  /** Those that have to wait or come again, in the order in which they go; few. */
  const before: T[] = []

  return {
    size: () => line.length - gone + before.length,
    add(item, now, again) {
      if (again) before.unshift(item)
      else if (item.notBefore > now) before.push(item)
      else line.push(item)
    },
    take(now) {
      const at = before.findIndex(({ notBefore }) => notBefore <= now)
      if (at >= 0) return before.splice(at, 1)[0]
      if (gone >= line.length) return undefined
      const item = line[gone]
      // Nothing of it is kept: what waits for its answer is as large as a row's whole run.
      line[gone] = undefined
      gone += 1
      if (gone >= KEPT && 2 * gone >= line.length) {
        line = line.slice(gone)
        gone = 0
      }
      return item
    },
    opensAt() {
      if (gone < line.length) return Number.NEGATIVE_INFINITY
      return before.reduce((first, { notBefore }) => Math.min(first, notBefore), Infinity)
    },
    clear() {
      const all = [...before, ...line.slice(gone).filter((item) => item !== undefined)]
      before.length = 0
      line = []
      gone = 0
      return all
    },
  }
}

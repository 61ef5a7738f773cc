/**
 * Which of many numbered things has the greatest key: a tree of matches in which a change is played up towards the
 * root for as long as it changes anything, so that it costs the logarithm of their number at most, and the answer
 * nothing. Of equal keys the lower number wins.
 */
export interface Tournament {
  /** `number` counts from 0, best without gaps; a key of minus infinity takes it out. */
  set(number: number, key: number): void
  /** Null: nothing is in. */
  best(): number | null
  /** Minus infinity: it is out. */
  keyOf(number: number): number
}

const OUT = Number.NEGATIVE_INFINITY

export function createTournament(): Tournament {
  let size = 1
  /** By number from 1: in 0 stands whoever nobody is. */
  let keys = new Float64Array(size + 1).fill(OUT)
  /** Winners by match, those of the first round from `size` on: two matches of one each, 2 × match and the one after it. */
  let winners = new Int32Array(2 * size)

  function winnerOf(match: number): number {
    const left = winners[2 * match] ?? 0
    const right = winners[2 * match + 1] ?? 0
    return (keys[right] ?? OUT) > (keys[left] ?? OUT) ? right : left
  }

  function growTo(most: number): void {
    while (size < most) size *= 2
    const before = keys
    keys = new Float64Array(size + 1).fill(OUT)
    keys.set(before)
    winners = new Int32Array(2 * size)
    for (let at = 0; at < size; at += 1) winners[size + at] = at + 1
    for (let match = size - 1; match >= 1; match -= 1) winners[match] = winnerOf(match)
  }

  growTo(1)
  return {
    set(number, key) {
      if (number >= size) growTo(number + 1)
      const own = number + 1
      if (keys[own] === key) return
      keys[own] = key
      for (let match = (size + number) >> 1; match >= 1; match >>= 1) {
        const before = winners[match]
        const now = winnerOf(match)
        winners[match] = now
        // It neither was nor is the winner here, and so nowhere above.
        if (before !== own && now !== own) return
      }
    },
    best() {
      const winner = winners[1] ?? 0
      return keys[winner] === OUT ? null : winner - 1
    },
    keyOf: (number) => keys[number + 1] ?? OUT,
  }
}

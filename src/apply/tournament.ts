/**
 * Which of many numbered things has the greatest key: a tree of matches in which every change is played up to
 * the root, so that a change costs the logarithm of their number, and the answer nothing. Of equal keys the lower
 * number wins.
 */
export interface Tournament {
  /** `number` counts from 0, best without gaps; a key of minus infinity takes it out. */
  set(number: number, key: number): void
  /** Null: nothing is in. */
  best(): { readonly number: number; readonly key: number } | null
}

const OUT = Number.NEGATIVE_INFINITY
const FIRST_SIZE = 16

export function createTournament(): Tournament {
  let size = FIRST_SIZE
  const keys: number[] = []
  /** Winners, the root at 1; those of the first round begin at `size`. Minus one: nobody. */
  let winners: number[] = Array.from({ length: 2 * size }, () => -1)

  function keyOf(number: number): number {
    return keys[number] ?? OUT
  }

  function play(match: number): void {
    const left = winners[2 * match] ?? -1
    const right = winners[2 * match + 1] ?? -1
    winners[match] = keyOf(right) > keyOf(left) ? right : left
  }

  function grow(): void {
    size *= 2
    winners = Array.from({ length: 2 * size }, (_, at) =>
      at >= size && at - size < keys.length ? at - size : -1,
    )
    for (let match = size - 1; match >= 1; match -= 1) play(match)
  }

  return {
    set(number, key) {
      if (keyOf(number) === key && number < keys.length) return
      while (keys.length <= number) keys.push(OUT)
      keys[number] = key
      while (number >= size) grow()
      winners[size + number] = number
      for (let match = (size + number) >> 1; match >= 1; match >>= 1) play(match)
    },
    best() {
      const number = winners[1] ?? -1
      const key = keyOf(number)
      return key === OUT ? null : { number, key }
    },
  }
}

import { describe, expect, test } from 'vitest'
import { singleFlight } from '../../src/apply/single-flight.ts'

/** Reads that end when told to; the n-th gives n. */
function reads() {
  const ends: ((failure?: Error) => void)[] = []
  const ask = singleFlight(
    () =>
      new Promise<number>((resolve, reject) => {
        const nth = ends.length + 1
        ends.push((failure) => (failure === undefined ? resolve(nth) : reject(failure)))
      }),
  )
  const begun = async (count: number): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    expect(ends).toHaveLength(count)
  }
  return { ask, ends, begun }
}

describe('coalesce', () => {
  test('those who ask together share one read', async () => {
    const { ask, ends, begun } = reads()
    const all = [ask(), ask(), ask()]
    await begun(1)
    ends[0]?.()
    expect(await Promise.all(all)).toEqual([1, 1, 1])
  })

  test('nobody gets a read that began before they asked; the late ones share the next', async () => {
    const { ask, ends, begun } = reads()
    const early = ask()
    await begun(1)
    const late = [ask(), ask()]
    await begun(1)
    ends[0]?.()
    expect(await early).toBe(1)
    await begun(2)
    ends[1]?.()
    expect(await Promise.all(late)).toEqual([2, 2])
  })

  test('a read that fails fails for those who asked for it, and for nobody else', async () => {
    const { ask, ends, begun } = reads()
    const early = [ask(), ask()]
    await begun(1)
    const late = ask()
    ends[0]?.(new Error('no list'))
    expect((await Promise.allSettled(early)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ])
    await begun(2)
    ends[1]?.()
    expect(await late).toBe(2)
  })

  test('a later one asks anew', async () => {
    const { ask, ends, begun } = reads()
    const first = ask()
    await begun(1)
    ends[0]?.()
    expect(await first).toBe(1)
    const second = ask()
    await begun(2)
    ends[1]?.()
    expect(await second).toBe(2)
  })
})

import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { virtualClock } from './virtual-clock.ts'

test('hours pass at once, in order, and equal times in the order of lying down', async () => {
  const clock = virtualClock(1000)
  const seen: string[] = []
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms)
    seen.push(`${name}@${clock.now()}`)
  }
  await clock.run(
    Promise.all([
      sleeper('c', 7_200_000),
      sleeper('a', 5),
      sleeper('b', 5),
      sleeper('d', 7_200_000),
    ]),
  )
  expect(seen).toEqual(['a@1005', 'b@1005', 'c@7201000', 'd@7201000'])
})

test('an abort wakes at once and time does not jump for it', async () => {
  const clock = virtualClock(0)
  const stop = new AbortController()
  const work = async (): Promise<number> => {
    const long = clock.sleep(1_000_000, stop.signal)
    await clock.sleep(10)
    stop.abort()
    await long
    return clock.now()
  }
  expect(await clock.run(work())).toBe(10)
  expect(clock.sleeping()).toBe(0)
})

test('time waits for files', async () => {
  const clock = virtualClock(0)
  const read = async (): Promise<number> => {
    await readFile(new URL(import.meta.url))
    return clock.now()
  }
  const [readAt] = await clock.run(Promise.all([read(), clock.sleep(1000)]))
  expect(readAt).toBe(0)
})

test('results and failures come through', async () => {
  const clock = virtualClock()
  expect(await clock.run(Promise.resolve(7))).toBe(7)
  const failing = async (): Promise<never> => {
    await clock.sleep(5)
    throw new Error('broken')
  }
  await expect(clock.run(failing())).rejects.toThrow('broken')
})

test('waiting for nothing is a deadlock, not a hang', async () => {
  await expect(virtualClock().run(new Promise(() => {}))).rejects.toThrow('deadlock')
})

test('100,000 wake-ups in time order', async () => {
  const clock = virtualClock(0)
  let last = 0
  const walker = async (step: number): Promise<void> => {
    for (let n = 0; n < 1000; n++) {
      await clock.sleep(step)
      expect(clock.now()).toBeGreaterThanOrEqual(last)
      last = clock.now()
    }
  }
  await clock.run(Promise.all(Array.from({ length: 100 }, (_, n) => walker(n + 1))))
  expect(clock.now()).toBe(100_000)
})

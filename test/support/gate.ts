/** Holds requests until a test lets them go. */
export interface Gate {
  /** Waits at the gate; passes at once when it is open. */
  pass(): Promise<'pass'>
  /** Resolves once `count` have come to the gate. */
  arrived(count: number): Promise<void>
  /** For those waiting and all to come. */
  open(): void
}

export function createGate(): Gate {
  let waiting = 0
  let isOpen = false
  const held: (() => void)[] = []
  const watchers: { readonly count: number; readonly resolve: () => void }[] = []
  return {
    async pass() {
      waiting += 1
      for (const { count, resolve } of watchers) if (waiting >= count) resolve()
      if (!isOpen) await new Promise<void>((resolve) => held.push(resolve))
      return 'pass'
    },
    arrived: (count) =>
      new Promise((resolve) => {
        if (waiting >= count) resolve()
        else watchers.push({ count, resolve })
      }),
    open() {
      isOpen = true
      for (const resolve of held.splice(0)) resolve()
    },
  }
}

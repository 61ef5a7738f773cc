/**
 * What the work comes to, or null as soon as the signal aborts. The work itself goes on, since others may
 * wait for it too; what it comes to then is nobody's concern.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(null)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    const settle = (): void => signal.removeEventListener('abort', onAbort)
    void work.then(resolve, reject).finally(settle)
  })
}

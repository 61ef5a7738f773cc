import { acquireLock, type Lock } from '../../src/rollout/lock.ts'

/** Engines with a defect, as they would look from the lock. */

type Acquire = typeof acquireLock
type Ports = NonNullable<Parameters<Acquire>[1]>

/** Once had, it counts as had for good. */
export const neverConfirmed: Acquire = async (request, ports) => {
  const lock = await acquireLock(request, ports)
  return { ...lock, lost: new AbortController().signal, confirm: () => Promise.resolve() }
}

/** Whoever finds it held goes on without. */
export const goesOnWithout: Acquire = async (request, ports) => {
  try {
    return await acquireLock(request, ports)
  } catch {
    const lock: Lock = {
      tookOverFrom: null,
      lost: new AbortController().signal,
      confirm: () => Promise.resolve(),
      release: () => Promise.resolve(),
    }
    return lock
  }
}

function withFacts(change: (facts: Ports['facts']) => Ports['facts']): Acquire {
  return (request, ports) =>
    acquireLock(request, ports === undefined ? ports : { ...ports, facts: change(ports.facts) })
}

/** A holder on a host of this name is asked for by its pid here, whatever namespace that counts in. */
export const asksByHostName: Acquire = withFacts((facts) => ({
  self: () => ({ ...facts.self(), bootId: 'boot', pidNamespace: 'pid:[0]' }),
  // Nobody here has the pid of a process of another namespace, nor does anybody of this one look.
  isAlive: () => false,
}))

/** Some process has the pid that a dead holder had. */
export const takesAnyPidForIt: Acquire = withFacts((facts) => ({ ...facts, isAlive: () => true }))

import { lookTimes } from '../apply/poll-schedule.ts'
import type { Clock } from '../clock.ts'
import { indexInstances, locateInstance, type Wanted } from '../plan/locate-instance.ts'
import { readSnapshot, type Snapshot } from '../plan/snapshot.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import { ApiError } from '../cloud/errors.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

/**
 * The cloud after the run, or null: it may not, or shall not, be asked any more. What is believed to be
 * protected and is not in the list is looked for again, through the settle window: one list proves
 * nothing. What any of these looks has shown counts, as it was shown last. Rejects for bugs alone.
 */
export async function lookLast(
  parts: {
    readonly client: SdrsClient
    readonly clock: Clock
    readonly settleWindowMs: number
    /** Ends it, with what has been seen by then. */
    readonly signal: AbortSignal
  },
  believed: readonly Wanted[],
): Promise<Snapshot | null> {
  const { client, clock, signal } = parts
  if (signal.aborted) return null
  const first = await orNull(readSnapshot(client, clock, { withFailures: false, signal }))
  if (first === null) return null
  const from = clock.now()
  const seen = new Map(first.instances.map((instance) => [instance.id, instance]))
  for (const time of lookTimes(parts.settleWindowMs)) {
    if (areAllSeen(believed, [...seen.values()])) break
    await clock.sleep(Math.max(0, from + time - clock.now()), signal)
    if (signal.aborted) break
    const instances = await orNull(client.listProtectedInstances(null, signal))
    for (const instance of instances ?? []) seen.set(instance.id, instance)
  }
  return { ...first, takenAt: clock.now(), instances: [...seen.values()] }
}

function areAllSeen(believed: readonly Wanted[], instances: readonly ProtectedInstance[]): boolean {
  const index = indexInstances(instances)
  return believed.every((wanted) => locateInstance(index, wanted) !== null)
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ApiError) return null
    throw error
  }
}

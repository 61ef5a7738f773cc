import { lookTimes } from '../apply/poll-schedule.ts'
import type { Clock } from '../clock.ts'
import { indexInstances, locateInstance, type Wanted } from '../plan/locate-instance.ts'
import { readSnapshot, type Snapshot } from '../plan/snapshot.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import { groupKey } from '../keys.ts'
import { ApiError } from '../cloud/errors.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

/**
 * The cloud after the run, or null: it may not, or shall not, be asked any more. What is believed to be
 * protected and is not in the list is looked for again, through the settle window, and so are groups that are
 * believed to be on (`believedOn`, by ID) and not shown so: one list proves nothing. What any of these looks has shown counts, as it was shown last. Rejects for bugs alone.
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
  believedOn: readonly string[] = [],
): Promise<Snapshot | null> {
  const { client, clock, signal } = parts
  if (signal.aborted) return null
  const first = await orNull(readSnapshot(client, clock, { withFailures: false, signal }))
  if (first === null) return null
  const from = clock.now()
  const seen = new Map(first.instances.map((instance) => [instance.id, instance]))
  const groups = new Map(first.groups.map((group) => [groupKey(group.id), group]))
  const areAllOn = (): boolean =>
    believedOn.every((id) => groups.get(groupKey(id))?.status === 'protected')
  for (const time of lookTimes(parts.settleWindowMs)) {
    const lacksInstances = !areAllSeen(believed, [...seen.values()])
    const lacksGroups = !areAllOn()
    if (!lacksInstances && !lacksGroups) break
    await clock.sleep(Math.max(0, from + time - clock.now()), signal)
    if (signal.aborted) break
    if (lacksInstances) {
      const instances = await orNull(client.listProtectedInstances(null, signal))
      for (const instance of instances ?? []) seen.set(instance.id, instance)
    }
    if (lacksGroups) {
      const listed = await orNull(client.listServerGroups(signal))
      for (const group of listed ?? []) groups.set(groupKey(group.id), group)
    }
  }
  return {
    ...first,
    takenAt: clock.now(),
    instances: [...seen.values()],
    groups: [...groups.values()],
  }
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

import type { Clock } from '../clock.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import {
  isBroken,
  type FailureJob,
  type ProtectedInstance,
  type ServerGroup,
} from '../cloud/sdrs/sdrs-schema.ts'

import { unifyId } from '../keys.ts'
import type { PreflightFacts } from './preflight/facts.ts'

/** What the cloud has, as plain data: the truth that a plan is made from. */
export interface Snapshot {
  /** ms since the epoch. */
  readonly takenAt: number
  readonly groups: readonly ServerGroup[]
  /** All of the project, not only those of the inventory's groups. */
  readonly instances: readonly ProtectedInstance[]
  /** Of the groups that hold broken instances, when asked for. */
  readonly failureJobs: readonly FailureJob[]
  /** What the other services tell; null: they were not to be asked. */
  readonly preflight: PreflightFacts | null
}

/**
 * Reads groups and all instances of the project. One request at first and alone: if the sign-in is
 * refused, it is refused once. `withFailures` also reads why broken instances broke.
 */
export async function readSnapshot(
  client: SdrsClient,
  clock: Clock,
  options: { readonly withFailures: boolean; readonly signal?: AbortSignal },
): Promise<Snapshot> {
  const groups = onceEach(await client.listServerGroups(options.signal))
  const instances = onceEach(await client.listProtectedInstances(null, options.signal))
  const failureJobs: FailureJob[] = []
  if (options.withFailures) {
    const broken = instances.filter((instance) => isBroken(instance.status))
    for (const groupId of new Set(broken.map((instance) => instance.serverGroupId))) {
      if (groupId !== null)
        failureJobs.push(...(await client.listFailureJobs(groupId, options.signal)))
    }
  }
  return { takenAt: clock.now(), groups, instances, failureJobs, preflight: null }
}

/** What a list shows twice, in two spellings of its ID, is there once. */
export function onceEach<T extends { readonly id: string }>(items: readonly T[]): T[] {
  const seen = new Set<string>()
  return items.filter(({ id }) => {
    const key = unifyId(id)
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

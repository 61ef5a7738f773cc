import type { Clock } from '../clock.ts'
import { hasBeenHealthy } from '../instance-status.ts'
import type { Journal } from '../journal/journal.ts'
import type { Plan } from '../plan/plan.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

type Instances = Promise<ProtectedInstance[]>
type OnInstances = (instances: readonly ProtectedInstance[]) => void

/**
 * The same client, which enters into `seen` the ID of every instance that any of its answers shows
 * healthy, whoever asked and why: from then on nobody knows that it is what a failed create left. A page
 * counts as it comes in, whatever becomes of its list. `onFirst` is told of each once.
 */
export function noticingHealthy(
  client: SdrsClient,
  seen: Map<string, string>,
  onFirst: (healthy: Plan['healthy'][number]) => void = () => {},
): SdrsClient {
  function notice(instances: readonly ProtectedInstance[]): void {
    for (const { id, status, sourceServer } of instances) {
      if (!hasBeenHealthy(status) || seen.has(id)) continue
      const server = sourceServer ?? id
      seen.set(id, server)
      onFirst({ server, instanceId: id })
    }
  }
  function noticing<Asked>(
    list: (asked: Asked, signal?: AbortSignal, onInstances?: OnInstances) => Instances,
  ): typeof list {
    return async (asked, signal, onInstances) => {
      const instances = await list(asked, signal, (page) => {
        notice(page)
        onInstances?.(page)
      })
      notice(instances)
      return instances
    }
  }
  return {
    ...client,
    listProtectedInstances: noticing((...asked) => client.listProtectedInstances(...asked)),
    listInstancesInStatus: noticing((...asked) => client.listInstancesInStatus(...asked)),
    listInstancesById: noticing((...asked) => client.listInstancesById(...asked)),
    async showProtectedInstance(id, signal) {
      const instance = await client.showProtectedInstance(id, signal)
      notice([instance])
      return instance
    },
  }
}

/** Writes down what was seen healthy, of each instance once. `known`: of these the journals say so already. */
export function createHealthNotes(parts: {
  readonly journal: Journal
  readonly clock: Clock
  readonly known: Iterable<string>
}): (seen: Plan['healthy']) => Promise<void> {
  const { journal, clock } = parts
  const noted = new Set(parts.known)
  return async (seen) => {
    const at = clock.now()
    const written: Promise<void>[] = []
    for (const each of seen) {
      if (noted.has(each.instanceId)) continue
      noted.add(each.instanceId)
      written.push(journal.append({ type: 'healthy', at, ...each }))
    }
    await Promise.all(written)
  }
}

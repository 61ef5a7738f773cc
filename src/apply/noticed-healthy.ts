import { hasBeenHealthy } from '../instance-status.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance } from '../cloud/sdrs/sdrs-schema.ts'

/**
 * The same client, which enters into `seen` the ID of every instance that any of its answers shows
 * healthy, whoever asked and why: from then on nobody knows that it is what a failed create left.
 */
export function noticingHealthy(client: SdrsClient, seen: Map<string, string>): SdrsClient {
  function notice(instances: readonly ProtectedInstance[]): void {
    for (const { id, status, sourceServer } of instances) {
      if (hasBeenHealthy(status)) seen.set(id, sourceServer ?? id)
    }
  }
  return {
    ...client,
    async listProtectedInstances(groupIds, signal) {
      const instances = await client.listProtectedInstances(groupIds, signal)
      notice(instances)
      return instances
    },
    async showProtectedInstance(id, signal) {
      const instance = await client.showProtectedInstance(id, signal)
      notice([instance])
      return instance
    },
  }
}

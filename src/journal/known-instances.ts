import { serverKey, type ServerKey } from '../keys.ts'
import type { JournalEvent } from './journal.ts'

/**
 * Which instances each server has had, as the journals tell it, however their creates have ended. A list
 * that leaves one of them out does not undo it: whoever is about to send a create for the server asks for
 * these first.
 */
interface KnownInstances {
  /** Few of each, each once. */
  readonly ofServer: Map<ServerKey, string[]>
  /** Deleted by us, and seen to be gone. An ID never comes back. */
  readonly deleted: Set<string>
}

export function createKnownInstances(): KnownInstances {
  return { ofServer: new Map(), deleted: new Set() }
}

/** One more event, whichever run it is of; their order does not matter. */
export function foldKnownInstance(
  { ofServer, deleted }: KnownInstances,
  event: JournalEvent,
): void {
  if (!('instanceId' in event) || event.instanceId === null) return
  if (event.type === 'deleted') deleted.add(event.instanceId)
  const key = serverKey(event.server)
  const ids = ofServer.get(key)
  if (ids === undefined) ofServer.set(key, [event.instanceId])
  else if (!ids.includes(event.instanceId)) ids.push(event.instanceId)
}

export function knownInstances({
  ofServer,
  deleted,
}: KnownInstances): ReadonlyMap<string, readonly string[]> {
  const known = [...ofServer].map(
    ([key, ids]) => [key, ids.filter((id) => !deleted.has(id))] as const,
  )
  return new Map(known.filter(([, ids]) => ids.length > 0))
}

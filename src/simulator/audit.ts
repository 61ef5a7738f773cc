import { logItems } from './log.ts'
import { serverKey, type DeleteEntry, type Instance, type World } from './state.ts'

/** A create that the cloud accepted, with the life of what it made. Instants are ms since the epoch. */
export interface AcceptedCreate {
  readonly at: number
  readonly serverId: string
  readonly serverGroupId: string
  readonly name: string
  readonly jobId: string
  /** When its job ends, or ended. */
  readonly jobEndsAt: number
  readonly instanceId: string
  readonly readyAt: number
  readonly ends: Instance['ends']
  /** From here on nothing of it is there; null as far as is known never. */
  readonly goneAt: number | null
}

/** In the order in which they were accepted, by `serverKey`. */
export function acceptedCreates(world: World): ReadonlyMap<string, readonly AcceptedCreate[]> {
  const byServer = new Map<string, AcceptedCreate[]>()
  for (const { kind, ...entry } of logItems(world.ledger)) {
    const instance = world.instances.get(entry.instanceId)
    if (kind !== 'create' || instance === undefined) continue
    const key = serverKey(entry.serverId)
    const ofServer = byServer.get(key) ?? []
    byServer.set(key, ofServer)
    ofServer.push({
      ...entry,
      jobEndsAt: world.jobs.get(entry.jobId)?.endsAt ?? instance.readyAt,
      readyAt: instance.readyAt,
      ends: instance.ends,
      goneAt: instance.deletion?.endsAt ?? (instance.ends === 'gone' ? instance.readyAt : null),
    })
  }
  return byServer
}

/** "Never twice": creates that were accepted while what an earlier one of the same server made was still there. */
export function doubleCreates(
  world: World,
): readonly { readonly first: AcceptedCreate; readonly second: AcceptedCreate }[] {
  return [...acceptedCreates(world).values()].flatMap((ofServer) =>
    ofServer.flatMap((second, place) =>
      ofServer
        .slice(0, place)
        .filter((first) => first.goneAt === null || second.at < first.goneAt)
        .map((first) => ({ first, second })),
    ),
  )
}

/** "Nothing destroyed on an old look": accepted deletes of an instance that was not in `error` at that moment. */
export function healthyDeletes(world: World): readonly DeleteEntry[] {
  return logItems(world.ledger).filter(
    (entry): entry is DeleteEntry =>
      entry.kind === 'delete' && entry.status !== null && entry.status !== 'error',
  )
}

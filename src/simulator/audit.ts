import type { GroupActEntry } from './group-acts.ts'
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

/** A start of a group's protection that the cloud accepted. Instants are ms since the epoch. */
export interface AcceptedStart {
  readonly at: number
  readonly serverGroupId: string
  readonly name: string
  readonly jobId: string
  readonly endsAt: number
  /** The group's status from then on: `protected`, or what a failed start leaves. */
  readonly after: string
}

/** In the order in which they were accepted, by the group's ID. */
export function acceptedStarts(world: World): ReadonlyMap<string, readonly AcceptedStart[]> {
  const byGroup = new Map<string, AcceptedStart[]>()
  for (const entry of logItems(world.groupLedger)) {
    const { kind, at, serverGroupId, name, accepted } = entry
    if (kind !== 'start' || accepted === null) continue
    const ofGroup = byGroup.get(serverGroupId) ?? []
    byGroup.set(serverGroupId, ofGroup)
    const { jobId, endsAt, after } = accepted
    ofGroup.push({ at, serverGroupId, name, jobId, endsAt, after })
  }
  return byGroup
}

/**
 * "Never a second start while the first may run": starts that were accepted while an earlier one of the
 * same group ran, or while what it switched on was still on.
 */
export function doubleStarts(
  world: World,
): readonly { readonly first: AcceptedStart; readonly second: AcceptedStart }[] {
  return [...acceptedStarts(world).values()].flatMap((ofGroup) =>
    ofGroup.flatMap((second, place) =>
      ofGroup
        .slice(0, place)
        .filter(
          (first) =>
            second.at < first.endsAt ||
            (first.after === 'protected' && !wasEnded(world, first, second.at)),
        )
        .map((first) => ({ first, second })),
    ),
  )
}

/** Whether something else was done to the group in between. */
function wasEnded(world: World, { at, serverGroupId }: AcceptedStart, until: number): boolean {
  return logItems(world.groupLedger).some(
    (entry) =>
      entry.serverGroupId === serverGroupId &&
      entry.accepted !== null &&
      entry.kind !== 'start' &&
      entry.at > at &&
      entry.at <= until,
  )
}

/** Calls to start a group, refused or not, that arrived while the job of an accepted start ran. */
export function hastyStarts(world: World): readonly GroupActEntry[] {
  const starts = acceptedStarts(world)
  return logItems(world.groupLedger).filter(
    ({ kind, at, serverGroupId, accepted }) =>
      kind === 'start' &&
      (starts.get(serverGroupId) ?? []).some(
        (first) => first.jobId !== accepted?.jobId && first.at <= at && at < first.endsAt,
      ),
  )
}

/** Accepted calls that reprotected a group: for a tool that only ever means to start, each is one too many. */
export function reprotects(world: World): readonly GroupActEntry[] {
  return logItems(world.groupLedger).filter(
    ({ kind, accepted }) => kind === 'reprotect' && accepted !== null,
  )
}

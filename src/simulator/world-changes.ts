import type { FaultState } from './fault-state.ts'
import type { Log } from './log.ts'
import { serverKey, type Group, type World } from './state.ts'
import type { Table } from './table.ts'
import { recordOf, savedGroup, savedVolume } from './world-file.ts'

/**
 * What a request has changed in the world, in the terms of the world file (`world-schema.ts`), so that a
 * change can be stored without storing all the rest again. By the place of each part in that file.
 */
export type Changes = Readonly<Record<string, Change>>

export type Change =
  | { readonly whole: unknown }
  /** Records, numbers and the like by their keys; null: it is gone. */
  | { readonly put: Readonly<Record<string, unknown>> }
  | { readonly after: number; readonly more: readonly unknown[] }

/** A record of a list, by what it is known there. */
interface Saved {
  readonly id?: unknown
  readonly instanceId?: unknown
}

/** One part of the world file. */
export interface Part {
  /** Its place there, with a dot for each step down. */
  readonly path: string
  /** Under what a record of a list is put; null: the part is not a list of records. */
  readonly keyOf: ((saved: Saved) => string) | null
  /** Null: nothing; `unknown`: it has, and nobody kept count of what. */
  changeOf(before: World, after: World): Change | null | 'unknown'
  /** The same world, from now on with the part's changes kept. */
  track(world: World): World
}

/** How each field of the world is stored. The compiler asks whoever adds one; an empty list: it follows from others. */
const STORED = {
  version: [],
  seed: [whole('seed', ({ seed }) => seed)],
  project: [whole('project', ({ project }) => project)],
  domain: [whole('domain', ({ domain }) => domain)],
  region: [whole('region', ({ region }) => region)],
  limits: [whole('limits', ({ limits }) => limits)],
  auth: [whole('auth', ({ auth }) => auth)],
  serial: [whole('serial', ({ serial }) => serial)],
  groups: [
    records({
      path: 'groups',
      of: ({ groups }) => groups,
      into: (world, groups) => ({ ...world, groups }),
      save: savedGroup,
      isSame: isSameGroup,
    }),
  ],
  groupOrder: [],
  groupNames: [],
  pairsInUse: [],
  servers: [
    records({
      path: 'servers',
      of: ({ servers }) => servers,
      into: (world, servers) => ({ ...world, servers }),
      keyOf: ({ id }) => serverKey(String(id)),
    }),
  ],
  serverOrder: [],
  subnets: [whole('subnets', ({ subnets }) => subnets, Object.values)],
  flavors: [
    whole(
      'flavors',
      ({ flavors }) => flavors,
      (flavors) => Object.values(recordOf(flavors)),
    ),
  ],
  activeDomains: [whole('activeDomains', ({ activeDomains }) => activeDomains)],
  instances: [
    records({
      path: 'instances',
      of: ({ instances }) => instances,
      into: (world, instances) => ({ ...world, instances }),
    }),
  ],
  instanceOrder: [],
  jobs: [
    records({
      path: 'jobs',
      of: ({ jobs }) => jobs,
      into: (world, jobs) => ({ ...world, jobs }),
    }),
  ],
  serverUse: [],
  createsByServer: [
    keyed({
      path: 'createsByServer',
      of: ({ createsByServer }) => createsByServer,
      into: (world, createsByServer) => ({ ...world, createsByServer }),
    }),
  ],
  addressUse: [],
  departures: [
    records({
      path: 'departures',
      of: ({ departures }) => departures,
      into: (world, departures) => ({ ...world, departures }),
      keyOf: ({ instanceId }) => String(instanceId),
    }),
  ],
  departing: [],
  acts: [
    keyed({
      path: 'acts',
      of: ({ acts }) => acts,
      into: (world, acts) => ({ ...world, acts }),
    }),
  ],
  pairDetails: [
    keyed({
      path: 'pairDetails',
      of: ({ pairDetails }) => pairDetails,
      into: (world, pairDetails) => ({ ...world, pairDetails }),
    }),
  ],
  loosePairs: [
    records({
      path: 'loosePairs',
      of: ({ loosePairs }) => loosePairs,
      into: (world, loosePairs) => ({ ...world, loosePairs }),
    }),
  ],
  volumes: [
    records({
      path: 'volumes',
      of: ({ volumes }) => volumes,
      into: (world, volumes) => ({ ...world, volumes }),
      save: savedVolume,
    }),
  ],
  drills: [
    records({
      path: 'drills',
      of: ({ drills }) => drills,
      into: (world, drills) => ({ ...world, drills }),
    }),
  ],
  changes: [whole('changes', ({ changes }) => changes)],
  ledger: [appended('ledger', ({ ledger }) => ledger)],
  groupLedger: [appended('groupLedger', ({ groupLedger }) => groupLedger)],
  counters: [whole('counters', ({ counters }) => counters)],
  // Whoever starts anew starts with a second in which nothing was sent.
  rateWindow: [],
  faults: Object.values({
    startedAt: whole('faults.startedAt', ({ faults }) => faults.startedAt),
    seen: whole('faults.seen', ({ faults }) => faults.seen),
    matched: whole('faults.matched', ({ faults }) => faults.matched, recordOf),
    fired: whole('faults.fired', ({ faults }) => faults.fired),
    firedByServer: keyed({
      path: 'faults.firedByServer',
      of: ({ faults }) => faults.firedByServer,
      into: (world, firedByServer) => ({ ...world, faults: { ...world.faults, firedByServer } }),
    }),
    createsSeen: keyed({
      path: 'faults.createsSeen',
      of: ({ faults }) => faults.createsSeen,
      into: (world, createsSeen) => ({ ...world, faults: { ...world.faults, createsSeen } }),
    }),
  } satisfies Record<keyof FaultState, Part>),
} as const satisfies Record<keyof World, readonly Part[]>

const PARTS: readonly Part[] = Object.values(STORED).flat()

export function partAt(path: string): Part | undefined {
  return PARTS.find((part) => part.path === path)
}

/** The same world, from now on with its changes kept. */
export function trackedWorld(world: World): World {
  return PARTS.reduce((next, part) => part.track(next), world)
}

/**
 * What differs between a world and one that came of it, as it is stored; null: nobody kept count of it, and all of
 * `after` has to be stored.
 */
export function changesBetween(before: World, after: World): Changes | null {
  const changes: Record<string, Change> = {}
  for (const part of PARTS) {
    const change = part.changeOf(before, after)
    if (change === 'unknown') return null
    if (change !== null) changes[part.path] = change
  }
  return changes
}

/** Small, or seldom changed. */
function whole<V>(path: string, of: (world: World) => V, save: (value: V) => unknown = same): Part {
  return {
    path,
    keyOf: null,
    changeOf: (before, after) => (of(before) === of(after) ? null : { whole: save(of(after)) }),
    track: (world) => world,
  }
}

interface TablePart<T> {
  readonly path: string
  readonly of: (world: World) => Table<T>
  readonly into: (world: World, table: Table<T>) => World
}

/** A list of records with an ID, in the order in which they came. */
function records<T>({
  path,
  of,
  into,
  save = same,
  isSame = () => false,
  keyOf = ({ id }) => String(id),
}: TablePart<T> & {
  readonly save?: (value: T) => unknown
  /** Whether what is stored of the two is the same. */
  readonly isSame?: (before: T, after: T) => boolean
  readonly keyOf?: Part['keyOf']
}): Part {
  return {
    path,
    keyOf,
    track: (world) => into(world, of(world).tracked()),
    changeOf: (before, after) => putOf(of(before), of(after), save, isSame),
  }
}

/** Numbers and the like by their keys. */
function keyed<T>({ path, of, into }: TablePart<T>): Part {
  return {
    path,
    keyOf: null,
    track: (world) => into(world, of(world).tracked()),
    changeOf: (before, after) => putOf(of(before), of(after), same, Object.is),
  }
}

function putOf<T>(
  before: Table<T>,
  after: Table<T>,
  save: (value: T) => unknown,
  isSame: (before: T, after: T) => boolean,
): Change | null | 'unknown' {
  const touched = after.touchedSince(before)
  if (touched === null) return 'unknown'
  const put: Record<string, unknown> = {}
  for (const key of touched) {
    const value = after.get(key)
    const old = before.get(key)
    if (value === old || (value !== undefined && old !== undefined && isSame(old, value))) continue
    put[key] = value === undefined ? null : save(value)
  }
  return Object.keys(put).length === 0 ? null : { put }
}

function appended<T>(path: string, of: (world: World) => Log<T>): Part {
  return {
    path,
    keyOf: null,
    track: (world) => world,
    changeOf(before, after) {
      const [old, log] = [of(before), of(after)]
      if (old === log) return null
      const more = logFrom(log, old.length)
      return more.length === 0 ? null : { after: old.length, more }
    },
  }
}

/** What a log holds from a place on, without looking at what comes before. */
function logFrom<T>({ chunks, length }: Log<T>, from: number): readonly T[] {
  const tail: (readonly T[])[] = []
  let start = length
  for (let at = chunks.length - 1; at >= 0 && start > from; at -= 1) {
    const chunk = chunks[at] ?? []
    start -= chunk.length
    tail.unshift(start < from ? chunk.slice(from - start) : chunk)
  }
  return tail.flat()
}

/** But for what its instances and jobs tell. */
function isSameGroup(one: Group, other: Group): boolean {
  const rest: Group = {
    ...other,
    instances: one.instances,
    jobs: one.jobs,
    instanceCount: one.instanceCount,
    pairCount: one.pairCount,
    running: isSameList(one.running, other.running) ? one.running : other.running,
  }
  return (Object.keys(rest) as (keyof Group)[]).every((key) => one[key] === rest[key])
}

function isSameList<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at])
}

function same<T>(value: T): T {
  return value
}

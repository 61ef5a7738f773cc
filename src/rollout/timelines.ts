import type { RunEvent } from '../apply/events.ts'
import type { ErrorClass } from '../cloud/errors.ts'
import { groupKey } from '../keys.ts'
import type { Span, SpanKind } from '../report/timeline.ts'

/** What a row, or the start of a group, waits for after a refusal of a class. Null: its end follows. */
const WAITS_FOR = {
  busy: 'busy',
  throttled: 'throttled',
  'not-sent': 'no-connection',
  'unknown-fate': 'lost',
  exists: null,
  'group-done': null,
  quota: null,
  access: null,
  row: null,
} as const satisfies Record<ErrorClass, SpanKind | null>

/** Keeps what each group did and waited for, from the events of a run. Times are ms. */
export interface Timelines {
  see(event: RunEvent, at: number): void
  /** By `groupKey`; what is still open ends then. Gaps that no picture would show are closed. */
  until(at: number): ReadonlyMap<string, readonly Span[]>
}

/** A gap of a thousandth of the run is none: a serial group is at work from its first job to its last. */
const SHOWN_GAPS = 1_000

interface Piece {
  readonly kind: SpanKind
  readonly from: number
  readonly to: number
}

/** One group: who of it (a row, its start, all that wait) is in which state, and since when anybody is. */
interface Group {
  readonly members: Map<string, SpanKind>
  /** Rows among them. */
  busy: number
  readonly counts: Map<SpanKind, number>
  readonly since: Map<SpanKind, number>
  readonly pieces: Piece[]
  /** Its rows that have not ended, by the number of their wave. */
  readonly left: Map<number, number>
}

/** Members of a group that stand for what waits in it. */
const FOR_WAVE = 'for its wave'
const HELD = 'held back'
const START = 'start'

export function createTimelines(startedAt: number): Timelines {
  const groups = new Map<string, Group>()
  /** The last that has begun, from 1; rows of later ones wait. 0: none has. */
  let wave = 0
  let heldUntil: number | null = null

  function groupOf(groupId: string): Group {
    const key = groupKey(groupId)
    let group = groups.get(key)
    if (group === undefined) {
      group = {
        members: new Map(),
        busy: 0,
        counts: new Map(),
        since: new Map(),
        pieces: [],
        left: new Map(),
      }
      groups.set(key, group)
    }
    return group
  }

  /** What waits for a turn: rows in waves that have begun, beyond those that are at work. */
  function look(group: Group, at: number): void {
    let begun = 0
    let isLeft = false
    for (const [number, rows] of group.left) {
      isLeft ||= rows > 0
      if (number <= wave) begun += rows
    }
    const { busy } = group
    enter(group, HELD, heldUntil !== null && begun > busy ? 'held' : null, at)
    const waits = wave > 0 && isLeft && begun + busy === 0
    enter(group, FOR_WAVE, waits ? 'wave' : null, at)
  }

  function lookAtAll(at: number): void {
    for (const group of groups.values()) look(group, at)
  }

  /** The hold ends by the clock, whatever is heard of next. */
  function pass(at: number): void {
    if (heldUntil === null || at < heldUntil) return
    const end = heldUntil
    heldUntil = null
    lookAtAll(end)
  }

  function enterRow(
    { groupId, row, serverId }: { groupId: string; row: number | null; serverId: string },
    kind: SpanKind | null,
    at: number,
  ): void {
    const group = groupOf(groupId)
    // A create of an earlier run may be for a server that no row names.
    const member = row === null ? `other ${serverId}` : `row ${row}`
    if (row !== null) group.busy += Number(kind !== null) - Number(group.members.has(member))
    enter(group, member, kind, at)
    look(group, at)
  }

  function ended(event: Extract<RunEvent, { type: 'row-ended' }>, at: number): void {
    const { left } = groupOf(event.groupId)
    const before = left.get(event.wave) ?? 0
    if (!event.wasSettled && before > 0) left.set(event.wave, before - 1)
    enterRow(event, null, at)
  }

  function hear(event: RunEvent, at: number): void {
    switch (event.type) {
      case 'run-begun':
        for (const { groupId, wave: number, rows } of event.lots) {
          groupOf(groupId).left.set(number, rows)
        }
        return lookAtAll(at)
      case 'wave-begun':
        wave = event.wave
        return lookAtAll(at)
      case 'accepted':
        return enterRow(event, 'creating', at)
      case 'job-running':
        return enterRow(event, event.jobId === null ? 'lost' : 'creating', at)
      case 'job-ended':
      case 'removed':
        return enterRow(event, null, at)
      case 'removing':
        return enterRow(event, 'removing', at)
      case 'create-failed':
        return enterRow(event, WAITS_FOR[event.class], at)
      case 'row-ended':
        return ended(event, at)
      case 'held-back':
        heldUntil = Math.max(heldUntil ?? event.until, event.until)
        return lookAtAll(at)
      case 'stopping':
        // Nothing waits for a turn any more; what runs is followed.
        heldUntil = null
        for (const { left } of groups.values()) left.clear()
        return lookAtAll(at)
      case 'start-accepted':
      case 'start-running':
        return enter(groupOf(event.groupId), START, 'switching-on', at)
      case 'start-failed':
        return enter(groupOf(event.groupId), START, WAITS_FOR[event.class], at)
      case 'group-ended':
        return enter(groupOf(event.groupId), START, null, at)
      case 'access-lost':
      case 'failure-limit':
      case 'groups-begun':
      case 'groups-progress':
      case 'lane':
      case 'looking':
      case 'progress':
        return undefined
    }
  }

  return {
    see(event, at) {
      pass(at)
      hear(event, at)
    },
    until(at) {
      pass(at)
      const shortest = (at - startedAt) / SHOWN_GAPS
      return new Map(
        [...groups].map(([key, { pieces, counts, since }]) => {
          const open = [...counts].flatMap(([kind, members]) =>
            members === 0 ? [] : [{ kind, from: since.get(kind) ?? at, to: at }],
          )
          return [key, joined([...pieces, ...open], shortest).map(toSpan)]
        }),
      )
    },
  }
}

/** A member is in another state now; null: in none. */
function enter(group: Group, member: string, kind: SpanKind | null, at: number): void {
  const before = group.members.get(member) ?? null
  if (before === kind) return
  if (before !== null) count(group, before, -1, at)
  if (kind === null) {
    group.members.delete(member)
  } else {
    group.members.set(member, kind)
    count(group, kind, 1, at)
  }
}

function count(group: Group, kind: SpanKind, by: 1 | -1, at: number): void {
  const before = group.counts.get(kind) ?? 0
  group.counts.set(kind, before + by)
  if (before === 0) group.since.set(kind, at)
  if (before + by === 0) group.pieces.push({ kind, from: group.since.get(kind) ?? at, to: at })
}

/** Pieces of one kind with next to nothing between them are one; in the order in which they began. */
function joined(pieces: readonly Piece[], shortest: number): readonly Piece[] {
  const last = new Map<SpanKind, Piece>()
  const done: Piece[] = []
  for (const piece of pieces.toSorted((one, other) => one.from - other.from)) {
    const before = last.get(piece.kind)
    if (before !== undefined && piece.from - before.to <= shortest) {
      last.set(piece.kind, { ...before, to: Math.max(before.to, piece.to) })
    } else {
      if (before !== undefined) done.push(before)
      last.set(piece.kind, piece)
    }
  }
  return [...done, ...last.values()]
    .filter(({ from, to }) => to > from)
    .toSorted((one, other) => one.from - other.from)
}

function toSpan({ kind, from, to }: Piece): Span {
  return { kind, from: new Date(from).toISOString(), to: new Date(to).toISOString() }
}

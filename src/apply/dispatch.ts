import type { Clock } from '../clock.ts'
import type { LaneFacts } from './events.ts'
import * as lanes from './lane.ts'
import type { Scarcity } from './look-price.ts'
import type { Slots } from './slots.ts'
import type { ReasonOf } from '../outcome.ts'
import type { StopControl } from './stop.ts'

/** What a row that waited for its turn gets. */
export type Turn =
  | {
      readonly kind: 'go'
      /** Frees the slot: to be called once, when the create has its answer. */
      readonly done: () => void
    }
  | { readonly kind: 'stopped'; readonly reason: ReasonOf<'not-attempted'> }

/**
 * Decides which create goes next. A row waits in its group's lane and holds nothing meanwhile; it
 * goes when its lane is open, a slot is free, fewer than `maxJobs` places are taken, and no
 * Retry-After holds all creates back. Lanes take turns, so none starves another.
 */
export interface Dispatcher {
  /** `again` puts a row that was refused before the others of its lane. */
  turn(
    groupId: string,
    options: { readonly notBefore: number; readonly again: boolean },
  ): Promise<Turn>
  /** A job that was not sent by this run takes a place. */
  occupy(groupId: string): void
  accepted(groupId: string): void
  busy(groupId: string, pauseMs: number): void
  /** The create ended without a job. */
  giveBack(groupId: string): void
  jobEnded(groupId: string): void
  /** Since when the group has refused without any progress, ms; null when it does not. */
  busySince(groupId: string): number | null
  /** What keeps rows waiting for a place that a job of the group has; null: none waits for it. */
  scarcity(groupId: string): Scarcity | null
  /** The group takes no more: its waiting rows are not attempted. The first reason given stays. */
  close(groupId: string, reason: ReasonOf<'not-attempted'>): void
  /** No create goes before then, ms. */
  holdUntil(at: number): void
  /** Looks again: the number of slots has changed. */
  wake(): void
}

interface Waiting {
  readonly notBefore: number
  readonly answer: (turn: Turn) => void
}

interface Queue {
  lane: lanes.Lane
  /** As last told. */
  facts: LaneFacts
  readonly waiting: Waiting[]
  closed: ReasonOf<'not-attempted'> | null
}

export function createDispatcher(parts: {
  readonly slots: Slots
  readonly maxJobs: number
  readonly clock: Clock
  readonly stop: StopControl
  /** What is known of how many creates a group takes has changed. */
  readonly onLane?: (groupId: string, facts: LaneFacts) => void
}): Dispatcher {
  const { slots, clock, stop } = parts
  const queues = new Map<string, Queue>()
  let rotation: Queue[] = []
  let places = 0
  let heldUntil = Number.NEGATIVE_INFINITY
  let alarm: { readonly at: number; readonly off: AbortController } | null = null

  function queueOf(groupId: string): Queue {
    let queue = queues.get(groupId)
    if (queue === undefined) {
      queue = { lane: lanes.NEW_LANE, facts: factsOf(lanes.NEW_LANE), waiting: [], closed: null }
      queues.set(groupId, queue)
      rotation.push(queue)
    }
    return queue
  }

  function change(groupId: string, next: (lane: lanes.Lane) => lanes.Lane): void {
    const queue = queueOf(groupId)
    const before = queue.lane.places
    queue.lane = next(queue.lane)
    places += queue.lane.places - before
    tell(groupId, queue)
    pump()
  }

  function tell(groupId: string, queue: Queue): void {
    const { limit, busySince, closedUntil } = queue.facts
    const now = factsOf(queue.lane)
    const isSame =
      now.limit === limit && now.busySince === busySince && now.closedUntil === closedUntil
    if (isSame) return
    queue.facts = now
    parts.onLane?.(groupId, now)
  }

  function pump(): void {
    const now = clock.now()
    while (now >= heldUntil && places < parts.maxJobs && slots.hasRoom()) {
      const queue = rotation.find((candidate) => readyIndex(candidate, now) >= 0)
      if (queue === undefined) break
      // The lane that goes moves behind all others.
      rotation = [...rotation.filter((other) => other !== queue), queue]
      const [waiting] = queue.waiting.splice(readyIndex(queue, now), 1)
      queue.lane = lanes.taken(queue.lane)
      places += 1
      const held = slots.limit(
        () =>
          new Promise<void>((done) => {
            waiting?.answer({ kind: 'go', done })
          }),
      )
      // The slot is free only after p-limit has noticed; then the next may go.
      void held.then(() => queueMicrotask(pump))
    }
    setAlarm(now)
  }

  function readyIndex(queue: Queue, now: number): number {
    if (queue.waiting.length === 0 || now < lanes.opensAt(queue.lane)) return -1
    return queue.waiting.findIndex((waiting) => waiting.notBefore <= now)
  }

  /** Wakes at the next time at which something that waits only for time may go. */
  function setAlarm(now: number): void {
    let at = Number.POSITIVE_INFINITY
    for (const queue of queues.values()) {
      if (queue.waiting.length === 0) continue
      const due = Math.max(earliest(queue.waiting, now), lanes.opensAt(queue.lane), heldUntil)
      if (due > now) at = Math.min(at, due)
    }
    if (alarm !== null && alarm.at <= at && alarm.at > now) return
    alarm?.off.abort()
    alarm = null
    if (at === Number.POSITIVE_INFINITY || stop.sending.aborted) return
    const off = new AbortController()
    alarm = { at, off }
    void clock.sleep(at - now, off.signal).then(() => {
      if (off.signal.aborted) return
      // A timer may fire a moment early: then the next pump has to set another.
      alarm = null
      pump()
    })
  }

  /** When the first of them may go; almost always the first one may go at once. */
  function earliest(waiting: readonly Waiting[], now: number): number {
    let first = Number.POSITIVE_INFINITY
    for (const { notBefore } of waiting) {
      if (notBefore <= now) return now
      first = Math.min(first, notBefore)
    }
    return first
  }

  function flush(queue: Queue, reason: ReasonOf<'not-attempted'>): void {
    for (const waiting of queue.waiting.splice(0)) waiting.answer({ kind: 'stopped', reason })
  }

  function whyStopped(queue: Queue): ReasonOf<'not-attempted'> | null {
    if (queue.closed !== null) return queue.closed
    return stop.sending.aborted ? (stop.reason() ?? 'run-aborted') : null
  }

  stop.sending.addEventListener('abort', () => {
    alarm?.off.abort()
    for (const queue of queues.values()) flush(queue, stop.reason() ?? 'run-aborted')
  })

  return {
    turn(groupId, { notBefore, again }) {
      const queue = queueOf(groupId)
      const reason = whyStopped(queue)
      if (reason !== null) return Promise.resolve({ kind: 'stopped', reason })
      return new Promise((answer) => {
        const waiting = { notBefore, answer }
        if (again) queue.waiting.unshift(waiting)
        else queue.waiting.push(waiting)
        pump()
      })
    },
    occupy: (groupId) => change(groupId, lanes.taken),
    accepted: (groupId) => change(groupId, lanes.accepted),
    busy: (groupId, pauseMs) => change(groupId, (lane) => lanes.busy(lane, clock.now(), pauseMs)),
    giveBack: (groupId) => change(groupId, lanes.givenBack),
    jobEnded: (groupId) => change(groupId, lanes.jobEnded),
    busySince: (groupId) => queueOf(groupId).lane.busySince,
    scarcity(groupId) {
      const { lane, waiting } = queueOf(groupId)
      if (waiting.length > 0) return lanes.knownLimit(lane) === null ? 'run' : 'group'
      if (places < parts.maxJobs) return null
      return rotation.some((queue) => queue.waiting.length > 0) ? 'run' : null
    },
    close(groupId, reason) {
      const queue = queueOf(groupId)
      queue.closed ??= reason
      flush(queue, queue.closed)
    },
    holdUntil(at) {
      heldUntil = Math.max(heldUntil, at)
      pump()
    },
    wake: pump,
  }
}

function factsOf(lane: lanes.Lane): LaneFacts {
  const { busySince, closedUntil } = lane
  const isClosed = busySince !== null && Number.isFinite(closedUntil)
  return { limit: lanes.knownLimit(lane), busySince, closedUntil: isClosed ? closedUntil : null }
}

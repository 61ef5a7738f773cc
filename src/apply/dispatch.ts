import type { Clock } from '../clock.ts'
import type { LaneFacts } from './events.ts'
import * as lanes from './lane.ts'
import { createLaneOrder } from './lane-order.ts'
import { createLaneQueue, type LaneQueue, type Waiting } from './lane-queue.ts'
import { createTook, type Took } from './pace.ts'
import type { Scarcity } from './look-price.ts'
import type { Slots } from './slots.ts'
import type { ReasonOf } from '../outcome.ts'
import type { StopControl } from './stop.ts'
import { createTournament } from './tournament.ts'

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
 * Retry-After holds all creates back. Which of several lanes goes first, and that none starves, is
 * lane-order.ts's.
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
  /** `tookMs`: how long it took; null where that tells nothing, or it has failed. */
  jobEnded(groupId: string, tookMs: number | null): void
  /** One of its rows has failed, whether its create was refused for good or its job failed: others go sooner. */
  failing(groupId: string): void
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

interface Queued extends Waiting {
  readonly answer: (turn: Turn) => void
}

interface Queue {
  /** Its place among all, from 0. */
  readonly number: number
  lane: lanes.Lane
  /** As last told. */
  facts: LaneFacts
  readonly waiting: LaneQueue<Queued>
  readonly took: Took
  succeeded: number
  failed: number
  closed: ReasonOf<'not-attempted'> | null
}

/** A group's own jobs are taken for its measure once so many have ended; those of all groups from the first one on. */
const ENOUGH_OF_OWN = 3

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
  const byNumber: Queue[] = []
  const order = createLaneOrder(parts.maxJobs)
  /** Lanes with something that waits for time alone, the soonest first. */
  const soonest = createTournament()
  const tookInAll = createTook(1)
  let places = 0
  let heldUntil = Number.NEGATIVE_INFINITY
  let alarm: { readonly at: number; readonly off: AbortController } | null = null
  let isPumpDue = false

  function queueOf(groupId: string): Queue {
    let queue = queues.get(groupId)
    if (queue === undefined) {
      queue = {
        number: byNumber.length,
        lane: lanes.NEW_LANE,
        facts: factsOf(lanes.NEW_LANE),
        waiting: createLaneQueue(),
        took: createTook(ENOUGH_OF_OWN),
        succeeded: 0,
        failed: 0,
        closed: null,
      }
      queues.set(groupId, queue)
      byNumber.push(queue)
    }
    return queue
  }

  function change(groupId: string, next: (lane: lanes.Lane) => lanes.Lane): void {
    const queue = queueOf(groupId)
    const before = queue.lane.places
    queue.lane = next(queue.lane)
    places += queue.lane.places - before
    tell(groupId, queue)
    note(queue)
    pumpSoon()
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

  /** Where the lane stands now among all: to be called whenever anything of it has changed. */
  function note(queue: Queue, now = clock.now()): void {
    const { number, lane, waiting, succeeded, failed } = queue
    const opensAt = Math.max(waiting.opensAt(), lanes.opensAt(lane))
    const mayGo = opensAt <= now
    const load = {
      waiting: waiting.size(),
      running: lane.places,
      ...lanes.widthOf(lane),
      pace: (queue.took.median() ?? tookInAll.median() ?? 1) / (tookInAll.median() ?? 1),
      succeeded,
      failed,
    }
    order.set(number, load, mayGo)
    soonest.set(number, mayGo ? Number.NEGATIVE_INFINITY : -opensAt)
  }

  /** Once all that happens at this instant has happened: whoever asks first is not therefore first. */
  function pumpSoon(): void {
    if (isPumpDue) return
    isPumpDue = true
    queueMicrotask(pump)
  }

  function pump(): void {
    isPumpDue = false
    const now = clock.now()
    openDue(now)
    while (now >= heldUntil && places < parts.maxJobs && slots.hasRoom()) {
      const queue = byNumber[order.next() ?? -1]
      const waiting = queue?.waiting.take(now)
      if (queue === undefined || waiting === undefined) break
      queue.lane = lanes.sent(queue.lane)
      places += 1
      order.went(queue.number)
      note(queue, now)
      const held = slots.limit(
        () =>
          new Promise<void>((done) => {
            waiting.answer({
              kind: 'go',
              done() {
                queue.lane = lanes.answered(queue.lane)
                done()
              },
            })
          }),
      )
      // The slot is free only after p-limit has noticed; then the next may go.
      void held.then(() => queueMicrotask(pump))
    }
    setAlarm(now)
  }

  /** Those whose time has come. */
  function openDue(now: number): void {
    for (let next = soonest.best(); next !== null; next = soonest.best()) {
      const queue = byNumber[next]
      if (queue === undefined || -soonest.keyOf(next) > now) break
      note(queue, now)
    }
  }

  /** Wakes at the next time at which something that waits only for time may go. */
  function setAlarm(now: number): void {
    const next = soonest.best()
    const opensAt = next === null ? Number.POSITIVE_INFINITY : -soonest.keyOf(next)
    // While all are held back nothing can go sooner, and then all that may.
    const isHeld = heldUntil > now && (order.next() !== null || Number.isFinite(opensAt))
    const at = isHeld ? Math.max(heldUntil, order.next() === null ? opensAt : now) : opensAt
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

  function flush(queue: Queue, reason: ReasonOf<'not-attempted'>): void {
    for (const waiting of queue.waiting.clear()) waiting.answer({ kind: 'stopped', reason })
    note(queue)
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
        queue.waiting.add({ notBefore, answer }, clock.now(), again)
        note(queue)
        pumpSoon()
      })
    },
    occupy: (groupId) => change(groupId, lanes.occupied),
    accepted: (groupId) => change(groupId, (lane) => lanes.accepted(lane, clock.now())),
    busy: (groupId, pauseMs) => change(groupId, (lane) => lanes.busy(lane, clock.now(), pauseMs)),
    giveBack: (groupId) => change(groupId, lanes.givenBack),
    failing(groupId) {
      const queue = queueOf(groupId)
      queue.failed += 1
      note(queue)
    },
    jobEnded(groupId, tookMs) {
      if (tookMs !== null) {
        const queue = queueOf(groupId)
        queue.succeeded += 1
        queue.took.add(tookMs)
        tookInAll.add(tookMs)
      }
      change(groupId, (lane) => lanes.jobEnded(lane, clock.now()))
    },
    busySince: (groupId) => queueOf(groupId).lane.busySince,
    scarcity(groupId) {
      const { lane, waiting } = queueOf(groupId)
      if (waiting.size() > 0) return lanes.knownLimit(lane) === null ? 'run' : 'group'
      if (places < parts.maxJobs) return null
      return order.next() === null ? null : 'run'
    },
    close(groupId, reason) {
      const queue = queueOf(groupId)
      queue.closed ??= reason
      flush(queue, queue.closed)
    },
    holdUntil(at) {
      heldUntil = Math.max(heldUntil, at)
      pumpSoon()
    },
    wake: pumpSoon,
  }
}

function factsOf(lane: lanes.Lane): LaneFacts {
  const { busySince, closedUntil } = lane
  const isClosed = busySince !== null && Number.isFinite(closedUntil)
  return { limit: lanes.knownLimit(lane), busySince, closedUntil: isClosed ? closedUntil : null }
}

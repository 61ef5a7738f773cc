import type { Clock } from '../../src/clock.ts'
import { serverKey } from '../../src/keys.ts'
import {
  JournalFailure,
  renderEvent,
  type Journal,
  type JournalEvent,
} from '../../src/journal/journal.ts'
import type { Transport } from '../../src/cloud/transport.ts'
import type { StopControl } from '../../src/apply/stop.ts'
import type { Cloud, Sighting } from './cloud.ts'

/** What befalls a run, by the number of outward steps it has taken (requests and journal lines, in parts). */
export interface Destiny {
  /** Killed, as by SIGKILL: from here on it does nothing and learns nothing. */
  readonly diesAt: number | null
  readonly interruptedAt: number | null
  readonly cutOffAt: number | null
  /** From here on the disk takes no more lines. */
  readonly diskFullAt: number | null
  /** Here it stands still, as by SIGSTOP or with its machine. */
  readonly suspended: { readonly at: number; readonly forMs: number } | null
}

/** One run as something mortal: its ports count its steps, and end it where its destiny says. */
export interface Life {
  readonly run: number
  readonly stop: StopControl
  /** Rejects never; resolves with where the run died. */
  readonly death: Promise<string>
  isDead(): boolean
  steps(): number
  /** When it began to stand still; null if it never did. */
  stoodStillAt(): number | null
  /** Comes back once it is not suspended; never, once it is dead. */
  awake(): Promise<void>
  readonly transport: Transport
  readonly clock: Clock
  journal(file: JournalText): Journal
}

/** A journal file's content, and what was last written of each server, by `serverKey`. */
export interface JournalText {
  text: string
  readonly last: Map<string, JournalEvent['type']>
  /** Servers whose intent the disk did not take. */
  readonly refused: Set<string>
  /** When the run set about writing that it would create or delete: by `serverKey`, or the instance's ID. */
  readonly intendedAt: Map<string, number>
}

export function emptyJournal(): JournalText {
  return { text: '', last: new Map(), refused: new Set(), intendedAt: new Map() }
}

/** Where a run dies that would go on for ever: always a bug. */
export const ENDLESS = 'a run without end'
/** As often as `openJournal` asks its guard. */
const GUARD_MS = 1_000
/** No run of a history needs so many. */
const MOST_NAPS = 20_000

const NEVER = new Promise<never>(() => {})

export function live(options: {
  readonly run: number
  readonly destiny: Destiny
  readonly cloud: Cloud
  readonly clock: Clock
  /** How far this machine's clock is ahead. */
  readonly clockOffMs: number
  readonly stop: StopControl
  readonly journalMs: number
  readonly onSent: (sighting: Sighting) => void
  /** Rejects where this run may not write any more, as the guard of `openJournal`. */
  readonly guard?: () => Promise<void>
}): Life {
  const { run, destiny, cloud, clock, stop } = options
  let steps = 0
  let naps = 0
  let died: string | null = null
  let isDiskFull = false
  let wakesAt = Number.NEGATIVE_INFINITY
  let stoodStillAt: number | null = null
  let announce: (where: string) => void = () => {}
  const death = new Promise<string>((resolve) => {
    announce = resolve
  })

  /** True where the run ends: the caller must come to nothing then. */
  function step(where: () => string): boolean {
    if (died !== null) return true
    steps += 1
    if (steps === destiny.interruptedAt) stop.interrupt()
    if (steps === destiny.cutOffAt) stop.cutOff()
    if (steps === destiny.diskFullAt) isDiskFull = true
    if (steps === destiny.suspended?.at) {
      stoodStillAt = clock.now()
      wakesAt = stoodStillAt + destiny.suspended.forMs
    }
    if (steps !== destiny.diesAt) return false
    die(`step ${steps}: ${where()}`)
    return true
  }

  function die(where: string): void {
    died = where
    announce(where)
  }

  async function awake(): Promise<void> {
    while (clock.now() < wakesAt) await clock.sleep(wakesAt - clock.now())
    return died === null ? undefined : NEVER
  }

  const transport: Transport = {
    async send(request) {
      if (step(() => `before ${request.method} ${pathOf(request.url)}`)) return NEVER
      if (clock.now() < wakesAt) await awake()
      const answered = cloud.send(request, run, {
        onSent: options.onSent,
        onCarriedOut: (sighting) => {
          step(() => `after ${sighting.operation} had reached the world`)
        },
      })
      // A dead process is told nothing, neither an answer nor a failure.
      return answered.then(
        async (response) => {
          if (clock.now() < wakesAt) await awake()
          return died === null ? response : NEVER
        },
        async (error: unknown) => {
          if (clock.now() < wakesAt) await awake()
          if (died !== null) return NEVER
          throw error
        },
      )
    },
  }

  function journal(file: JournalText): Journal {
    let failed = false
    let guardedAt = Number.NEGATIVE_INFINITY

    async function hold(): Promise<void> {
      if (options.guard === undefined || clock.now() - guardedAt < GUARD_MS) return
      await options.guard().catch((error: unknown) => {
        throw new JournalFailure(error)
      })
      guardedAt = clock.now()
    }

    return {
      async append(event) {
        if (event.type === 'intent') file.intendedAt.set(serverKey(event.server), clock.now())
        if (event.type === 'delete-intent') file.intendedAt.set(event.instanceId, clock.now())
        const line = renderEvent(event)
        const what = `${event.type}${'server' in event ? ` of ${event.server}` : ''}`
        if (step(() => `before the line "${what}"`)) return NEVER
        if (clock.now() < wakesAt) await awake()
        await hold()
        await clock.sleep(options.journalMs)
        if (died !== null) return NEVER
        if (isDiskFull) {
          if (!failed) file.text += line.slice(0, line.length / 2)
          failed = true
          if (event.type === 'intent') file.refused.add(serverKey(event.server))
          throw new JournalFailure(new Error('ENOSPC'))
        }
        if (step(() => `with half the line "${what}" written`)) {
          file.text += line.slice(0, line.length / 2)
          return NEVER
        }
        file.text += line
        if ('server' in event) file.last.set(serverKey(event.server), event.type)
        if (step(() => `after the line "${what}", before it was told so`)) return NEVER
        if (clock.now() < wakesAt) await awake()
        return undefined
      },
      close: () => Promise.resolve(),
    }
  }

  return {
    run,
    stop,
    death,
    isDead: () => died !== null,
    steps: () => steps,
    transport,
    clock: {
      now: () => clock.now() + options.clockOffMs,
      async sleep(ms, signal) {
        if (died !== null) return NEVER
        naps += 1
        if (naps > MOST_NAPS) die(ENDLESS)
        await clock.sleep(ms, signal)
        if (clock.now() < wakesAt) await awake()
        return died === null ? undefined : NEVER
      },
    },
    stoodStillAt: () => stoodStillAt,
    awake,
    journal,
  }
}

function pathOf(url: string): string {
  return url.replace(/^.*\/v1\/[^/]+\//, '').slice(0, 60)
}

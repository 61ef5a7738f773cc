import type { ProjectService } from '../cloud/endpoints.ts'
import type { Reading } from '../plan/preflight/attempts.ts'
import type { Settings } from '../settings.ts'
import { isCi, type Io } from '../ui/io.ts'
import { formatDuration } from '../ui/text.ts'

/** A service that is down or asks us to wait may take minutes: somebody should know. */
const SLOW_MS = 4_000
/** On a terminal somebody waits, and wants to see that it goes on. */
const AGAIN_MS = 10_000
/** Nobody waits longer for a sign of life, whatever it is that takes so long. */
const HEARTBEAT_MS = 30_000

export interface ReadingTeller {
  /** `doing`: what goes on while nothing is read, as `Signing in`. Started again, it begins anew. */
  start(doing?: string): void
  readonly onReading: (reading: Reading) => void
  stop(): void
}

/**
 * Tells after a moment what is waited for or read of the cloud: on a terminal again whenever that has changed,
 * and everywhere at least every 30 s, with for how long; from its start until it is stopped.
 */
export function tellReading({ quiet }: Pick<Settings, 'quiet'>, io: Io): ReadingTeller {
  const open = new Map<string, Reading>()
  let what = NOTHING_READ
  let last = ''
  let startedAt = 0
  let toldAt = 0
  let timer: NodeJS.Timeout | undefined
  const isWatched = io.isTerminal.stderr && !isCi(io.env)
  const tell = (): void => {
    const line = open.size === 0 ? `${what} …` : readingLine([...open.values()])
    const isDue = io.now() - toldAt >= HEARTBEAT_MS
    if (!quiet && (line !== last || isDue)) {
      const since = isDue ? ` (for ${formatDuration(io.now() - startedAt)})` : ''
      io.stderr.write(`${line}${since}\n`)
      toldAt = io.now()
    }
    last = line
    timer = setTimeout(tell, isWatched ? AGAIN_MS : HEARTBEAT_MS)
  }
  return {
    start(doing = NOTHING_READ) {
      clearTimeout(timer)
      what = doing
      startedAt = io.now()
      toldAt = startedAt
      timer = setTimeout(tell, SLOW_MS)
    },
    onReading(reading) {
      const key = `${reading.service} ${reading.what}`
      if (reading.isDone) open.delete(key)
      else open.set(key, reading)
    },
    stop: () => clearTimeout(timer),
  }
}

const NOTHING_READ = 'Reading the cloud'

const NAMES = { sdrs: 'SDRS', ecs: 'ECS', vpc: 'VPC', evs: 'EVS' } as const satisfies Record<
  ProjectService,
  string
>

/** `Reading ECS: servers 3,000; EVS: volumes …` */
export function readingLine(readings: readonly Reading[]): string {
  const parts = readings.map(({ service, what, read }) =>
    [`${NAMES[service]}: ${what}`, ...(read === null ? [] : [read.toLocaleString('en-US')])].join(
      ' ',
    ),
  )
  return parts.length === 0 ? `${NOTHING_READ} …` : `Reading ${parts.join('; ')} …`
}

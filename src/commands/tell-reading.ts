import type { ProjectService } from '../cloud/endpoints.ts'
import type { Reading } from '../plan/preflight/attempts.ts'
import type { Settings } from '../settings.ts'
import { isCi, type Io } from '../ui/io.ts'

/** A service that is down or asks us to wait may take minutes: somebody should know. */
const SLOW_MS = 4_000
/** On a terminal somebody waits, and wants to see that it goes on. */
const AGAIN_MS = 10_000

export interface ReadingTeller {
  start(): void
  readonly onReading: (reading: Reading) => void
  stop(): void
}

/** Tells after a moment what is being read of the cloud, and on a terminal now and then again: from its start until it is stopped. */
export function tellReading({ quiet }: Pick<Settings, 'quiet'>, io: Io): ReadingTeller {
  const open = new Map<string, Reading>()
  let last = ''
  const tell = (): void => {
    const line = readingLine([...open.values()])
    if (!quiet && line !== last) io.stderr.write(`${line}\n`)
    last = line
    if (io.isTerminal.stderr && !isCi(io.env)) timer = setTimeout(tell, AGAIN_MS)
  }
  let timer: NodeJS.Timeout | undefined
  return {
    start() {
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
  return `Reading ${parts.length === 0 ? 'the cloud' : parts.join('; ')} …`
}

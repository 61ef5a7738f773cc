import { withoutSecretFields, type SecretRegistry } from './secrets.ts'
import { sanitize, sanitizeJson } from './safe-text.ts'

/** What the rest of the program sees of the logger. `fields` are data; `message` is constant text. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

interface LogOptions {
  readonly level: LogLevel
  /** NDJSON, appended; created readable by its owner only. */
  readonly file?: string
  /** One readable line an entry; a function so that a progress display can make room first. */
  readonly stderr?: (line: string) => void
  readonly secrets: SecretRegistry
}

const ignore = (): void => {}
export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/**
 * Secrets are taken out twice: by field name from the data, and by value from the finished line,
 * where also a message or a stack trace could hold one. Writes are synchronous, so that the last
 * lines before a kill are there; a log that cannot be written never stops a run.
 */
export async function createLogger(options: LogOptions): Promise<Log> {
  if (options.level === 'silent') return silentLog
  // Loaded here, not at the top: commands that log nothing start without it.
  const { pino } = await import('pino')
  const streams: { level: LogLevel; stream: { write(line: string): void } }[] = []
  const { file, stderr, level } = options
  if (file !== undefined) {
    const stream = pino.destination({ dest: file, append: true, mode: 0o600, sync: true })
    stream.on('error', ignore)
    streams.push({ level, stream })
  }
  if (stderr !== undefined) {
    streams.push({ level, stream: { write: (line) => stderr(readable(line)) } })
  }
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => withoutSecretFields(fields) as Record<string, unknown>,
      },
      hooks: { streamWrite: (line) => sanitizeJson(options.secrets.redact(line)) },
    },
    pino.multistream(streams),
  )
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  }
}

/** `debug signed in source=OS_TOKEN`: what a person wants of an NDJSON line. */
function readable(line: string): string {
  const { level, time: _, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const pairs = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${sanitize([level, msg, ...pairs].join(' '))}\n`
}

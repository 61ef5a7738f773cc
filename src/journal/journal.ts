import * as z from 'zod'
import { isRecord } from '../json.ts'
import { sanitizeJson } from '../safe-text.ts'

/**
 * The journal: what a run is about to do and what it has learnt, one event a line, on disk before the
 * request that it covers. Append-only NDJSON, every line versioned. It holds no secret and nothing of
 * the inventory but what is needed to find a create again.
 */
export const JOURNAL_VERSION = 1
export const JOURNAL_FILE = 'journal.ndjson'

const at = z.number().int()
const server = z.string().min(1)
const groupId = z.string().min(1)

const eventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run'),
    at,
    runId: z.string(),
    command: z.string(),
    endpoint: z.string(),
    projectId: z.string(),
    source: z.string(),
    sha256: z.string(),
    /** The runs whose open work it had read: only these may it end. Absent: all before it. */
    resumes: z.array(z.string()).optional(),
  }),
  z.object({
    type: z.literal('intent'),
    at,
    server,
    groupId: z.string(),
    name: z.string(),
    attempt: z.number().int(),
  }),
  z.object({ type: z.literal('accepted'), at, server, jobId: z.string() }),
  z.object({
    type: z.literal('refused'),
    at,
    server,
    status: z.number().nullable(),
    code: z.string().nullable(),
    /** An earlier create, sent then, may still be out there: this refusal ends nothing. */
    openSince: z.number().int().optional(),
  }),
  z.object({
    type: z.literal('lost'),
    at,
    server,
    status: z.number().nullable(),
    code: z.string().nullable(),
  }),
  z.object({ type: z.literal('found'), at, server, instanceId: z.string() }),
  z.object({ type: z.literal('missing'), at, server }),
  z.object({
    type: z.literal('absent'),
    at,
    server,
    /** Sent then, it may be out there all the same: only the intent that follows takes its place. */
    openSince: z.number().int().optional(),
  }),
  z.object({
    type: z.literal('settled'),
    at,
    server,
    outcome: z.string(),
    reason: z.string().nullable(),
    instanceId: z.string().nullable(),
    /** In which status a failed create left the instance. Absent: nobody wrote it down. */
    left: z.string().nullable().optional(),
  }),
  /** An instance that a failed create had left was seen healthy: it is nobody's to delete any more. */
  z.object({ type: z.literal('healthy'), at, server, instanceId: z.string() }),
  z.object({ type: z.literal('delete-intent'), at, server, instanceId: z.string() }),
  z.object({
    type: z.literal('delete-accepted'),
    at,
    server,
    instanceId: z.string(),
    jobId: z.string(),
  }),
  z.object({ type: z.literal('delete-refused'), at, server, instanceId: z.string() }),
  z.object({ type: z.literal('deleted'), at, server, instanceId: z.string() }),
  z.object({
    type: z.literal('enable-intent'),
    at,
    groupId,
    name: z.string(),
    attempt: z.number().int(),
    /** The group's status, as it was looked at right before. */
    before: z.string(),
  }),
  z.object({ type: z.literal('enable-accepted'), at, groupId, jobId: z.string() }),
  z.object({
    type: z.literal('enable-refused'),
    at,
    groupId,
    status: z.number().nullable(),
    code: z.string().nullable(),
    /** An earlier start, sent then, may still be out there: this refusal ends nothing. */
    openSince: z.number().int().optional(),
  }),
  z.object({
    type: z.literal('enable-lost'),
    at,
    groupId,
    status: z.number().nullable(),
    code: z.string().nullable(),
  }),
  /** Its answer was lost, and the group has been seen to start. */
  z.object({ type: z.literal('enable-found'), at, groupId }),
  /** Looked at through the settle window: it stays off. Only the intent that follows takes its place. */
  z.object({ type: z.literal('enable-absent'), at, groupId }),
  z.object({ type: z.literal('enable-on'), at, groupId }),
  z.object({
    type: z.literal('enable-failed'),
    at,
    groupId,
    code: z.string().nullable(),
    reason: z.string(),
  }),
  z.object({ type: z.literal('end'), at, outcome: z.string() }),
])
export type JournalEvent = z.output<typeof eventSchema>

/** The JSON Schema of one line. Keys that a later version adds to an event are allowed, as on reading. */
export function journalJsonSchema(): unknown {
  const line = z.intersection(z.object({ v: z.literal(JOURNAL_VERSION) }), eventSchema)
  return z.toJSONSchema(line, { io: 'input' })
}

/** Where events go. `append` resolves once the event is durable, and rejects with JournalFailure if it is not. */
export interface Journal {
  append(event: JournalEvent): Promise<void>
  close(): Promise<void>
}

/** The disk did not take an event: nothing may be sent any more. */
export class JournalFailure extends Error {
  constructor(cause: unknown) {
    super(
      `the journal cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
    this.name = 'JournalFailure'
  }
}

/** A journal that cannot be trusted. `line` counts from 1. */
export class JournalDamage extends Error {
  readonly line: number

  constructor(line: number, detail: string) {
    super(`line ${line}: ${detail}`)
    this.name = 'JournalDamage'
    this.line = line
  }
}

export function renderEvent(event: JournalEvent): string {
  return sanitizeJson(`${JSON.stringify({ v: JOURNAL_VERSION, ...event })}\n`)
}

/**
 * A journal's text to its events. Pure. Only a torn last line (no line end: the crash came while it
 * was written, so nothing was sent on its strength) is passed over; any other damage throws
 * JournalDamage, since an event that we cannot read may be a create.
 */
export function parseJournal(text: string): JournalEvent[] {
  const lines = text.split('\n')
  const torn = lines.pop() ?? ''
  const events = lines.map((line, index) => parseLine(line, index + 1))
  // A last line that lacks only its line end says something true; one that is cut off says nothing.
  if (torn !== '') {
    try {
      events.push(parseLine(torn, lines.length + 1))
    } catch (error) {
      if (!(error instanceof JournalDamage)) throw error
    }
  }
  const headers = events.filter(({ type }) => type === 'run').length
  if (events.length > 0 && (events[0]?.type !== 'run' || headers !== 1)) {
    throw new JournalDamage(1, 'a journal begins with the one line that says which run wrote it')
  }
  return events
}

/** Of this format, but of a type that is not known here. */
function isUnknownType({ type }: Record<string, unknown>): boolean {
  return (
    typeof type === 'string' && !eventSchema.options.some((each) => each.shape.type.value === type)
  )
}

function parseLine(line: string, number: number): JournalEvent {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw new JournalDamage(number, 'this is not a JSON line')
  }
  // Thousands of journals are read at a start: the one check of a schema is that of the event.
  const version = isRecord(parsed) ? parsed['v'] : undefined
  if (!isRecord(parsed) || typeof version !== 'number' || !Number.isFinite(version)) {
    throw new JournalDamage(number, 'this is not a journal event')
  }
  if (version !== JOURNAL_VERSION) {
    throw new JournalDamage(
      number,
      `it was written by another version of this tool (format ${version})`,
    )
  }
  const event = eventSchema.safeParse(parsed)
  if (!event.success && isUnknownType(parsed)) {
    throw new JournalDamage(number, 'it was written by a newer version of this tool')
  }
  if (!event.success) {
    throw new JournalDamage(
      number,
      `this event is damaged (${event.error.issues[0]?.path.join('.') ?? ''})`,
    )
  }
  return event.data
}

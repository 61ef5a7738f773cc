import * as z from 'zod'
import type { ProcessFacts } from '../process-facts.ts'
import { sanitize } from '../safe-text.ts'

const holderSchema = z.object({
  /** Part of a file's name: nothing else may stand here. */
  nonce: z.uuid(),
  pid: z.number().int(),
  processStart: z.string().nullable(),
  bootId: z.string().nullable(),
  pidNamespace: z.string().nullable(),
  host: z.string(),
  runId: z.string(),
  command: z.string(),
  since: z.string(),
})

/** Who holds a lock: a process (see ProcessIdentity), and what it is about. */
export type Holder = Readonly<z.output<typeof holderSchema>>

/** Null for what no run of ours has written. */
export function parseHolder(text: string): Holder | null {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Whether it lives, where this process can ask; of others (another boot, another namespace) only touches tell. */
export function lifeOf(holder: Holder | null, facts: ProcessFacts): 'alive' | 'dead' | 'foreign' {
  if (holder === null) return 'foreign'
  const { bootId, pidNamespace } = facts.self()
  const canAsk =
    bootId !== null &&
    pidNamespace !== null &&
    holder.bootId === bootId &&
    holder.pidNamespace === pidNamespace
  if (!canAsk) return 'foreign'
  return facts.isAlive(holder) ? 'alive' : 'dead'
}

/** `apply 20260101T…, pid 7 on host-1, since 2026-01-01T…`. A file says it: nothing in it may steer a terminal. */
export function describeHolder(holder: Holder): string {
  const { command, runId, pid, host, since } = holder
  return sanitize(`${command} ${runId}, pid ${pid} on ${host}, since ${since}`)
}

import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { groupBy } from '../group-by.ts'
import { serverKey } from '../keys.ts'
import { sanitizeJson } from '../safe-text.ts'
import type { JournalEvent } from './journal.ts'
import type { OpenWork } from './replay.ts'

/**
 * What was seen healthy by looks that came to no run: a plan, an apply that nobody approved, a list that
 * failed after its first page. From then on it is nobody's to delete, and no journal would say so. One JSON
 * line each, only ever appended; beside the run folders.
 */
export const SEEN_HEALTHY_FILE = '.seen-healthy.ndjson'

const lineSchema = z.object({
  v: z.literal(1),
  at: z.number().int(),
  projectId: z.string().min(1),
  server: z.string().min(1),
  instanceId: z.string().min(1),
})
type Line = z.output<typeof lineSchema>

/** What a look that came to no run has seen healthy is kept for later runs. Never rejects. */
export async function keepLook(
  reportsDir: string,
  look: {
    readonly projectId: string
    readonly at: number
    /** By the instance's ID, each with its server's. */
    readonly seenHealthy: ReadonlyMap<string, string>
    readonly openWork: OpenWork
    /** The inventory's. */
    readonly rows: readonly { readonly serverId: string }[]
  },
): Promise<void> {
  const servers = look.rows.map(({ serverId }) => serverId)
  const { projectId, at } = look
  await keepSeenHealthy(
    reportsDir,
    { projectId, at },
    worthKeeping(look.seenHealthy, look.openWork, servers),
  )
}

/** Those of `seen` (by instance, its server) that may matter to a later run and are in no journal yet. Pure. */
export function worthKeeping(
  seen: ReadonlyMap<string, string>,
  { failedInstances, healthyInstances }: OpenWork,
  servers: Iterable<string>,
): { readonly server: string; readonly instanceId: string }[] {
  const named = new Set<string>([...servers].map(serverKey))
  return [...seen].flatMap(([instanceId, server]) => {
    const matters = failedInstances.has(instanceId) || named.has(serverKey(server))
    return matters && !healthyInstances.has(instanceId) ? [{ server, instanceId }] : []
  })
}

/**
 * Never rejects, and makes no folder: whoever has only looked must not fail for it, and where nothing may be
 * written no run can delete either. One write in append mode, so that a plan needs no lock; a line that a
 * crash cut off is ended first.
 */
export async function keepSeenHealthy(
  reportsDir: string,
  about: { readonly projectId: string; readonly at: number },
  seen: readonly { readonly server: string; readonly instanceId: string }[],
): Promise<void> {
  if (seen.length === 0) return
  const lines = seen.map((each): Line => ({ v: 1, ...about, ...each }))
  const text = `\n${lines.map((line) => sanitizeJson(JSON.stringify(line))).join('\n')}\n`
  try {
    const file = await open(join(reportsDir, SEEN_HEALTHY_FILE), 'a', 0o600)
    try {
      await file.appendFile(text)
      await file.datasync()
    } finally {
      await file.close()
    }
  } catch {
    // The next look sees it again, as long as it is healthy.
  }
}

/** As journals, one a project. What is no line of ours was cut off by a crash, before anybody relied on it. */
export function parseSeenHealthy(text: string): JournalEvent[][] {
  const lines = text.split('\n').flatMap((line): Line[] => {
    try {
      return [lineSchema.parse(JSON.parse(line))]
    } catch {
      return []
    }
  })
  return [...groupBy(lines, ({ projectId }) => projectId)].map(([projectId, all]) => [
    {
      type: 'run',
      at: 0,
      runId: SEEN_HEALTHY_FILE,
      command: 'plan',
      endpoint: '',
      projectId,
      source: '',
      sha256: '',
      resumes: [],
    },
    ...all.map(
      ({ at, server, instanceId }) => ({ type: 'healthy', at, server, instanceId }) as const,
    ),
  ])
}

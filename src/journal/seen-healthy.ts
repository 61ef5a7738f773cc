import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
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
  // A row that is to be matched by name may mean any of them.
  const isAny = named.has('')
  return [...seen].flatMap(([instanceId, server]) => {
    const matters = isAny || failedInstances.has(instanceId) || named.has(serverKey(server))
    return matters && !healthyInstances.has(instanceId) ? [{ server, instanceId }] : []
  })
}

/**
 * Never rejects: whoever has only looked must not fail for it. Makes the folder where there is none yet: what
 * failed may be known to the cloud, and only this says that it has been healthy since. One write in append
 * mode, so that a plan needs no lock; a line that a crash cut off is ended first.
 */
export async function keepSeenHealthy(
  reportsDir: string,
  about: { readonly projectId: string; readonly at: number },
  seen: readonly { readonly server: string; readonly instanceId: string }[],
): Promise<void> {
  if (seen.length === 0) return
  const { at, projectId } = about
  const lines = seen.map(({ server, instanceId }): Line => ({
    v: 1,
    at,
    projectId,
    server,
    instanceId,
  }))
  const text = `\n${lines.map((line) => sanitizeJson(JSON.stringify(line))).join('\n')}\n`
  try {
    await mkdir(reportsDir, { recursive: true })
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

/**
 * As journals, one a project. A line that a crash cut off was not relied on by anybody; throws Error for any
 * other that cannot be read: what it has kept from being deleted must not be lost unsaid.
 */
export function parseSeenHealthy(text: string): JournalEvent[][] {
  const lines = text.split('\n').flatMap((line, index) => parseLine(line, index + 1))
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

/** As `keepSeenHealthy` begins each line. */
const BEGINNING = '{"v":1,"at":'

function parseLine(line: string, number: number): Line[] {
  if (line.trim() === '') return []
  try {
    return [lineSchema.parse(JSON.parse(line))]
  } catch {
    const isCutOff =
      BEGINNING.startsWith(line) || (line.startsWith(BEGINNING) && !line.includes('"instanceId"'))
    if (isCutOff) return []
    throw new Error(`its line ${number} is damaged, or of a newer version`)
  }
}

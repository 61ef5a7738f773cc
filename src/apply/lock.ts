import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { EXIT } from '../exit-code.ts'
import { Failure } from '../failure.ts'

/**
 * One writing run at a time per reports folder and endpoint + project. No advisory lock of the
 * operating system is portable from Node, so the lock is a file that only one process can make.
 *
 * A dead holder is succeeded, never overwritten: whoever creates `<lock>.<nonce of the dead>` holds the
 * lock from then on. Only one process can create that file, the nonce is never used again, and so no two
 * can take over from the same dead holder, however their steps interleave. The chain lock → successor →
 * successor is walked to its end to find the holder.
 */
const holderSchema = z.object({
  /** Part of a file's name: nothing else may stand here. */
  nonce: z.uuid(),
  pid: z.number().int(),
  /** Clock ticks since boot (Linux): tells a process from a later one with the same pid. */
  processStart: z.string().nullable(),
  host: z.string(),
  runId: z.string(),
  command: z.string(),
  since: z.string(),
})
export type Holder = z.output<typeof holderSchema>

export interface Lock {
  readonly tookOverFrom: Holder | null
  release(): Promise<void>
}

/** Rejects with a Failure (exit 5) that names the holder when somebody else holds it. */
export async function acquireLock(request: {
  readonly reportsDir: string
  readonly endpoint: string
  readonly projectId: string
  readonly runId: string
  readonly command: string
  readonly since: Date
}): Promise<Lock> {
  await mkdir(request.reportsDir, { recursive: true, mode: 0o700 })
  const scope = createHash('sha256')
    .update(`${request.endpoint} ${request.projectId}`)
    .digest('hex')
  const head = join(request.reportsDir, `.lock-${scope.slice(0, 12)}`)
  const me: Holder = {
    nonce: randomUUID(),
    pid: process.pid,
    processStart: readProcess(process.pid)?.start ?? null,
    host: hostname(),
    runId: request.runId,
    command: request.command,
    since: request.since.toISOString(),
  }
  for (;;) {
    const chain = await readChain(head)
    const holder = chain.at(-1) ?? null
    if (holder !== null && isAlive(holder)) throw heldBy(holder, head)
    const path = holder === null ? head : successorPath(head, holder)
    if (!(await createWhole(path, me))) continue
    // The whole lock may have been released, and taken anew, between the look and the claim.
    const now = await readChain(head)
    if (now.at(-1)?.nonce === me.nonce)
      return { tookOverFrom: holder, release: () => release(head, me) }
    await unlink(path).catch(ignoreMissing)
  }
}

function successorPath(head: string, holder: Holder): string {
  return `${head}.${holder.nonce}`
}

async function readChain(head: string): Promise<Holder[]> {
  const chain: Holder[] = []
  for (let path = head; ;) {
    const holder = await readHolder(path)
    if (holder === null) return chain
    chain.push(holder)
    path = successorPath(head, holder)
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw unreadable(path)
  })
  if (text === undefined) return null
  const parsed = holderSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw unreadable(path)
}

function unreadable(path: string): Failure {
  return new Failure(
    EXIT.locked,
    `The lock ${path} cannot be read, so nobody can tell who holds it.`,
    'If no other run is at work on this reports folder, delete it and run again.',
  )
}

/** A file appears with its whole content or not at all: written aside, then linked into place. */
async function createWhole(path: string, holder: Holder): Promise<boolean> {
  // Not by pid: two containers on one volume may well have the same.
  const aside = `${path}.${holder.nonce}.tmp`
  await writeFile(aside, JSON.stringify(holder), { mode: 0o600 })
  try {
    await link(aside, path)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await unlink(aside).catch(ignoreMissing)
  }
}

/** The head goes first: a successor that is claimed while we clean up finds no chain and tries anew. */
async function release(head: string, me: Holder): Promise<void> {
  const chain = await readChain(head)
  if (chain.at(-1)?.nonce !== me.nonce) return
  await unlink(head).catch(ignoreMissing)
  for (const holder of chain) await unlink(successorPath(head, holder)).catch(ignoreMissing)
}

/** A holder on another host counts as alive: nobody here can tell. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false
  }
  const now = readProcess(holder.pid)
  // A killed process that its parent has not reaped yet still has a pid, but does nothing any more.
  if (now?.state === 'Z') return false
  return now === null || holder.processStart === null || now.start === holder.processStart
}

/** From Linux's /proc; null elsewhere, where the pid alone has to do. */
function readProcess(pid: number): { readonly state: string; readonly start: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; the state follows it, the start time is 19 fields on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', start: fields[19] ?? '' }
  } catch {
    return null
  }
}

function heldBy(holder: Holder, head: string): Failure {
  return new Failure(
    EXIT.locked,
    `Another run holds the lock: ${holder.command} ${holder.runId}, pid ${holder.pid} on ${holder.host}, since ${holder.since}. Nothing was sent.`,
    holder.host === hostname()
      ? 'Wait for it to end, then run again.'
      : `Wait for it to end. If that host is gone for good, delete ${head} and what begins with it, then run again.`,
  )
}

function ignoreMissing(error: unknown): undefined {
  if (hasCode(error, 'ENOENT')) return undefined
  throw error
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

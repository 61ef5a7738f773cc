import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Which process this is, so that another one on this machine, or on another, can tell whether it still runs. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot (Linux): tells a process from a later one with the same pid. */
  readonly processStart: string | null
  /** Of this boot of this machine (Linux). */
  readonly bootId: string | null
  /** The namespace in which `pid` means this process (Linux): containers count their own. Null: nobody can ask for it. */
  readonly pidNamespace: string | null
  readonly host: string
}

/** The facts of the machine that the lock needs, as a port. */
export interface ProcessFacts {
  self(): ProcessIdentity
  /** Whether a process of this boot and this PID namespace is still at work. */
  isAlive(process: Pick<ProcessIdentity, 'pid' | 'processStart'>): boolean
}

export const processFacts: ProcessFacts = {
  self: () => ({
    pid: process.pid,
    processStart: isOwnProc() ? (readProcess(process.pid)?.start ?? null) : null,
    bootId: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: isOwnProc() ? orNull(() => readlinkSync('/proc/self/ns/pid')) : null,
    host: hostname(),
  }),
  isAlive({ pid, processStart }) {
    const now = readProcess(pid)
    if (now === null) return canBeSignalled(pid)
    // A killed process that its parent has not reaped yet still has a pid, but does nothing any more.
    if (now.state === 'Z' || now.state === 'X') return false
    return processStart === null || now.start === processStart
  },
}

/** A namespace may have been given the /proc of another, in which our pid is somebody else's. */
function isOwnProc(): boolean {
  return orNull(() => readlinkSync('/proc/self')) === String(process.pid)
}

/** Where /proc hides the processes of others (hidepid). */
function canBeSignalled(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

/** From Linux's /proc; null elsewhere. */
function readProcess(pid: number): { readonly state: string; readonly start: string } | null {
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (stat === null) return null
  // The name in parentheses may hold spaces; the state follows it, the start time is 19 fields on.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', start: fields[19] ?? '' }
}

function orNull(read: () => string): string | null {
  try {
    return read()
  } catch {
    return null
  }
}

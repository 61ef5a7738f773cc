import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { CLI } from '../support/cli.ts'
import { CONTRACT_WORLD, GIVEN } from './contract-world.ts'

const outcomeSchema = z.strictObject({
  client: z.string(),
  /** The client's own name of the call. */
  operation: z.string(),
  /** What of it, where there is more than one case. */
  variant: z.string().nullable(),
  /** The first request that it sent, `METHOD path`. */
  http: z.string().nullable(),
  /** Absent: the client has this call and no case makes it, or the other way round. */
  status: z.enum(['ok', 'failed', 'absent']),
  detail: z.string().nullable(),
})
export type Outcome = z.output<typeof outcomeSchema>

export interface ServedContract {
  readonly endpoint: string
  close(): Promise<void>
}

/** The built simulator with a world of its own. */
export async function serveContract(): Promise<ServedContract> {
  const folder = await mkdtemp(join(tmpdir(), 'sdrs-contract-'))
  const world = join(folder, 'world.json')
  await writeFile(world, JSON.stringify(CONTRACT_WORLD))
  const args = ['simulate', '--world', world, '--port', '0', '--job-time', '30ms']
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const said = await Promise.race([once(child.stdout, 'data'), ended])
  const endpoint = /http:\S+(?=, project)/.exec(String(said[0]))?.[0]
  if (endpoint === undefined) throw new Error(`the simulator does not serve: ${String(said[0])}`)
  return {
    endpoint,
    async close() {
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

/** A script of `python/` runs all of its cases against a simulator of its own. In the order of the cases. */
export async function runClient(python: string, script: string): Promise<readonly Outcome[]> {
  const served = await serveContract()
  const folder = await mkdtemp(join(tmpdir(), 'sdrs-client-'))
  try {
    const given = join(folder, 'given.json')
    await writeFile(given, JSON.stringify({ ...GIVEN, endpoint: served.endpoint }))
    const file = fileURLToPath(new URL(`python/${script}`, import.meta.url))
    const { PATH = '' } = process.env
    const child = spawn(python, ['-B', file, given], {
      // A home of its own: no clouds.yaml, no credentials of whoever runs this.
      env: { PATH, HOME: folder, PYTHONWARNINGS: 'ignore' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 150_000,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`${script} ended with ${String(code)}:\n${stdout}\n${stderr}`)
    return stdout
      .trim()
      .split('\n')
      .map((line) => outcomeSchema.parse(JSON.parse(line)))
  } finally {
    await served.close()
    await rm(folder, { recursive: true })
  }
}

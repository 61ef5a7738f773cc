import { join } from 'node:path'
import type { ProcessFacts } from '../process-facts.ts'
import { lifeOf, parseHolder, type Holder } from '../rollout/holder.ts'
import type { LockFiles } from '../rollout/lock-files.ts'
import { SILENT_MS } from '../rollout/lock-state.ts'

export interface LivingHolder {
  readonly holder: Holder
  /** Its pid means that process here as well: it can be signalled by it. */
  readonly isHere: boolean
}

/**
 * Who is at work on a reports folder; null: nobody, as far as can be seen. A look from outside: it writes nothing,
 * so that the age of a foreign holder's touch is told by this machine's clock. Never rejects.
 */
export async function livingHolder(
  reportsDir: string,
  files: Pick<LockFiles, 'list' | 'read'>,
  facts: ProcessFacts,
  now: number,
): Promise<LivingHolder | null> {
  const folder = join(reportsDir, '.lock')
  const entries = await files.list(folder).catch(() => [])
  for (const entry of entries.filter((each) => each.endsWith('.json'))) {
    const read = await files.read(join(folder, entry)).catch(() => null)
    const holder = read === null ? null : parseHolder(read.text)
    if (read === null || holder === null) continue
    const life = lifeOf(holder, facts)
    if (life === 'alive') return { holder, isHere: true }
    if (life === 'foreign' && now - read.mtimeMs < SILENT_MS) return { holder, isHere: false }
  }
  return null
}

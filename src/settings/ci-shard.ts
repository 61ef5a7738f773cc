import { ValueError, integer } from './values.ts'

export interface Share {
  /** `I/N`, not yet looked into; null: the whole inventory. */
  readonly shard: string | null
  /** Said aloud when the share came from the surroundings: nobody typed it. */
  readonly notice: string | null
}

export const WHOLE: Share = { shard: null, notice: null }

/**
 * Which share of the inventory this process takes: as told by `--shard`, else as a Kubernetes
 * Indexed Job (index from 0, the number of completions passed on by the pod's author) or GitLab's
 * `parallel:` (index from 1) says.
 */
export function shareOf(
  given: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Share {
  if (given !== null) return { shard: given, notice: null }
  const completion = env['JOB_COMPLETION_INDEX'] ?? ''
  if (completion !== '') {
    const completions = env['JOB_COMPLETIONS'] ?? ''
    if (completions === '') {
      // Going on would make every pod take the whole inventory.
      throw new ValueError(
        'JOB_COMPLETION_INDEX is set, but not JOB_COMPLETIONS; set it to the number of completions, or give --shard 1/1 for the whole inventory',
      )
    }
    const count = integer(completions, 1, 100_000)
    const index = integer(completion, 0, count - 1) + 1
    return announce(index, count, 'JOB_COMPLETION_INDEX')
  }
  const total = env['CI_NODE_TOTAL'] ?? ''
  const node = env['CI_NODE_INDEX'] ?? ''
  if (total === '' || node === '') return WHOLE
  const count = integer(total, 1, 100_000)
  return announce(integer(node, 1, count), count, 'CI_NODE_INDEX')
}

function announce(index: number, count: number, variable: string): Share {
  if (count === 1) return WHOLE
  const shard = `${index}/${count}`
  return { shard, notice: `taking share ${shard} of the inventory, from ${variable}` }
}

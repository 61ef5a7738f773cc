import { newRunId } from '../rollout/run-folder.ts'
import { tool } from '../version.ts'
import type { Cloud } from './cloud.ts'

/** What a run's journal and report say of where and when it was. */
export function runFacts({ endpoint, projectId, region, target, clock }: Cloud) {
  const startedAt = clock.now()
  const runId = newRunId(new Date(startedAt))
  const directory = process.cwd()
  return { endpoint, projectId, region, target, startedAt, runId, tool: tool(), directory }
}

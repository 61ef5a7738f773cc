import type { Job } from '../cloud/sdrs/sdrs-schema.ts'

/** What a job's answer says of the create. */
export type JobResult =
  | { readonly kind: 'running' }
  | {
      readonly kind: 'success'
      readonly instanceId: string | null
      readonly targetServerId: string | null
    }
  | { readonly kind: 'failed'; readonly code: string | null; readonly reason: string }

/**
 * Reads a job to its end. Pure. A parent may call itself SUCCESS above a failed sub-job, and then the
 * create has failed, with the sub-job's code. Codes and reasons may be another service's: opaque text.
 */
export function readJobResult(job: Job): JobResult {
  const failed = findFailed(job)
  if (job.status === 'FAIL' || (job.status === 'SUCCESS' && failed !== null)) {
    const culprit = job.errorCode !== null || job.failReason !== null ? job : (failed ?? job)
    return {
      kind: 'failed',
      code: culprit.errorCode,
      reason: culprit.failReason ?? culprit.errorCode ?? 'the job gives no reason',
    }
  }
  if (job.status !== 'SUCCESS') return { kind: 'running' }
  return {
    kind: 'success',
    instanceId: firstOf(job, (each) => each.protectedInstanceId),
    targetServerId: firstOf(job, (each) => each.targetServerId),
  }
}

/** The innermost failed job: it knows why. */
function findFailed(job: Job): Job | null {
  for (const sub of job.subJobs) {
    const failed = findFailed(sub) ?? (sub.status === 'FAIL' ? sub : null)
    if (failed !== null) return failed
  }
  return null
}

function firstOf(job: Job, read: (job: Job) => string | null): string | null {
  const own = read(job)
  if (own !== null) return own
  for (const sub of job.subJobs) {
    const found = firstOf(sub, read)
    if (found !== null) return found
  }
  return null
}

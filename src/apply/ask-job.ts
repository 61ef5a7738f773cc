import type { Clock } from '../clock.ts'
import { ApiError, isNoSuchJob, UNREADABLE } from '../cloud/errors.ts'
import type { Job } from '../cloud/sdrs/sdrs-schema.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import { isSignInRefused } from './group-look.ts'
import type { StopControl } from './stop.ts'

/** What asking for a job has shown, and when, ms. */
export type JobSeen =
  | { readonly kind: 'job'; readonly job: Job; readonly at: number }
  /** SDRS itself says that there is no such job. */
  | { readonly kind: 'no-job'; readonly at: number }
  /** No answer about the job; `barred`: one that says nothing and may say so every time. */
  | { readonly kind: 'no-answer'; readonly barred: boolean; readonly at: number }

interface Asking {
  readonly client: Pick<SdrsClient, 'showJob'>
  readonly clock: Clock
  readonly stop: StopControl
}

/** Null: the run ends, and nothing is asked any more. Rejects for bugs alone. */
export async function askForJob(
  jobId: string,
  { client, clock, stop }: Asking,
): Promise<JobSeen | null> {
  if (stop.following.aborted) return null
  try {
    const job = await client.showJob(jobId, stop.following)
    return { kind: 'job', job, at: clock.now() }
  } catch (error) {
    if (!isHeard(error, stop)) return null
    const at = clock.now()
    return isNoSuchJob(error)
      ? { kind: 'no-job', at }
      : { kind: 'no-answer', barred: isBarred(error), at }
  }
}

/** False: the run ends. A refused sign-in ends it. Throws what is not the service's or the network's. */
export function isHeard(error: unknown, stop: StopControl): error is ApiError {
  if (!(error instanceof ApiError)) throw error
  if (isSignInRefused(error)) stop.loseAccess(error, true)
  return !stop.following.aborted
}

/** It may be answered so every time: whoever waits for a better answer may wait in vain. */
function isBarred(error: ApiError): boolean {
  return error.class === 'access' || error.code === UNREADABLE
}

import { ok, refuse } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { groupsOf } from './groups.ts'
import { jobStateAt } from './lifecycle.ts'
import { logItems } from './log.ts'
import { isRefusal, pageOf } from './paging.ts'
import type { Job } from './state.ts'
import { jobOnWire } from './wire.ts'

export const showJob: Handler = reading((world, { id, now }) => {
  const job = world.jobs.get(id)
  if (job === undefined) return refuse('SDRS.0201', 'the job does not exist', 404)
  return ok(jobOnWire(job, now))
})

/** Failed tasks of one group's instances; without a group those of the groups themselves. */
export const listFailureJobs: Handler = reading((world, { query, now }) => {
  const page = pageOf(query, world.limits)
  if (isRefusal(page)) return page.refusal
  const groupId = query.get('server_group_id') ?? ''
  const wanted = groupId === '' ? 'protectionGroup' : 'protectedInstance'
  const failed = groupsOf(world)
    .filter((group) => groupId === '' || group.id === groupId)
    .flatMap((group) => logItems(group.jobs))
    .map((id) => world.jobs.get(id))
    .filter((job) => job !== undefined)
    .filter((job) => job.resource.type === wanted && failureOf(job, now) !== null)
  return ok({
    failure_jobs: failed.slice(page.offset, page.offset + page.limit).map((job) => {
      const failure = failureOf(job, now)
      return {
        job_id: job.id,
        job_status: 'FAIL',
        job_type: job.type,
        resource_id: job.resource.id,
        resource_name: job.resource.name,
        resource_type: job.resource.type,
        failure_status: `${/^[a-z]+/.exec(job.type)?.[0] ?? ''}Fail`,
        begin_time: new Date(job.startedAt).toISOString(),
        error_code: failure?.errorCode ?? null,
        fail_reason: failure?.failReason ?? null,
      }
    }),
    count: failed.length,
  })
})

/** Its own failure or, where it counts as a success, that of a sub-job. */
function failureOf(job: Job, now: number): Pick<Job['end'], 'errorCode' | 'failReason'> | null {
  const states = [job, ...job.subJobs].map((each) => jobStateAt(each, now))
  return states.find((state) => state.status === 'FAIL') ?? null
}

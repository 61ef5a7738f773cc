import { noContent, ok, refuse } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { findLiveGroup, groupsOf } from './groups.ts'
import { jobStateAt } from './lifecycle.ts'
import { logItems } from './log.ts'
import { isRefusal, pageOf } from './paging.ts'
import type { Group, Job, World } from './state.ts'

/** A job that failed, and why. */
interface FailedTask {
  readonly job: Job
  readonly errorCode: string | null
  readonly failReason: string | null
}

/** "Querying Failed Tasks": of one group what it holds; without a group those of the groups themselves. */
export const listFailureJobs: Handler = reading((world, { query, now }) => {
  const page = pageOf(query, world.limits)
  if (isRefusal(page)) return page.refusal
  const groupId = query.get('server_group_id') ?? ''
  const failed = (groupId === '' ? ofGroupsThemselves(world, now) : inGroup(world, groupId, now))
    .map(onWire)
    .filter(isAskedFor(query))
  return ok({
    count: failed.length,
    failure_jobs: failed.slice(page.offset, page.offset + page.limit),
  })
})

/** One failed task, by the ID of its job. */
export const deleteFailureJob: Handler = (world, { id, now }) => {
  const job = world.jobs.get(id)
  const failed = job === undefined ? null : failureOf(job, now)
  // No code is documented for it.
  return failed === null
    ? [world, refuse('SDRS.0201', 404)]
    : [withoutFailures(world, [failed]), noContent()]
}

/** "Deleting All Failed Tasks of All Protection Groups" says that it deletes those of the groups themselves. */
export const deleteAllFailureJobs: Handler = (world, { now }) => [
  withoutFailures(world, ofGroupsThemselves(world, now)),
  noContent(),
]

export const deleteGroupFailureJobs: Handler = (world, { id, now }) =>
  findLiveGroup(world, { id, now }) === undefined
    ? [world, refuse('SDRS.1013')]
    : [withoutFailures(world, inGroup(world, id, now)), noContent()]

function ofGroupsThemselves(world: World, now: number): FailedTask[] {
  return groupsOf(world).flatMap((group) => failedOf(world, group, now).filter(isOfGroup))
}

function inGroup(world: World, groupId: string, now: number): FailedTask[] {
  const group = world.groups.get(groupId)
  return group === undefined ? [] : failedOf(world, group, now).filter((task) => !isOfGroup(task))
}

function isOfGroup({ job }: FailedTask): boolean {
  return job.resource.type === 'server_groups'
}

function failedOf(world: World, group: Group, now: number): FailedTask[] {
  return logItems(group.jobs)
    .map((id) => world.jobs.get(id))
    .map((job) => (job === undefined ? null : failureOf(job, now)))
    .filter((task) => task !== null)
}

/** Its own failure or, where it counts as a success, that of a sub-job. */
function failureOf(job: Job, now: number): FailedTask | null {
  if (job.isFailureDeleted === true) return null
  const states = [job, ...job.subJobs].map((each) => jobStateAt(each, now))
  const failed = states.find((state) => state.status === 'FAIL')
  if (failed === undefined) return null
  return { job, errorCode: failed.errorCode, failReason: failed.failReason }
}

type Told = ReturnType<typeof onWire>

function onWire({ job, errorCode, failReason }: FailedTask) {
  return {
    job_id: job.id,
    job_status: 'FAIL',
    job_type: job.type,
    resource_id: job.resource.id,
    resource_name: job.resource.name,
    resource_type: job.resource.type,
    // `createProtectedInstanceNoCG` is told as `createFail`.
    failure_status: `${/^[a-z]+/.exec(job.type)?.[0] ?? ''}Fail`,
    begin_time: new Date(job.startedAt).toISOString(),
    error_code: errorCode,
    fail_reason: failReason,
  } as const
}

const FILTERS = [
  'failure_status',
  'resource_type',
  'resource_name',
] as const satisfies (keyof Told)[]

function isAskedFor(query: URLSearchParams): (task: Told) => boolean {
  const wanted = FILTERS.map((name) => [name, query.get(name) ?? ''] as const)
  return (task) => wanted.every(([name, value]) => value === '' || task[name] === value)
}

function withoutFailures(world: World, tasks: readonly FailedTask[]): World {
  const jobs = tasks.reduce(
    (table, { job }) => table.set(job.id, { ...job, isFailureDeleted: true }),
    world.jobs,
  )
  return { ...world, jobs }
}

import { isRecord, ok, refuse, type Answer } from './answers.ts'
import { addJob } from './build.ts'
import { newJobId, type Handler } from './call.ts'
import { createProtectedInstance } from './create.ts'
import { isName, text } from './fields.ts'
import { SUCCESS } from './group-move.ts'
import { deleteProtectedInstance, findLiveInstance } from './instances.ts'
import type { Job, World } from './state.ts'

/** The reference says at most so many at once. */
const MOST_CREATES = 5
const MOST_DELETES = 20
/** Of a prefix: `-0001` follows it. */
const MOST_PREFIX = 59

/**
 * `POST protected-instances/batch`: all of them or none, by the rules of a single create. Their names
 * are told apart by a number; only the flavor is each server's own.
 */
export const batchCreateProtectedInstances: Handler = (world, call) => {
  const wire = isRecord(call.body) ? call.body['protected_instances'] : undefined
  if (!isRecord(wire)) return [world, refuse('SDRS.0201')]
  const { name_prefix: prefix, servers, ...common } = wire
  if (!isName(prefix, world.limits.dialect) || Array.from(prefix).length > MOST_PREFIX) {
    return [world, refuse('SDRS.0202')]
  }
  if (!isListOf(servers, MOST_CREATES)) return [world, refuse('SDRS.0201')]
  const groupId = text(common['server_group_id'])
  const running = world.groups.get(groupId)?.running ?? []
  let next = world
  const jobs: Job[] = []
  for (const [index, server] of servers.entries()) {
    const name = `${prefix}-${String(index + 1).padStart(4, '0')}`
    const one = {
      ...common,
      server_id: server['server_id'],
      flavorRef: server['flavorRef'],
      name,
    }
    const [after, answer] = createProtectedInstance(withRunning(next, groupId, running), {
      ...call,
      body: { protected_instance: one },
    })
    const job = jobOf(after, answer)
    if (job === null) return [world, answer]
    next = after
    jobs.push(job)
  }
  const ends = jobs.map(({ endsAt }) => endsAt)
  const limited = (next.groups.get(groupId)?.running.length ?? 0) > 0
  return withParent(
    limited ? withRunning(next, groupId, [...running, ...ends]) : next,
    groupId,
    jobs,
  )
}

/** A group that runs few creates at once takes a batch as one. */
function withRunning(world: World, groupId: string, running: readonly number[]): World {
  const group = world.groups.get(groupId)
  if (group === undefined) return world
  return { ...world, groups: world.groups.set(groupId, { ...group, running }) }
}

/** `POST protected-instances/delete`: all of them or none, of one group. */
export const batchDeleteProtectedInstances: Handler = (world, call) => {
  const body = isRecord(call.body) ? call.body : {}
  const list = body['protected_instances']
  if (!isListOf(list, MOST_DELETES)) return [world, refuse('SDRS.0201')]
  const ids = list.map((each) => text(each['id']))
  const found = ids.map((id) => findLiveInstance(world, { id, now: call.now }))
  const groupId = found[0]?.groupId ?? ''
  if (new Set(ids).size < ids.length) return [world, refuse('SDRS.0201')]
  if (found.includes(undefined)) return [world, refuse('SDRS.1320')]
  if (found.some((each) => each?.groupId !== groupId)) return [world, refuse('SDRS.0201')]
  let next = world
  const jobs: Job[] = []
  for (const id of ids) {
    const [after, answer] = deleteProtectedInstance(next, { ...call, id })
    const job = jobOf(after, answer)
    if (job === null) return [world, answer]
    next = after
    jobs.push(job)
  }
  return withParent(next, groupId, jobs)
}

function isListOf(value: unknown, most: number): value is readonly Record<string, unknown>[] {
  return Array.isArray(value) && value.length >= 1 && value.length <= most && value.every(isRecord)
}

/** The job of an answer; null: it is a refusal. */
function jobOf(world: World, { status, data }: Answer): Job | null {
  if (status !== 200 || !isRecord(data)) return null
  return world.jobs.get(text(data['job_id'])) ?? null
}

/** One job over those of the single acts, which can be asked for as well. */
function withParent(world: World, groupId: string, jobs: readonly Job[]): readonly [World, Answer] {
  const [withId, id] = newJobId(world)
  const parent: Job = {
    id,
    type: jobs[0]?.type ?? '',
    startedAt: Math.min(...jobs.map(({ startedAt }) => startedAt)),
    endsAt: Math.max(...jobs.map(({ endsAt }) => endsAt)),
    end: jobs.find(({ end }) => end.status === 'FAIL')?.end ?? SUCCESS,
    entities: {},
    groupId,
    instanceId: null,
    targetServerId: null,
    resource: { id: groupId, name: '', type: 'protected_instances' },
    // Where one fails, that is the failed task, and not all of them once more.
    isFailureDeleted: true,
    subJobs: jobs.map((job) => ({
      id: job.id,
      type: job.type,
      startedAt: job.startedAt,
      endsAt: job.endsAt,
      end: job.end,
      entities: {
        server_group_id: groupId,
        ...(job.instanceId === null ? {} : { protected_instance_id: job.instanceId }),
        ...(job.targetServerId === null ? {} : { native_server_id: job.targetServerId }),
      },
    })),
  }
  return [addJob(withId, parent), ok({ job_id: id })]
}

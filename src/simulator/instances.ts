import { isRecord, noContent, ok, refuse } from './answers.ts'
import { newJobId, reading, type Call, type Handler } from './call.ts'
import { chanceMs } from './chance.ts'
import { checkKeys, checkTags, isName, MOST_TAGS, tagsOf } from './fields.ts'
import { withDeparture } from './departures.ts'
import { SUCCESS } from './group-move.ts'
import { groupStatusAt, instanceStatusAt, isInHand, stationOf } from './lifecycle.ts'
import { logAppend } from './log.ts'
import type { Instance, Job, World } from './state.ts'
import { instanceOnWire } from './wire.ts'

/** The instance of the path as it is now, or undefined. */
export function findLiveInstance(
  world: World,
  { id, now }: Pick<Call, 'id' | 'now'>,
): Instance | undefined {
  const instance = world.instances.get(id)
  return instance === undefined || instanceStatusAt(world, instance, now) === null
    ? undefined
    : instance
}

const notFound = refuse('SDRS.1320')

export const showProtectedInstance: Handler = reading((world, call) => {
  const at = world.limits.showLags ? call.now - world.limits.listLagMs : call.now
  const instance = findLiveInstance(world, { ...call, now: at })
  if (instance === undefined) return notFound
  return ok({ protected_instance: instanceOnWire(world, instance, at) })
})

/** The name is the one thing an update may change. */
export const renameProtectedInstance: Handler = (world, call) => {
  const instance = findLiveInstance(world, call)
  if (instance === undefined) return [world, notFound]
  const wire = isRecord(call.body) ? call.body['protected_instance'] : undefined
  const name = isRecord(wire) ? wire['name'] : undefined
  if (!isName(name, world.limits.dialect)) return [world, refuse('SDRS.0202')]
  const renamed = { ...instance, name, updatedAt: call.now }
  const next = { ...world, instances: world.instances.set(instance.id, renamed) }
  return [next, ok({ protected_instance: instanceOnWire(next, renamed, call.now) })]
}

export const listProtectedInstanceTags: Handler = reading((world, call) => {
  const instance = findLiveInstance(world, call)
  return instance === undefined ? notFound : ok({ tags: instance.tags })
})

/** `create` adds or overwrites tags by key, `delete` takes them away by key. */
export const changeProtectedInstanceTags: Handler = (world, call) => {
  const instance = findLiveInstance(world, call)
  if (instance === undefined) return [world, notFound]
  const body = isRecord(call.body) ? call.body : {}
  const action = body['action']
  if (action !== 'create' && action !== 'delete') return [world, refuse('SDRS.2201')]
  const given = body['tags'] ?? []
  if (Array.isArray(given) && given.length === 0) return [world, refuse('SDRS.2202')]
  const status = instanceStatusAt(world, instance, call.now) ?? ''
  if (!isTaggable(status)) {
    return [world, refuse(action === 'create' ? 'SDRS.2221' : 'SDRS.2222')]
  }
  const tags = tagsOf(given)
  const keys = new Set(tags.map((tag) => tag.key))
  const others = instance.tags.filter((tag) => !keys.has(tag.key))
  const wanted = action === 'create' ? [...others, ...tags] : others
  const most = MOST_TAGS[world.limits.dialect]
  const refusal =
    action === 'delete'
      ? checkKeys(given)
      : (checkTags(given, { most, needsValue: true }) ?? checkTags(wanted, { most }))
  if (refusal !== null) return [world, refusal]
  const tagged = { ...instance, tags: wanted, updatedAt: call.now }
  return [{ ...world, instances: world.instances.set(instance.id, tagged) }, noContent()]
}

/** A normal one may be tagged: neither on its way in or out, nor broken. */
function isTaggable(status: string): boolean {
  return status !== 'deleting' && status !== 'error' && status !== 'error-deleting'
}

const DELETABLE_GROUP = new Set(['available', 'protected', 'failed-over'])
const DELETABLE = new Set([...DELETABLE_GROUP, 'invalid', 'fault'])

/** "Deleting a Protected Instance" of the API reference names them one by one. */
function isDeletable(status: string): boolean {
  return DELETABLE.has(status) || status.startsWith('error')
}

/** Ends after a job; the server may be protected again only then. */
export const deleteProtectedInstance: Handler = (world, call) => {
  const instance = findLiveInstance(world, call)
  if (instance === undefined) return [world, notFound]
  const status = instanceStatusAt(world, instance, call.now) ?? ''
  if (!isDeletable(status) || isInHand(world, instance, call.now)) {
    return [world, refuse('SDRS.1301')]
  }
  const group = world.groups.get(instance.groupId)
  const groupStatus = group === undefined ? null : groupStatusAt(group, call.now)
  if (
    group === undefined ||
    groupStatus === null ||
    !(DELETABLE_GROUP.has(groupStatus) || groupStatus.startsWith('error'))
  ) {
    return [world, refuse('SDRS.1324')]
  }
  // Healthy or not: to leave a healthy one alone is the caller's task, and the ledger tells.
  const deletesTarget = isRecord(call.body) && call.body['delete_target_server'] === true
  const [withId, jobId] = newJobId(world)
  const endsAt = call.now + chanceMs(world.limits.otherJobTimeMs, world.seed, 'delete', instance.id)
  const job = deletionJob(jobId, instance, call.now, endsAt)
  const next: World = {
    ...withId,
    instances: world.instances.set(instance.id, {
      ...instance,
      deletion: { at: call.now, endsAt, deletesTarget },
    }),
    groups: world.groups.set(group.id, { ...group, jobs: logAppend(group.jobs, jobId) }),
    jobs: world.jobs.set(jobId, job),
    ledger: logAppend(world.ledger, {
      kind: 'delete',
      status,
      station: stationOf(world, instance, call.now),
      at: call.now,
      serverId: instance.serverId,
      serverGroupId: instance.groupId,
      name: instance.name,
      jobId,
      instanceId: instance.id,
    }),
  }
  return [withDeparture(next, { at: endsAt, instanceId: instance.id }), ok({ job_id: jobId })]
}

function deletionJob(id: string, instance: Instance, startedAt: number, endsAt: number): Job {
  return {
    id,
    type: 'deleteProtectedInstanceNoCG',
    startedAt,
    endsAt,
    end: SUCCESS,
    entities: {},
    groupId: instance.groupId,
    instanceId: instance.id,
    targetServerId: null,
    resource: { id: instance.id, name: instance.name, type: 'protected_instances' },
    subJobs: [],
  }
}

import { isRecord, ok, refuse, type Answer } from './answers.ts'
import { newId, newJobId, reading, type Call, type Handler } from './call.ts'
import { chanceMs } from './chance.ts'
import { isDescription, isName, text } from './fields.ts'
import { groupStatusAt } from './lifecycle.ts'
import { emptyLog, logAppend, logItems } from './log.ts'
import { isRefusal, pageOf } from './paging.ts'
import type { Group, Job, World } from './state.ts'
import { groupOnWire } from './wire.ts'

const notFound = refuse('SDRS.1013')

function find(world: World, { id, now }: Call): Group | undefined {
  const group = world.groups.get(id)
  return group === undefined || groupStatusAt(group, now) === null ? undefined : group
}

export const listServerGroups: Handler = reading((world, { query, now }) => {
  const page = pageOf(query, world.limits)
  if (isRefusal(page)) return page.refusal
  const status = query.get('status') ?? ''
  const name = query.get('name') ?? ''
  const zone = query.get('availability_zone') ?? ''
  const found = groupsOf(world).filter((group) => {
    const current = groupStatusAt(group, now)
    return (
      current !== null &&
      (status === '' || current === status) &&
      group.name.includes(name) &&
      (zone === '' ||
        group.sourceAvailabilityZone === zone ||
        group.targetAvailabilityZone === zone)
    )
  })
  return ok({
    server_groups: found
      .slice(page.offset, page.offset + page.limit)
      .map((group) => groupOnWire(group, now)),
    count: found.length,
  })
})

export function groupsOf(world: World): Group[] {
  return logItems(world.groupOrder)
    .map((id) => world.groups.get(id))
    .filter((group) => group !== undefined)
}

export const showServerGroup: Handler = reading((world, call) => {
  const group = find(world, call)
  return group === undefined ? notFound : ok({ server_group: groupOnWire(group, call.now) })
})

export const renameServerGroup: Handler = (world, call) => {
  const group = find(world, call)
  if (group === undefined) return [world, notFound]
  const wire = isRecord(call.body) ? call.body['server_group'] : undefined
  const name = isRecord(wire) ? wire['name'] : undefined
  if (!isName(name, world.limits.dialect)) return [world, refuse('SDRS.0202')]
  const renamed = { ...group, name, updatedAt: call.now }
  const next = { ...world, groups: world.groups.set(group.id, renamed) }
  return [next, ok({ server_group: groupOnWire(renamed, call.now) })]
}

export const createServerGroup: Handler = (world, call) => {
  const wire = isRecord(call.body) ? call.body['server_group'] : undefined
  if (!isRecord(wire)) return [world, refuse('SDRS.0201', 'server_group is missing')]
  const refusal = checkGroup(world, wire, call.now)
  if (refusal !== null) return [world, refusal]
  const [withId, id] = newId(world, 'group')
  const group: Group = {
    id,
    name: text(wire['name']),
    description: text(wire['description']),
    status: 'available',
    move: null,
    sourceAvailabilityZone: text(wire['source_availability_zone']),
    targetAvailabilityZone: text(wire['target_availability_zone']),
    domainId: text(wire['domain_id']),
    sourceVpcId: text(wire['source_vpc_id']),
    targetVpcId: text(wire['target_vpc_id']) || text(wire['source_vpc_id']),
    priorityStation: 'source',
    capacity: null,
    parallel: null,
    createdAt: call.now,
    updatedAt: call.now,
    goneAt: null,
    instances: emptyLog(),
    jobs: emptyLog(),
    instanceCount: 0,
    pairCount: 0,
    running: [],
  }
  const created = { ...withId, groupOrder: logAppend(world.groupOrder, id) }
  return move(created, group, call.now, 'createProtectionGroupNoCG', 'creating', 'available')
}

function checkGroup(world: World, wire: Record<string, unknown>, now: number): Answer | null {
  if (!isName(wire['name'], world.limits.dialect)) return refuse('SDRS.0202')
  if (!isDescription(wire['description'] ?? '')) return refuse('SDRS.0212')
  const [source, target] = [
    text(wire['source_availability_zone']),
    text(wire['target_availability_zone']),
  ]
  if (source === '' || target === '' || source === target) return refuse('SDRS.0203')
  if (text(wire['source_vpc_id']) === '') return refuse('SDRS.0204')
  const quota = world.limits.groupQuota
  return quota >= 0 && liveGroups(world, now) >= quota ? refuse('SDRS.0305') : null
}

export function liveGroups(world: World, now: number): number {
  return groupsOf(world).filter((group) => groupStatusAt(group, now) !== null).length
}

/** Only a group without instances can be deleted. */
export const deleteServerGroup: Handler = (world, call) => {
  const group = find(world, call)
  if (group === undefined) return [world, notFound]
  const status = groupStatusAt(group, call.now) ?? ''
  if (group.instanceCount > 0 || !(status === 'available' || status.startsWith('error'))) {
    return [world, refuse('SDRS.1325', `${status}, ${group.instanceCount} protected instances`)]
  }
  const [next, answer] = move(
    world,
    group,
    call.now,
    'deleteProtectionGroupNoCG',
    'deleting',
    status,
  )
  const moved = next.groups.get(group.id) ?? group
  const gone = { ...moved, goneAt: moved.move?.endsAt ?? call.now }
  return [{ ...next, groups: next.groups.set(group.id, gone) }, answer]
}

/** Protection can be switched on where something is replicated. */
export const startServerGroup: Handler = (world, call) =>
  act(world, call, 'start-server-group', (group, status) =>
    ['available', 'error-starting'].includes(status) && group.pairCount > 0
      ? (['startProtectionGroupNoCG', 'starting', 'protected'] as const)
      : null,
  )

export const stopServerGroup: Handler = (world, call) =>
  act(world, call, 'stop-server-group', (_group, status) =>
    ['protected', 'error-stopping'].includes(status)
      ? (['stopProtectionGroupNoCG', 'stopping', 'available'] as const)
      : null,
  )

function act(
  world: World,
  call: Call,
  action: string,
  decide: (group: Group, status: string) => readonly [string, string, string] | null,
): ReturnType<Handler> {
  const group = find(world, call)
  if (group === undefined) return [world, notFound]
  if (!isRecord(call.body) || !isRecord(call.body[action])) return [world, refuse('SDRS.0206')]
  const status = groupStatusAt(group, call.now) ?? ''
  const decision = decide(group, status)
  if (decision === null) {
    return [world, refuse('SDRS.1325', `${status}, ${group.pairCount} replication pairs`)]
  }
  return move(world, group, call.now, ...decision)
}

/** The group goes through `during` to `after`, which a job of type `type` follows. */
function move(
  world: World,
  group: Group,
  now: number,
  type: string,
  during: string,
  after: string,
): readonly [World, Answer] {
  const [withId, jobId] = newJobId(world)
  const endsAt = now + chanceMs(world.limits.otherJobTimeMs, world.seed, type, jobId)
  const success = { status: 'SUCCESS', errorCode: null, failReason: null } as const
  const span = { type, startedAt: now, endsAt, end: success }
  const job: Job = {
    ...span,
    id: jobId,
    groupId: group.id,
    instanceId: null,
    targetServerId: null,
    resource: { id: group.id, name: group.name, type: 'protectionGroup' },
    // The outcome of an action on a group stands in a sub-job.
    subJobs: [
      {
        ...span,
        id: `${jobId.slice(0, -4)}${jobId.slice(-4).split('').reverse().join('')}`,
        entities: { server_group_id: group.id },
      },
    ],
  }
  const moved: Group = {
    ...group,
    move: { during, after, endsAt },
    updatedAt: endsAt,
    jobs: logAppend(group.jobs, jobId),
  }
  const next = {
    ...withId,
    groups: withId.groups.set(group.id, moved),
    jobs: withId.jobs.set(jobId, job),
  }
  return [next, ok({ job_id: jobId })]
}

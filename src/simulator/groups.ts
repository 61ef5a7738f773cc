import { isRecord, ok, refuse, type Answer } from './answers.ts'
import { newId, reading, type Call, type Handler } from './call.ts'
import { drillsOf } from './drill-list.ts'
import { isDescription, isName, text } from './fields.ts'
import { moveGroup } from './group-move.ts'
import { withGroup } from './group-table.ts'
import { isAbnormal } from './instance-list.ts'
import { groupStatusAt } from './lifecycle.ts'
import { emptyLog, logAppend, logItems } from './log.ts'
import { isRefusal, pageOf } from './paging.ts'
import { sidesOf } from './sides.ts'
import type { Group, World } from './state.ts'
import { groupOnWire } from './wire.ts'

const notFound = refuse('SDRS.1013')

/** The group of the path as it is now, or undefined. */
export function findLiveGroup(
  world: World,
  { id, now }: Pick<Call, 'id' | 'now'>,
): Group | undefined {
  const group = world.groups.get(id)
  return group === undefined || groupStatusAt(group, now) === null ? undefined : group
}

export const listServerGroups: Handler = reading((world, { query, now }) => {
  const page = pageOf(query, world.limits)
  if (isRefusal(page)) return page.refusal
  const at = now - world.limits.listLagMs
  const found = groupsOf(world).filter(filterOf(world, query, at))
  return ok({
    server_groups: found
      .slice(page.offset, page.offset + page.limit)
      .map((group) => groupOnWire(world, group, at)),
    count: found.length,
  })
})

/** `availability_zone` is the one that production is in now, on whichever side that is. */
function filterOf(world: World, query: URLSearchParams, at: number): (group: Group) => boolean {
  const wanted = query.get('status') ?? ''
  const name = query.get('name') ?? ''
  const zone = query.get('availability_zone') ?? ''
  const type = query.get('query_type') ?? ''
  const isOfType = QUERY_TYPES.get(type) ?? (() => true)
  return (group) => {
    const status = groupStatusAt(group, at)
    return (
      status !== null &&
      (wanted === '' || status === wanted) &&
      group.name.includes(name) &&
      (zone === '' || sidesOf(group, at).production.zone === zone) &&
      isOfType(status) &&
      (type !== 'period_no_dr_drill' || !isDrilledSince(world, group, at))
    )
  }
}

/** "The default duration is 3 months". Of drills that are deleted nothing is known any more. */
const DRILL_PERIOD_MS = 90 * 24 * 3_600_000

function isDrilledSince(world: World, group: Group, at: number): boolean {
  return drillsOf(world, group.id, at).some(({ createdAt }) => createdAt > at - DRILL_PERIOD_MS)
}

/** By the group's status; `general` and what is not documented leave none out. */
const QUERY_TYPES: ReadonlyMap<string, (status: string) => boolean> = new Map([
  ['status_abnormal', isAbnormal],
  ['stop_protected', (status) => status === 'available'],
])

export function groupsOf(world: World): Group[] {
  return logItems(world.groupOrder)
    .map((id) => world.groups.get(id))
    .filter((group) => group !== undefined)
}

export const showServerGroup: Handler = reading((world, call) => {
  const at = world.limits.showLags ? call.now - world.limits.listLagMs : call.now
  const group = findLiveGroup(world, { id: call.id, now: at })
  return group === undefined ? notFound : ok({ server_group: groupOnWire(world, group, at) })
})

export const renameServerGroup: Handler = (world, call) => {
  const group = findLiveGroup(world, call)
  if (group === undefined) return [world, notFound]
  const wire = isRecord(call.body) ? call.body['server_group'] : undefined
  const name = isRecord(wire) ? wire['name'] : undefined
  if (!isName(name, world.limits.dialect)) return [world, refuse('SDRS.0202')]
  const renamed = { ...group, name, updatedAt: call.now }
  const next = withGroup(world, renamed)
  return [next, ok({ server_group: groupOnWire(next, renamed, call.now) })]
}

export const createServerGroup: Handler = (world, call) => {
  const wire = isRecord(call.body) ? call.body['server_group'] : undefined
  if (!isRecord(wire)) return [world, refuse('SDRS.0201')]
  const refusal = checkGroup(world, wire, call.now)
  if (refusal !== null) return [world, refusal]
  const [withId, id] = newId(world, 'group')
  const group: Group = {
    id,
    name: text(wire['name']),
    description: text(wire['description']),
    status: 'available',
    moves: [],
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
    startFails: null,
    syncTimeMs: null,
    instances: emptyLog(),
    jobs: emptyLog(),
    instanceCount: 0,
    pairCount: 0,
    running: [],
  }
  const created = { ...withId, groupOrder: logAppend(world.groupOrder, id) }
  const [next, job] = moveGroup(created, group, call.now, {
    act: 'create',
    type: 'createProtectionGroupNoCG',
    during: 'creating',
    after: 'available',
  })
  return [next, ok({ job_id: job.id })]
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

/** Only a group that holds nothing can be deleted ("Deleting a Protection Group"). */
export const deleteServerGroup: Handler = (world, call) => {
  const group = findLiveGroup(world, call)
  if (group === undefined) return [world, notFound]
  const status = groupStatusAt(group, call.now) ?? ''
  if (group.instanceCount > 0) return [world, refuse('SDRS.1001')]
  if (drillsOf(world, group.id, call.now).length > 0) return [world, refuse('SDRS.1003')]
  if (group.pairCount > 0) return [world, refuse('SDRS.1010')]
  if (!(status === 'available' || status.startsWith('error'))) {
    return [world, refuse('SDRS.1002')]
  }
  const [next, job] = moveGroup(world, group, call.now, {
    act: 'delete',
    type: 'deleteProtectionGroupNoCG',
    during: 'deleting',
    after: status,
  })
  const gone = { ...(next.groups.get(group.id) ?? group), goneAt: job.endsAt }
  return [{ ...next, groups: next.groups.set(group.id, gone) }, ok({ job_id: job.id })]
}

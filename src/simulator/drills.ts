import type { Drill } from './acts.ts'
import { isRecord, ok, refuse, type Answer } from './answers.ts'
import { beginAct } from './begin-act.ts'
import { newId, reading, type Call, type Handler } from './call.ts'
import { drillsOf, drillStatusAt } from './drill-list.ts'
import { isName, text } from './fields.ts'
import { findLiveGroup } from './groups.ts'
import { groupStatusAt, instanceStatusAt } from './lifecycle.ts'
import { logItems } from './log.ts'
import { isRefusal, pageOf } from './paging.ts'
import type { Group, Instance, World } from './state.ts'
import { spaced } from './wire.ts'

/** "Creating a DR Drill": of the group. */
const CREATABLE_IN: readonly string[] = [
  'available',
  'protected',
  'failed-over',
  'error-starting',
  'error-stopping',
  'error-reversing',
  'error-reprotecting',
  'error-failing-over',
]

/** `POST disaster-recovery-drills`: a drill server for each instance, in a VPC that is given or made. */
export const createDisasterRecoveryDrill: Handler = (world, call) => {
  const wire = isRecord(call.body) ? call.body['disaster_recovery_drill'] : undefined
  if (!isRecord(wire)) return [world, refuse('SDRS.0201')]
  const groupId = text(wire['server_group_id'])
  if (groupId === '') return [world, refuse('SDRS.0207')]
  const name = wire['name']
  if (!isName(name, world.limits.dialect)) return [world, refuse('SDRS.0202')]
  const group = findLiveGroup(world, { id: groupId, now: call.now })
  if (group === undefined) return [world, refuse('SDRS.1013')]
  if (!CREATABLE_IN.includes(groupStatusAt(group, call.now) ?? '')) {
    return [world, refuse('SDRS.1002')]
  }
  const instances = drilled(world, group, call.now)
  if (instances.length === 0) return [world, refuse('SDRS.1015')]
  const given = text(wire['drill_vpc_id'])
  const refusal = given === '' ? null : judgeVpc(world, group, given, call.now)
  if (refusal !== null) return [world, refusal]
  const [withId, id] = newId(world, 'drill')
  const [withVpc, vpcId] = given === '' ? newId(withId, 'vpc') : [withId, given]
  let made: World = withVpc
  const servers: Drill['servers'][number][] = []
  for (const { id: instanceId } of instances) {
    const [next, serverId] = newId(made, 'drill-server')
    made = next
    servers.push({ instanceId, serverId })
  }
  const [next, job] = beginAct(made, call.now, {
    ...drillJob('createDisasterRecoveryDrill', { id, name, groupId, servers }),
  })
  const drill: Drill = {
    id,
    name,
    groupId,
    vpcId,
    status: 'available',
    createdAt: call.now,
    readyAt: job.endsAt,
    updatedAt: job.endsAt,
    servers,
    deletion: null,
  }
  return [{ ...next, drills: next.drills.set(id, drill) }, ok({ job_id: job.id })]
}

/** What is being made, deleted or is broken has no DR server to copy. */
function drilled(world: World, group: Group, now: number): readonly Instance[] {
  return logItems(group.instances)
    .map((id) => world.instances.get(id))
    .filter((instance) => instance !== undefined)
    .filter((instance) => {
      const status = instanceStatusAt(world, instance, now)
      return status !== null && !['creating', 'deleting', 'error', 'invalid'].includes(status)
    })
}

/** A VPC that the world has no subnets of is taken as it is: nothing more is known of it. */
function judgeVpc(world: World, group: Group, vpcId: string, now: number): Answer | null {
  if (vpcId === group.sourceVpcId || vpcId === group.targetVpcId) return refuse('SDRS.1907')
  if (drillsOf(world, null, now).some((drill) => drill.vpcId === vpcId)) return refuse('SDRS.1921')
  const blocks = new Set(blocksOf(world, vpcId))
  if (blocks.size === 0) return null
  return blocksOf(world, group.sourceVpcId).every((cidr) => blocks.has(cidr))
    ? null
    : refuse('SDRS.1909')
}

function blocksOf(world: World, vpcId: string): readonly string[] {
  return Object.values(world.subnets)
    .filter((subnet) => subnet.vpcId === vpcId)
    .map(({ cidr }) => cidr)
}

export const listDisasterRecoveryDrills: Handler = reading((world, { query, now }) => {
  const page = pageOf(query, world.limits)
  if (isRefusal(page)) return page.refusal
  const at = now - world.limits.listLagMs
  const name = query.get('name') ?? ''
  const status = query.get('status') ?? ''
  const vpcId = query.get('drill_vpc_id') ?? ''
  const found = drillsOf(world, query.get('server_group_id') || null, at).filter(
    (drill) =>
      drill.name.includes(name) &&
      (status === '' || drillStatusAt(drill, at) === status) &&
      (vpcId === '' || drill.vpcId === vpcId),
  )
  return ok({
    count: found.length,
    disaster_recovery_drills: found
      .slice(page.offset, page.offset + page.limit)
      .map((drill) => drillOnWire(drill, at)),
  })
})

export const showDisasterRecoveryDrill: Handler = reading((world, { id, now }) => {
  const at = world.limits.showLags ? now - world.limits.listLagMs : now
  const drill = findDrill(world, { id, now: at })
  return drill === undefined
    ? refuse('SDRS.1902')
    : ok({ disaster_recovery_drill: drillOnWire(drill, at) })
})

export const updateDisasterRecoveryDrillName: Handler = (world, call) => {
  const drill = findDrill(world, call)
  if (drill === undefined) return [world, refuse('SDRS.1902')]
  const wire = isRecord(call.body) ? call.body['disaster_recovery_drill'] : undefined
  const name = isRecord(wire) ? wire['name'] : undefined
  if (!isName(name, world.limits.dialect)) return [world, refuse('SDRS.0202')]
  const renamed = { ...drill, name, updatedAt: call.now }
  return [
    { ...world, drills: world.drills.set(drill.id, renamed) },
    ok({ disaster_recovery_drill: drillOnWire(renamed, call.now) }),
  ]
}

const DELETABLE_IN: readonly string[] = ['available', 'error', 'error-deleting']

/** Its servers, disks and NICs go with it; its VPC stays. */
export const deleteDisasterRecoveryDrill: Handler = (world, call) => {
  const drill = findDrill(world, call)
  if (drill === undefined) return [world, refuse('SDRS.1902')]
  if (!DELETABLE_IN.includes(drillStatusAt(drill, call.now) ?? '')) {
    return [world, refuse('SDRS.1913')]
  }
  const [next, job] = beginAct(world, call.now, drillJob('deleteDisasterRecoveryDrill', drill))
  const deletion = { at: call.now, endsAt: job.endsAt }
  return [
    { ...next, drills: next.drills.set(drill.id, { ...drill, deletion }) },
    ok({ job_id: job.id }),
  ]
}

function findDrill(world: World, { id, now }: Pick<Call, 'id' | 'now'>): Drill | undefined {
  const drill = world.drills.get(id)
  return drill === undefined || drillStatusAt(drill, now) === null ? undefined : drill
}

function drillJob(
  type: string,
  { id, name, groupId, servers }: Pick<Drill, 'id' | 'name' | 'groupId' | 'servers'>,
): Parameters<typeof beginAct>[2] {
  return {
    type,
    groupId,
    resource: { id, name, type: 'disaster_recovery_drills' },
    entities: { disaster_recovery_drill_id: id },
    parts: servers.map(({ instanceId, serverId }) => ({
      server_group_id: groupId,
      protected_instance_id: instanceId,
      native_server_id: serverId,
    })),
  }
}

function drillOnWire(drill: Drill, at: number): object {
  return {
    id: drill.id,
    name: drill.name,
    status: drillStatusAt(drill, at),
    server_group_id: drill.groupId,
    drill_vpc_id: drill.vpcId,
    created_at: spaced(drill.createdAt),
    updated_at: spaced(at < drill.readyAt ? at : drill.updatedAt),
    drill_servers:
      at < drill.readyAt
        ? []
        : drill.servers.map(({ instanceId, serverId }) => ({
            protected_instance: instanceId,
            drill_server_id: serverId,
          })),
  }
}

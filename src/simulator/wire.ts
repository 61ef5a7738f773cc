import {
  groupStatusAt,
  instanceProgressAt,
  instanceStatusAt,
  jobStateAt,
  shareDone,
  stationAt,
  stationOf,
} from './lifecycle.ts'
import { drillsOf } from './drill-list.ts'
import { isTurned } from './sides.ts'
import type { Group, Instance, Job, SubJob, World } from './state.ts'

/** Records as the API writes them. A record that is not there at `at` must not be asked for. */

export function instanceOnWire(world: World, instance: Instance, at: number): object {
  const station = stationOf(world, instance, at)
  const done = at >= instance.readyAt
  const made = [instance.serverId, hasTarget(instance, at) ? instance.targetServerId : '']
  const servers =
    world.limits.swapsServers && isTurned(world, instance, at) ? made.toReversed() : made
  return {
    id: instance.id,
    name: instance.name,
    description: instance.description,
    server_group_id: instance.groupId,
    status: instanceStatusAt(world, instance, at),
    progress: instanceProgressAt(instance, at),
    source_server: servers[0],
    target_server: servers[1],
    created_at: spaced(instance.createdAt),
    updated_at: spaced(done ? instance.updatedAt : at),
    ...(station === null ? {} : { priority_station: station }),
    attachment: done
      ? instance.pairs.map((pair) => ({ replication: pair.id, device: pair.device }))
      : [],
    tags: instance.tags,
    metadata: { __system__frozen: '' },
  }
}

/** The DR server exists from the middle of the create on. */
export function hasTargetFrom({ createdAt, readyAt }: Instance): number {
  return (createdAt + readyAt) / 2
}

export function hasTarget(instance: Instance, at: number): boolean {
  return at >= hasTargetFrom(instance)
}

/** `protected_status`, `replication_status` and `health_status` are null in all but old groups. */
export function groupOnWire(world: World, group: Group, at: number): object {
  const drills = drillsOf(world, group.id, at)
  return {
    id: group.id,
    name: group.name,
    description: group.description === '' ? null : group.description,
    status: groupStatusAt(group, at),
    progress: 0,
    source_availability_zone: group.sourceAvailabilityZone,
    target_availability_zone: group.targetAvailabilityZone,
    domain_id: group.domainId,
    domain_name: world.activeDomains.find(({ id }) => id === group.domainId)?.name ?? null,
    source_vpc_id: group.sourceVpcId,
    target_vpc_id: group.targetVpcId,
    // "Not used in the current version", whatever drills there are.
    test_vpc_id: null,
    priority_station: stationAt(group, at),
    protected_instance_num: group.instanceCount,
    replication_num: group.pairCount,
    disaster_recovery_drill_num: drills.length,
    protected_status: null,
    replication_status: null,
    health_status: null,
    dr_type: 'migration',
    server_type: 'ECS',
    protection_type: 'replication-pair',
    replication_model: null,
    created_at: spaced(group.createdAt),
    // While it is on its way it is told to be changed by now, not when it will have arrived.
    updated_at: spaced(Math.min(group.updatedAt, at)),
  }
}

export function jobOnWire(job: Job, at: number): object {
  const state = jobStateAt(job, at)
  const done = shareDone(job.startedAt, job.endsAt, at)
  const subJobs = job.subJobs.filter((subJob) => subJob.startedAt <= at)
  return {
    ...jobHead(job, state, at),
    entities: {
      ...(job.groupId === null ? {} : { server_group_id: job.groupId }),
      // While a job initialises it has made nothing yet.
      ...(job.instanceId === null || state.status === 'INIT'
        ? {}
        : { protected_instance_id: job.instanceId }),
      ...(job.targetServerId === null || done < 0.5
        ? {}
        : { native_server_id: job.targetServerId }),
      ...(state.status === 'INIT' ? {} : job.entities),
      // "When no subjob exists, the value is left empty": some clients read text alone there.
      ...(job.subJobs.length === 0
        ? {}
        : { sub_jobs: subJobs.map((subJob) => subJobOnWire(subJob, at)) }),
    },
  }
}

function subJobOnWire(subJob: SubJob, at: number): object {
  return { ...jobHead(subJob, jobStateAt(subJob, at), at), entities: subJob.entities }
}

function jobHead(
  job: Pick<Job, 'id' | 'type' | 'startedAt' | 'endsAt'>,
  state: ReturnType<typeof jobStateAt>,
  at: number,
): object {
  return {
    status: state.status,
    job_id: job.id,
    job_type: job.type,
    begin_time: new Date(job.startedAt).toISOString(),
    end_time: at >= job.endsAt ? new Date(job.endsAt).toISOString() : '',
    error_code: state.errorCode,
    fail_reason: state.failReason,
  }
}

/** `2018-05-04T03:43:24.108526`: pairs are told to the microsecond. */
export function microseconds(at: number): string {
  return new Date(at).toISOString().replace('Z', '000')
}

/** `2018-11-06 11:09:25.861`: UTC, though it does not say so. */
export function spaced(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '')
}

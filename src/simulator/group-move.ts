import type { LoosePair } from './acts.ts'
import { newJobId } from './call.ts'
import { chanceJobId, chanceMs } from './chance.ts'
import type { GroupMove } from './group-acts.ts'
import { withGroup } from './group-table.ts'
import { logAppend } from './log.ts'
import type { Group, Instance, Job, JobEnd, SubJob, World } from './state.ts'

export const SUCCESS: JobEnd = { status: 'SUCCESS', errorCode: null, failReason: null }

/** What becomes of a group, and how the job tells it. */
export interface Course extends Pick<GroupMove, 'act' | 'during' | 'after'> {
  /** The job's. */
  readonly type: string
  readonly station?: GroupMove['station']
  readonly failed?: GroupMove['failed']
  readonly end?: JobEnd
  /** Whose pairs have a part in it, each with its sub-job: of type `pairType`, ending as `partEnd` says. */
  readonly parts?: readonly Instance[]
  /** Pairs of no instance that have a part in it as well. */
  readonly loose?: readonly LoosePair[]
  readonly pairType?: string
  readonly partEnd?: (instance: Instance) => JobEnd
}

/** Sets a group in motion; the job is over when the group arrives. */
export function moveGroup(
  world: World,
  group: Group,
  now: number,
  course: Course,
): readonly [World, Job] {
  const [withId, jobId] = newJobId(world)
  const endsAt = now + chanceMs(world.limits.otherJobTimeMs, world.seed, course.type, jobId)
  const job: Job = {
    id: jobId,
    type: course.type,
    startedAt: now,
    endsAt,
    end: course.end ?? SUCCESS,
    entities: {},
    groupId: group.id,
    instanceId: null,
    targetServerId: null,
    resource: { id: group.id, name: group.name, type: 'server_groups' },
    subJobs: course.parts === undefined ? [ownSubJob(jobId, group, now, endsAt, course)] : [],
  }
  const withParts = { ...job, subJobs: [...job.subJobs, ...pairSubJobs(job, course)] }
  const moved: Group = {
    ...group,
    moves: [
      ...group.moves,
      {
        act: course.act,
        startedAt: now,
        endsAt,
        during: course.during,
        after: course.after,
        station: course.station ?? null,
        failed: course.failed ?? [],
      },
    ],
    updatedAt: endsAt,
    jobs: logAppend(group.jobs, jobId),
  }
  const next = {
    ...withGroup(withId, moved),
    jobs: withId.jobs.set(jobId, withParts),
  }
  return [next, withParts]
}

/** Even of a group without pairs the outcome stands in a sub-job. */
function ownSubJob(
  parentId: string,
  group: Group,
  startedAt: number,
  endsAt: number,
  { type, end }: Course,
): SubJob {
  return {
    id: subJobId(parentId, 0),
    type,
    startedAt,
    endsAt,
    end: end ?? SUCCESS,
    entities: { server_group_id: group.id },
  }
}

function pairSubJobs({ id, startedAt, endsAt }: Job, course: Course): SubJob[] {
  const pairs = (course.parts ?? []).flatMap((instance) =>
    instance.pairs.map((pair) => ({ instance, pair })),
  )
  const type = course.pairType ?? course.type
  const attached = pairs.map(({ instance, pair }, place) => ({
    id: subJobId(id, place),
    type,
    startedAt,
    endsAt,
    end: course.partEnd?.(instance) ?? SUCCESS,
    entities: {
      server_group_id: instance.groupId,
      protected_instance_id: instance.id,
      replication_pair_id: pair.id,
    },
  }))
  const loose = (course.loose ?? []).map((pair, place) => ({
    id: subJobId(id, pairs.length + place),
    type,
    startedAt,
    endsAt,
    end: SUCCESS,
    entities: { server_group_id: pair.groupId, replication_pair_id: pair.id },
  }))
  return [...attached, ...loose]
}

export function subJobId(parentId: string, place: number): string {
  return chanceJobId(0, parentId, place)
}

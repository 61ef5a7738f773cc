import { ok } from './answers.ts'
import { newId, newJobId, type Handler } from './call.ts'
import { anomaliesOf, plannedFor } from './anomalies.ts'
import { addressKey } from './addresses.ts'
import type { CreateCase } from './create-case.ts'
import { readCreateFields } from './create-fields.ts'
import { judgeCreate, parallelOf } from './create-rules.ts'
import { withDeparture } from './departures.ts'
import { SUCCESS } from './group-move.ts'
import { withGroup } from './group-table.ts'
import { createTimeMs } from './job-time.ts'
import { logAppend } from './log.ts'
import {
  serverKey,
  type CreateFails,
  type Instance,
  type Job,
  type JobEnd,
  type World,
} from './state.ts'
import { pairJobs } from './sub-jobs.ts'

/** `POST protected-instances`: judged by the rules, then carried out at once, though its job ends later. */
export const createProtectedInstance: Handler = (world, { now, body }) => {
  const fields = readCreateFields(body, world.limits.dialect)
  if ('refusal' in fields) return [world, fields.refusal]
  const judged = judgeCreate(world, fields, now)
  if ('refusal' in judged) return [world, judged.refusal]
  const [next, job] = carryOut(judged)
  return [next, ok({ job_id: job.id })]
}

function carryOut(create: CreateCase): readonly [World, Job] {
  const { fields, group, server, now } = create
  const attempt = create.world.createsByServer.get(serverKey(server.id)) ?? 0
  const plan = server.createFails
  const fails = plan !== null && (plan.times === null || attempt < plan.times) ? plan : null
  const planned = plannedFor(server, attempt)
  const endsAt = now + createTimeMs(create.world, server.id, attempt, now)

  const [withInstance, id] = newId(create.world, 'instance')
  const [withTarget, targetServerId] = newId(withInstance, 'dr-server')
  const [withJob, jobId] = newJobId(withTarget)
  let world = withJob
  const pairs: Instance['pairs'][number][] = []
  for (const disk of server.disks) {
    const [withPair, pairId] = newId(world, 'pair')
    world = withPair
    pairs.push({ id: pairId, device: disk.device, diskId: disk.id })
  }
  const instance: Instance = {
    id,
    name: fields.name,
    description: fields.description,
    groupId: group.id,
    serverId: server.id,
    targetServerId,
    createdAt: now,
    readyAt: endsAt,
    updatedAt: endsAt,
    jobId,
    ends: endOf(fails),
    fixedStatus: null,
    anomalies: anomaliesOf({ planned, fails, createdAt: now, readyAt: endsAt }),
    tags: fields.tags,
    flavor: fields.flavor ?? server.flavor,
    subnetId: fields.subnetId,
    address: fields.address,
    pairs,
    deletion: null,
  }
  const job: Job = {
    id: jobId,
    type: 'createProtectedInstanceNoCG',
    startedAt: now,
    endsAt: planned?.jobNeverEnds === true ? NEVER : endsAt,
    end: fails === null || fails.subJobOnly ? SUCCESS : failureOf(fails),
    entities: {},
    groupId: group.id,
    instanceId: id,
    targetServerId,
    resource: { id, name: fields.name, type: 'protected_instances' },
    subJobs: pairJobs(jobId, instance, fails === null ? SUCCESS : failureOf(fails)),
  }
  return [record(world, { ...create, world }, instance, job), job]
}

/** The last instant that a Date can tell, and a number that JSON keeps. */
const NEVER = 8_640_000_000_000_000

function endOf(fails: CreateFails | null): Instance['ends'] {
  if (fails === null || fails.leavesInstance === 'healthy') return 'ready'
  return fails.leavesInstance ? 'error' : 'gone'
}

function failureOf(fails: CreateFails): JobEnd {
  return { status: 'FAIL', errorCode: fails.errorCode, failReason: fails.failReason }
}

/** Enters the instance and its job into every table and index, and into the ledger. */
function record(world: World, { group, now }: CreateCase, instance: Instance, job: Job): World {
  const key = serverKey(instance.serverId)
  const limited = parallelOf(world, group) !== null
  const recorded: World = {
    ...withGroup(world, {
      ...group,
      instances: logAppend(group.instances, instance.id),
      jobs: logAppend(group.jobs, job.id),
      instanceCount: group.instanceCount + 1,
      pairCount: group.pairCount + instance.pairs.length,
      running: limited ? [...group.running.filter((endsAt) => endsAt > now), instance.readyAt] : [],
    }),
    instances: world.instances.set(instance.id, instance),
    instanceOrder: logAppend(world.instanceOrder, instance.id),
    jobs: world.jobs.set(job.id, job),
    serverUse: world.serverUse
      .set(key, instance.id)
      .set(serverKey(instance.targetServerId), instance.id),
    createsByServer: world.createsByServer.set(key, (world.createsByServer.get(key) ?? 0) + 1),
    addressUse:
      instance.subnetId === null || instance.address === null
        ? world.addressUse
        : world.addressUse.set(addressKey(instance.subnetId, instance.address), instance.id),
    ledger: logAppend(world.ledger, {
      kind: 'create',
      at: now,
      serverId: instance.serverId,
      serverGroupId: instance.groupId,
      name: instance.name,
      jobId: job.id,
      instanceId: instance.id,
    }),
  }
  return instance.ends === 'gone'
    ? withDeparture(recorded, { at: instance.readyAt, instanceId: instance.id })
    : recorded
}

import { matchesGlob } from './glob.ts'
import { chance } from './chance.ts'
import type { FaultPlan } from './fault-plan.ts'
import { groupsOf } from './groups.ts'
import type { CreateFails, World } from './state.ts'

/**
 * The part of a fault plan that is a property of the cloud and not of single requests: its limits,
 * narrow groups, and servers whose create jobs fail. Applying it twice changes nothing more.
 */
export function applyFaultPlan(world: World, plan: FaultPlan): World {
  const limits = Object.fromEntries(
    Object.entries(plan.limits).filter(([, value]) => value !== undefined),
  ) as Partial<World['limits']>
  return withFailingJobs(
    withGroups({ ...world, limits: { ...world.limits, ...limits } }, plan),
    plan,
  )
}

function withGroups(world: World, plan: FaultPlan): World {
  let { groups } = world
  for (const group of groupsOf(world)) {
    const change = plan.groups.find(({ name }) => matchesGlob(name, group.name))
    if (change === undefined) continue
    groups = groups.set(group.id, {
      ...group,
      parallel: change.parallel === undefined ? group.parallel : change.parallel,
      capacity: change.capacity === undefined ? group.capacity : change.capacity,
      status: change.status ?? group.status,
    })
  }
  return { ...world, groups }
}

function withFailingJobs(world: World, plan: FaultPlan): World {
  if (plan.jobs.length === 0) return world
  let { servers } = world
  for (const [key, server] of world.servers) {
    const found = plan.jobs.find(
      (job, place) =>
        matchesGlob(job.server, server.name) &&
        chance(plan.seed, 'job', place, key) < job.probability,
    )
    if (found === undefined) continue
    const { server: _glob, probability: _share, ...createFails } = found
    servers = servers.set(key, { ...server, createFails: createFails satisfies CreateFails })
  }
  return { ...world, servers }
}

import { matchesGlob } from './glob.ts'
import { chance } from './chance.ts'
import type { FaultPlan } from './fault-plan.ts'
import { groupsOf } from './groups.ts'
import type { Server, World } from './state.ts'

/**
 * The part of a fault plan that is a property of the cloud and not of single requests: its limits,
 * narrow groups, and servers whose creates or instances come to grief. Applying it twice changes nothing more.
 */
export function applyFaultPlan(world: World, plan: FaultPlan): World {
  const limits = Object.fromEntries(
    Object.entries(plan.limits).filter(([, value]) => value !== undefined),
  ) as Partial<World['limits']>
  const limited = { ...world, limits: { ...world.limits, ...limits } }
  return withTroubledServers(withGroups(limited, plan), plan)
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

function withTroubledServers(world: World, plan: FaultPlan): World {
  if (plan.jobs.length === 0 && plan.instances.length === 0) return world
  let { servers } = world
  for (const [key, server] of world.servers) {
    const fails = entryFor(plan.jobs, 'job', plan.seed, key, server)
    const befalls = entryFor(plan.instances, 'instance', plan.seed, key, server)
    if (fails === undefined && befalls === undefined) continue
    servers = servers.set(key, {
      ...server,
      createFails: fails === undefined ? server.createFails : withoutConcern(fails),
      anomalies: befalls === undefined ? server.anomalies : withoutConcern(befalls),
    })
  }
  return { ...world, servers }
}

interface Concern {
  readonly server: string
  readonly probability: number
}

/** The first that fits a server. */
function entryFor<T extends Concern>(
  entries: readonly T[],
  kind: string,
  seed: number,
  key: string,
  { name }: Server,
): T | undefined {
  return entries.find(
    (entry, place) =>
      matchesGlob(entry.server, name) && chance(seed, kind, place, key) < entry.probability,
  )
}

function withoutConcern<T extends Concern>(entry: T): Omit<T, keyof Concern> {
  const { server: _glob, probability: _share, ...rest } = entry
  return rest
}

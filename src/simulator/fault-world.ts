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
      priorityStation: change.priorityStation ?? group.priorityStation,
      startFails: change.startFails === undefined ? group.startFails : change.startFails,
      syncTimeMs: change.syncTimeMs === undefined ? group.syncTimeMs : change.syncTimeMs,
    })
  }
  return { ...world, groups }
}

function withTroubledServers(world: World, plan: FaultPlan): World {
  const lists = [plan.jobs, plan.instances, plan.pairs, plan.drServers]
  if (lists.every((list) => list.length === 0)) return world
  let { servers } = world
  for (const [key, server] of world.servers) {
    const fit = <T extends Concern>(entries: readonly T[], kind: string) =>
      entryFor(entries, kind, plan.seed, key, server)
    servers = servers.set(key, {
      ...server,
      createFails: fit(plan.jobs, 'job') ?? server.createFails,
      anomalies: fit(plan.instances, 'instance') ?? server.anomalies,
      pairFault: fit(plan.pairs, 'pair') ?? server.pairFault,
      drServer: fit(plan.drServers, 'dr-server') ?? server.drServer,
    })
  }
  return { ...world, servers }
}

interface Concern {
  readonly server: string
  readonly probability: number
}

/** The first that fits a server, without whom it is for; null where none does. */
function entryFor<T extends Concern>(
  entries: readonly T[],
  kind: string,
  seed: number,
  key: string,
  { name }: Server,
): Omit<T, keyof Concern> | null {
  const entry = entries.find(
    (each, place) =>
      matchesGlob(each.server, name) && chance(seed, kind, place, key) < each.probability,
  )
  if (entry === undefined) return null
  const { server: _glob, probability: _share, ...rest } = entry
  return rest
}

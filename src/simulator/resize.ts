import { isRecord, ok, refuse, type Answer } from './answers.ts'
import { beginAct } from './begin-act.ts'
import type { Handler } from './call.ts'
import { targetOf } from './dr-server.ts'
import { text } from './fields.ts'
import { isOfferedIn, unsupportedBecause } from './flavors.ts'
import { instanceFor } from './instance-gate.ts'
import { isTurned, sidesOfInstance } from './sides.ts'
import { serverKey, type Instance, type Server, type World } from './state.ts'

/**
 * `POST protected-instances/{id}/resize`, "Modifying the Specifications of a Protected Instance": of the
 * server that production runs on, of the other one, or of both. Each must be stopped.
 */
export const resizeProtectedInstance: Handler = (world, call) => {
  const { id, now, body } = call
  const found = instanceFor(world, call, RESIZABLE, 'SDRS.1328')
  if ('refusal' in found) return [world, found.refusal]
  const wanted = flavorsIn(body)
  if (wanted === null) return [world, refuse('SDRS.0201')]
  const { instance, group } = found
  const sites = sitesOf(world, instance, now)
  const refusal = judge(world, sites, wanted)
  if (refusal !== null) return [world, refusal]
  const touched = [
    wanted.production === null ? null : sites.production,
    wanted.recovery === null ? null : sites.recovery,
  ].flatMap((site) => site?.server ?? [])
  const [next, job] = beginAct(world, now, {
    type: 'resizeProtectedInstanceNew',
    groupId: group.id,
    instanceId: id,
    resource: { id, name: instance.name, type: 'protected_instances' },
    parts: touched.map((server) => ({
      protected_instance_id: id,
      native_server_id: server.id,
    })),
    during: { id, status: 'resizing' },
    change: (at) => ({
      kind: 'resize',
      at,
      instanceId: id,
      sourceFlavor: sites.isTurned ? wanted.recovery : wanted.production,
      targetFlavor: sites.isTurned ? wanted.production : wanted.recovery,
    }),
  })
  return [next, ok({ job_id: job.id })]
}

const RESIZABLE: readonly string[] = ['available', 'protected', 'error-resizing']

/** Null in a field: that server stays as it is. */
interface Wanted {
  readonly production: string | null
  readonly recovery: string | null
}

/** `flavorRef` is for both servers, and the other two do not count beside it. Null: none is named. */
function flavorsIn(body: unknown): Wanted | null {
  const wire = isRecord(body) ? body['resize'] : undefined
  if (!isRecord(wire)) return null
  const both = text(wire['flavorRef']) || null
  const production = both ?? (text(wire['production_flavorRef']) || null)
  const recovery = both ?? (text(wire['dr_flavorRef']) || null)
  return production === null && recovery === null ? null : { production, recovery }
}

interface Site {
  /** Null: nothing is known of it. */
  readonly server: Server | null
  readonly zone: string
}

interface Sites {
  readonly production: Site
  readonly recovery: Site
  readonly isTurned: boolean
}

function sitesOf(world: World, instance: Instance, now: number): Sites {
  const sides = sidesOfInstance(world, instance)
  const source = {
    server: world.servers.get(serverKey(instance.serverId)) ?? null,
    zone: sides?.production.zone ?? '',
  }
  const target = {
    server: targetOf(world, instance.id, now),
    zone: sides?.recovery.zone ?? '',
  }
  const turned = isTurned(world, instance, now)
  return turned
    ? { production: target, recovery: source, isTurned: turned }
    : { production: source, recovery: target, isTurned: turned }
}

function judge(
  world: World,
  { production, recovery, isTurned: turned }: Sites,
  wanted: Wanted,
): Answer | null {
  const changes =
    (wanted.production !== null && wanted.production !== production.server?.flavor) ||
    (wanted.recovery !== null && wanted.recovery !== recovery.server?.flavor)
  if (!changes) return refuse('SDRS.1341')
  if (wanted.production !== null) {
    if (production.server?.status === 'ACTIVE') return refuse('SDRS.1319')
    if (!canBe(world, production, wanted.production)) return refuse('SDRS.1356')
  }
  if (wanted.recovery !== null) {
    // Once the sides are turned, what ran production before has been stopped for it.
    if (!turned && recovery.server?.status === 'ACTIVE') return refuse('SDRS.1342')
    if (!canBe(world, recovery, wanted.recovery)) return refuse('SDRS.1353')
  }
  return null
}

function canBe(world: World, { server, zone }: Site, flavor: string): boolean {
  if (!isOfferedIn(world.flavors.get(flavor), zone)) return false
  return server === null || unsupportedBecause(world, { ...server, flavor }) === null
}

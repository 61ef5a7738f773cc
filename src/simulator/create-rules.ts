import { addressKey, isInside, isReserved, subnetOf } from './addresses.ts'
import { refuse, type Answer } from './answers.ts'
import type { CreateCase } from './create-case.ts'
import type { CreateFields } from './create-fields.ts'
import { isOfferedIn } from './flavors.ts'
import { groupStatusAt } from './lifecycle.ts'
import { SERVER_RULES } from './server-rules.ts'
import { sidesOf } from './sides.ts'
import { serverKey, type Group, type World } from './state.ts'

type CreateRule = (create: CreateCase) => Answer | null

/**
 * In the order they are asked: what a row can never get past comes before what waiting would mend,
 * so that a wrong row is not told to wait first. A locked server is the exception: it is busy itself.
 */
const RULES: readonly CreateRule[] = [
  ...SERVER_RULES,
  recoveryFlavorIsOffered,
  subnetAndAddressFit,
  groupHasRoom,
  pairQuotaIsLeft,
  groupIsNotBusy,
]

/** What a create comes to: a refusal, or what it is about. */
export function judgeCreate(
  world: World,
  fields: CreateFields,
  now: number,
): CreateCase | { readonly refusal: Answer } {
  const group = world.groups.get(fields.groupId)
  const status = group === undefined ? null : groupStatusAt(group, now)
  if (group === undefined || status === null) return { refusal: refuse('SDRS.1013') }
  if (status !== 'available' && status !== 'protected') {
    return { refusal: refuse('SDRS.1325') }
  }
  const key = serverKey(fields.serverId)
  const server = world.servers.get(key)
  if (server === undefined) {
    // A DR server is a server too, and it is taken by the instance it belongs to.
    return { refusal: refuse(world.serverUse.has(key) ? 'SDRS.1305' : 'SDRS.1326') }
  }
  const create: CreateCase = { world, fields, group, server, now }
  for (const rule of RULES) {
    const refusal = rule(create)
    if (refusal !== null) return { refusal }
  }
  return create
}

/** Only of a flavor that the call names: the production server's own is there, as it runs. */
function recoveryFlavorIsOffered({ world, fields, group, now }: CreateCase): Answer | null {
  if (fields.flavor === null) return null
  const { zone } = sidesOf(group, now).recovery
  return isOfferedIn(world.flavors.get(fields.flavor), zone) ? null : refuse('SDRS.1353')
}

function subnetAndAddressFit({ world, group, fields, now }: CreateCase): Answer | null {
  if (fields.subnetId === null) return null
  const subnet = subnetOf(world, fields.subnetId)
  if (subnet === undefined || subnet.vpcId !== sidesOf(group, now).recovery.vpcId) {
    return refuse('SDRS.1335')
  }
  if (fields.address === null) return null
  if (!isInside(fields.address, subnet.cidr) || isReserved(fields.address, subnet)) {
    return refuse('SDRS.0219')
  }
  const holder = world.addressUse.get(addressKey(subnet.id, fields.address))
  return holder === undefined ? null : refuse('SDRS.1334')
}

function groupHasRoom({ world, group }: CreateCase): Answer | null {
  const capacity = group.capacity ?? world.limits.groupCapacity
  return capacity === null || group.instanceCount < capacity ? null : refuse('SDRS.1358')
}

function pairQuotaIsLeft({ world, server }: CreateCase): Answer | null {
  const quota = world.limits.pairQuota
  if (quota < 0) return null
  return world.pairsInUse + server.disks.length <= quota ? null : refuse('SDRS.0306')
}

function groupIsNotBusy({ world, group, now }: CreateCase): Answer | null {
  const parallel = parallelOf(world, group)
  if (parallel === null) return null
  if (group.running.filter((endsAt) => endsAt > now).length < parallel) return null
  return refuse('SDRS.1018', world.limits.busyAs === 'conflict' ? 409 : 400)
}

/** How many creates the group runs at once; null is no limit. */
export function parallelOf(world: World, group: Group): number | null {
  return group.parallel ?? world.limits.groupParallel
}

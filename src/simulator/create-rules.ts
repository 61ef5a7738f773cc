import { isIPv4 } from 'node:net'
import { matchesGlob } from './glob.ts'
import { refuse, type Answer } from './answers.ts'
import type { CreateFields } from './create-fields.ts'
import { groupStatusAt } from './lifecycle.ts'
import { serverKey, type Group, type Server, type World } from './state.ts'

/** A create whose group and server exist, up for judgement. */
export interface CreateCase {
  readonly world: World
  readonly fields: CreateFields
  readonly group: Group
  readonly server: Server
  readonly now: number
}

type CreateRule = (create: CreateCase) => Answer | null

/**
 * In the order they are asked: what a row can never get past comes before what waiting would mend,
 * so that a wrong row is not told to wait first.
 */
const RULES: readonly CreateRule[] = [
  groupTakesInstances,
  serverIsFree,
  serverIsRunningOrStopped,
  serverIsInTheGroupsAz,
  serverIsInTheGroupsVpc,
  serverHasDisks,
  flavorIsSupported,
  subnetAndAddressFit,
  groupHasRoom,
  pairQuotaIsLeft,
  groupIsNotBusy,
]

export function judgeCreate(create: CreateCase): Answer | null {
  for (const rule of RULES) {
    const refusal = rule(create)
    if (refusal !== null) return refusal
  }
  return null
}

function groupTakesInstances({ group, now }: CreateCase): Answer | null {
  const status = groupStatusAt(group, now)
  if (status === 'available' || status === 'protected') return null
  return refuse('SDRS.1325', `the protection group is ${status}`)
}

function serverIsFree({ world, server }: CreateCase): Answer | null {
  return world.serverUse.has(serverKey(server.id)) ? refuse('SDRS.1305') : null
}

function serverIsRunningOrStopped({ server }: CreateCase): Answer | null {
  return ['ACTIVE', 'SHUTOFF'].includes(server.status) ? null : refuse('SDRS.1333', server.status)
}

function serverIsInTheGroupsAz({ group, server }: CreateCase): Answer | null {
  const zone =
    group.priorityStation === 'source' ? group.sourceAvailabilityZone : group.targetAvailabilityZone
  return server.availabilityZone === zone ? null : refuse('SDRS.1303')
}

function serverIsInTheGroupsVpc({ group, server }: CreateCase): Answer | null {
  return server.vpcId === group.sourceVpcId ? null : refuse('SDRS.1304')
}

function serverHasDisks({ server }: CreateCase): Answer | null {
  return server.disks.length > 0 ? null : refuse('SDRS.1321')
}

function flavorIsSupported({ world, fields, server }: CreateCase): Answer | null {
  const globs = world.limits.unsupportedFlavors
  const bad = [server.flavor, fields.flavor ?? server.flavor].find((flavor) =>
    globs.some((glob) => matchesGlob(glob, flavor)),
  )
  return bad === undefined ? null : refuse('SDRS.1353', bad)
}

function subnetAndAddressFit({ world, group, fields }: CreateCase): Answer | null {
  if (fields.subnetId === null) return null
  const subnet = world.subnets[fields.subnetId]
  if (subnet === undefined || subnet.vpcId !== group.targetVpcId) return refuse('SDRS.1335')
  if (fields.address === null) return null
  if (!isInside(fields.address, subnet.cidr)) {
    return refuse('SDRS.0219', `${fields.address} is not in ${subnet.cidr}`)
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
  return pairsInUse(world) + server.disks.length <= quota ? null : refuse('SDRS.0306')
}

function groupIsNotBusy({ world, group, now }: CreateCase): Answer | null {
  const parallel = parallelOf(world, group)
  if (parallel === null) return null
  if (group.running.filter((endsAt) => endsAt > now).length < parallel) return null
  return refuse('SDRS.1018', undefined, world.limits.busyAs === 'conflict' ? 409 : 400)
}

/** How many creates the group runs at once; null is no limit. */
export function parallelOf(world: World, group: Group): number | null {
  return group.parallel ?? world.limits.groupParallel
}

export function pairsInUse(world: World): number {
  return world.groups.reduce((sum, group) => sum + group.pairCount, 0)
}

export function addressKey(subnetId: string, address: string): string {
  return `${subnetId}/${address}`
}

/** Whether an IPv4 address lies in a CIDR block. */
function isInside(address: string, cidr: string): boolean {
  const [network = '', bits = '32'] = cidr.split('/')
  if (!isIPv4(address) || !isIPv4(network)) return false
  const size = 2 ** (32 - Number(bits))
  return Math.floor(addressNumber(address) / size) === Math.floor(addressNumber(network) / size)
}

export function addressNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

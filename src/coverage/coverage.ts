import { isSwitchedOn } from '../group-status.ts'
import { GROUP_STATUS } from '../cloud/catalogue.ts'
import type { Server } from '../cloud/ecs/ecs-schema.ts'
import { isBroken, type ProtectedInstance, type ServerGroup } from '../cloud/sdrs/sdrs-schema.ts'
import { isUnsettled } from '../instance-status.ts'
import type { Dialect } from '../inventory/row-schema.ts'
import { groupKey, isSameServer } from '../keys.ts'
import { openResult } from '../outcome-sentences.ts'
import type { Reason } from '../outcome.ts'
import { indexInstances, locateInstance } from '../plan/locate-instance.ts'
import { onceEach } from '../plan/snapshot.ts'
import type { PreflightFacts } from '../plan/preflight/facts.ts'
import type { Finding } from '../plan/preflight/finding.ts'
import { openPreflight, type Preflight } from '../plan/preflight/preflight.ts'
import { refusalOf } from '../plan/preflight/rules.ts'
import type { CoverageClass } from './classes.ts'
import { isExcludedBy, type Exclusion } from './exclusion.ts'
import { namelessSides } from './nameless-sides.ts'
import { groupFinder, type FittingGroups } from './fitting-groups.ts'

/** Why a server is broken or not protectable, in the words of a row's outcome. */
export interface Obstacle {
  readonly reason: Reason
  /** With which the service would refuse the create; null: nothing would be sent. */
  readonly errorCode: string | null
  readonly message: string
  readonly advice: string
}

/** A server of the project, in its one class. */
export interface CoveredServer {
  readonly server: Server
  readonly class: CoverageClass
  /** That of its instance; of a server without one the group that fits, where that is exactly one. */
  readonly group: ServerGroup | null
  readonly obstacle: Obstacle | null
  /** How many groups it could be put into; null where that is not the question. */
  readonly fits: number | null
}

/** Without an instance and not excluded: what becomes of it depends on what the other services tell. */
export interface Candidate {
  readonly server: Server
  readonly class: null
  /** Instances whose DR server it may be: they do not name theirs. */
  readonly perhapsOf: readonly ProtectedInstance[]
}

/** What SDRS shows of the project. */
export interface ProtectionShown {
  readonly groups: readonly ServerGroup[]
  readonly instances: readonly ProtectedInstance[]
}

/**
 * Sorts out the servers for which SDRS and the exclusion alone decide, in the order of the list. An instance wins
 * over an exclusion: whoever is protected is not left out. Pure.
 */
export function sortServers(
  servers: readonly Server[],
  { groups, instances }: ProtectionShown,
  exclusion: Exclusion,
): readonly (CoveredServer | Candidate)[] {
  const index = indexInstances(instances)
  const byId = new Map(groups.map((group) => [groupKey(group.id), group]))
  const isExcluded = isExcludedBy(exclusion)
  const perhapsOf = namelessSides(instances, groups)
  return onceEach(servers).map((server) => {
    const { instance } = locateInstance(index, { serverId: server.id, groupId: null }) ?? {}
    if (instance === undefined) {
      return isExcluded(server)
        ? { server, class: 'excluded', group: null, obstacle: null, fits: null }
        : { server, class: null, perhapsOf: perhapsOf(server) }
    }
    const { serverGroupId: id } = instance
    return {
      server,
      ...classWith(server, instance),
      group: id === null ? null : (byId.get(groupKey(id)) ?? null),
      fits: null,
    }
  })
}

/**
 * One instance makes one server protected and at most one a DR server, also after a failover, when it is
 * undocumented which of the two is called source: two would count one protection twice.
 */
function classWith(
  { id }: Server,
  instance: ProtectedInstance,
): Pick<CoveredServer, 'class' | 'obstacle'> {
  // Where its production server is not told, this one is not that by itself.
  if (!isSameServer(instance.sourceServer, id)) return { class: 'dr-server', obstacle: null }
  const { status } = instance
  if (status === 'deleting') {
    const result = openResult('conflict', 'being-deleted', { why: 'found', instance })
    return { class: 'broken', obstacle: { ...result, errorCode: null } }
  }
  if (isBroken(status)) {
    const result = openResult('conflict', 'broken-instance', { why: 'found', instance })
    return { class: 'broken', obstacle: { ...result, errorCode: null } }
  }
  return { class: isUnsettled(status) ? 'protecting' : 'protected', obstacle: null }
}

/**
 * Decides of each candidate whether the service would take it, by the rules of the preflight. In a group that
 * fits; where none does, a group can still be made for it, so that only what speaks against the server itself
 * counts. What the facts do not tell speaks against nobody. Pure.
 */
export function coverServers(
  sorted: readonly (CoveredServer | Candidate)[],
  groups: readonly ServerGroup[],
  facts: PreflightFacts,
  dialect: Dialect,
): readonly CoveredServer[] {
  const preflight = openPreflight({ facts, dialect, drafts: [] })
  const find = groupFinder(groups)
  return sorted.map((each) => {
    if (each.class !== null) return each
    const found = judged(each.server, find(each.server), preflight)
    const [instance, ...more] = each.perhapsOf
    return found.class === 'protectable' && instance !== undefined
      ? heldBack(found, instance, more.length)
      : found
  })
}

/** Never offered: it may be a DR server, and would be given one of its own. */
function heldBack(
  found: CoveredServer,
  instance: ProtectedInstance,
  more: number,
): CoveredServer {
  const { id: serverId } = found.server
  const about = { why: 'perhaps-dr-server', serverId, instance, more } as const
  const obstacle = { ...openResult('conflict', 'other-group', about), errorCode: null }
  return { ...found, class: 'not-protectable', obstacle }
}

/** The service would not refuse it, as far as is known: nobody can tell whether it is a DR server. */
export function isHeldBack({ class: is, obstacle }: CoveredServer): boolean {
  return is === 'not-protectable' && obstacle?.errorCode === null
}

function judged(server: Server, fitting: FittingGroups, preflight: Preflight): CoveredServer {
  const { open, one, unready } = fitting
  const about = { server, group: one ?? unready, fits: open.length }
  if (unready !== null) {
    const { name, status } = unready
    const result = openResult('blocked', 'group-not-ready', { group: name, status })
    const obstacle = { ...result, errorCode: GROUP_STATUS }
    return { ...about, class: 'not-protectable', obstacle }
  }
  const refusals = (open.length === 0 ? [NO_GROUP] : open).map((group) =>
    refusalIn(server, group, preflight),
  )
  const [first = null] = refusals
  return first === null || refusals.includes(null)
    ? { ...about, class: 'protectable', obstacle: null }
    : {
        ...about,
        class: 'not-protectable',
        obstacle: { ...first.result, errorCode: first.errorCode },
      }
}

/** Of which nothing is told, so that no zone and no VPC can stand in the way. */
const NO_GROUP: ServerGroup = {
  id: '',
  name: '',
  status: 'available',
  sourceAvailabilityZone: null,
  targetAvailabilityZone: null,
  domainId: null,
  sourceVpcId: null,
  targetVpcId: null,
  priorityStation: null,
  protectedInstanceNum: null,
  replicationNum: null,
}

function refusalIn(server: Server, group: ServerGroup, preflight: Preflight): Finding | null {
  const row = {
    row: 0,
    line: 0,
    serverId: server.id,
    name: server.name,
    tags: {},
    carried: {},
    source: [],
  }
  return refusalOf(preflight.caseOf({ row, group, action: { kind: 'create' } }, null))
}

/** Whether what protects it is switched on; null: it is in no group, or nobody tells in which, or whether that is on. */
export function protectionEnabled({ group }: Pick<CoveredServer, 'group'>): boolean | null {
  return isSwitchedOn(group?.status ?? null)
}

import { isRecord, ok, refuse, type Answer } from './answers.ts'
import type { Call, Handler } from './call.ts'
import type { SdrsCode } from './error-texts.ts'
import type { GroupActEntry, GroupActKind, StartFails } from './group-acts.ts'
import { moveGroup, SUCCESS, type Course } from './group-move.ts'
import { findLiveGroup } from './groups.ts'
import { matchesGlob } from './glob.ts'
import { groupStatusAt, instanceStatusAt, isInHand, stationAt } from './lifecycle.ts'
import { logAppend, logItems } from './log.ts'
import { hasLooseInHand, isLooseThere, loosePairsOf } from './loose-pairs.ts'
import { serverKey, type Group, type Instance, type JobEnd, type World } from './state.ts'
import { wrongStateCode } from './wrong-state.ts'

/**
 * `POST server-groups/{id}/action`. "Enabling Protection or Enabling Protection Again for a Protection
 * Group", "Disabling Protection", "Performing a Failover", "Performing a Planned Failover" of the API
 * reference say in which statuses each is allowed.
 */
interface Act extends Pick<Course, 'type' | 'during' | 'after'> {
  readonly from: readonly string[]
  readonly pairType: string
  /** Production changes its side. */
  readonly turns: boolean
}

const ACTS = {
  start: {
    from: ['available', 'error-starting'],
    type: 'startProtectionGroupNoCG',
    pairType: 'startProtectionGroupRepNoCG',
    during: 'starting',
    after: 'protected',
    turns: false,
  },
  reprotect: {
    from: ['failed-over', 'error-reprotecting'],
    type: 'reprotectProtectionGroupNoCG',
    pairType: 'reprotectProtectionGroupRepNoCG',
    during: 'reprotecting',
    after: 'protected',
    turns: false,
  },
  stop: {
    from: ['protected', 'error-stopping'],
    type: 'stopProtectionGroupNoCG',
    pairType: 'stopProtectionGroupRepNoCG',
    during: 'stopping',
    after: 'available',
    turns: false,
  },
  failover: {
    from: ['protected', 'error-failing-over'],
    type: 'failoverProtectionGroupNoCG',
    pairType: 'failoverProtectionGroupRepNoCG',
    during: 'failing-over',
    after: 'failed-over',
    turns: true,
  },
  reverse: {
    from: ['protected', 'error-reversing'],
    type: 'reverseProtectionGroupNoCG',
    pairType: 'reverseProtectionGroupRepNoCG',
    during: 'reversing',
    after: 'protected',
    turns: true,
  },
} as const satisfies Record<GroupActKind, Act>

const REVERSE = 'reverse-server-group'

/** Switches protection on; on a group that was failed over the same call reprotects it. */
export const startServerGroup: Handler = acting('start-server-group', ['start', 'reprotect'])
export const stopServerGroup: Handler = acting('stop-server-group', ['stop'])
export const failoverServerGroup: Handler = acting('failover-server-group', ['failover'])
export const reverseServerGroup: Handler = acting(REVERSE, ['reverse'])

function acting(action: string, kinds: readonly [GroupActKind, ...GroupActKind[]]): Handler {
  return (world, call) => {
    const group = findLiveGroup(world, call)
    if (group === undefined) return [world, refuse('SDRS.1013')]
    const wanted = isRecord(call.body) ? call.body[action] : undefined
    if (!isRecord(wanted)) return [world, refuse('SDRS.0206')]
    if (action === REVERSE && !namesOtherSide(wanted, group, call.now)) {
      return [world, refuse('SDRS.0216')]
    }
    const status = groupStatusAt(group, call.now) ?? ''
    const kind = kinds.find((each) => isAllowedIn(each, status)) ?? kinds[0]
    return carryOut(world, call, group, kind, status)
  }
}

/** A planned failover must say where to: `source` or `target`, and production is not there yet. */
function namesOtherSide(wanted: Record<string, unknown>, group: Group, now: number): boolean {
  return wanted['priority_station'] === (stationAt(group, now) === 'source' ? 'target' : 'source')
}

function isAllowedIn(kind: GroupActKind, status: string): boolean {
  const from: readonly string[] = ACTS[kind].from
  return from.includes(status)
}

function carryOut(
  world: World,
  { now }: Call,
  group: Group,
  kind: GroupActKind,
  status: string,
): readonly [World, Answer] {
  const entry = {
    kind,
    at: now,
    serverGroupId: group.id,
    name: group.name,
    status,
    station: stationAt(group, now),
  }
  const refusal = refusalOf(world, group, kind, status, now)
  if (refusal !== null) {
    const { code, passes } = refusal
    const refused: GroupActEntry = { ...entry, accepted: null, refusedAs: code }
    const answered = passes && world.limits.busyAs === 'conflict' ? 409 : 400
    return [
      { ...world, groupLedger: logAppend(world.groupLedger, refused) },
      refuse(code, answered),
    ]
  }
  const course = courseOf(world, group, kind, now)
  const [next, job] = moveGroup(world, group, now, course)
  const accepted: GroupActEntry = {
    ...entry,
    accepted: {
      jobId: job.id,
      endsAt: job.endsAt,
      jobStatus: job.end.status,
      after: course.after,
    },
    refusedAs: null,
  }
  return [{ ...next, groupLedger: logAppend(next.groupLedger, accepted) }, ok({ job_id: job.id })]
}

/**
 * What somebody else does to a group, out of the ledger, which is for those who ask for it. The world
 * as it was where the service would refuse it.
 */
export function actBySomebodyElse(
  world: World,
  group: Group,
  kind: GroupActKind,
  now: number,
): World {
  const status = groupStatusAt(group, now) ?? ''
  if (refusalOf(world, group, kind, status, now) !== null) return world
  return moveGroup(world, group, now, courseOf(world, group, kind, now))[0]
}

/** Groups that are on their way somewhere. */
const MOVING = /^(creating|deleting|starting|stopping|reversing|failing-over|reprotecting)$/

function refusalOf(
  world: World,
  group: Group,
  kind: GroupActKind,
  status: string,
  now: number,
): Refusal | null {
  if (MOVING.test(status) || !isAllowedIn(kind, status)) {
    return { code: wrongStateCode(kind, status), passes: MOVING.test(status) }
  }
  if (group.pairCount === 0) return { code: 'SDRS.1015', passes: false }
  const isAtWork =
    hasLooseInHand(world, group, now) ||
    instancesOf(world, group).some(
      (instance) =>
        AT_WORK.has(instanceStatusAt(world, instance, now) ?? '') || isInHand(world, instance, now),
    )
  return isAtWork ? { code: 'SDRS.1002', passes: true } : null
}

interface Refusal {
  readonly code: SdrsCode
  /** By waiting. */
  readonly passes: boolean
}

/** What is being made, changed or deleted keeps its group from moving. */
const AT_WORK: ReadonlySet<string> = new Set(['creating', 'deleting'])

function instancesOf(world: World, group: Group): Instance[] {
  return logItems(group.instances)
    .map((id) => world.instances.get(id))
    .filter((instance) => instance !== undefined)
}

function courseOf(world: World, group: Group, kind: GroupActKind, now: number): Course {
  const { type, pairType, during, after, turns } = ACTS[kind]
  const parts = instancesOf(world, group).filter((each) => hasPart(world, each, now))
  const station = stationAfter(group, kind, turns, now)
  const loose = loosePairsOf(world, group).filter((pair) => isLooseThere(pair, now))
  const course = { act: kind, type, pairType, during, after, station, parts, loose }
  const fails = kind === 'start' ? failureOf(group) : null
  if (fails === null) return course
  const end: JobEnd = {
    status: 'FAIL',
    errorCode: fails.errorCode,
    failReason: fails.failReason,
  }
  const failed = new Set(parts.filter((each) => isMeant(world, each, fails)).map(({ id }) => id))
  return {
    ...course,
    after: fails.leaves,
    failed: fails.leaves === 'protected' ? [...failed] : [],
    end: fails.subJobOnly ? SUCCESS : end,
    partEnd: ({ id }) => (failed.has(id) ? end : SUCCESS),
  }
}

/** What is broken on its own is left as it is. */
function hasPart(world: World, instance: Instance, now: number): boolean {
  const status = instanceStatusAt(world, instance, now)
  return status !== null && !['error', 'invalid', 'fault'].includes(status)
}

/**
 * A failover has turned the sides already, and reprotecting makes that last. A file that says
 * `failed-over` without a failover before may have left its station as it was.
 */
function stationAfter(
  group: Group,
  kind: GroupActKind,
  turns: boolean,
  now: number,
): 'source' | 'target' | null {
  if (turns) return stationAt(group, now) === 'source' ? 'target' : 'source'
  const wasTurned = group.moves.some(({ act }) => act === 'failover')
  return kind === 'reprotect' && !wasTurned ? 'target' : null
}

function failureOf({ startFails, moves }: Group): StartFails | null {
  if (startFails === null) return null
  const before = moves.filter(({ act }) => act === 'start').length
  return startFails.times === null || before < startFails.times ? startFails : null
}

function isMeant(world: World, instance: Instance, { server }: StartFails): boolean {
  const name = world.servers.get(serverKey(instance.serverId))?.name ?? instance.name
  return matchesGlob(server, name) || matchesGlob(server, instance.serverId)
}

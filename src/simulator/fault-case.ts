import { isRecord } from './answers.ts'
import { text } from './fields.ts'
import { idListOf, isRefusal } from './paging.ts'
import { pairBy } from './replications.ts'
import { queryOf, routeOf, type Operation, type SimulatorRequest } from './route.ts'
import { serverKey, type World } from './state.ts'

/** What a rule may look at. */
export interface FaultCase {
  readonly operation: Operation
  readonly now: number
  /** The one server that the request is about, by key; null where there is none. */
  readonly server: string | null
  /** Names that `server` globs are held against: the server's ID and name, and the instance's. */
  readonly names: readonly string[]
  /** IDs and names of the groups that the request names. */
  readonly groups: readonly string[]
}

export function faultCaseOf(world: World, request: SimulatorRequest, now: number): FaultCase {
  const { operation, id } = routeOf(request)
  const subject = subjectOf(world, operation, id, request.body)
  const known = subject.serverId === '' ? undefined : world.servers.get(serverKey(subject.serverId))
  return {
    operation,
    now,
    server: subject.serverId === '' ? null : serverKey(subject.serverId),
    names: present(subject.serverId, known?.name ?? '', subject.name),
    groups: [subject.groupId, ...groupsAskedFor(request)].flatMap((groupId) =>
      present(groupId, world.groups.get(groupId)?.name ?? ''),
    ),
  }
}

interface Subject {
  readonly serverId: string
  readonly name: string
  readonly groupId: string
}

function subjectOf(world: World, operation: Operation, id: string, body: string): Subject {
  if (operation === 'createProtectedInstance') {
    const named = parsed(body)['protected_instance']
    const wire = isRecord(named) ? named : {}
    return {
      serverId: text(wire['server_id']),
      name: text(wire['name']),
      groupId: text(wire['server_group_id']),
    }
  }
  if (operation === 'showServer') return { serverId: id, name: '', groupId: '' }
  const job = operation === 'showJob' ? world.jobs.get(id) : undefined
  const instance = OF_A_PAIR.has(operation)
    ? pairBy(world, id)?.instance
    : world.instances.get(job?.instanceId ?? id)
  return {
    serverId: instance?.serverId ?? '',
    name: instance?.name ?? '',
    groupId: instance?.groupId ?? job?.groupId ?? groupOf(world, id, body),
  }
}

const OF_A_PAIR: ReadonlySet<Operation> = new Set([
  'showReplication',
  'updateReplicationName',
  'deleteReplication',
  'expandReplication',
])

/** Of a group itself, of what belongs to it, or of what is to be made in it. */
function groupOf(world: World, id: string, body: string): string {
  if (world.groups.has(id)) return id
  const known = (world.drills.get(id) ?? world.loosePairs.get(id))?.groupId
  if (known !== undefined || id !== '') return known ?? ''
  const named = Object.values(parsed(body)).filter(isRecord)
  return text(named[0]?.['server_group_id'])
}

function groupsAskedFor({ url }: SimulatorRequest): readonly string[] {
  const query = queryOf(url)
  const several = idListOf(query, 'server_group_ids')
  // The list wins over the one, as it does in the service.
  if (several !== null && !isRefusal(several)) return [...several]
  return present(query.get('server_group_id') ?? '')
}

function present(...texts: readonly string[]): readonly string[] {
  return texts.filter((each) => each !== '')
}

function parsed(body: string): Record<string, unknown> {
  if (body === '') return {}
  try {
    const json: unknown = JSON.parse(body)
    return isRecord(json) ? json : {}
  } catch {
    return {}
  }
}

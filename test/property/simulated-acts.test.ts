import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { World } from '../../src/simulator/state.ts'
import { loadWorld, saveWorld } from '../../src/simulator/world-file.ts'
import { actWorld } from '../simulator/act-world.ts'
import { ask, createBody, MINUTE, PROJECT, serverId, type Asked } from '../simulator/ask.ts'
import { READY } from '../simulator/group-world.ts'
import { runsOr, seedOrUsual } from './prove.ts'

/** As documented in the appendixes of the API reference. */
const SHARED = [
  'creating',
  'available',
  'protected',
  'starting',
  'stopping',
  'reversing',
  'failing-over',
  'failed-over',
  'reprotecting',
  'deleting',
]
const STATUSES = {
  server_groups: new Set(SHARED),
  protected_instances: new Set([...SHARED, 'resizing', 'nic-creating', 'nic-deleting']),
  replications: new Set([...SHARED, 'attaching', 'detaching', 'extending']),
  disaster_recovery_drills: new Set(['creating', 'available', 'deleting']),
} as const
type Kind = keyof typeof STATUSES
/** What these walks read of what a list holds. */
interface Item {
  readonly id: string
  readonly status: string
  readonly server_group_id: string
  readonly source_server: string
  readonly target_server: string
  readonly volume_ids: string
  readonly attachment: readonly {
    readonly replication: string
    readonly protected_instance: string
  }[]
  readonly [key: string]: unknown
}

const PATHS = {
  server_groups: 'server-groups',
  protected_instances: 'protected-instances',
  replications: 'replications',
  disaster_recovery_drills: 'disaster-recovery-drills',
} as const satisfies Record<Kind, string>

function list(world: World, kind: Kind, now: number): readonly Item[] {
  return ask(world, 'GET', PATHS[kind], undefined, now).json[kind]
}

function volumes(world: World, now: number): readonly Item[] {
  return ask(world, 'GET', `/v2/${PROJECT}/cloudvolumes/detail`, undefined, now).json.volumes
}

/** Picks one of a list by a number of any size. */
function pick<T>(items: readonly T[], n: number): T | undefined {
  return items[n % Math.max(items.length, 1)]
}

type Act = (world: World, n: number, now: number) => Asked
const onOne =
  (kind: Kind, method: string, rest: string, body?: (n: number) => unknown): Act =>
  (world, n, now) => {
    const id = pick(list(world, kind, now), n)?.['id'] ?? 'none'
    return ask(world, method, `${PATHS[kind]}/${id}${rest}`, body?.(n), now)
  }
const groupOf = (n: number): string => (n % 3 === 0 ? 'group-web' : 'group-erp')
const flavorOf = (n: number): string => ['s3.large.2', 's3.xlarge.4', 's3.medium.4'][n % 3] ?? ''
const act = (name: string) => onOne('server_groups', 'POST', '/action', () => ({ [name]: {} }))

const ACTS: Readonly<Record<string, Act>> = {
  create: (world, n, now) =>
    ask(world, 'POST', 'protected-instances', createBody(1 + (n % 9)), now),
  batch: (world, n, now) => {
    const servers = [0, 1].map((more) => ({ server_id: serverId(1 + ((n + more) % 6)) }))
    const wanted = { name_prefix: 'b', server_group_id: 'group-erp', servers }
    return ask(world, 'POST', 'protected-instances/batch', { protected_instances: wanted }, now)
  },
  remove: onOne('protected_instances', 'DELETE', '', (n) => ({
    delete_target_server: n % 2 === 0,
  })),
  start: act('start-server-group'),
  stop: act('stop-server-group'),
  failover: act('failover-server-group'),
  // Now and then to where production is already.
  reverse: (world, n, now) => {
    const group = pick(list(world, 'server_groups', now), n)
    const other = group?.['priority_station'] === 'source' ? 'target' : 'source'
    const body = { 'reverse-server-group': { priority_station: n % 5 === 0 ? 'source' : other } }
    return ask(world, 'POST', `server-groups/${group?.['id']}/action`, body, now)
  },
  drill: (world, n, now) => {
    const wanted = { name: `drill-${n}`, server_group_id: groupOf(n) }
    return ask(world, 'POST', 'disaster-recovery-drills', { disaster_recovery_drill: wanted }, now)
  },
  endDrill: onOne('disaster_recovery_drills', 'DELETE', ''),
  resize: onOne('protected_instances', 'POST', '/resize', (n) => ({
    resize: n % 4 === 0 ? { flavorRef: flavorOf(n) } : { dr_flavorRef: flavorOf(n) },
  })),
  addNic: onOne('protected_instances', 'POST', '/nic', () => ({ subnet_id: 'net-1' })),
  deleteNic: (world, n, now) => {
    const instance = pick(list(world, 'protected_instances', now), n)
    const shown = ask(world, 'GET', `cloudservers/${instance?.source_server}`, undefined, now)
    const ports = Object.values<Item[]>(shown.json?.server?.addresses ?? {}).flat()
    const body = { nic_id: ports.at(-1)?.['OS-EXT-IPS:port_id'] }
    return ask(world, 'POST', `protected-instances/${instance?.['id']}/nic/delete`, body, now)
  },
  pair: (world, n, now) => {
    const free = volumes(world, now).filter(({ status }) => status === 'available')
    const replication = {
      name: `pair-${n}`,
      server_group_id: groupOf(n),
      volume_id: pick(free, n)?.['id'],
    }
    return ask(world, 'POST', 'replications', { replication }, now)
  },
  removePair: onOne('replications', 'DELETE', ''),
  expand: onOne('replications', 'POST', '/action', (n) => ({
    'extend-replication': { new_size: 41 + (n % 200) },
  })),
  attach: (world, n, now) => {
    const loose = list(world, 'replications', now).filter((each) => each['attachment'].length === 0)
    const replicationAttachment = {
      replication_id: pick(loose, n)?.['id'],
      device: `/dev/vd${'bcdef'.charAt(n % 5)}`,
    }
    const instance = pick(list(world, 'protected_instances', now), n)?.['id']
    const path = `protected-instances/${instance}/attachreplication`
    return ask(world, 'POST', path, { replicationAttachment }, now)
  },
  detach: (world, n, now) => {
    const instance = pick(list(world, 'protected_instances', now), n)
    const pair = pick(instance?.attachment ?? [], n)?.replication
    const path = `protected-instances/${instance?.['id']}/detachreplication/${pair}`
    return ask(world, 'DELETE', path, undefined, now)
  },
  tag: onOne('protected_instances', 'POST', '/tags', (n) => ({ tag: { key: 'k', value: `${n}` } })),
  removeGroup: onOne('server_groups', 'DELETE', ''),
}

const WAITS = [0, 1_000, MINUTE / 2, MINUTE, 6 * MINUTE]
const walks = fc.array(
  fc.record({
    act: fc.constantFrom(...Object.keys(ACTS)),
    n: fc.nat({ max: 1_000 }),
    wait: fc.constantFrom(...WAITS),
  }),
  { minLength: 10, maxLength: 60 },
)

function checkWorld(world: World, now: number): void {
  for (const kind of Object.keys(STATUSES) as Kind[]) {
    for (const { id, status } of list(world, kind, now)) {
      expect(STATUSES[kind].has(status), `${kind} ${id}: ${status}`).toBe(true)
    }
  }
  const groups = list(world, 'server_groups', now)
  const instances = list(world, 'protected_instances', now)
  const pairs = list(world, 'replications', now)
  const drills = list(world, 'disaster_recovery_drills', now)
  const within = (items: readonly Item[], { id }: Item): number =>
    items.filter((each) => each['server_group_id'] === id).length
  for (const group of groups) {
    expect(group).toMatchObject({
      protected_instance_num: within(instances, group),
      replication_num: within(pairs, group),
      disaster_recovery_drill_num: within(drills, group),
    })
  }
  const disks = pairs.map((pair) => pair['volume_ids'].split(',')[0])
  expect(new Set(disks).size, 'one pair a disk').toBe(disks.length)
  const attached = volumes(world, now)
  const ids = attached.map(({ id }) => id)
  expect(new Set(ids).size, 'every disk once').toBe(ids.length)
  for (const disk of disks) expect(ids).toContain(disk)
  for (const instance of instances) {
    if (instance['status'] === 'creating') continue
    const { target_server: target, attachment } = instance
    expect(ask(world, 'GET', `cloudservers/${target}`, undefined, now).status).toBe(200)
    const own = pairs.filter((pair) => pair['attachment'][0]?.protected_instance === instance['id'])
    expect(own.map((pair) => pair['id'])).toEqual(attachment.map(({ replication }) => replication))
  }
}

function checkEnd(world: World, now: number): void {
  const moving = /ing$/
  const left = Object.keys(STATUSES).flatMap((kind) =>
    list(world, kind as Kind, now).filter(({ status }) => moving.test(status)),
  )
  expect(left, 'nothing is on its way for ever').toEqual([])
  for (const id of world.jobs.keys()) {
    const job = ask(world, 'GET', `jobs/${id}`, undefined, now).json
    expect([job.job_type, job.status, job.error_code]).toEqual([job.job_type, 'SUCCESS', null])
    // Terraform's provider for OTC reads these as a map of text.
    if (/ReplicationPair/.test(job.job_type)) {
      for (const value of Object.values(job.entities)) expect(value).toBeTypeOf('string')
    }
  }
}

/** Saved and read in the middle of everything, a world goes on the same. */
function checkSaved(world: World, now: number): void {
  const again = loadWorld(JSON.parse(JSON.stringify(saveWorld(world))))
  expect(saveWorld(again)).toEqual(saveWorld(world))
  for (const later of [0, MINUTE / 2, 10 * MINUTE]) {
    for (const kind of Object.keys(STATUSES) as Kind[]) {
      expect(list(again, kind, now + later)).toEqual(list(world, kind, now + later))
    }
    expect(volumes(again, now + later).length).toBe(volumes(world, now + later).length)
  }
}

test('whatever is done in whatever order: documented statuses, jobs that end, counts that hold', () => {
  const done = new Map<string, number>()
  fc.assert(
    fc.property(walks, (walk) => {
      let world = actWorld()
      let now = READY
      for (const { act: name, n, wait } of walk) {
        now += wait
        const asked = ACTS[name]?.(world, n, now)
        if (asked === undefined) throw new Error(name)
        expect([200, 204, 400], `${name}: ${asked.body}`).toContain(asked.status)
        if (asked.status === 400) expect(asked.json.error.code).toMatch(/^SDRS\.\d{4}$/)
        else done.set(name, (done.get(name) ?? 0) + 1)
        world = asked.world
        checkWorld(world, now)
      }
      checkSaved(world, now)
      // Reads see what has ended; so does the world that a file keeps.
      world = ask(world, 'GET', 'server-groups', undefined, now + 10 * MINUTE).world
      checkWorld(world, now + 10 * MINUTE)
      checkEnd(world, now + 10 * MINUTE)
    }),
    { numRuns: runsOr(40), seed: seedOrUsual() },
  )
  // A walk in which everything is refused proves nothing.
  expect(Object.keys(ACTS).filter((name) => !done.has(name))).toEqual([])
})

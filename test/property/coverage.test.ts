import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CLASSES, countClasses } from '../../src/coverage/classes.ts'
import { isHeldBack, type CoveredServer } from '../../src/coverage/coverage.ts'
import { gapInventory } from '../../src/coverage/gap-inventory.ts'
import { parseInventory } from '../../src/inventory/read.ts'
import type { Row } from '../../src/inventory/row.ts'
import { serverKey } from '../../src/keys.ts'
import { neverReady } from '../../src/plan/rules.ts'
import { addGroup } from '../../src/simulator/build.ts'
import { sidesOf } from '../../src/simulator/sides.ts'
import type { Group, World } from '../../src/simulator/state.ts'
import { simulatorTransport } from '../../src/simulator/transport.ts'
import { step } from '../../src/simulator/world.ts'
import { coverageOver } from '../support/coverage.ts'
import { rollOut } from '../support/rollout.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { FLEET_NOW } from './prediction.ts'
import { runsOr, seedOrUsual } from './prove.ts'
import { randomFleet, type RandomFleet } from './random-fleet.ts'

/** What the cloud calls its servers: anything. */
const names = fc.array(fc.string({ unit: 'grapheme', maxLength: 80 }), { maxLength: 30 })

test(
  'the classes partition the servers; the gap, applied, leaves none; what is refused would be refused so',
  { timeout: 60 * 60_000 },
  async () => {
    const outcome = await fc.check(
      fc.asyncProperty(randomFleet(FLEET_NOW), names, async (fleet, called) => {
        expect(await faultsOf(fleet, called)).toEqual([])
      }),
      { numRuns: runsOr(150), seed: seedOrUsual() },
    )
    const [fleet] = outcome.counterexample ?? []
    expect(outcome.failed ? `${fleet?.description}\n${String(outcome.errorInstance)}` : '').toBe('')
  },
)

/** A line for everything that does not hold. */
async function faultsOf(fleet: RandomFleet, called: readonly string[]): Promise<string[]> {
  const clock = virtualClock(FLEET_NOW)
  const { dialect } = fleet
  const about = { clock, dialect, projectId: fleet.world.project.id }
  const bare = worldOf(fleet.world, called)
  const transport = simulatorTransport({ initial: bare, clock })
  const first = await clock.run(coverageOver({ ...about, transport }))
  const world = withGroups(bare, first.servers)
  const cloud = simulatorTransport({ initial: world, clock })
  const before = await clock.run(coverageOver({ ...about, transport: cloud }))

  const text = await gapInventory(before.servers, before.groups, dialect)
  const options = { map: {}, set: {}, dialect }
  const inventory = await parseInventory('gap.csv', Buffer.from(text), options)
  const gap = before.servers.filter((each) => each.class === 'protectable')
  const rows = inventory.rows.map((row) => withGroup(row, gap, world))
  const faults = [
    ...partitionFaults(first.servers, bare),
    ...partitionFaults(before.servers, world),
    ...inventory.problems
      .filter(({ severity }) => severity !== 'info')
      .filter(({ code, row }) => code !== 'group-missing' || !isGroupless(gap, row))
      .filter(({ code }) => code !== 'no-rows')
      .map(({ code, message }) => `the written inventory: ${code} ${message}`),
    ...(rows.length === gap.length ? [] : [`${rows.length} rows of ${gap.length}`]),
    ...before.servers.flatMap((each) => refusalFault(each, world)),
  ]
  if (rows.length === 0) return faults
  const { report } = await clock.run(rollOut({ ...about, transport: cloud, rows, preflight: true }))
  const after = await clock.run(coverageOver({ ...about, transport: cloud }))
  const classAfter = new Map(after.servers.map((each) => [each.server.id, each.class]))
  return [
    ...faults,
    ...report.rows
      .filter(({ outcome }) => outcome !== 'created')
      .map(({ name, outcome, errorCode }) => `${name} is ${outcome} ${errorCode}`),
    ...partitionFaults(after.servers, null),
    ...before.servers.flatMap((each) => {
      const wanted = each.class === 'protectable' ? 'protected' : each.class
      const is = classAfter.get(each.server.id)
      return is === wanted ? [] : [`${each.server.name}: ${each.class} became ${is}`]
    }),
    ...after.servers
      .filter((each) => each.class === 'protectable')
      .map(({ server }) => `${server.name} is still in the gap`),
  ]
}

/** Without a quota, which is no server's own; with other names. */
function worldOf(world: World, called: readonly string[]): World {
  const named = [...world.servers.values()].reduce((servers, server, at) => {
    const name = called[at]
    return name === undefined ? servers : servers.set(serverKey(server.id), { ...server, name })
  }, world.servers)
  return { ...world, servers: named, limits: { ...world.limits, pairQuota: -1 } }
}

/** A group for every place where something could be protected, and no group is. */
function withGroups(world: World, servers: readonly CoveredServer[]): World {
  const lacking = servers.filter((each) => each.class === 'protectable' && each.fits === 0)
  const places = new Map(
    lacking.map(({ server: { availabilityZone: zone, vpcId } }) => [
      `${zone} ${vpcId}`,
      { zone, vpcId },
    ]),
  )
  return [...places.values()].reduce(
    (all, { zone, vpcId }, at) =>
      addGroup(all, {
        name: `made-${at}`,
        sourceAvailabilityZone: zone ?? '',
        sourceVpcId: vpcId ?? '',
        targetAvailabilityZone: 'eu-de-08',
      }),
    world,
  )
}

/** The groups in which the cloud takes this server, as it stands. */
function groupsFor({ server }: CoveredServer, world: World): readonly Group[] {
  return [...world.groups.values()].filter((group) => {
    const { zone, vpcId } = sidesOf(group, FLEET_NOW).production
    return zone === server.availabilityZone && vpcId === server.vpcId
  })
}

function isGroupless(gap: readonly CoveredServer[], row: number | null): boolean {
  return row !== null && gap[row - 1]?.group === null
}

/** What an editor would fill in. */
function withGroup(row: Row, gap: readonly CoveredServer[], world: World): Row {
  if (row.serverGroup !== undefined || row.serverGroupId !== undefined) return row
  const own = gap.find(({ server }) => serverKey(server.id) === serverKey(row.serverId))
  const fits = own === undefined ? [] : groupsFor(own, world)
  const group = fits.find(({ status }) => !neverReady(status))
  return group === undefined ? row : { ...row, serverGroupId: group.id }
}

/** Null: of a world that has gone on. */
function partitionFaults(servers: readonly CoveredServer[], world: World | null): string[] {
  const ids = servers.map(({ server }) => serverKey(server.id))
  const total = Object.values(countClasses(servers)).reduce((sum, count) => sum + count, 0)
  const known = world === null ? ids : [...world.servers.keys()]
  return [
    ...(new Set(ids).size === ids.length ? [] : ['a server is in two classes']),
    ...known.filter((id) => !ids.some((each) => each === id)).map((id) => `${id} is in none`),
    // Beside its own servers ECS lists the other sides of instances.
    ...servers
      .filter((each) => each.class !== 'dr-server' && !known.includes(serverKey(each.server.id)))
      .map(({ server }) => `${server.name} is not in the project`),
    ...(total === servers.length ? [] : [`${total} counted of ${servers.length}`]),
    ...servers.filter((each) => !CLASSES.includes(each.class)).map(() => 'no such class'),
    ...servers
      .filter(
        (each) =>
          (each.class === 'not-protectable' && !isHeldBack(each)) !==
          ((each.obstacle?.errorCode ?? null) !== null),
      )
      .map(({ server }) => `${server.name}: a code belongs to what would be refused`),
  ]
}

/** The service itself refuses it with that code, where it has a group to be refused in. */
function refusalFault(covered: CoveredServer, world: World): string[] {
  if (covered.class !== 'not-protectable' || isHeldBack(covered)) return []
  const group = covered.group ?? groupsFor(covered, world)[0]
  if (group === undefined) return []
  const body = { server_group_id: group.id, server_id: covered.server.id, name: 'x' }
  const [, response] = step(
    world,
    {
      method: 'POST',
      url: `http://sdrs.test/v1/${world.project.id}/protected-instances`,
      headers: { host: 'sdrs.test', 'x-auth-token': 'any' },
      body: JSON.stringify({ protected_instance: body }),
    },
    FLEET_NOW + 3_600_000,
  )
  const { error } = JSON.parse(response.body) as { readonly error?: { readonly code: string } }
  const wanted = covered.obstacle?.errorCode
  return error?.code === wanted
    ? []
    : [`${covered.server.name}: ${wanted} predicted, ${error?.code ?? 'accepted'} answered`]
}

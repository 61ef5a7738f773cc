import fc from 'fast-check'
import type { Row } from '../../src/inventory/row.ts'
import { chanceUuid } from '../../src/simulator/chance.ts'
import { groupIdFor } from '../../src/simulator/defaults.ts'
import { serverKey, type World } from '../../src/simulator/state.ts'
import { loadWorld } from '../../src/simulator/world-file.ts'
import { makeRow } from '../support/rollout.ts'
import {
  FLAVORS,
  TRAIT_NAMES,
  TRAITS,
  type Json,
  type Trait,
  type TraitName,
} from './fleet-traits.ts'

/** A cloud without faults and an inventory for it: what of it can be created only the cloud knows. */
export interface RandomFleet {
  readonly world: World
  readonly rows: readonly Row[]
  /** Whose rules for flavors and hosts the world has. */
  readonly dialect: 'otc' | 'huawei'
  /** What was drawn, a line a group and a row. */
  readonly description: string
}

const groupPlan = fc.record({
  /** `starting` passes; the rest below `protected` does not. */
  status: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('available', 'protected') },
    { weight: 1, arbitrary: fc.constantFrom('error', 'error-starting', 'failed-over', 'starting') },
  ),
  station: fc.constantFrom('source', 'target'),
  zones: fc.constantFrom(['eu-de-01', 'eu-de-02'], ['eu-de-02', 'eu-de-03']),
  hasOneVpc: fc.boolean(),
})

/** Of the group's networks; see `networksOf`. */
const NETWORKS = ['dr', 'narrow', 'production', 'unknown'] as const
/** The last number of an address in its network, whose gateway is 1: edges, what others want too, what is held. */
const HOSTS = [0, 1, 2, 3, 5, 6, 7, 254, 255, 'outside'] as const

const rowPlan = fc.record({
  group: fc.nat({ max: 3 }),
  traits: fc.oneof(
    { weight: 9, arbitrary: fc.constant<TraitName[]>([]) },
    { weight: 6, arbitrary: fc.constantFrom(...TRAIT_NAMES).map((name) => [name]) },
    {
      weight: 3,
      arbitrary: fc.uniqueArray(fc.constantFrom(...TRAIT_NAMES), { minLength: 2, maxLength: 2 }),
    },
  ),
  place: fc.option(
    fc.record({
      network: fc.oneof(
        { weight: 3, arbitrary: fc.constant('dr' as const) },
        fc.constantFrom(...NETWORKS),
      ),
      host: fc.option(fc.constantFrom(...HOSTS), { freq: 5 }),
    }),
    { freq: 2 },
  ),
  wave: fc.constantFrom(null, null, '1', '2', '10'),
  spelling: fc.constantFrom('hyphens', 'bare'),
  groupBy: fc.constantFrom('name', 'id'),
})

const fleetPlan = fc.record({
  dialect: fc.constantFrom('otc' as const, 'huawei' as const),
  groups: fc.array(groupPlan, { minLength: 1, maxLength: 4 }),
  rows: fc.array(rowPlan, { minLength: 1, maxLength: 14 }),
  /** Pairs beyond those in use; null is no quota. */
  pairsLeft: fc.option(fc.nat({ max: 16 }), { freq: 2 }),
  isSoldOut: fc.boolean(),
  mostPerPage: fc.constantFrom(null, null, 3),
})
type FleetPlan = typeof fleetPlan extends fc.Arbitrary<infer T> ? T : never
type GroupPlan = FleetPlan['groups'][number]
type RowPlan = FleetPlan['rows'][number]

/** `now`: ms since the epoch; a group that is `starting` then is on for the next minute. */
export function randomFleet(now: number): fc.Arbitrary<RandomFleet> {
  return fleetPlan.map((drawn) => build(settled(drawn), now))
}

/**
 * Who waits for a group loses its turn, and then not the order of sending decides who gets an address
 * or the last pairs: such a plan cannot hold, and is not drawn.
 */
function settled(plan: FleetPlan): FleetPlan {
  if (plan.groups.every(({ status }) => status !== 'starting')) return plan
  const rows = plan.rows.map((row) => ({
    ...row,
    place: row.place === null ? null : { ...row.place, host: null },
  }))
  return { ...plan, rows, pairsLeft: null }
}

function build(plan: FleetPlan, now: number): RandomFleet {
  const rows = plan.rows.map((row, place) => plannedRow(plan, row, place))
  const withoutQuota = worldOf(plan, now, -1)
  const used = withoutQuota.groups.reduce((sum, { pairCount }) => sum + pairCount, 0)
  return {
    world: plan.pairsLeft === null ? withoutQuota : worldOf(plan, now, used + plan.pairsLeft),
    rows,
    dialect: plan.dialect,
    description: describe(plan, rows),
  }
}

function worldOf(plan: FleetPlan, now: number, pairQuota: number): World {
  const rows = plan.rows.map((drawn, place) => ({ drawn, place, ...traitOf(drawn) }))
  const networks = plan.groups.flatMap(networksOf)
  return loadWorld({
    limits: { dialect: plan.dialect, pairQuota, mostPerPage: plan.mostPerPage, jobTimeMs: 60_000 },
    activeDomains: [{ soldOut: plan.isSoldOut }],
    groups: [
      ...plan.groups.map((group, place) => ({
        name: groupName(place),
        status: group.status === 'starting' ? 'available' : group.status,
        move:
          group.status === 'starting'
            ? { during: 'starting', after: 'protected', endsAt: now + 60_000 }
            : null,
        priorityStation: group.station,
        sourceAvailabilityZone: group.zones[0],
        targetAvailabilityZone: group.zones[1],
        sourceVpcId: `vpc-${place}-source`,
        targetVpcId: group.hasOneVpc ? `vpc-${place}-source` : `vpc-${place}-target`,
      })),
      { name: 'elsewhere' },
    ],
    subnets: networks.map(({ id, cidr, vpcId }) => ({ id, cidr, vpcId })),
    flavors: FLAVORS,
    servers: [
      ...rows
        .filter(({ is }) => is !== 'missing' && is !== 'dr-server')
        .map(({ drawn, place, server }) => ({
          id: serverIdOf(place),
          name: `server-${place + 1}`,
          group: groupName(drawn.group % plan.groups.length),
          disks: 1 + (place % 3),
          ...server,
        })),
      // Somebody else's, who holds an address in every network.
      ...networks.map(({ id, block }, place) => ({
        id: foreignIdOf('holder', place),
        name: `holder-${place + 1}`,
        group: 'elsewhere',
        addresses: [6, 7].map((host) => ({ address: `${block}.${host}`, subnetId: id })),
      })),
    ],
    instances: rows.flatMap(({ drawn, place, is }): Json[] => {
      const group = groupName(drawn.group % plan.groups.length)
      const server = serverIdOf(place)
      if (is === 'protected') return [{ server, group }]
      if (is === 'broken') return [{ server, group, status: 'fault' }]
      if (is === 'elsewhere') return [{ server, group: 'elsewhere' }]
      // Whose row is about the DR server of this one.
      const source = foreignIdOf('source', place)
      return is === 'dr-server' ? [{ server: source, group: 'elsewhere' }] : []
    }),
  })
}

/** The traits of a row as one. */
function traitOf({ traits }: RowPlan): Trait {
  const all: readonly Trait[] = traits.map((name) => TRAITS[name])
  const is = all.findLast((trait) => trait.is !== undefined)?.is
  return {
    server: Object.assign({}, ...all.map(({ server }) => server)) as Json,
    row: Object.assign({}, ...all.map(({ row }) => row)) as Partial<Row>,
    ...(is === undefined ? {} : { is }),
  }
}

interface Network {
  readonly name: (typeof NETWORKS)[number]
  readonly id: string
  readonly cidr: string
  /** The first three numbers of its addresses. */
  readonly block: string
  readonly vpcId: string
}

/** Two in the DR VPC, one in the production VPC, which may be the same. */
function networksOf(group: GroupPlan, place: number): Network[] {
  const [source, target] = [
    `vpc-${place}-source`,
    group.hasOneVpc ? `vpc-${place}-source` : `vpc-${place}-target`,
  ]
  const [production, recovery] = group.station === 'source' ? [source, target] : [target, source]
  const network = (name: Network['name'], third: number, bits: number, vpcId: string): Network => {
    const block = `192.168.${third}`
    return { name, id: `net-${name}-${place}`, cidr: `${block}.0/${bits}`, block, vpcId }
  }
  return [
    network('dr', place, 24, recovery),
    network('narrow', 50 + place, 29, recovery),
    network('production', 100 + place, 24, production),
  ]
}

function plannedRow(plan: FleetPlan, drawn: RowPlan, place: number): Row {
  const { is, row } = traitOf(drawn)
  const groupPlace = drawn.group % plan.groups.length
  const serverId =
    is === 'dr-server'
      ? chanceUuid(1, 'dr-server of', serverKey(foreignIdOf('source', place)))
      : serverIdOf(place)
  const name = groupName(groupPlace)
  return makeRow(place + 1, {
    serverId: drawn.spelling === 'bare' ? serverId.replaceAll('-', '') : serverId,
    name: `server-${place + 1}`,
    ...(drawn.groupBy === 'id' ? { serverGroupId: groupIdFor(name) } : { serverGroup: name }),
    ...(drawn.wave === null ? {} : { wave: drawn.wave }),
    ...placeOf(plan, drawn, groupPlace),
    ...row,
  })
}

function placeOf(plan: FleetPlan, { place }: RowPlan, groupPlace: number): Partial<Row> {
  const group = plan.groups[groupPlace]
  if (place === null || group === undefined) return {}
  const network = networksOf(group, groupPlace).find(({ name }) => name === place.network)
  const primarySubnetId = network?.id ?? 'net-nowhere'
  if (place.host === null) return { primarySubnetId }
  const block = place.host === 'outside' ? '172.16.0' : (network?.block ?? '192.168.250')
  const host = place.host === 'outside' ? 5 : place.host
  return { primarySubnetId, primaryIpAddress: `${block}.${host}` }
}

function describe(plan: FleetPlan, rows: readonly Row[]): string {
  const groups = plan.groups.map(
    ({ status, station, zones, hasOneVpc }, place) =>
      `${groupName(place)}: ${status}, production at its ${station}, ${zones.join(' → ')}, ${hasOneVpc ? 'one VPC' : 'two VPCs'}`,
  )
  const lines = rows.map((row, place) => {
    const drawn = plan.rows[place]
    const wishes = [
      row.flavor,
      row.primarySubnetId,
      row.primaryIpAddress,
      row.wave && `wave ${row.wave}`,
    ]
    const said = [...(drawn?.traits ?? []), ...wishes].filter(
      (each) => each !== undefined && each !== '',
    )
    return `row ${row.row} in ${groupName((drawn?.group ?? 0) % plan.groups.length)}: ${said.join(', ') || 'plain'}`
  })
  const quota = plan.pairsLeft === null ? 'no quota' : `${plan.pairsLeft} pairs left`
  return [`${plan.dialect}, ${quota}`, ...groups, ...lines].join('\n')
}

function groupName(place: number): string {
  return `g${place + 1}`
}

function serverIdOf(place: number): string {
  return `00000000-0000-4000-8000-${String(place + 1).padStart(12, '0')}`
}

/** Of servers that no row names. */
function foreignIdOf(what: 'holder' | 'source', place: number): string {
  const version = what === 'holder' ? '9000' : 'a000'
  return `00000000-0000-4000-${version}-${String(place + 1).padStart(12, '0')}`
}

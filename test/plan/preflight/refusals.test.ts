import { describe, expect, test } from 'vitest'
import type { Row } from '../../../src/inventory/row.ts'
import type { Server } from '../../../src/cloud/ecs/ecs-schema.ts'
import type { Volume } from '../../../src/cloud/evs/evs-schema.ts'
import type { ServerGroup } from '../../../src/cloud/sdrs/sdrs-schema.ts'
import type { Subnet } from '../../../src/cloud/vpc/vpc-schema.ts'
import type { PreflightFacts } from '../../../src/plan/preflight/facts.ts'
import { PREFLIGHT_RULES } from '../../../src/plan/preflight/rules.ts'
import { REASONS } from '../../../src/outcome.ts'
import { row, serverId } from '../../report/build.ts'
import { planOf } from '../facts.ts'
import {
  DR_VPC,
  flavor,
  PRODUCTION_VPC,
  server,
  SITES,
  subnet,
  SUBNET,
  told,
  volume,
} from './told.ts'

/** What is otherwise than in a project in which the row is created. */
interface Otherwise {
  readonly row?: Partial<Row>
  readonly group?: Partial<ServerGroup>
  /** Null: ECS does not have it. */
  readonly server?: Partial<Server> | null
  /** Its first disk. */
  readonly disk?: Partial<Volume>
  readonly subnet?: Partial<Subnet>
  readonly others?: readonly Server[]
  readonly addresses?: readonly string[]
  readonly facts?: Partial<PreflightFacts>
}

const WANTS = {
  primarySubnetId: SUBNET,
  primaryIpAddress: '10.0.0.5',
  flavor: 's3.xlarge.2',
} satisfies Partial<Row>

const DR_FLAVORS = [
  flavor('s3.large.2'),
  flavor('s3.xlarge.2'),
  flavor('gone.large.2', { byZone: new Map([['eu-de-02', 'abandon']]) }),
  flavor('d3.large.8', { specs: { 'quota:local_disk': 'hdd:2:1675:True' } }),
]

function factsFor({ server: own, disk, subnet: net, others, addresses, facts }: Otherwise) {
  return {
    ...told({
      servers: [...(own === null ? [] : [server(1, own)]), server(7), ...(others ?? [])],
      flavors: DR_FLAVORS,
      subnets: [subnet(net)],
      volumes: [volume('vol-1-a', disk), volume('vol-1-b')],
      addresses: addresses ?? [],
      pairs: { used: 8, quota: 10 },
      soldOutDomains: [],
    }),
    ...facts,
  }
}

/** `create`, or the reason and the code. */
function decision(otherwise: Otherwise): string {
  const { rows } = planOf({
    rows: [row(1, { ...WANTS, ...otherwise.row })],
    group: { ...SITES, ...otherwise.group },
    preflight: factsFor(otherwise),
  })
  const action = rows[0]?.action
  return action?.kind === 'blocked'
    ? `${action.result.reason} ${action.errorCode}`
    : (action?.kind ?? 'nothing')
}

/** In the order in which the service looks: of two, the first is what it answers. */
const CAUSES: readonly (readonly [says: string, otherwise: Otherwise])[] = [
  ['group-not-ready SDRS.1325', { group: { status: 'error' } }],
  ['server-missing SDRS.1326', { server: null }],
  ['server-status SDRS.1333', { server: { status: 'ERROR' } }],
  ['server-locked SDRS.1359', { server: { isLocked: true } }],
  ['az-mismatch SDRS.1303', { server: { availabilityZone: 'eu-de-02' } }],
  ['vpc-mismatch SDRS.1304', { server: { vpcId: DR_VPC } }],
  ['no-disk SDRS.1321', { server: { volumes: [] } }],
  ['no-disk SDRS.1339', { server: { volumes: [{ id: 'vol-1-a', isSystem: false }] } }],
  ['disk-unsupported SDRS.1802', { disk: { isEncrypted: true } }],
  ['disk-unsupported SDRS.1309', { disk: { isShared: true } }],
  ['flavor-unsupported SDRS.1356', { server: { flavor: 'd3.large.8' } }],
  ['flavor-unsupported SDRS.1353', { row: { flavor: 'nowhere' } }],
  ['subnet-missing SDRS.1335', { row: { primarySubnetId: 'nowhere' } }],
  ['ip-outside-subnet SDRS.0219', { row: { primaryIpAddress: '10.0.9.5' } }],
  ['ip-taken SDRS.1334', { addresses: ['10.0.0.5', '10.0.9.5'] }],
  ['pair-quota SDRS.0306', { facts: { pairs: { used: 9, quota: 10 } } }],
]

/** Where both say something of one thing, the first one's word. */
function both(first: Otherwise, second: Otherwise): Otherwise {
  return {
    ...second,
    ...first,
    row: { ...second.row, ...first.row },
    group: { ...second.group, ...first.group },
    server: first.server === null ? null : { ...second.server, ...first.server },
    disk: { ...second.disk, ...first.disk },
  }
}

test('with nothing otherwise, the row is created', () => expect(decision({})).toBe('create'))

test.for(CAUSES)('%s', ([says, otherwise]) => expect(decision(otherwise)).toBe(says))

test('of two causes, the one is said that the service looks at first', () => {
  for (const [at, [says, first]] of CAUSES.entries()) {
    for (const [other, second] of CAUSES.slice(at + 1)) {
      expect([other, decision(both(first, second))]).toEqual([other, says])
    }
  }
})

test('every reason of the closed set has its cause here, but for the one that only apply finds', () => {
  const said = CAUSES.map(([says]) => says.split(' ')[0])
  expect(new Set([...said, 'group-full'])).toEqual(new Set(REASONS.blocked))
  // Each rule says one code; that the group takes instances is SDRS's own.
  expect(PREFLIGHT_RULES).toHaveLength(new Set(CAUSES.map(([says]) => says)).size - 1)
})

describe('also refused', () => {
  test.for<[string, string, Otherwise]>([
    ['a server that pauses', 'server-status SDRS.1333', { server: { status: 'PAUSED' } }],
    [
      'a server in the source zone of a group whose production is the target',
      'az-mismatch SDRS.1303',
      { group: { priorityStation: 'target' } },
    ],
    [
      'one in the target zone, but in the source VPC of such a group',
      'vpc-mismatch SDRS.1304',
      { group: { priorityStation: 'target' }, server: { availabilityZone: 'eu-de-02' } },
    ],
    [
      'two disks of which it boots from none',
      'no-disk SDRS.1339',
      {
        server: {
          volumes: [
            { id: 'vol-1-a', isSystem: false },
            { id: 'vol-1-b', isSystem: false },
          ],
        },
      },
    ],
    [
      'its second disk, encrypted, in another spelling',
      'disk-unsupported SDRS.1802',
      {
        server: {
          volumes: [
            { id: 'vol-1-a', isSystem: true },
            { id: 'VOL1C', isSystem: false },
          ],
        },
        facts: { volumes: new Map([['vol1c', volume('vol-1-c', { isEncrypted: true })]]) },
      },
    ],
    [
      'its second disk, shared',
      'disk-unsupported SDRS.1309',
      { facts: { volumes: new Map([['vol1b', volume('vol-1-b', { isShared: true })]]) } },
    ],
    ['a GPU, by its name alone', 'SDRS.1356', { server: { flavor: 'g6.xlarge.4' } }],
    [
      'a GPU, by its name alone, with no flavors told',
      'SDRS.1356',
      { server: { flavor: 'g6.xlarge.4' }, facts: { flavors: null } },
    ],
    ['a dedicated host', 'SDRS.1356', { server: { tenancy: 'dedicated' } }],
    [
      'a dedicated host, of a server without a flavor',
      'SDRS.1356',
      { server: { tenancy: 'dedicated', flavor: null } },
    ],
    ['a DR flavor that is abandoned there', 'SDRS.1353', { row: { flavor: 'gone.large.2' } }],
    [
      'the server’s own, where that is what the DR server would get',
      'SDRS.1353',
      { row: { flavor: undefined } as never, server: { flavor: 'gone.large.2' } },
    ],
    [
      'a DR flavor that is abandoned everywhere',
      'SDRS.1353',
      {
        facts: {
          flavors: new Map([['s3.xlarge.2', flavor('s3.xlarge.2', { status: 'abandon' })]]),
        },
      },
    ],
    [
      'a subnet of the production VPC',
      'subnet-missing SDRS.1335',
      { subnet: { vpcId: PRODUCTION_VPC } },
    ],
    [
      'the network address',
      'ip-outside-subnet SDRS.0219',
      { row: { primaryIpAddress: '10.0.0.0' } },
    ],
    [
      'the broadcast address',
      'ip-outside-subnet SDRS.0219',
      { row: { primaryIpAddress: '10.0.0.255' } },
    ],
    ['the gateway', 'ip-outside-subnet SDRS.0219', { row: { primaryIpAddress: '10.0.0.1' } }],
    [
      'the gateway of a subnet without a CIDR',
      'ip-outside-subnet SDRS.0219',
      { row: { primaryIpAddress: '10.0.0.1' }, subnet: { cidr: null } },
    ],
    [
      'an address that a listed server of the DR VPC holds',
      'ip-taken SDRS.1334',
      { others: [server(8, { vpcId: DR_VPC.toUpperCase(), addresses: ['10.0.0.4', '10.0.0.5'] })] },
    ],
    [
      'the address of the production server itself, where both sides are one VPC',
      'ip-taken SDRS.1334',
      {
        group: { targetVpcId: PRODUCTION_VPC },
        subnet: { vpcId: null },
        server: { addresses: ['10.0.0.5'] },
      },
    ],
    [
      'more disks than are left',
      'pair-quota SDRS.0306',
      { facts: { pairs: { used: 10, quota: 10 } } },
    ],
    [
      'more than all is used',
      'pair-quota SDRS.0306',
      { facts: { pairs: { used: 12, quota: 10 } } },
    ],
    ['a quota of none', 'pair-quota SDRS.0306', { facts: { pairs: { used: 0, quota: 0 } } }],
  ])('%s: %s', ([, says, otherwise]) => expect(decision(otherwise)).toContain(says))
})

describe('not refused', () => {
  test.for<[string, Otherwise]>([
    ['a stopped server', { server: { status: 'SHUTOFF' } }],
    ['a server whose status is not told', { server: { status: null } }],
    ['nor its zone and VPC', { server: { availabilityZone: null, vpcId: null } }],
    [
      'a group that does not tell its own',
      { group: { sourceAvailabilityZone: null, sourceVpcId: null } },
    ],
    [
      'a group that does not tell which side is production’s',
      { group: { priorityStation: null }, server: { availabilityZone: 'x', vpcId: 'y' } },
    ],
    [
      'or says it in a word that nobody knows',
      { group: { priorityStation: 'left' }, server: { availabilityZone: 'x', vpcId: 'y' } },
    ],
    [
      'a zone and a VPC in another spelling',
      {
        server: {
          availabilityZone: 'EU-DE-01',
          vpcId: PRODUCTION_VPC.toUpperCase().replaceAll('-', ''),
        },
      },
    ],
    [
      'production on the target side',
      {
        group: { priorityStation: ' Target' },
        server: { availabilityZone: 'eu-de-02', vpcId: DR_VPC },
        subnet: { vpcId: PRODUCTION_VPC },
      },
    ],
    ['disks that are not told', { server: { volumes: null } }],
    [
      'disks of which nobody says which it boots from',
      { server: { volumes: [{ id: 'vol-1-a', isSystem: null }] } },
    ],
    [
      'one of them',
      {
        server: {
          volumes: [
            { id: 'vol-1-a', isSystem: false },
            { id: 'vol-1-b', isSystem: null },
          ],
        },
      },
    ],
    [
      'an encrypted disk of somebody else',
      {
        facts: {
          volumes: new Map([['vol9', volume('vol-9', { isEncrypted: true, isShared: true })]]),
        },
      },
    ],
    ['a server on a shared host', { server: { tenancy: 'shared' } }],
    ['a flavor that is not told', { server: { flavor: null } }],
    ['an own flavor that is not listed any more', { server: { flavor: 's2.old.1' } }],
    [
      'an own flavor that is not listed any more, for the DR server',
      { row: { flavor: undefined } as never, server: { flavor: 's2.old.1' } },
    ],
    [
      'a DR flavor that is abandoned elsewhere',
      {
        facts: {
          flavors: new Map([
            [
              's3.xlarge.2',
              flavor('s3.xlarge.2', {
                status: 'abandon',
                byZone: new Map([
                  ['eu-de-01', 'abandon'],
                  ['eu-de-02', 'normal'],
                ]),
              }),
            ],
          ]),
        },
      },
    ],
    [
      'a DR flavor, where the DR zone is not told',
      { row: { flavor: 'gone.large.2' }, group: { targetAvailabilityZone: null } },
    ],
    ['no subnet', { row: { primarySubnetId: undefined, primaryIpAddress: undefined } as never }],
    [
      'the subnet in another spelling',
      { row: { primarySubnetId: SUBNET.toUpperCase().replaceAll('-', '') } },
    ],
    ['a subnet that does not tell its VPC', { subnet: { vpcId: null } }],
    [
      'an unknown subnet, where the DR VPC is not told',
      { row: { primarySubnetId: 'nowhere' }, group: { targetVpcId: null } },
    ],
    [
      'an unknown subnet, where the DR VPC’s could not be read',
      { row: { primarySubnetId: 'nowhere' }, facts: { subnetVpcs: new Set([PRODUCTION_VPC]) } },
    ],
    ['an address at the edge', { row: { primaryIpAddress: '10.0.0.254' } }],
    [
      'an address in a subnet without a CIDR',
      { row: { primaryIpAddress: '1.2.3.4' }, subnet: { cidr: null } },
    ],
    ['a subnet that has no gateway', { subnet: { gatewayIp: null } }],
    [
      'an address that a server of another VPC holds, or one of none',
      {
        others: [
          server(8, { addresses: ['10.0.0.5'] }),
          server(9, { vpcId: null, addresses: ['10.0.0.5'] }),
        ],
      },
    ],
    [
      'an address that a server holds, where the DR VPC is not told',
      {
        group: { targetVpcId: null },
        others: [server(8, { vpcId: DR_VPC, addresses: ['10.0.0.5'] })],
      },
    ],
    ['another address in use', { addresses: ['10.0.0.6'] }],
    [
      'a subnet alone, whatever is in use there',
      { row: { primaryIpAddress: undefined } as never, addresses: ['10.0.0.5'] },
    ],
    ['an unlimited quota', { facts: { pairs: { used: 1000, quota: -1 } } }],
  ])('%s', ([, otherwise]) => expect(decision(otherwise)).toBe('create'))

  test('on Huawei Cloud: a dedicated host, a C6', () => {
    for (const own of [{ tenancy: 'dedicated' }, { flavor: 'c6.large.2' }]) {
      const facts = factsFor({ server: own })
      const of = (dialect: 'otc' | 'huawei') =>
        planOf({ group: SITES, dialect, preflight: facts }).rows[0]?.action.kind
      expect([of('otc'), of('huawei')]).toEqual(['blocked', 'create'])
    }
  })
})

describe('a service that could not be asked blocks nothing', () => {
  const ofEcs = CAUSES.filter(([, { server: own }]) => own !== undefined)
  test.for(ofEcs)('%s without ECS', ([, otherwise]) => {
    expect(decision(both(otherwise, { facts: { servers: null } }))).toBe('create')
  })

  test.for<[string, Otherwise, keyof PreflightFacts]>([
    ['an encrypted disk without EVS', { disk: { isEncrypted: true } }, 'volumes'],
    ['a shared one', { disk: { isShared: true } }, 'volumes'],
    ['an encrypted disk without ECS', { disk: { isEncrypted: true } }, 'servers'],
    ['a DR flavor without flavors', { row: { flavor: 'nowhere' } }, 'flavors'],
    ['a local disk without flavors', { server: { flavor: 'd3.large.8' } }, 'flavors'],
    ['a subnet without VPC', { row: { primarySubnetId: 'nowhere' } }, 'subnets'],
    ['an address outside, without VPC', { row: { primaryIpAddress: '10.0.9.5' } }, 'subnets'],
    ['an address in use, without the addresses', { addresses: ['10.0.0.5'] }, 'addresses'],
    [
      'an address that a server holds, without ECS',
      { others: [server(8, { vpcId: DR_VPC, addresses: ['10.0.0.5'] })] },
      'servers',
    ],
    ['the quota, where it is not told', { facts: { pairs: { used: 10, quota: 10 } } }, 'pairs'],
    ['the quota without ECS', { facts: { pairs: { used: 10, quota: 10 } } }, 'servers'],
  ])('%s', ([, otherwise, missing]) => {
    const facts = { ...otherwise.facts, [missing]: null }
    expect(decision(otherwise)).not.toBe('create')
    expect(decision({ ...otherwise, facts })).toBe('create')
  })

  test('with --no-preflight nothing is asked at all', () => {
    const { rows, unchecked, notes } = planOf({ preflight: null })
    expect(rows[0]?.action.kind).toBe('create')
    expect([unchecked, notes, rows[0]?.warnings]).toEqual([[], [], []])
  })
})

test('what a block says names what it was taken from, and what to do', () => {
  const said = (otherwise: Otherwise): string => {
    const action = planOf({
      rows: [row(1, { ...WANTS, ...otherwise.row })],
      group: { ...SITES, ...otherwise.group },
      preflight: factsFor(otherwise),
    }).rows[0]?.action
    return action?.kind === 'blocked' ? `${action.result.message}. ${action.result.advice}` : ''
  }
  const mentions: readonly (readonly [Otherwise, ...string[]])[] = [
    [{ server: null }, serverId(1), 'server_id'],
    [{ server: { status: 'ERROR' } }, 'in ERROR'],
    [{ server: { isLocked: true, name: 'db' } }, '"db"', 'unlock'],
    [{ server: { availabilityZone: 'eu-de-02' } }, 'zone eu-de-02', 'in eu-de-01', '"group 1"'],
    [{ server: { vpcId: DR_VPC } }, `VPC ${DR_VPC}`, `in ${PRODUCTION_VPC}`, '"group 1"'],
    [{ server: { volumes: [] } }, 'no disk'],
    [{ server: { volumes: [{ id: 'x', isSystem: false }] } }, 'no system disk'],
    [{ disk: { isEncrypted: true } }, 'vol-1-a', 'is encrypted'],
    [{ disk: { isShared: true } }, 'vol-1-a', 'is shared'],
    [{ server: { flavor: 'd3.large.8' } }, 'local disks (d3.large.8)'],
    [{ server: { tenancy: 'dedicated', flavor: null } }, 'stands on a dedicated host.'],
    [{ row: { flavor: 'nowhere' } }, 'the flavor nowhere'],
    [{ row: { flavor: 'gone.large.2' } }, 'gone.large.2', 'DR zone eu-de-02'],
    [{ row: { primarySubnetId: 'nowhere' } }, 'no subnet nowhere', DR_VPC, '"group 1"'],
    [{ subnet: { vpcId: PRODUCTION_VPC } }, SUBNET, `in the VPC ${PRODUCTION_VPC}`, DR_VPC],
    [{ row: { primaryIpAddress: '10.0.9.5' } }, '10.0.9.5 is not in', '"dr-net" (10.0.0.0/24)'],
    [{ row: { primaryIpAddress: '10.0.0.0' } }, '10.0.0.0 is the network address of'],
    [{ row: { primaryIpAddress: '10.0.0.255' } }, '10.0.0.255 is the broadcast address of'],
    [
      { row: { primaryIpAddress: '10.0.0.1' }, subnet: { cidr: null } },
      '10.0.0.1 is the gateway of the subnet "dr-net".',
    ],
    [{ addresses: ['10.0.0.5'] }, '10.0.0.5 is taken', 'the subnet lists it'],
    [
      { others: [server(8, { vpcId: DR_VPC, addresses: ['10.0.0.5'] })] },
      `the server "web-8" (${serverId(8)}) has it`,
    ],
    [{ facts: { pairs: { used: 9, quota: 10 } } }, 'pair a disk (2)', '1 of the quota of 10'],
    [{ facts: { pairs: { used: 12, quota: 10 } } }, '0 of the quota of 10'],
    [
      {
        server: { volumes: [{ id: 'x', isSystem: true }] },
        facts: { pairs: { used: 1, quota: 1 } },
      },
      'pair a disk (1)',
    ],
  ]
  for (const [otherwise, ...words] of mentions) {
    for (const word of words) expect(said(otherwise)).toContain(word)
  }
})

import { describe, expect, test } from 'vitest'
import type { Server } from '../../src/cloud/ecs/ecs-schema.ts'
import type { ProtectedInstance, ServerGroup } from '../../src/cloud/sdrs/sdrs-schema.ts'
import {
  coverServers,
  isHeldBack,
  protectionEnabled,
  sortServers,
} from '../../src/coverage/coverage.ts'
import type { CoveredServer } from '../../src/coverage/coverage.ts'
import type { Exclusion } from '../../src/coverage/exclusion.ts'
import type { PreflightFacts } from '../../src/plan/preflight/facts.ts'
import { flavor, server, SITES, told, volume } from '../plan/preflight/told.ts'
import { GROUP, OTHER_GROUP, group, instance, serverId } from '../report/build.ts'
import { NOTHING_EXCLUDED } from '../support/coverage.ts'

const fitting = group(GROUP, { name: 'erp', ...SITES })

interface Shown {
  readonly servers?: readonly Server[]
  readonly groups?: readonly ServerGroup[]
  readonly instances?: readonly ProtectedInstance[]
  readonly exclusion?: Exclusion
  readonly facts?: Partial<PreflightFacts>
  readonly dialect?: 'otc' | 'huawei'
}

function cover(shown: Shown): readonly CoveredServer[] {
  const { servers = [server(1)], groups = [fitting], instances = [], facts = {} } = shown
  const sorted = sortServers(servers, { groups, instances }, shown.exclusion ?? NOTHING_EXCLUDED)
  const all = { ...told({ servers }), ...facts }
  return coverServers(sorted, groups, all, shown.dialect ?? 'otc')
}

function only(shown: Shown): CoveredServer {
  const [first, ...more] = cover(shown)
  if (first === undefined || more.length > 0) throw new Error('one server is wanted')
  return first
}

describe('a server with an instance', () => {
  test.each([
    ['available', 'protected', null],
    ['protected', 'protected', null],
    ['failed-over', 'protected', null],
    ['starting', 'protected', null],
    ['creating', 'protecting', null],
    ['unknown', 'protecting', null],
    ['error', 'broken', 'broken-instance'],
    ['error-starting', 'broken', 'broken-instance'],
    ['invalid', 'broken', 'broken-instance'],
    ['fault', 'broken', 'broken-instance'],
    ['deleting', 'broken', 'being-deleted'],
  ])('in %s is %s', (status, wanted, reason) => {
    const found = only({ instances: [instance(1, { status })] })
    expect(found).toMatchObject({ class: wanted, group: { name: 'erp' } })
    expect(found.obstacle?.reason ?? null).toBe(reason)
  })

  test('is not left out: the instance wins over every exclusion', () => {
    const exclusion = { globs: ['*'], tags: [{ key: 'env', value: 'dev' }] }
    const servers = [server(1, { tags: { env: 'dev' } }), server(2), server(3)]
    const instances = [instance(1, { targetServer: serverId(2) })]
    const classes = cover({ servers, instances, exclusion }).map((each) => each.class)
    expect(classes).toEqual(['protected', 'dr-server', 'excluded'])
  })

  test('in another VPC than any group is protected all the same, in a group that is not listed', () => {
    const found = only({ instances: [instance(1, { serverGroupId: OTHER_GROUP })] })
    expect(found).toMatchObject({ class: 'protected', group: null })
    expect(protectionEnabled(found)).toBeNull()
  })

  test.each([
    ['available', false],
    ['protected', true],
    ['starting', false],
    ['unknown', null],
  ])('in a group in %s: switched on? %s', (status, enabled) => {
    const groups = [{ ...fitting, status }]
    expect(protectionEnabled(only({ groups, instances: [instance(1)] }))).toBe(enabled)
  })
})

describe('a DR server', () => {
  test.each([
    ['before', {}],
    ['after a failover', { status: 'failed-over', priorityStation: 'target' }],
  ])('is one %s, and its instance protects one server', (_, over) => {
    const servers = [server(1), server(2)]
    const instances = [instance(1, { ...over, targetServer: serverId(2).toUpperCase() })]
    expect(cover({ servers, instances }).map((each) => each.class)).toEqual([
      'protected',
      'dr-server',
    ])
  })

  test('that is protected itself is protected', () => {
    const instances = [instance(9, { targetServer: serverId(1) }), instance(1)]
    expect(only({ instances }).class).toBe('protected')
  })

  test.each(['source', 'target'])(
    'whose production server nobody tells is not the protected one by that (%s)',
    (priorityStation) => {
      const sides = { sourceServer: null, targetServer: serverId(1) }
      expect(only({ instances: [instance(9, { ...sides, priorityStation })] }).class).toBe(
        'dr-server',
      )
    },
  )

  const drZone = { availabilityZone: 'EU-DE-02', vpcId: SITES.targetVpcId ?? null }
  const CREATED = '2026-03-01 12:00:00.000'
  const minutes = (after: number): number => Date.UTC(2026, 2, 1, 12, after)
  const creating = { status: 'creating', targetServer: null, createdAt: CREATED }

  test.each<[string, Partial<Server>, Partial<ProtectedInstance>]>([
    ['in creation', { createdAt: minutes(3) }, creating],
    ['in creation, of which no time is told', {}, { ...creating, createdAt: null }],
    ['in creation, by clocks that differ', { createdAt: minutes(-4) }, creating],
    ['in creation for days', { createdAt: minutes(3_000) }, creating],
    ['in no status', { createdAt: minutes(3) }, { ...creating, status: 'unknown' }],
    ['that broke half way', { createdAt: minutes(9) }, { ...creating, status: 'error' }],
    ['that is whole', { createdAt: minutes(9) }, { ...creating, status: 'protected' }],
    ['in no group', { createdAt: minutes(3) }, { ...creating, serverGroupId: null }],
    [
      'that is turned round',
      { createdAt: minutes(9), availabilityZone: 'eu-de-01', vpcId: SITES.sourceVpcId ?? null },
      { ...creating, status: 'failed-over' },
    ],
  ])('that an instance %s does not name is never offered', (_, made, over) => {
    const servers = [server(1, { ...drZone, ...made })]
    const found = only({ servers, groups: [fitting], instances: [instance(9, over)] })
    expect(found).toMatchObject({
      class: 'not-protectable',
      obstacle: {
        reason: 'other-group',
        errorCode: null,
        message: expect.stringContaining('may be the DR server of'),
      },
    })
    expect(isHeldBack(found)).toBe(true)
  })

  test.each<[string, Partial<Server>, Partial<ProtectedInstance>]>([
    ['made long before', { createdAt: minutes(-6) }, creating],
    ['in another zone', { availabilityZone: 'eu-de-01', createdAt: minutes(3) }, creating],
    ['in another VPC', { vpcId: 'other', createdAt: minutes(3) }, creating],
    ['made long after a create that broke', { createdAt: minutes(61) }, { ...creating, status: 'error' }],
    ['of no time, after a create that broke', {}, { ...creating, status: 'error' }],
    ['beside one that is named', { createdAt: minutes(3) }, { ...creating, targetServer: serverId(8) }],
  ])('is not what was %s', (_, made, over) => {
    const servers = [server(1, { ...drZone, ...made })]
    const found = only({ servers, groups: [fitting], instances: [instance(9, over)] })
    expect(found.class).toBe('protectable')
    expect(isHeldBack(found)).toBe(false)
  })

  test('perhaps, but excluded or refused for itself, is that', () => {
    const instances = [instance(9, creating)]
    const exclusion = { globs: ['*'], tags: [] }
    const servers = [server(1, { ...drZone, status: 'ERROR' })]
    expect(only({ servers, instances, exclusion }).class).toBe('excluded')
    expect(only({ servers, instances }).obstacle?.reason).toBe('server-status')
  })
})

test('a server that is listed in two spellings of its ID is there once', () => {
  const again = { ...server(1), id: serverId(1).replaceAll('-', '').toUpperCase() }
  expect(cover({ servers: [server(1), again, server(2)] })).toHaveLength(2)
})

describe('a server without an instance', () => {
  test('is protectable in the one group that fits its zone and VPC', () => {
    const elsewhere = group(OTHER_GROUP, { ...SITES, sourceAvailabilityZone: 'eu-de-03' })
    const found = only({ groups: [elsewhere, fitting] })
    expect(found).toMatchObject({ class: 'protectable', group: { id: GROUP }, fits: 1 })
  })

  test('the production side is the target after a failover', () => {
    const turned = { ...fitting, priorityStation: 'target' }
    expect(only({ groups: [turned] })).toMatchObject({ group: null, fits: 0 })
    const there = server(1, { availabilityZone: 'EU-DE-02', vpcId: SITES.targetVpcId ?? null })
    expect(only({ groups: [turned], servers: [there] })).toMatchObject({ group: { id: GROUP } })
  })

  test.each<[string, readonly ServerGroup[], number]>([
    ['none fits', [group(OTHER_GROUP, { ...SITES, sourceVpcId: 'other' })], 0],
    ['several fit', [fitting, group(OTHER_GROUP, SITES)], 2],
    ['one may fit, for all that is told', [group(OTHER_GROUP)], 1],
    ['another may fit as well', [fitting, group(OTHER_GROUP, { priorityStation: 'x' })], 2],
    ['there is none', [], 0],
  ])('has no group where %s, and its place is no reason against it', (_, groups, fits) => {
    expect(only({ groups })).toMatchObject({ class: 'protectable', group: null, fits })
  })

  test('is not put into a group that takes none, where another fits', () => {
    const groups = [group(OTHER_GROUP, { ...SITES, status: 'failed-over' }), fitting]
    expect(only({ groups })).toMatchObject({ class: 'protectable', group: { id: GROUP } })
  })

  test('is not protectable where only such a group fits', () => {
    expect(only({ groups: [{ ...fitting, status: 'error' }] })).toMatchObject({
      class: 'not-protectable',
      group: { id: GROUP },
      obstacle: { reason: 'group-not-ready', errorCode: 'SDRS.1325' },
    })
  })

  test.each<[string, string, Partial<Server>]>([
    ['server-status', 'SDRS.1333', { status: 'BUILD' }],
    ['server-locked', 'SDRS.1359', { isLocked: true }],
    ['no-disk', 'SDRS.1321', { volumes: [] }],
    ['disk-unsupported', 'SDRS.1802', {}],
    ['flavor-unsupported', 'SDRS.1356', { flavor: 'c6.large.2' }],
  ])('is not protectable for %s (%s), with a group that fits and without', (reason, code, over) => {
    const volumes = told({ volumes: [volume('vol-1-b', { isEncrypted: true })] }).volumes
    const facts = reason === 'disk-unsupported' ? { volumes } : {}
    for (const groups of [[fitting], []]) {
      const found = only({ servers: [server(1, over)], groups, facts })
      expect(found).toMatchObject({
        class: 'not-protectable',
        obstacle: { reason, errorCode: code },
      })
    }
    if (reason === 'flavor-unsupported') {
      const servers = [server(1, over)]
      expect(only({ servers, facts, dialect: 'huawei' }).class).toBe('protectable')
    }
  })

  test('a flavor abandoned in the DR zone counts where every group that fits has that zone', () => {
    const byZone = new Map([['eu-de-02', 'abandon']])
    const facts = told({ servers: [server(1)], flavors: [flavor('s3.large.2', { byZone })] })
    const other = group(OTHER_GROUP, { ...SITES, targetAvailabilityZone: 'eu-de-03' })
    expect(only({ facts })).toMatchObject({
      class: 'not-protectable',
      obstacle: { errorCode: 'SDRS.1353' },
    })
    expect(only({ facts, groups: [fitting, other] }).class).toBe('protectable')
    expect(only({ facts, groups: [] }).class).toBe('protectable')
  })
})

describe('left out', () => {
  const classes = (exclusion: Exclusion): readonly string[] =>
    cover({
      servers: [server(1, { tags: { env: 'dev' } }), server(2, { name: 'db-2' }), server(3)],
      exclusion,
    }).map((each) => each.class)
  const [IN, OUT] = ['protectable', 'excluded']

  test.for<[string, Exclusion, readonly (string | undefined)[]]>([
    ['by name', { globs: ['web-*'], tags: [] }, [OUT, IN, OUT]],
    ['by all but a name', { globs: ['!web-*'], tags: [] }, [IN, OUT, IN]],
    ['by ID', { globs: [serverId(3).replaceAll('-', '').toUpperCase()], tags: [] }, [IN, IN, OUT]],
    ['by tag', { globs: [], tags: [{ key: 'env', value: 'dev' }] }, [OUT, IN, IN]],
    ['not by another value', { globs: [], tags: [{ key: 'env', value: 'prod' }] }, [IN, IN, IN]],
    ['not by what no tag has', { globs: [], tags: [{ key: 'toString', value: '' }] }, [IN, IN, IN]],
    [
      'by any of several',
      { globs: ['db-?'], tags: [{ key: 'env', value: 'dev' }] },
      [OUT, OUT, IN],
    ],
  ])('%s', ([, exclusion, wanted]) => expect(classes(exclusion)).toEqual(wanted))
})

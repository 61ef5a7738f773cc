import { describe, expect, test } from 'vitest'
import type { Server } from '../../../src/cloud/ecs/ecs-schema.ts'
import { instance, row } from '../../report/build.ts'
import { openCreate, planOf, type Facts } from '../facts.ts'
import { DOMAIN, flavor, server, SITES, told } from './told.ts'

function warned(facts: Facts): string[] {
  const warnings = planOf({ group: SITES, ...facts }).rows[0]?.warnings ?? []
  return warnings.map(({ code }) => code)
}

const of = (over: Partial<Server>): Facts => ({ preflight: told({ servers: [server(1, over)] }) })
const sold = (status: string | null, zones: [string, string][] = []): Facts => ({
  preflight: told({
    servers: [server(1)],
    flavors: [flavor('s3.large.2', { status, byZone: new Map(zones) })],
  }),
})

describe('a warning', () => {
  test.for<[string, Facts, string[]]>([
    ['nothing', of({}), []],
    ['a running task', of({ taskState: 'rebooting' }), ['task-running']],
    ['an empty task', of({ taskState: '' }), []],
    ['Windows with a key', of({ osType: 'windows', keyName: 'k' }), ['windows-key-pair']],
    ['Windows, as ECS spells it', of({ osType: 'Windows', keyName: 'k' }), ['windows-key-pair']],
    ['Windows without a key', of({ osType: 'Windows' }), []],
    ['Linux with a key', of({ osType: 'Linux', keyName: 'k' }), []],
    ['an OS that is not told', of({ osType: null, keyName: 'k' }), []],
    ['a frozen server', of({ isFrozen: true }), ['server-frozen']],
    ['a flavor that is sold out', sold('sellout'), ['flavor-sold-out']],
    ['one in open beta, sold out', sold('obt_sellout'), ['flavor-sold-out']],
    ['one in open beta', sold('obt'), []],
    ['one whose sale is not told', sold(null), []],
    ['sold out in the DR zone', sold('normal', [['eu-de-02', 'sellout']]), ['flavor-sold-out']],
    ['sold out in production', sold('normal', [['eu-de-01', 'sellout']]), []],
    ['sold out but in the DR zone', sold('sellout', [['eu-de-02', 'normal']]), []],
    [
      'sold out, where the DR zone is not told',
      { ...sold('sellout'), group: { ...SITES, targetAvailabilityZone: null } },
      [],
    ],
    [
      'the flavor of the server, where the row has another',
      { ...sold('sellout'), rows: [row(1, { flavor: 'x' })] },
      [],
    ],
    [
      'the flavor of the row',
      {
        rows: [row(1, { flavor: 'x' })],
        preflight: told({ flavors: [flavor('x', { status: 'sellout' }), flavor('s3.large.2')] }),
      },
      ['flavor-sold-out'],
    ],
    [
      'the domain',
      { preflight: { ...told({}), soldOutDomains: new Set([DOMAIN.toUpperCase()]) } },
      ['domain-sold-out'],
    ],
    ['another domain', { preflight: told({ soldOutDomains: ['other'] }) }, []],
    [
      'no domain',
      { preflight: told({ soldOutDomains: [DOMAIN] }), group: { ...SITES, domainId: null } },
      [],
    ],
    ['a server that is not there', { preflight: told({ servers: [] }) }, []],
    ['nothing told', { preflight: told({}) }, []],
  ])('%s: %j', ([, facts, codes]) => {
    // Of a DR flavor that is not listed the plan says more.
    const action = planOf({ group: SITES, ...facts }).rows[0]?.action
    expect(warned(facts)).toEqual(action?.kind === 'blocked' ? [] : codes)
    if (codes.length > 0) expect(action?.kind).toBe('create')
  })

  test('comes with every other one, in one order', () => {
    const all = server(1, {
      taskState: 'image_snapshot',
      isFrozen: true,
      osType: 'Windows',
      keyName: 'key-1',
    })
    const preflight = told({
      servers: [all],
      flavors: [flavor('s3.large.2', { status: 'sellout' })],
      soldOutDomains: [DOMAIN],
    })
    const warnings = planOf({ group: SITES, preflight }).rows[0]?.warnings ?? []
    expect(warnings.map(({ code }) => code)).toEqual([
      'task-running',
      'windows-key-pair',
      'flavor-sold-out',
      'domain-sold-out',
      'server-frozen',
    ])
    const text = warnings.map(({ message }) => message).join('\n')
    for (const word of ['image_snapshot', '"key-1"', 's3.large.2', 'eu-de-02', '"group 1"']) {
      expect(text).toContain(word)
    }
  })

  test('is for what may be sent, and for nothing else', () => {
    const preflight = told({ servers: [server(1, { isFrozen: true })] })
    const failed = {
      instances: [instance(1, { status: 'error' })],
      failedInstances: ['instance-1'],
    }
    const frozen = ['server-frozen']
    expect(warned({ preflight })).toEqual(frozen)
    expect(warned({ preflight, open: [openCreate(1, 'unknown')] })).toEqual(frozen)
    expect(warned({ preflight, ...failed, replaceFailed: true })).toEqual(frozen)
    expect(warned({ preflight, ...failed })).toEqual([])
    expect(warned({ preflight, open: [openCreate(1, 'accepted')] })).toEqual([])
    expect(warned({ preflight, instances: [instance(1)] })).toEqual([])
    expect(warned({ preflight, groupStatus: 'error' })).toEqual([])
  })
})

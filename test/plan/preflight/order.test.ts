import { describe, expect, test } from 'vitest'
import { inSendingOrder } from '../../../src/plan/sending-order.ts'
import type { ActionKind } from '../../../src/plan/action.ts'
import type { Row } from '../../../src/inventory/row.ts'
import { group, GROUP, instance, OTHER_GROUP, row, serverId } from '../../report/build.ts'
import { openCreate, planOf, type Facts } from '../facts.ts'
import { DR_VPC, server, SITES, subnet, SUBNET, told } from './told.ts'

/** Each row's action, in the file's order; of a blocked one the reason. */
function decisions(facts: Facts): string[] {
  return planOf({ group: SITES, ...facts }).rows.map(({ action }) =>
    action.kind === 'blocked' ? action.result.reason : action.kind,
  )
}

const servers = (...numbers: readonly number[]) => numbers.map((number) => server(number))
const wanting = (number: number, address: string, over: Partial<Row> = {}): Row =>
  row(number, { primarySubnetId: SUBNET, primaryIpAddress: address, ...over })

describe('the order of sending', () => {
  test('is what runs already, then wave by wave, then the file’s', () => {
    const rows: [number, string | undefined, ActionKind][] = [
      [1, undefined, 'create'],
      [2, 'Wave 10', 'create'],
      [3, 'wave 2', 'look'],
      [4, undefined, 'replace'],
      [5, 'wave 10', 'resume'],
      [6, 'Wave 2', 'create'],
      [7, undefined, 'resume'],
      [8, '1', 'keep'],
    ]
    const ordered = inSendingOrder(
      rows.map(([number, wave, kind]) => ({
        row: row(number, wave === undefined ? {} : { wave }),
        action: { kind },
      })),
    )
    expect(ordered.map((each) => each.row.row)).toEqual([5, 7, 8, 3, 6, 2, 1, 4])
  })
})

describe('the quota of pairs', () => {
  const quota = (left: number, ...numbers: readonly number[]) =>
    told({ servers: servers(...numbers), pairs: { used: 100, quota: 100 + left } })

  test('is used up in the order of the file, two disks a server', () => {
    const rows = [row(1), row(2), row(3)]
    expect(decisions({ rows, preflight: quota(4, 1, 2, 3) })).toEqual([
      'create',
      'create',
      'pair-quota',
    ])
    expect(decisions({ rows, preflight: quota(5, 1, 2, 3) })).toEqual([
      'create',
      'create',
      'pair-quota',
    ])
    expect(decisions({ rows, preflight: quota(6, 1, 2, 3) })).toEqual([
      'create',
      'create',
      'create',
    ])
  })

  test('is used up by the earlier waves first, and the plan keeps the file’s order', () => {
    const rows = [row(1), row(2, { wave: '10' }), row(3, { wave: '2' })]
    const { rows: planned } = planOf({ rows, group: SITES, preflight: quota(4, 1, 2, 3) })
    expect(planned.map((each) => [each.row.row, each.action.kind])).toEqual([
      [1, 'blocked'],
      [2, 'create'],
      [3, 'create'],
    ])
  })

  test('is left to a smaller server, and no row that is blocked takes of it', () => {
    const small = server(3, { volumes: [{ id: 'v', isSystem: true }] })
    const preflight = told({
      servers: [server(1, { status: 'ERROR' }), server(2), server(4), small],
      pairs: { used: 0, quota: 3 },
    })
    expect(decisions({ rows: [row(1), row(2), row(4), row(3)], preflight })).toEqual([
      'server-status',
      'create',
      'pair-quota',
      'create',
    ])
  })

  test('is used by a lost create, and not again by what the service counts already', () => {
    const rows = [row(1), row(2)]
    const of = (facts: Partial<Facts>) => decisions({ rows, preflight: quota(2, 1, 2), ...facts })
    expect(of({ open: [openCreate(1, 'unknown')] })).toEqual(['look', 'pair-quota'])
    expect(of({ open: [openCreate(1, 'accepted')] })).toEqual(['resume', 'create'])
    expect(of({ instances: [instance(1)] })).toEqual(['keep', 'create'])
    expect(of({ instances: [instance(1, { serverGroupId: OTHER_GROUP })] })).toEqual([
      'conflict',
      'create',
    ])
    const failed = {
      instances: [instance(1, { status: 'error', pairs: 9 })],
      failedInstances: ['instance-1'],
      replaceFailed: true,
    }
    expect(of(failed)).toEqual(['replace', 'create'])
    expect(of({ ...failed, preflight: quota(0, 1, 2) })).toEqual(['replace', 'pair-quota'])
    // It gives back what it is told to hold, and no more: nothing is deleted for a create without room.
    const without = (pairs: number | null) => ({
      ...failed,
      instances: [instance(1, { status: 'error', pairs })],
    })
    for (const pairs of [0, null]) {
      expect(of({ ...without(pairs), preflight: quota(0, 1, 2) })).toEqual([
        'pair-quota',
        'pair-quota',
      ])
    }
  })

  test('is not counted where the disks of a row that needs some are not told', () => {
    const untold = server(2, { volumes: null })
    const rows = [row(1), row(2)]
    const of = (facts: Partial<Facts>, second = untold) =>
      decisions({
        rows,
        preflight: told({ servers: [server(1), second], pairs: { used: 9, quota: 10 } }),
        ...facts,
      })
    expect(of({})).toEqual(['create', 'create'])
    expect(of({}, server(2))).toEqual(['pair-quota', 'pair-quota'])
    expect(of({ open: [openCreate(2, 'unknown')] })).toEqual(['create', 'look'])
    // These need none.
    expect(of({ instances: [instance(2)] })).toEqual(['pair-quota', 'keep'])
    const fault = [instance(2, { status: 'fault' })]
    expect(of({ instances: fault })).toEqual(['pair-quota', 'conflict'])
    const groups = new Map([
      [1, group(GROUP)],
      [2, group(OTHER_GROUP, { status: 'error' })],
    ])
    expect(of({ groups })).toEqual(['pair-quota', 'group-not-ready'])
    expect(of({ open: [openCreate(2, 'accepted')] })).toEqual(['pair-quota', 'resume'])
  })

  test('is counted beside a row whose server is not there, unless that was sent', () => {
    const rows = [row(1), row(2)]
    const preflight = told({ servers: servers(1), pairs: { used: 9, quota: 10 } })
    expect(decisions({ rows, preflight })).toEqual(['pair-quota', 'server-missing'])
    const open = [openCreate(2, 'unknown')]
    expect(decisions({ rows, preflight, open })).toEqual(['create', 'look'])
  })
})

describe('an address that two rows want', () => {
  const facts = told({ servers: servers(1, 2, 3), subnets: [subnet()], addresses: [] })

  test('is the first one’s, by wave and file', () => {
    const rows = [wanting(1, '10.0.0.5'), wanting(2, '10.0.0.5'), wanting(3, '10.0.0.6')]
    expect(decisions({ rows, preflight: facts })).toEqual(['create', 'ip-taken', 'create'])
    const [first, second] = [wanting(1, '10.0.0.5'), wanting(2, '10.0.0.5', { wave: '1' })]
    const plan = planOf({ rows: [first, second], group: SITES, preflight: facts })
    expect(plan.rows.map(({ action }) => action.kind)).toEqual(['blocked', 'create'])
    const action = plan.rows[0]?.action
    expect(action?.kind === 'blocked' && action.result.message).toContain('row 2 (web-2)')
  })

  test('names the row that has it, not one that was blocked before', () => {
    const rows = [wanting(1, '10.0.0.5'), wanting(2, '10.0.0.5'), wanting(3, '10.0.0.5')]
    const action = planOf({ rows, group: SITES, preflight: facts }).rows[2]?.action
    expect(action?.kind === 'blocked' && action.result.message).toContain('row 1 (web-1)')
  })

  test('is not taken by a row that is blocked, kept or in conflict', () => {
    const rows = [wanting(1, '10.0.0.5'), wanting(2, '10.0.0.5')]
    const blocked = told({ servers: [server(1, { isLocked: true }), server(2)] })
    expect(decisions({ rows, preflight: blocked })).toEqual(['server-locked', 'create'])
    const of = (over: Parameters<typeof instance>[1]) =>
      decisions({ rows, preflight: facts, instances: [instance(1, over)] })
    expect(of({})).toEqual(['keep', 'create'])
    expect(of({ status: 'fault' })).toEqual(['conflict', 'create'])
  })

  test('is taken by what runs, was lost or is made anew', () => {
    const rows = [wanting(2, '10.0.0.5'), wanting(1, '10.0.0.5', { wave: '9' })]
    expect(decisions({ rows, preflight: facts, open: [openCreate(1, 'accepted')] })).toEqual([
      'ip-taken',
      'resume',
    ])
    const inOrder = rows.toReversed()
    expect(
      decisions({ rows: inOrder, preflight: facts, open: [openCreate(1, 'unknown')] }),
    ).toEqual(['look', 'ip-taken'])
    const failed = {
      instances: [instance(1, { status: 'error', pairs: 9 })],
      failedInstances: ['instance-1'],
      replaceFailed: true,
    }
    expect(decisions({ rows: inOrder, preflight: facts, ...failed })).toEqual([
      'replace',
      'ip-taken',
    ])
  })

  test('is none where a row names a subnet alone, or an address alone', () => {
    const untold = told({ servers: servers(1, 2) })
    for (const over of [{ primarySubnetId: SUBNET }, { primaryIpAddress: '10.0.0.5' }]) {
      const rows = [row(1, over), row(2, over)]
      expect(decisions({ rows, preflight: untold })).toEqual(['create', 'create'])
    }
  })

  test('is no conflict in another subnet', () => {
    const rows = [wanting(1, '10.0.0.5'), wanting(2, '10.0.0.5', { primarySubnetId: 'other' })]
    const untold = told({ servers: servers(1, 2) })
    expect(decisions({ rows, preflight: untold })).toEqual(['create', 'create'])
    const same = [
      rows[0] ?? row(1),
      wanting(2, '10.0.0.5', { primarySubnetId: SUBNET.toUpperCase() }),
    ]
    expect(decisions({ rows: same, preflight: untold })).toEqual(['create', 'ip-taken'])
  })
})

describe('what journals and the live list say wins', () => {
  const bad = told({ servers: [server(1, { status: 'ERROR' })] })
  test.for<[string, Partial<Facts>]>([
    ['keep', { instances: [instance(1)] }],
    ['conflict', { instances: [instance(1, { status: 'fault' })] }],
    ['resume', { instances: [instance(1, { status: 'creating' })] }],
    ['resume', { open: [openCreate(1, 'accepted')] }],
    ['look', { open: [openCreate(1, 'unknown')] }],
  ])('%s stays', ([expected, facts]) => {
    expect(decisions({ preflight: bad, ...facts })).toEqual([expected])
    expect(decisions({ preflight: bad })).toEqual(['server-status'])
  })
})

describe('what a failed create has left', () => {
  const dr = { id: serverId(50), vpcId: DR_VPC, addresses: ['10.0.0.5'] }
  const failed = {
    rows: [wanting(1, '10.0.0.5')],
    instances: [instance(1, { status: 'error', targetServer: serverId(50) })],
    failedInstances: ['instance-1'],
    replaceFailed: true,
  }
  const of = (facts: Partial<Parameters<typeof told>[0]>, more: Partial<Facts> = {}) => {
    const given = { servers: [server(1), server(50, dr)], subnets: [subnet()], ...facts }
    return decisions({ ...failed, ...more, preflight: told(given) })
  }

  test('is deleted for a create that the API takes, and for no other', () => {
    expect(of({})).toEqual(['replace'])
    expect(of({ servers: [server(1, { isLocked: true }), server(50, dr)] })).toEqual([
      'server-locked',
    ])
    expect(of({ servers: [server(50, dr)] })).toEqual(['server-missing'])
    expect(of({}, { groupStatus: 'error' })).toEqual(['group-not-ready'])
    expect(decisions({ ...failed, groupStatus: 'error' })).toEqual(['group-not-ready'])
  })

  test('is in nobody’s way with what it holds itself', () => {
    const addresses = ['10.0.0.5']
    expect(of({ addresses })).toEqual(['replace'])
    const holding = [instance(1, { status: 'error', targetServer: serverId(50), pairs: 9 })]
    expect(of({ pairs: { used: 10, quota: 10 } }, { instances: holding })).toEqual(['replace'])
    // Without ECS nobody can tell whose the address is.
    expect(decisions({ ...failed, preflight: told({ addresses }) })).toEqual(['replace'])
    const own = server(50, { ...dr, vpcId: null })
    expect(of({ servers: [server(1), own], addresses })).toEqual(['replace'])
  })

  test('does not hold what another has', () => {
    const other = server(60, { vpcId: DR_VPC, addresses: ['10.0.0.5'] })
    const elsewhere = server(50, { ...dr, addresses: ['10.0.0.9'] })
    expect(of({ servers: [server(1), elsewhere, other] })).toEqual(['ip-taken'])
    expect(of({ servers: [server(1), elsewhere], addresses: ['10.0.0.5'] })).toEqual(['ip-taken'])
    // Its own DR server may have it, where that is not listed yet, not told, or without its addresses.
    expect(of({ servers: [server(1)], addresses: ['10.0.0.5'] })).toEqual(['replace'])
    const none = [instance(1, { status: 'error', targetServer: null })]
    expect(of({ addresses: ['10.0.0.5'] }, { instances: none })).toEqual(['replace'])
    const bare = server(50, { ...dr, addresses: [] })
    expect(of({ servers: [server(1), bare], addresses: ['10.0.0.5'] })).toEqual(['replace'])
    // A new create of the same address meets it.
    expect(of({}, { instances: [], failedInstances: [] })).toEqual(['ip-taken'])
  })
})

describe('none of the servers is there', () => {
  const hint = (facts: Facts): [notes: unknown, advice: (string | null)[]] => {
    const plan = planOf({ group: SITES, ...facts })
    return [
      plan.notes,
      plan.rows.map(({ action }) => (action.kind === 'blocked' ? action.result.advice : null)),
    ]
  }
  const preflight = told({ servers: servers(7) })

  test('is said once, with how many, and each row asks about the project', () => {
    const [notes, advice] = hint({ rows: [row(1), row(2), row(3)], preflight })
    expect(notes).toEqual([{ code: 'no-server-known', count: 3 }])
    expect(advice).toHaveLength(3)
    for (const each of advice) expect(each).toMatch(/None of the 3 servers .*vCenter/)
  })

  test('also of rows whose group takes none, which say so', () => {
    const [notes] = hint({ rows: [row(1), row(2)], groupStatus: 'error', preflight })
    expect(notes).toEqual([{ code: 'no-server-known', count: 2 }])
  })

  test.for<[string, Facts]>([
    ['one row may be a slip of the pen', { rows: [row(1)], preflight }],
    ['one of them is there', { rows: [row(1), row(7)], preflight }],
    ['one of them is protected', { rows: [row(1), row(2)], instances: [instance(2)], preflight }],
    [
      'one of them was sent',
      { rows: [row(1), row(2)], open: [openCreate(2, 'unknown')], preflight },
    ],
    ['ECS was not read', { rows: [row(1), row(2)], preflight: told({}) }],
    ['nothing was asked', { rows: [row(1), row(2)] }],
  ])('is not said where %s', ([, facts]) => {
    const [notes, advice] = hint(facts)
    expect(notes).toEqual([])
    for (const each of advice) expect(each ?? '').not.toMatch(/vCenter/)
  })
})

test('what could not be checked is passed on', () => {
  const unchecked = [{ service: 'evs', reason: 'it answered 403' }] as const
  expect(planOf({ preflight: { ...told({}), unchecked } }).unchecked).toEqual(unchecked)
})

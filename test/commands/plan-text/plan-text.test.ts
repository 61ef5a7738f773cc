import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planText, type Reviewed } from '../../../src/commands/plan-text/plan-text.ts'
import type { PlanWhere } from '../../../src/commands/plan-text/where-lines.ts'
import type { ReasonOf } from '../../../src/outcome.ts'
import type { Action } from '../../../src/plan/action.ts'
import type { Plan, PlannedRow } from '../../../src/plan/plan.ts'
import { palette } from '../../../src/ui/colour.ts'
import { displayWidth } from '../../../src/ui/text.ts'
import { openCreate, type Facts } from '../../plan/facts.ts'
import { GROUP, OTHER_GROUP, group, instance, row } from '../../report/build.ts'
import { preflightOf, reviewed, WHERE } from '../reviewed.ts'

const HOSTILE = 'x\u001B[2J\u001B]0;title\u0007\u0008\r\u202Ey'

function textOf(
  shown: Reviewed,
  more: {
    readonly verbose?: boolean
    readonly where?: PlanWhere
    readonly colour?: boolean
    readonly asked?: boolean
  } = {},
): string {
  const { verbose = false, where = WHERE, colour = false, asked = true } = more
  return planText(shown, where, { palette: palette(colour), verbose, asked })
}

function linesOf(facts: Facts, preflight: Reviewed['preflight'] = null): string[] {
  return textOf({ ...reviewed(facts), preflight }).split('\n')
}

function widest(text: string): number {
  return Math.max(...text.split('\n').map(displayWidth))
}

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1)
}

/** The plan with its rows changed, for findings that other rules make. */
function changed(shown: Reviewed, change: (planned: PlannedRow) => Partial<PlannedRow>): Reviewed {
  const { plan } = shown
  return {
    ...shown,
    plan: { ...plan, rows: plan.rows.map((planned) => ({ ...planned, ...change(planned) })) },
  }
}

/** As the preflight's rules make it, whatever their sentences are. */
function blocked(reason: ReasonOf<'blocked'>, message: string): Action {
  const result = { kind: 'blocked', reason, message, advice: `Mend ${reason}.`, drift: [] } as const
  return { kind: 'blocked', result, errorCode: 'SDRS.1303' }
}

test('no name, status or message of the cloud or of the inventory steers the terminal', () => {
  const here = group(GROUP, { name: HOSTILE, status: `available${HOSTILE}` })
  const rows = numbered(4).map((number) =>
    row(number, { name: `${HOSTILE}-${number}`, wave: HOSTILE, description: HOSTILE }),
  )
  const shown = reviewed({
    rows,
    groups: new Map(rows.map((each) => [each.row, here])),
    instances: [
      // Drift, a question and a warning, each with text of the cloud in it.
      instance(1, { name: `${HOSTILE} of the cloud` }),
      instance(2, { serverGroupId: OTHER_GROUP, name: HOSTILE }),
      instance(3, { status: `error${HOSTILE}` }),
    ],
  })
  const kinds = shown.plan.rows.map(({ action }) => action.kind)
  expect(kinds).toEqual(['keep', 'conflict', 'keep', 'create'])
  const warned = changed(shown, () => ({ warnings: [{ code: HOSTILE, message: HOSTILE }] }))
  const plan: Plan = { ...warned.plan, unchecked: [{ service: 'evs', reason: HOSTILE }] }
  const target = { ...WHERE.target, projectName: HOSTILE, identity: HOSTILE }
  for (const verbose of [false, true]) {
    const text = textOf({ ...warned, plan }, { verbose, where: { ...WHERE, target } })
    expect(text.split('\n').join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(text).toContain(String.raw`x\u001b[2J`)
    const names = verbose ? [1, 2, 3, 4] : [2, 3]
    for (const number of names) expect(text).toContain(`y-${number}`)
  }
})

describe('where comes first', () => {
  const first = (where: Partial<PlanWhere>): string =>
    textOf(reviewed({}), { where: { ...WHERE, ...where } }).split('\n\n')[0] ?? ''

  test('cloud, region, project by name and ID, who signed in and how', () => {
    expect(first({})).toBe(
      [
        'Where:  otc eu-de, project prod-dr (0123456789abcdef0123456789abcdef)',
        'As:     user jane (domain OTC1), by password from OS_USERNAME, OS_PASSWORD',
      ].join('\n'),
    )
  })

  test('a project that nobody named is said to be the region’s own', () => {
    expect(first({})).not.toContain('none was named')
    expect(first({ assumedProject: 'region' }).replaceAll(/\s+/g, ' ')).toContain('none was named')
  })

  test('a cloud of no known name goes by its host, a project without a name by its ID', () => {
    const target = { ...WHERE.target, cloud: null, region: null, projectName: null, identity: null }
    const endpoint = 'https://sdrs.cloud.example:8443/x'
    expect(first({ target, endpoint, region: null })).toBe(
      'Where:  sdrs.cloud.example:8443, project 0123456789abcdef0123456789abcdef',
    )
  })
})

describe('counts, waves and groups', () => {
  test('one line says what the plan comes to', () => {
    const lines = linesOf({
      rows: numbered(4).map((number) => row(number)),
      instances: [instance(1), instance(2, { serverGroupId: OTHER_GROUP })],
      open: [openCreate(3, 'accepted')],
    })
    expect(lines.slice(3, 5)).toEqual([
      '4 servers: 1 to create, 1 to follow to their end, 1 already created, 1 in',
      'conflict',
    ])
  })

  test('waves stand in the order in which they go, with their sizes, and only where there are some', () => {
    const waves = ['10', '2', undefined, 'Wave 3', '2']
    const rows = waves.map((wave, at) => row(at + 1, wave === undefined ? {} : { wave }))
    expect(linesOf({ rows })[4]).toBe('Waves:  2 (2), 10 (1), Wave 3 (1), 1 without a wave')
    expect(textOf(reviewed({}))).not.toContain('Waves')
  })

  const erp = group(GROUP, { name: 'erp', status: 'available' })
  const web = group(OTHER_GROUP, { name: 'web', status: 'protected' })
  const facts: Facts = {
    rows: numbered(5).map((number) => row(number)),
    groups: new Map(numbered(5).map((number) => [number, number < 4 ? erp : web])),
    instances: [instance(5, { serverGroupId: OTHER_GROUP })],
  }

  test('a line a group: creates, pairs by disk, protection', () => {
    const preflight = preflightOf([2, 3, null, 4, 9], { pairs: { used: 20, quota: 100 } })
    const lines = linesOf(facts, preflight)
    const cells = (name: string): string[] =>
      lines
        .find((line) => line.startsWith(`  ${name} `))
        ?.trim()
        .split(/ {2,}/) ?? []
    expect(cells('group')).toEqual(['group', 'create', 'existing', 'pairs', 'protection'])
    expect(cells('erp')).toEqual(['erp', '3', '0', '5+?', 'off'])
    expect(cells('web')).toEqual(['web', '1', '1', '4', 'on'])
    expect(lines).toContain('Pairs:  9+? to make, one a disk; the quota has room for 80')
  })

  test('no pairs are claimed where nobody could count disks, no room where the quota is unlimited', () => {
    expect(linesOf(facts).join('\n')).not.toContain('Pairs:')
    expect(linesOf(facts).find((line) => line.startsWith('  erp'))).toContain('?')
    const unlimited = preflightOf([2, 2, 2, 2], { pairs: { used: 0, quota: -1 } })
    expect(linesOf(facts, unlimited).join('\n')).not.toContain('room')
  })

  test('what is in a group without protection is not called safe', () => {
    const said = (statuses: readonly [string, string]): string =>
      linesOf({
        ...facts,
        groups: new Map(
          numbered(5).map((number) => [
            number,
            number < 4 ? { ...erp, status: statuses[0] } : { ...web, status: statuses[1] },
          ]),
        ),
      }).join(' ')
    expect(said(['available', 'protected'])).toContain('Protection is off in 1 group:')
    expect(said(['available', 'error-starting'])).toContain('Protection is off in 2 groups:')
    expect(said(['protected', 'protected'])).not.toContain('Protection is off')
  })
})

describe('what needs attention', () => {
  const eight = { rows: numbered(8).map((number) => row(number)) }

  test('is folded by cause, with some names and the count of the others', () => {
    const shown = changed(reviewed(eight), ({ row: { row: number } }) =>
      number > 6
        ? { action: blocked('no-disk', 'the server has no disk') }
        : {
            action: blocked(
              'az-mismatch',
              `the server is in az-${number}, the group "erp" in az-9`,
            ),
          },
    )
    const lines = textOf(shown).split('\n')
    const from = lines.indexOf('Nothing is sent for 8 servers:')
    expect(lines.slice(from + 1, from + 7)).toEqual([
      '  6 × az-mismatch (SDRS.1303): the server is in …, the group "erp" in az-9',
      '      → Mend az-mismatch.',
      '      web-1, web-2, web-3, web-4 + 2 more',
      '  2 × no-disk (SDRS.1303): the server has no disk',
      '      → Mend no-disk.',
      '      web-7, web-8',
    ])
  })

  test('warnings and drift are folded too, and nothing is said where there are none', () => {
    const shown = changed(
      reviewed({ ...eight, instances: numbered(3).map((n) => instance(n, { name: `db-${n}` })) }),
      ({ row: { row: number } }) => ({
        warnings:
          number > 5 ? [{ code: 'task-running', message: 'a task is running (resize)' }] : [],
      }),
    )
    const text = textOf(shown)
    expect(text).toContain('  3 × task-running: a task is running (resize)')
    expect(text).toContain('  3 × name: "…" wanted, "…" found')
    expect(textOf(reviewed(eight))).not.toMatch(/warning|Not as|Nothing is sent|To note|verbose/)
  })

  test('a plan without a preflight does not look like a checked one', () => {
    expect(textOf(reviewed(eight), { asked: false })).toContain('--no-preflight')
    expect(textOf(reviewed(eight))).not.toContain('--no-preflight')
    const done = reviewed({ instances: [instance(1)] })
    expect(textOf(done, { asked: false })).not.toContain('--no-preflight')
  })

  test('a file of another project is told as such once, not as so many slips', () => {
    const missing = changed(reviewed(eight), ({ row: { row: number } }) => ({
      action: blocked('server-missing', `ECS does not know the server id-${number}`),
    }))
    const notes = [{ code: 'no-server-known', count: 8 }] as const
    const text = textOf({ ...missing, plan: { ...missing.plan, notes } })
    const said = text.replaceAll(/\s+/g, ' ')
    expect(said).toContain(
      'None of the 8 servers exists in this project (otc eu-de, project prod-dr',
    )
    expect(said).toContain('8 × server-missing (SDRS.1303): ECS does not know the server … web-1')
    expect(said).not.toContain('Mend')
    expect(textOf(missing)).toContain('Mend server-missing.')
  })

  test('what could not be checked is said once a service', () => {
    const { plan } = reviewed({})
    const unchecked = [{ service: 'evs', reason: 'no permission (evs:volumes:list)' }] as const
    expect(textOf({ plan: { ...plan, unchecked }, preflight: null })).toContain(
      '  EVS: no permission (evs:volumes:list)',
    )
  })
})

/** 10,000 rows in 100 groups, in 12 waves, with trouble of every kind. */
function large(): Reviewed {
  const rows = numbered(10_000).map((number) =>
    row(number, {
      name: `服务器-${'n'.repeat(number % 50)}-${number}`,
      wave: `wave ${number % 12}`,
    }),
  )
  const groups = numbered(100).map((number) =>
    group(`group-${number}`, { name: `protection group ${'长'.repeat(number % 40)} ${number}` }),
  )
  const instances = numbered(300).map((number) =>
    instance(number, { name: `other ${number}`, serverGroupId: `group-${1 + (number % 100)}` }),
  )
  const shown = reviewed({
    rows,
    groups: new Map(rows.map(({ row: number }) => [number, groups[number % 100] ?? group(GROUP)])),
    instances,
  })
  const words = 'one two three four five six seven eight nine ten eleven twelve'.split(' ')
  const messy = changed(shown, ({ row: { row: number }, action }) => {
    const word = words[number % 12] ?? ''
    if (number < 500) return { action }
    if (number < 3000) {
      return { action: blocked('server-status', `${word} ${'very long message '.repeat(12)}`) }
    }
    return { action, warnings: [{ code: `code-${word}`, message: `${word} `.repeat(40) }] }
  })
  const unchecked = (['ecs', 'vpc', 'evs', 'sdrs'] as const).map((service) => ({
    service,
    reason: 'it answers 403: the permission is missing',
  }))
  return { ...messy, plan: { ...messy.plan, unchecked } }
}

describe('10,000 rows in 100 groups', () => {
  const shown = large()

  test('fit a screen and a half, 80 columns wide, and no server is left out of the counts', () => {
    const text = textOf(shown, { where: { ...WHERE, assumedProject: 'region' } })
    expect(text.split('\n').length).toBeLessThanOrEqual(56)
    expect(widest(text)).toBeLessThanOrEqual(80)
    const groups = [...text.matchAll(/^ {2}protection group .*$/gm)].map(([line]) => line)
    const rest = /\+ (\d+) groups more: ([\d,]+) to create/.exec(text)
    expect(groups.length + Number(rest?.[1])).toBe(100)
    const [creates = ''] = /[\d,]+ to create/.exec(text) ?? []
    const inRest = Number(rest?.[2]?.replaceAll(',', ''))
    expect(inRest).toBeGreaterThan(0)
    expect(inRest).toBeLessThan(Number.parseInt(creates.replaceAll(',', ''), 10))
  })

  test('--verbose shows every one of them', () => {
    const text = textOf(shown, { verbose: true })
    expect(widest(text)).toBeLessThanOrEqual(80)
    for (const number of [1, 4711, 10_000]) expect(text).toContain(row(number).serverId)
    expect(text.match(/^ +server /gm)).toHaveLength(10_000)
  })
})

test('--verbose shows each field that is not the default', () => {
  const rows = [
    row(1, {
      wave: '2',
      description: 'the first',
      primarySubnetId: 'subnet-1',
      primaryIpAddress: '10.0.0.7',
      flavor: 's3.large.2',
      clusterId: 'cluster-1',
      tenancy: 'dedicated',
      dedicatedHostId: 'host-1',
      tags: { env: 'prod', tier: 'db' },
    }),
    row(2),
  ]
  const shown = changed(reviewed({ rows }), ({ row: { row: number } }) =>
    number === 1 ? { warnings: [{ code: 'task-running', message: 'a task runs' }] } : {},
  )
  const text = textOf({ ...shown, preflight: preflightOf([3, 1]) }, { verbose: true })
  const [, all = ''] = text.split('\nRows\n')
  const [first = '', second = ''] = all
    .split(/^(?= +2 create)/m)
    .map((part) => part.replaceAll(/\s+/g, ' '))
  for (const said of [
    'create web-1',
    'group "group 1"',
    'wave 2',
    'description "the first"',
    'subnet subnet-1',
    'address 10.0.0.7',
    'flavor s3.large.2',
    'cluster cluster-1',
    'tenancy dedicated',
    'host host-1',
    'tags env=prod; tier=db',
    '3 pairs',
    'warning task-running: a task runs',
  ]) {
    expect(first).toContain(said)
  }
  expect(second.trim()).toBe(`2 create web-2 server ${row(2).serverId}, group "group 1", 1 pair`)
})

test('whatever things are called, no line is wider than 80 columns', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 })
  fc.assert(
    fc.property(name, name, name, fc.boolean(), (server, group_, wave, verbose) => {
      const here = group(GROUP, { name: group_, status: group_ })
      const rows = [row(1, { name: server, wave, description: wave }), row(2, { name: server })]
      const shown = reviewed({
        rows,
        groups: new Map(rows.map((each) => [each.row, here])),
        instances: [instance(2, { name: wave })],
      })
      const target = { ...WHERE.target, projectName: wave, identity: server.repeat(3) }
      const text = textOf(shown, { verbose, where: { ...WHERE, target } })
      expect(widest(text)).toBeLessThanOrEqual(80)
    }),
    { numRuns: 200 },
  )
})

test('colour carries meaning only: without it the text is the same', () => {
  const shown = reviewed({ rows: numbered(3).map((n) => row(n)), instances: [instance(1)] })
  const coloured = textOf(shown, { colour: true })
  expect(coloured).toContain('\u001B[')
  // oxlint-disable-next-line no-control-regex -- what a terminal takes for colour
  expect(coloured.replaceAll(/\u001B\[\d+m/g, '')).toBe(textOf(shown))
})

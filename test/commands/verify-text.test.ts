import { expect, test } from 'vitest'
import { verifyNext } from '../../src/commands/verify-next.ts'
import { verifyText } from '../../src/commands/verify-text.ts'
import { headline } from '../../src/report/headline.ts'
import { parseSettings, type Settings } from '../../src/settings.ts'
import { reconcile } from '../../src/report/reconcile.ts'
import type { Report } from '../../src/report/schema.ts'
import { palette } from '../../src/ui/colour.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { verifyRows } from '../../src/verify/verify-rows.ts'
import type { Expectation } from '../../src/verify/verification.ts'
import { groupKey } from '../../src/keys.ts'
import { input, instance, outcome } from '../report/build.ts'
import { drServer, lookAt, soundCloud, type AuditedCloud } from '../support/audited-cloud.ts'

function reportOf(
  cloud: AuditedCloud,
  expected: Expectation = 'replicating',
  unreadPairs = false,
): Report {
  const wanted = cloud.rows.flatMap((row) => {
    const group = cloud.groups.find(({ id }) => id === row.serverGroupId)
    return group === undefined ? [] : [{ row, group }]
  })
  const look = lookAt(cloud)
  const rows = verifyRows(
    wanted,
    unreadPairs ? { ...look, pairs: [], pairGroups: new Set([groupKey('x')]) } : look,
    new Set(),
  )
  const of = input(
    rows.map(({ row, group, result }) => ({
      row,
      serverGroupId: group.id,
      outcome: { ...outcome('created'), ...result },
    })),
    {
      snapshot: cloud,
      verifications: new Map(rows.map(({ row, verification }) => [row.row, verification])),
      warnings: new Map(rows.map(({ row, warnings }) => [row.row, warnings])),
    },
  )
  return reconcile({
    ...of,
    run: { ...of.run, command: 'verify', options: { expect: expected } },
  })
}

function textOf(report: Report, verbose = false): string {
  return verifyText(report, {
    palette: palette(false),
    verbose,
    unchecked: [],
    next: null,
    directory: null,
  })
}

function settings(): Settings {
  const result = parseSettings({
    command: 'verify',
    positionals: ['servers.csv'],
    options: { expect: 'created', region: 'eu-de' },
    env: {},
  })
  if (!result.ok) throw new Error(result.errors.join('\n'))
  return result.settings
}

const nextOf = (report: Report): string | null => verifyNext(report, settings(), {})

function changed(change: (cloud: AuditedCloud) => void): AuditedCloud {
  const cloud = soundCloud()
  change(cloud)
  return cloud
}

const OFF = changed((cloud) => {
  cloud.groups = cloud.groups.map((each) => ({ ...each, status: 'available' }))
})

test('all as written: one line says it, and nothing is next', () => {
  const report = reportOf(soundCloud())
  expect(headline(report)).toBe('3 servers: all as written and in sync')
  expect(textOf(report)).not.toMatch(/Not |Could not|To note/)
  expect(nextOf(report)).toBeNull()
})

test('counts by verdict, causes folded, each with its servers', () => {
  const report = reportOf(
    changed((cloud) => {
      cloud.instances = [
        ...cloud.instances
          .slice(0, 2)
          .map((each) => ({ ...each, tags: { env: `test-${each.id}` } })),
        instance(9, { targetServer: 'x' }),
      ]
      cloud.pairs = cloud.pairs.map((each) => ({ ...each, faultLevel: '5' }))
    }),
  )
  expect(headline(report)).toBe('3 servers: 2 drifted, 1 not protected')
  const text = textOf(report)
  expect(text).toContain('2 × tag:env: "prod" wanted, "…" found\n      web-1, web-2')
  expect(text).toContain('1 × not-protected: the server has no protected instance')
  expect(text).toContain('2 × faulty: a replication pair is faulty')
  expect(text).toMatch(/pair-fault: a replication pair has fault level 5: the link/)
  expect(text).toMatch(/1 instance in these groups belong/)
  expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(80)
})

test('what SDRS does not carry over is told apart from drift, and changes no verdict', () => {
  const report = reportOf(
    changed((cloud) => {
      cloud.servers =
        cloud.servers?.map((each) =>
          each.id === drServer(1) ? { ...each, name: 'old', flavor: null } : each,
        ) ?? null
    }),
  )
  expect(headline(report)).toBe('3 servers: all as written and in sync')
  const text = textOf(report)
  expect(text).toMatch(/not carried over to the DR server:\n.*name: "web-1" in production, "old"/)
  expect(text).toMatch(/Could not be compared, and is no difference:\n {2}1 × flavor/)
})

test('--verbose shows every row', () => {
  const text = textOf(reportOf(soundCloud()), true)
  expect(text).toMatch(/3 {2}web-3 {2}as-written {2}in-sync, 2 pairs/)
  expect(textOf(reportOf(soundCloud()))).not.toContain('web-3')
})

test.each<[string, Report, RegExp | null]>([
  [
    'a server without an instance',
    reportOf({ ...OFF, instances: [] }),
    /^Next: {3}.*sdrs-protect apply servers.csv --region eu-de$/,
  ],
  [
    'protection is off',
    reportOf(OFF),
    /^Next: {3}.*sdrs-protect enable servers.csv --region eu-de$/,
  ],
  [
    'a failover, after which enable would reprotect',
    reportOf(
      changed((cloud) => {
        cloud.groups = cloud.groups.map((each) => ({ ...each, status: 'failed-over' }))
      }),
    ),
    /look at 3 servers in the console/,
  ],
  [
    'a group that is off, and of which a row is broken',
    reportOf({
      ...OFF,
      rows: OFF.rows.slice(0, 2),
      instances: OFF.instances.map((each) =>
        each.id === 'instance-1' ? { ...each, status: 'error' } : each,
      ),
    }),
    /look at 2 servers in the console/,
  ],
  ['protection is off, as expected', reportOf(OFF, 'created'), null],
  [
    'pairs that are being copied',
    reportOf(
      changed((cloud) => {
        cloud.pairs = cloud.pairs.map((each) => ({ ...each, replicationStatus: 'copying' }))
      }),
    ),
    /^Next: {3}.*sdrs-protect verify servers.csv --expect created --region eu-de\n.*3 servers/,
  ],
  ['pairs that may not be read', reportOf(soundCloud(), 'replicating', true), /permission/],
  [
    'drift',
    reportOf(
      changed((cloud) => {
        cloud.instances = cloud.instances.map((each) => ({ ...each, name: 'x' }))
      }),
    ),
    /correct 3 servers in the inventory/,
  ],
  [
    'a broken instance',
    reportOf(
      changed((cloud) => {
        cloud.instances = cloud.instances.map((each) => ({ ...each, status: 'fault' }))
      }),
    ),
    /look at 3 servers in the console/,
  ],
])('%s: one next step', (_, report, expected) => {
  const next = nextOf(report)
  if (expected === null) expect(next).toBeNull()
  else expect(next).toMatch(expected)
})

test('protection of a group, or of the instance alone; groups that lack something', () => {
  const off = reportOf(OFF)
  expect(headline(off)).toBe(
    '3 servers: all as written, but not in sync; protection is off in 2 groups: nothing replicates yet',
  )
  expect(textOf(off)).toContain('3 × off: protection of its group is off')
  expect(textOf(off)).toMatch(/group 1 +2 +0 +off\n +group 2 +1 +0 +off/)
  const ofInstance = textOf(
    reportOf(
      changed((cloud) => {
        cloud.instances = cloud.instances.map((each) =>
          each.id === 'instance-1' ? { ...each, status: 'available' } : each,
        )
      }),
    ),
  )
  expect(ofInstance).toContain('is on, but not that of the instance')
  expect(ofInstance).toMatch(/group 1 +2 +1 +on\n\n/)
})

test.each([
  [1, '1 server: not protected'],
  [2, '2 servers: none is protected'],
])('%i without an instance', (count, expected) => {
  const cloud = { ...soundCloud(), instances: [] }
  expect(headline(reportOf({ ...cloud, rows: cloud.rows.slice(0, count) }))).toBe(expected)
})

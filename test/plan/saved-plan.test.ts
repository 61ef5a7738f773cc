import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planDocument } from '../../src/plan/plan-document.ts'
import type { PlanDocument, PlanRow } from '../../src/plan/plan-schema.ts'
import { checksumOf, fingerprintOf } from '../../src/plan/fingerprint.ts'
import { parseSavedPlan, whatMoved } from '../../src/plan/saved-plan.ts'
import type { Row } from '../../src/inventory/row.ts'
import { group, GROUP, instance, OTHER_GROUP, row } from '../report/build.ts'
import { openCreate, planOf, type Facts } from './facts.ts'
import { NOTHING_TOLD, server, told } from './preflight/told.ts'

const ABOUT = {
  endpoint: 'https://sdrs.test',
  projectId: 'p',
  inventory: { source: 'a.csv', sha256: 'x' },
}

const FACTS: Facts = {
  rows: [
    row(1, { flavor: 's3.large.2', tags: { team: 'web' }, wave: '1' }),
    row(2, { description: 'd', primarySubnetId: 'net', primaryIpAddress: '10.0.0.5' }),
    row(3),
  ],
  instances: [instance(3)],
}

function document(facts: Facts = FACTS, about: Partial<typeof ABOUT> = {}): PlanDocument {
  return planDocument(planOf(facts), { ...ABOUT, ...about })
}

function problemOf(content: unknown): string | null {
  const saved = parseSavedPlan(JSON.stringify(content))
  return saved.ok ? null : saved.problem
}

describe('the file', () => {
  test('as it was written is taken, also laid out anew with its keys in another order', () => {
    const written = document()
    expect(problemOf(written)).toBeNull()
    const reordered = Object.fromEntries(Object.entries(written).toReversed())
    expect(problemOf(reordered)).toBeNull()
  })

  test('edited anywhere is refused, with another value in any place', () => {
    const written = document()
    const paths = leavesOf(written)
    expect(paths.length).toBeGreaterThan(40)
    fc.assert(
      fc.property(fc.constantFrom(...paths), (path) => {
        const edited = structuredClone(written)
        edit(edited, path)
        expect(problemOf(edited)).not.toBeNull()
      }),
      { numRuns: 300 },
    )
  })

  test('edited together with its fingerprint is refused all the same', () => {
    const other = document({ ...FACTS, rows: [row(1, { flavor: 'huge' }), row(2), row(3)] })
    const { rows, fingerprint } = other
    expect(problemOf({ ...document(), rows, fingerprint })).toMatch(/edited/)
  })

  test('that its reader takes comes back whole', () => {
    const written = document()
    expect(parseSavedPlan(JSON.stringify(written))).toEqual({ ok: true, plan: written })
  })

  test.for<[string, string | null]>([
    ['', null],
    ['{', null],
    ['[]', null],
    ['null', null],
    ['{"planVersion":"2"}', null],
    ['{"planVersion":1}', '(format 1; this one reads 2)'],
    ['{"planVersion":3}', '(format 3; this one reads 2)'],
  ])('%j is none, and if it is of another version, says which', ([text, says]) => {
    const saved = parseSavedPlan(text)
    expect(saved).toMatchObject({
      ok: false,
      problem: expect.stringContaining(says ?? 'not a plan'),
    })
    if (says === null || saved.ok) return
    expect(saved.problem).toContain(says.includes('1;') ? 'an earlier version' : 'a later version')
  })

  test('that does not keep its schema says where', () => {
    const written = document()
    const [first, ...rest] = written.rows
    expect(problemOf({ ...written, rows: [{ ...first, row: 'x' }, ...rest] })).toMatch(
      /edited or damaged \(rows\.0\.row: ./,
    )
  })

  test('edited together with its checksum is refused for its fingerprint', () => {
    const { checksum: _, ...content } = document()
    const rows = content.rows.map((each) => ({ ...each, name: 'x' }))
    const edited = { ...content, rows }
    expect(problemOf({ ...edited, checksum: checksumOf(edited) })).toMatch(/edited: its rows/)
    expect(problemOf({ ...content, checksum: checksumOf(content) })).toBeNull()
  })

  test('with a key that stands twice is refused: a person may read the one, the program the other', () => {
    const text = JSON.stringify(document(), null, 2)
    const twice = text.replace('"name": "web-1"', '"name": "evil", "name": "web-1"')
    expect(parseSavedPlan(text).ok).toBe(true)
    expect(parseSavedPlan(twice)).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/twice/),
    })
  })

  test('of before there was a list of what could not be checked is taken, and has none', () => {
    const { checksum: _, unchecked: __, ...old } = document()
    const text = JSON.stringify({ ...old, checksum: checksumOf(old) })
    expect(parseSavedPlan(text)).toMatchObject({ ok: true, plan: { unchecked: [] } })
  })

  test('of which somebody took that list, or a part of it, is refused', () => {
    const unchecked = [{ service: 'ecs', reason: 'it answered 403' }] as const
    const written = document({ ...FACTS, preflight: { ...NOTHING_TOLD, unchecked } })
    expect(written.unchecked).toEqual(unchecked)
    expect(problemOf(written)).toBeNull()
    const { unchecked: _, ...without } = written
    expect(problemOf(without)).toMatch(/edited/)
    expect(problemOf({ ...written, unchecked: [] })).toMatch(/edited/)
  })

  test('without a row is refused', () => {
    const written = document()
    expect(problemOf({ ...written, rows: written.rows.slice(1) })).toMatch(/edited/)
  })
})

describe('what moved', () => {
  const moved = (now: Facts, about: Partial<typeof ABOUT> = {}): string | null =>
    whatMoved(document(), document(now, about))
  const withRow = (change: Partial<Row>): Facts => ({
    ...FACTS,
    rows: FACTS.rows?.map((each) => (each.row === 1 ? { ...each, ...change } : each)) ?? [],
  })

  test('nothing: null', () => expect(moved(FACTS)).toBeNull())

  test.for<[string, Facts, RegExp]>([
    [
      'a flavor from --set',
      withRow({ flavor: 's3.8xlarge.4' }),
      /option.*row 1 .*request\.flavorRef: planned "s3\.large\.2", now "s3\.8xlarge\.4"/,
    ],
    ['a tag', withRow({ tags: { team: 'db' } }), /option.*row 1 .*request\.tags/],
    ['a name', withRow({ name: 'x' }), /option.*row 1 .*name: planned "web-1", now "x"/],
    ['a wave', withRow({ wave: '2' }), /option.*row 1 .*wave/],
    [
      'a field that is gone',
      {
        ...FACTS,
        rows: [row(1, { tags: { team: 'web' }, wave: '1' }), ...(FACTS.rows?.slice(1) ?? [])],
      },
      /flavorRef: planned "s3\.large\.2", now nothing/,
    ],
    [
      'a group',
      {
        ...FACTS,
        groups: new Map([
          [1, group(OTHER_GROUP)],
          [2, group(GROUP)],
          [3, group(GROUP)],
        ]),
      },
      /row 1 .*serverGroupId/,
    ],
    [
      'a protected server',
      { ...FACTS, instances: [instance(1), instance(3)] },
      /cloud.*row 1 .*action: planned "create", now "keep"/,
    ],
    ['an open create', { ...FACTS, open: [openCreate(2, 'unknown')] }, /cloud.*row 2 .*action/],
    ['a row less', { ...FACTS, rows: FACTS.rows?.slice(1) ?? [] }, /selection.*row 1/],
    ['a row more', { ...FACTS, rows: [...(FACTS.rows ?? []), row(4)] }, /selection.*row 4/],
  ])('%s', ([, now, says]) => expect(moved(now)).toMatch(says))

  test('the inventory, with the row where it shows', () => {
    expect(
      moved(withRow({ flavor: 'x' }), { inventory: { source: 'a.csv', sha256: 'y' } }),
    ).toMatch(/inventory has changed.*row 1 .*flavorRef/)
    expect(moved(FACTS, { inventory: { source: 'a.csv', sha256: 'y' } })).toMatch(
      /file has changed/,
    )
  })

  test('--replace-failed is an option, not the cloud', () => {
    const failed: Facts = {
      ...FACTS,
      instances: [instance(1, { status: 'error' }), instance(3)],
      failedInstances: ['instance-1'],
    }
    const before = document(failed)
    expect(whatMoved(before, document({ ...failed, replaceFailed: true }))).toMatch(
      /--replace-failed/,
    )
  })

  test('what was in conflict or is to be replaced otherwise is the cloud', () => {
    const withAction = (action: PlanRow['action']): PlanDocument => edited({ action })
    expect(whatMoved(withAction('replace'), withAction('conflict'))).toMatch(/--replace-failed/)
    expect(whatMoved(withAction('conflict'), withAction('keep'))).toMatch(/^the cloud/)
    expect(whatMoved(withAction('keep'), withAction('replace'))).toMatch(/^the cloud/)
    expect(whatMoved(edited({ name: 'replace' }), edited({ name: 'conflict' }))).not.toMatch(
      /--replace-failed/,
    )
  })

  test.for<[keyof PlanRow, PlanRow[keyof PlanRow], RegExp]>([
    ['row', 7, /selection.*row 1 \(web-1\) is not among/],
    ['serverId', 'x', /^an option.*serverId/],
    ['serverGroupId', 'x', /^an option.*serverGroupId/],
    ['wave', null, /^an option.*wave: planned "1", now nothing/],
    ['serverGroup', 'x', /^the cloud.*serverGroup/],
    ['reason', 'x', /^the cloud.*reason: planned nothing, now "x"/],
    ['errorCode', 'x', /^the cloud.*errorCode/],
    ['protectedInstanceId', 'x', /^the cloud.*protectedInstanceId/],
    ['jobId', 'x', /^the cloud.*jobId/],
    ['request', null, /^an option.*\), request: planned \{.{78}…, now nothing$/],
  ])('another %s', ([field, value, says]) => {
    expect(whatMoved(document(), edited({ [field]: value }))).toMatch(says)
  })

  test.for([
    ['x'.repeat(78), `"${'x'.repeat(78)}"$`],
    ['x'.repeat(79), `"${'x'.repeat(78)}…$`],
  ] as const)('a long value is cut after 80 characters', ([name, says]) => {
    expect(whatMoved(document(), edited({ name }))).toMatch(new RegExp(`now ${says}`))
  })

  test('a request where there was none, and a part of it that there was not', () => {
    const none = edited({ request: null })
    expect(whatMoved(none, document())).toMatch(/\), request: planned nothing, now \{/)
    expect(moved(withRow({ description: 'new' }))).toMatch(
      /request\.description: planned nothing, now "new"$/,
    )
  })

  test('a warning that has come or gone; a service that cannot be asked is nothing', () => {
    const warned = edited({ warnings: [{ code: 'task-running', message: 'm' }] })
    const come = whatMoved(document(), { ...warned, fingerprint: fingerprintOf(warned.rows) })
    expect(come).toMatch(
      /^the cloud has moved: row 1 \(web-1\), warnings: planned .*, now .*task-running/,
    )
    expect(whatMoved(warned, document())).toMatch(/warnings: planned .*task-running/)
    const unchecked = [{ service: 'vpc', reason: 'no endpoint' }] as const
    expect(moved({ ...FACTS, preflight: { ...NOTHING_TOLD, unchecked } })).toBeNull()
  })

  test('a row that would be refused now, or then, says why', () => {
    const locked: Facts = {
      ...FACTS,
      preflight: told({ servers: [server(2, { isLocked: true })] }),
    }
    const free: Facts = { ...FACTS, preflight: told({ servers: [server(2)] }) }
    const only = (facts: Facts): PlanDocument => document({ ...facts, rows: [row(2)] })
    expect(whatMoved(only(free), only(locked))).toMatch(
      /^the cloud has moved, or .*--no-preflight\): row 2 \(web-2\), action: planned "create", now "blocked" \(server-locked: .*is locked\)$/,
    )
    expect(whatMoved(only(locked), only(free))).toMatch(
      /--no-preflight\).*planned "blocked" \(server-locked: .*\), now "create"$/,
    )
    const off = { ...locked, preflight: told({ servers: [server(2, { status: 'ERROR' })] }) }
    expect(whatMoved(only(locked), only(off))).toMatch(
      /^the cloud has moved: row 2 .*reason: planned "server-locked" \(.*\), now "server-status" \(server-status: .*ERROR/,
    )
  })

  test.for<[PlanRow['action'], PlanRow['action'], string, preflight: boolean]>([
    ['blocked', 'create', 'ip-taken', true],
    ['create', 'blocked', 'ip-taken', true],
    ['replace', 'blocked', 'pair-quota', true],
    ['blocked', 'replace', 'pair-quota', true],
    ['create', 'blocked', 'group-not-ready', false],
    ['keep', 'blocked', 'ip-taken', false],
    ['blocked', 'look', 'ip-taken', false],
    ['create', 'conflict', 'other-group', false],
  ])('from %s to %s (%s): by --no-preflight? %s', ([was, is, reason, preflight]) => {
    const of = (action: PlanRow['action']): PlanDocument =>
      edited({ action, reason: action === 'blocked' || action === 'conflict' ? reason : null })
    expect(/--no-preflight/.test(whatMoved(of(was), of(is)) ?? '')).toBe(preflight)
  })

  test('another endpoint, another project', () => {
    expect(moved(FACTS, { endpoint: 'https://other' })).toMatch(/another endpoint.*sdrs\.test/)
    expect(moved(FACTS, { projectId: 'q' })).toMatch(/project p$/)
  })

  test('rows that are gone or new are the inventory’s where its file is another', () => {
    const inventory = { source: 'a.csv', sha256: 'y' }
    const fewer = { ...FACTS, rows: FACTS.rows?.slice(1) ?? [] }
    expect(moved(fewer, { inventory })).toMatch(/^the inventory.*row 1 \(web-1\) is not among/)
    const more = { ...FACTS, rows: [...(FACTS.rows ?? []), row(4)] }
    expect(moved(more, { inventory })).toMatch(/^the inventory.*row 4 \(web-4\) was not/)
    expect(moved(more)).toMatch(/^another selection/)
  })

  test('the inventory’s name alone is nothing', () => {
    expect(moved(FACTS, { inventory: { source: 'b.csv', sha256: 'x' } })).toBeNull()
  })

  test('another fingerprint is never the same plan', () => {
    expect(whatMoved({ ...document(), fingerprint: 'x' }, document())).toMatch(/order/)
  })

  test('rows in another order are another plan', () => {
    expect(moved({ ...FACTS, rows: FACTS.rows?.toReversed() ?? [] })).not.toBeNull()
  })

  test('a row that is named twice in one of them is another plan', () => {
    const twice = document()
    const rows = [...twice.rows, ...twice.rows.slice(0, 1)]
    expect(whatMoved({ ...twice, rows, fingerprint: 'x' }, document())).toMatch(/order/)
  })

  test('a second row that differs is found', () => {
    expect(
      moved({ ...FACTS, rows: FACTS.rows?.map((r) => (r.row === 2 ? row(2) : r)) ?? [] }),
    ).toMatch(/row 2 \(web-2\), request\./)
  })

  test('IDs in another spelling are the same', () => {
    const upper = (text: string): string => text.toUpperCase().replaceAll('-', '')
    const respelt = FACTS.rows?.map((each) => ({ ...each, serverId: upper(each.serverId) })) ?? []
    expect(moved({ ...FACTS, rows: respelt })).toBeNull()
  })
})

/** The document with its first row changed. */
function edited(change: Partial<PlanRow>): PlanDocument {
  const written = document()
  const rows = written.rows.map((each, at) => (at === 0 ? { ...each, ...change } : each))
  return { ...written, rows }
}

type Path = readonly (string | number)[]

/** Every place of a document that holds a value. */
function leavesOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at]
  return Object.entries(value).flatMap(([key, each]) =>
    leavesOf(each, [...at, Array.isArray(value) ? Number(key) : key]),
  )
}

function edit(root: unknown, path: Path): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>(
      (value, key) => (value as Record<string | number, unknown>)[key],
      root,
    ) as Record<string | number, unknown>
  const key = path.at(-1) ?? ''
  const value = parent[key]
  parent[key] =
    typeof value === 'number' ? value + 1 : typeof value === 'string' ? `${value}x` : 'x'
}

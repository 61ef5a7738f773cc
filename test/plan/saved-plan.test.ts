import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planDocument } from '../../src/plan/plan-document.ts'
import type { PlanDocument } from '../../src/plan/plan-schema.ts'
import { parseSavedPlan, whatMoved } from '../../src/plan/saved-plan.ts'
import type { Row } from '../../src/inventory/row.ts'
import { group, GROUP, instance, OTHER_GROUP, row } from '../report/build.ts'
import { openCreate, planOf, type Facts } from './facts.ts'

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

  test('IDs in another spelling are the same', () => {
    const upper = (text: string): string => text.toUpperCase().replaceAll('-', '')
    const respelt = FACTS.rows?.map((each) => ({ ...each, serverId: upper(each.serverId) })) ?? []
    expect(moved({ ...FACTS, rows: respelt })).toBeNull()
  })
})

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

import { describe, expect, test } from 'vitest'
import { planDocument, planDocumentText } from '../../src/plan/plan-document.ts'
import { planDocumentSchema, type PlanDocument } from '../../src/plan/plan-schema.ts'
import { openQuestions, summarise } from '../../src/plan/summary.ts'
import { group, GROUP, instance, OTHER_GROUP, row } from '../report/build.ts'
import { openCreate, planOf, type Facts } from './facts.ts'
import { server, told } from './preflight/told.ts'

const about = {
  endpoint: 'https://sdrs.test',
  projectId: 'p',
  inventory: { source: 'a.csv', sha256: 'x' },
}

function document(facts: Facts): PlanDocument {
  return planDocument(planOf(facts), about)
}

const BASE: Facts = {
  rows: [row(1), row(2), row(3), row(4)],
  instances: [instance(2), instance(3, { status: 'creating' })],
  open: [openCreate(4, 'accepted')],
}
const inGroups = (ids: readonly string[]) => new Map(ids.map((id, index) => [index + 1, group(id)]))

describe('the text', () => {
  test.for<{ name: string; facts: Facts }>([
    { name: 'of rows of every kind', facts: BASE },
    { name: 'without a row', facts: { rows: [] } },
    {
      name: 'longer than a piece',
      facts: { rows: Array.from({ length: 200 }, (_, at) => row(at + 1, { name: `web\n${at}` })) },
    },
    {
      name: 'with an inventory that is called like its rows',
      facts: { rows: [row(1, { name: '\n  "rows": []' })] },
    },
  ])('$name is what JSON.stringify makes of the document', ({ facts }) => {
    const plan = planOf(facts)
    const named = { ...about, inventory: { source: '\n  "rows": []', sha256: '' } }
    const pieces = [...planDocumentText(plan, named)]
    expect(pieces.join('')).toBe(`${JSON.stringify(planDocument(plan, named), null, 2)}\n`)
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(2 * 64 * 1024)
  })

  test('is the one by which plans were approved before it was written in pieces', () => {
    const { fingerprint, checksum } = document(BASE)
    expect({ fingerprint, checksum }).toMatchInlineSnapshot(`
      {
        "checksum": "e94593c533532744a0ab0fd890ca63f7039714abe1e6e667cdfcc02342fb0bd1",
        "fingerprint": "f447b53aa52a021bf59806bf4d930118b283e3fe5f07a0af5a1862031c46e383",
      }
    `)
  })
})

describe('the fingerprint', () => {
  test.for<{ name: string; change: Facts; same: boolean }>([
    { name: 'the time of the look', change: { takenAt: 1 }, same: true },
    { name: 'a group that has been switched on', change: { groupStatus: 'protected' }, same: true },
    {
      name: 'an instance that nobody names',
      change: { instances: [...(BASE.instances ?? []), instance(9)] },
      same: true,
    },
    {
      name: 'a kept instance whose status or description has moved',
      change: {
        instances: [
          instance(2, { status: 'protected', description: 'd' }),
          instance(3, { status: 'creating' }),
        ],
      },
      same: true,
    },
    {
      name: 'a group ID in another spelling',
      change: { groups: inGroups(Array(4).fill(GROUP.toUpperCase().replaceAll('-', ''))) },
      same: true,
    },
    {
      name: 'a server that somebody has protected',
      change: { instances: [instance(1), ...(BASE.instances ?? [])] },
      same: false,
    },
    {
      name: 'an instance that has gone',
      change: { instances: [instance(3, { status: 'creating' })] },
      same: false,
    },
    {
      name: 'an instance that was made anew',
      change: { instances: [instance(2, { id: 'anew' }), instance(3, { status: 'creating' })] },
      same: false,
    },
    {
      name: 'an instance that is ready now',
      change: { instances: [instance(2), instance(3)] },
      same: false,
    },
    {
      name: 'an instance that broke',
      change: {
        instances: [instance(2, { status: 'error' }), instance(3, { status: 'creating' })],
      },
      same: false,
    },
    { name: 'a group that broke', change: { groupStatus: 'error' }, same: false },
    {
      name: 'a server that would be refused now',
      change: { preflight: told({ servers: [] }) },
      same: false,
    },
    {
      name: 'a warning that has come',
      change: { preflight: told({ servers: [server(1, { taskState: 'rebooting' })] }) },
      same: false,
    },
    {
      name: 'a service that was asked',
      change: { preflight: told({ servers: [server(1)] }) },
      same: true,
    },
    { name: 'a job that is not known', change: { open: [] }, same: false },
    {
      name: 'another job',
      change: { open: [{ ...openCreate(4, 'accepted'), jobId: 'job-2' }] },
      same: false,
    },
    {
      name: 'a lost answer',
      change: { open: [openCreate(4, 'accepted'), openCreate(1, 'unknown')] },
      same: false,
    },
    {
      name: 'another group',
      change: { groups: inGroups([OTHER_GROUP, GROUP, GROUP, GROUP]) },
      same: false,
    },
    {
      name: 'another name',
      change: { rows: [row(1, { name: 'x' }), row(2), row(3), row(4)] },
      same: false,
    },
    { name: 'another server', change: { rows: [row(5), row(2), row(3), row(4)] }, same: false },
    { name: 'a row less', change: { rows: [row(1), row(2), row(3)] }, same: false },
  ])('$name: the same? $same', ({ change, same }) => {
    const before = document(BASE).fingerprint
    expect(document(BASE).fingerprint).toBe(before)
    expect(document({ ...BASE, ...change }).fingerprint === before).toBe(same)
  })
})

describe('the document', () => {
  const mixed: Facts = {
    rows: [1, 2, 3, 4, 5, 6].map((number) => row(number, number === 6 ? { wave: '2' } : {})),
    instances: [
      instance(2, { name: 'other' }),
      instance(3, { status: 'creating' }),
      instance(4, { status: 'fault' }),
      instance(5, { status: 'error' }),
    ],
    failedInstances: ['instance-5'],
    replaceFailed: true,
    open: [openCreate(6, 'unknown'), openCreate(9, 'accepted')],
  }

  test('reads back as it was written', () => {
    const written = document(mixed)
    expect(planDocumentSchema.parse(JSON.parse(JSON.stringify(written)))).toEqual(written)
  })

  test('says of every row what will be done, and to what', () => {
    const { rows, totals, carriedOver } = document(mixed)
    expect(
      rows.map((each) => [each.row, each.action, each.reason, each.protectedInstanceId]),
    ).toEqual([
      [1, 'create', null, null],
      [2, 'keep', null, 'instance-2'],
      [3, 'resume', null, 'instance-3'],
      [4, 'conflict', 'broken-instance', 'instance-4'],
      [5, 'replace', null, 'instance-5'],
      [6, 'look', null, null],
    ])
    expect(rows[1]?.drift).toEqual([{ field: 'name', wanted: 'web-2', actual: 'other' }])
    expect(rows[5]?.wave).toBe('2')
    expect(totals).toEqual({
      rows: 6,
      create: 1,
      keep: 1,
      resume: 1,
      conflict: 1,
      replace: 1,
      look: 1,
      blocked: 0,
    })
    expect(carriedOver).toMatchObject([{ name: 'web-9', jobId: 'job-1', runId: 'run-0' }])
    // Whatever is not plainly done or plainly there says why.
    const silent = rows.filter(({ message }) => message === null).map(({ action }) => action)
    expect(silent).toEqual(['create', 'keep'])
  })

  test('says of a row that would be refused why, with the code, and warns of the others', () => {
    const preflight = {
      ...told({ servers: [server(1, { isLocked: true }), server(2, { taskState: 'resizing' })] }),
      unchecked: [{ service: 'evs', reason: 'it answered 403' }] as const,
    }
    const written = document({ rows: [row(1), row(2)], preflight })
    expect(written.rows).toMatchObject([
      {
        action: 'blocked',
        reason: 'server-locked',
        errorCode: 'SDRS.1359',
        message: expect.stringContaining('locked'),
        advice: expect.stringContaining('run again'),
        warnings: [],
        request: null,
      },
      {
        action: 'create',
        reason: null,
        errorCode: null,
        warnings: [{ code: 'task-running', message: expect.stringContaining('resizing') }],
      },
    ])
    expect(written.rows[1]?.request).not.toBeNull()
    expect(written.unchecked).toEqual([{ service: 'evs', reason: 'it answered 403' }])
    expect(written.totals).toMatchObject({ blocked: 1, create: 1 })
    expect(planDocumentSchema.parse(JSON.parse(JSON.stringify(written)))).toEqual(written)
  })

  test('sums up what wants work, what wants an approval, and what a person must decide', () => {
    const plan = planOf({
      ...mixed,
      groups: inGroups([GROUP, GROUP, GROUP, GROUP, GROUP, OTHER_GROUP]),
    })
    const { work, sends, groups } = summarise(plan)
    expect({ work, sends }).toEqual({ work: 4, sends: 3 })
    expect(groups.map(({ group: { id }, rows }) => [id, rows.map((each) => each.row.row)])).toEqual(
      [
        [GROUP, [1, 3, 5]],
        [OTHER_GROUP, [6]],
      ],
    )
    expect(openQuestions(plan).map((each) => each.row.row)).toEqual([4])
  })
})

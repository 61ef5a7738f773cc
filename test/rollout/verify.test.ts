import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ApiError } from '../../src/cloud/errors.ts'
import { EXIT, exitCodeFor } from '../../src/exit-code.ts'
import { readOpenWork } from '../../src/rollout/open-work.ts'
import { verify } from '../../src/rollout/verify.ts'
import { SEEN_HEALTHY_FILE } from '../../src/journal/seen-healthy.ts'
import { reportSchema, type Report } from '../../src/report/schema.ts'
import { read } from '../inventory/read-inventory.ts'
import { GROUP, instance, serverId } from '../report/build.ts'
import {
  answeringCloud,
  FORBIDDEN,
  type AnsweringCloud,
  type Reply,
} from '../support/answering-cloud.ts'
import {
  drServer,
  inventoryCsv,
  server,
  soundCloud,
  soundPair,
  wireOf,
  type AuditedCloud,
} from '../support/audited-cloud.ts'

const PROJECT = 'p'
let reportsDir = ''
beforeEach(async () => {
  reportsDir = await mkdtemp(join(tmpdir(), 'verify-'))
})
afterEach(() => rm(reportsDir, { recursive: true, force: true }))

interface Options {
  readonly forbidden?: readonly string[]
  readonly answer?: (reply: Reply, what: string, query: URLSearchParams) => Reply
  readonly selection?: Parameters<typeof verify>[0]['selection']
  readonly csv?: string
  readonly expect?: 'created' | 'replicating'
  readonly signal?: AbortSignal
}

let runs = 0

async function audit(cloud: AuditedCloud, options: Options = {}) {
  const wire = wireOf(cloud, options.forbidden)
  const asked = answeringCloud((question) => {
    const reply = wire(question)
    return options.answer?.(reply, question.what, question.query) ?? reply
  })
  runs += 1
  const result = await asked.clock.run(
    verify(
      {
        inventory: await read(options.csv ?? inventoryCsv(cloud)),
        selection: options.selection ?? {},
        reportsDir,
        about: {
          runId: `run-${runs}`,
          startedAt: asked.clock.now(),
          tool: { name: 'sdrs-protect', version: 'test' },
          command: 'verify',
          endpoint: 'https://sdrs.test',
          projectId: PROJECT,
          region: null,
          target: null,
          options: { expect: options.expect ?? 'replicating' },
          directory: null,
        },
      },
      {
        client: asked.sdrs,
        others: asked,
        clock: asked.clock,
        requests: asked.requests.counts,
        signal: options.signal ?? new AbortController().signal,
      },
    ),
  )
  return { result, asked }
}

async function audited(cloud: AuditedCloud, options: Options = {}) {
  const { result, asked } = await audit(cloud, options)
  if (result.kind !== 'done') throw new Error(`it ended with ${result.kind}`)
  return { ...result, asked, exitCode: exitCodeFor(result.report, { kind: 'ended' }) }
}

function verdicts({ rows }: Report): (string | undefined)[] {
  return rows.map(({ verification }) => verification?.verdict)
}

function questions({ asked }: AnsweringCloud): string[] {
  return asked.map(({ what }) => what)
}

test('a sound cloud: exit 0, five reads and one of the VPC, and the report’s files without a journal', async () => {
  const { report, exitCode, asked, directory, unchecked } = await audited(soundCloud())
  expect(exitCode).toBe(EXIT.done)
  expect(verdicts(report)).toEqual(['as-written', 'as-written', 'as-written'])
  expect(report.run).toMatchObject({ command: 'verify', outcome: 'complete' })
  expect(unchecked).toEqual([])
  expect(questions(asked).toSorted()).toEqual([
    'ecs /v1/cloudservers/detail',
    'sdrs /v1/protected-instances',
    'sdrs /v1/replications',
    'sdrs /v1/server-groups',
    'vpc /v1/subnets',
  ])
  const files = await readdir(directory ?? '')
  expect(files.toSorted()).toEqual([
    'junit.xml',
    'remaining.csv',
    'report.csv',
    'report.html',
    'report.json',
    'report.md',
  ])
  const written: unknown = JSON.parse(await readFile(join(directory ?? '', 'report.json'), 'utf8'))
  expect(reportSchema.parse(written)).toEqual(report)
})

test('a later run finds nothing of it to read but what it has seen healthy, once', async () => {
  const cloud = soundCloud()
  await audited(cloud)
  const first = await readFile(join(reportsDir, SEEN_HEALTHY_FILE), 'utf8')
  expect(first.trim().split('\n')).toHaveLength(3)
  const openWork = await readOpenWork(reportsDir, PROJECT, { remember: false })
  expect(openWork).toMatchObject({ open: new Map(), openRuns: [], failedInstances: new Set() })
  expect([...openWork.healthyInstances]).toEqual(['instance-1', 'instance-2', 'instance-3'])
  await audited(cloud)
  expect(await readFile(join(reportsDir, SEEN_HEALTHY_FILE), 'utf8')).toBe(first)
})

test('differences are exit 3, and every row and the unmanaged instance are accounted for', async () => {
  const cloud = soundCloud()
  cloud.instances = [
    ...cloud.instances
      .filter(({ id }) => id !== 'instance-2')
      .map((each) => (each.id === 'instance-1' ? { ...each, name: 'renamed' } : each)),
    instance(9, { targetServer: 'x' }),
  ]
  const { report, exitCode } = await audited(cloud)
  expect(exitCode).toBe(EXIT.notAllProtected)
  expect(verdicts(report)).toEqual(['drifted', 'not-protected', 'as-written'])
  expect(report.rows[0]?.drift).toEqual([{ field: 'name', wanted: 'web-1', actual: 'renamed' }])
  expect(report.totals).toMatchObject({ rows: 3, alreadyProtected: 2, notAttempted: 1 })
  expect(report.rows[1]).toMatchObject({ outcome: 'not-attempted', reason: 'not-protected' })
  expect(report.unmanaged.map(({ protectedInstanceId: id }) => id)).toEqual(['instance-9'])
})

test('protection is off: exit 3, but 0 for --expect created; drift is 3 for either', async () => {
  const cloud = soundCloud()
  cloud.groups = cloud.groups.map((each) => ({ ...each, status: 'available' }))
  expect((await audited(cloud)).exitCode).toBe(EXIT.notAllProtected)
  expect((await audited(cloud, { expect: 'created' })).exitCode).toBe(EXIT.done)
  cloud.instances = cloud.instances.map((each) => ({ ...each, name: 'renamed' }))
  expect((await audited(cloud, { expect: 'created' })).exitCode).toBe(EXIT.notAllProtected)
})

test('a start that failed leaves its rows created, and not replicating', async () => {
  const cloud = soundCloud()
  const status = 'error-starting'
  cloud.groups = cloud.groups.map((each) => ({ ...each, status }))
  cloud.instances = cloud.instances.map((each) => ({ ...each, status }))
  const { report, exitCode } = await audited(cloud)
  expect(exitCode).toBe(EXIT.notAllProtected)
  expect(report.rows.map(({ outcome }) => outcome)).toEqual(Array(3).fill('already-protected'))
  expect(verdicts(report)).toEqual(Array(3).fill('not-replicating'))
})

test('pairs that may not be read: unknown, not replicating, exit 3, and said why', async () => {
  const { report, exitCode, unchecked } = await audited(soundCloud(), {
    forbidden: ['replications'],
  })
  expect(exitCode).toBe(EXIT.notAllProtected)
  expect(report.rows.map(({ verification }) => verification?.replication)).toEqual(
    Array(3).fill({ state: 'unknown', pairs: null, progress: null }),
  )
  expect(unchecked).toEqual([
    { service: 'sdrs', reason: expect.stringContaining('listReplicationPairs') },
  ])
  expect(report.unchecked).toEqual(unchecked)
})

/** Of each list that names groups only the first pair is shown, as if there were no more. */
const cutShort = (reply: Reply, what: string, query: URLSearchParams): Reply => {
  if (reply === 'hangs' || !what.endsWith('/replications')) return reply
  const { replications } = reply.body as { readonly replications: readonly unknown[] }
  const shown = query.has('server_group_ids') ? replications.slice(0, 1) : replications
  return { status: 200, body: { replications: shown, count: shown.length } }
}

test('pairs that a list leaves out, and their instances name, are asked for by these', async () => {
  const cloud = soundCloud()
  cloud.instances = cloud.instances.map((each) => ({ ...each, pairs: 2 }))
  const { report, exitCode, asked } = await audited(cloud, { answer: cutShort })
  expect(exitCode).toBe(EXIT.done)
  expect(verdicts(report)).toEqual(Array(3).fill('as-written'))
  expect(report.rows.map(({ verification }) => verification?.replication.pairs)).toEqual([2, 2, 2])
  expect(asked.count('sdrs /v1/replications')).toBe(2)
  // A list that lacks nothing is enough.
  expect((await audited(cloud)).asked.count('sdrs /v1/replications')).toBe(1)
})

test('what is listed in two spellings of its ID is there once', async () => {
  const cloud = soundCloud()
  const [first] = cloud.pairs
  if (first === undefined) throw new Error('a pair is wanted')
  cloud.pairs.push({ ...first, id: first.id.toUpperCase() })
  const { report } = await audited(cloud)
  expect(report.rows[0]?.verification?.replication.pairs).toBe(2)
})

test('a description that no instance tells is unverifiable; an empty one beside others is drift', async () => {
  const telling = (description: (at: number) => string | null) => {
    const cloud = soundCloud()
    cloud.instances = cloud.instances.map((each, at) => ({ ...each, description: description(at) }))
    return audited(cloud)
  }
  const { report, exitCode } = await telling(() => null)
  expect(exitCode).toBe(EXIT.done)
  expect(report.rows.map(({ verification }) => verification?.unverifiable)).toEqual(
    Array(3).fill(['description']),
  )
  const some = await telling((at) => (at === 0 ? null : `server ${at + 1}`))
  expect(verdicts(some.report)).toEqual(['drifted', 'as-written', 'as-written'])
  const empty = await telling(() => '')
  expect(verdicts(empty.report)).toEqual(Array(3).fill('drifted'))
})

test('ECS or VPC that may not be read: unverifiable, exit 0, and said why', async () => {
  const withoutEcs = await audited(soundCloud(), { forbidden: ['cloudservers'] })
  expect(withoutEcs.exitCode).toBe(EXIT.done)
  expect(withoutEcs.report.rows[0]?.verification?.unverifiable).toEqual([
    'flavor',
    'primary_subnet_id',
    'primary_ip_address',
  ])
  expect(withoutEcs.unchecked.map(({ service }) => service)).toEqual(['ecs'])
  const withoutVpc = await audited(soundCloud(), { forbidden: ['subnets'] })
  expect(withoutVpc.exitCode).toBe(EXIT.done)
  expect(withoutVpc.report.rows[0]?.verification?.unverifiable).toEqual(['primary_subnet_id'])
})

test('pairs of which one cannot be placed are not taken for those of anybody', async () => {
  const { report } = await audited(soundCloud(), {
    answer: (reply, what) =>
      what.endsWith('replications') && reply !== 'hangs'
        ? { status: 200, body: { replications: [{ id: 'x', attachment: 'odd' }], count: 1 } }
        : reply,
  })
  expect(verdicts(report)).toEqual(Array(3).fill('not-replicating'))
})

test('without an instance nothing but SDRS is asked, and the VPC only where a row names a subnet', async () => {
  const none = { ...soundCloud(), instances: [] }
  expect(questions((await audited(none)).asked)).toEqual([
    'sdrs /v1/server-groups',
    'sdrs /v1/protected-instances',
  ])
  const cloud = soundCloud()
  const csv = `server_id,name,server_group_id\n${serverId(1)},web-1,${GROUP}\n`
  const { asked } = await audited(cloud, { csv })
  expect(asked.count('vpc')).toBe(0)
  expect(asked.count('ecs')).toBe(1)
})

test('rows of the selection alone; nothing selected, and groups that are not there', async () => {
  const cloud = soundCloud()
  const { report } = await audited(cloud, { selection: { only: ['web-3'] } })
  expect(report.rows.map(({ name }) => name)).toEqual(['web-3'])
  // What the rest of the inventory names is managed all the same.
  expect(report.unmanaged).toEqual([])
  const nothing = await audit(cloud, { selection: { only: ['nobody'] } })
  expect(nothing.result.kind).toBe('nothing-selected')
  const csv = `server_id,name,server_group_id\n${serverId(1)},web-1,${serverId(8)}\n`
  expect((await audit(cloud, { csv })).result.kind).toBe('problems')
})

test('SDRS itself may not be read, or the sign-in is refused: no report', async () => {
  await expect(audit(soundCloud(), { forbidden: ['protected-instances'] })).rejects.toBeInstanceOf(
    ApiError,
  )
  const refused: Reply = { status: 401, body: { error_code: 'APIGW.0301', error_msg: 'no' } }
  await expect(
    audit(soundCloud(), {
      answer: (reply, what) => (what.endsWith('replications') ? refused : reply),
    }),
  ).rejects.toBeInstanceOf(ApiError)
  expect((await readdir(reportsDir)).filter((name) => name.startsWith('run-'))).toEqual([])
})

/** One row, instance, pair and pair of servers for each number. */
function largeCloud(count: number, groupCount: number): AuditedCloud & { readonly csv: string } {
  const numbers = Array.from({ length: count }, (_, at) => at + 1)
  const groupOf = (n: number): string => `g-${n % groupCount}`
  const [group] = soundCloud().groups
  if (group === undefined) throw new Error('there is no group')
  const lines = numbers.map((n) => `${serverId(n)},web-${n},${groupOf(n)}`)
  return {
    rows: [],
    groups: numbers.slice(0, groupCount).map((n) => ({ ...group, id: groupOf(n) })),
    instances: numbers.map((n) =>
      instance(n, { serverGroupId: groupOf(n), status: 'protected', targetServer: drServer(n) }),
    ),
    pairs: numbers.map((n) => soundPair(n, 1, groupOf(n))),
    servers: numbers.flatMap((n) => [
      server({ id: serverId(n), name: `web-${n}` }),
      server({ id: drServer(n), name: `web-${n}` }),
    ]),
    subnets: null,
    csv: `server_id,name,server_group_id\n${lines.join('\n')}\n`,
  }
}

test('few requests: thousands of servers in dozens of groups', async () => {
  const cloud = largeCloud(3_000, 40)
  const { asked, exitCode, report } = await audited(cloud, { csv: cloud.csv })
  expect(exitCode).toBe(EXIT.done)
  expect(report.totals.alreadyProtected).toBe(3_000)
  // A page of each list overlaps with the next by one.
  expect(asked.count('sdrs /v1/server-groups')).toBe(1)
  expect(asked.count('sdrs /v1/protected-instances')).toBe(4)
  expect(asked.count('sdrs /v1/replications')).toBeLessThanOrEqual(5)
  expect(asked.count('ecs')).toBeLessThanOrEqual(7)
  expect(asked.asked.length).toBeLessThanOrEqual(17)
})

test('30 groups a call; what one call may not read is unknown for its groups alone', async () => {
  const cloud = largeCloud(40, 40)
  let calls = 0
  const { report, asked } = await audited(cloud, {
    csv: cloud.csv,
    answer: (reply, what) =>
      what.endsWith('replications') && (calls += 1) === 1 ? FORBIDDEN : reply,
  })
  const groups = asked.asked
    .filter(({ what }) => what.endsWith('replications'))
    .map(({ query }) => (JSON.parse(query.get('server_group_ids') ?? '[]') as unknown[]).length)
  expect(groups).toEqual([30, 10])
  const states = report.rows.map(({ verification }) => verification?.replication.state)
  expect(states.filter((state) => state === 'unknown')).toHaveLength(30)
  expect(states.filter((state) => state === 'in-sync')).toHaveLength(10)
})

test('a signal ends it at once', async () => {
  const signal = AbortSignal.abort()
  await expect(audit(soundCloud(), { signal })).rejects.toBeInstanceOf(ApiError)
})

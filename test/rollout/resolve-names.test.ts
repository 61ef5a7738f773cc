import { describe, expect, test } from 'vitest'
import type { Row } from '../../src/inventory/row.ts'
import { parseInventory, type InventoryOptions } from '../../src/inventory/read.ts'
import { NO_OPEN_WORK } from '../../src/journal/replay.ts'
import { planDocument } from '../../src/plan/plan-document.ts'
import { whatMoved } from '../../src/plan/saved-plan.ts'
import { planRollout, type PlanRolloutInput } from '../../src/rollout/plan-rollout.ts'
import {
  answeringCloud,
  FORBIDDEN,
  ok,
  type AnsweringCloud,
  type Reply,
} from '../support/answering-cloud.ts'

const id = (n: number): string => `b0000000-0000-4000-8000-${String(n).padStart(12, '0')}`

interface Project {
  readonly servers: readonly { readonly id: string; readonly name: string }[]
  readonly instances?: readonly Readonly<Record<string, unknown>>[]
  readonly ecs?: Reply
}

function cloudOf({ servers, instances = [], ecs }: Project, endpoint = true): AnsweringCloud {
  const group = { id: 'g-1', name: 'erp', status: 'available', priority_station: 'source' }
  const endpoints = endpoint ? {} : { ecs: null }
  return answeringCloud(
    ({ what, query }) => {
      switch (what.split('/').slice(2).join('/')) {
        case 'server-groups':
          return ok({ server_groups: [group], count: 1 })
        case 'protected-instances':
          return ok({ protected_instances: instances, count: instances.length })
        case 'cloudservers/detail': {
          const page = Number(query.get('offset')) - 1
          const all = servers.map((each) => ({
            ...each,
            status: 'ACTIVE',
            'OS-EXT-AZ:availability_zone': 'eu-de-01',
          }))
          return (
            ecs ?? ok({ servers: all.slice(page * 1_000, page * 1_000 + 1_000), count: all.length })
          )
        }
        case 'cloudservers/flavors':
          return ok({ flavors: [{ id: 's3.large.2' }] })
        case 'sdrs/quotas':
          return ok({ quotas: { resources: [] } })
        case 'active-domains':
          return ok({ domains: [] })
        default:
          return ok({})
      }
    },
    { endpoints },
  )
}

const read = (text: string, options: Partial<InventoryOptions> = {}) =>
  parseInventory('servers.csv', Buffer.from(text), {
    map: {},
    set: {},
    dialect: 'otc',
    resolveNames: true,
    ...options,
  })

async function planOf(
  cloud: AnsweringCloud,
  text: string,
  options: Partial<InventoryOptions> = {},
  more: Partial<PlanRolloutInput> = {},
) {
  const inventory = await read(text, options)
  expect(inventory.totals.errors).toBe(0)
  const { sdrs, ecs, vpc, evs, clock } = cloud
  return clock.run(
    planRollout({
      rows: inventory.rows,
      resolution: { ecs, identify: inventory.identify },
      selection: {},
      openWork: NO_OPEN_WORK,
      client: sdrs,
      others: { ecs, vpc, evs },
      clock,
      replaceFailed: false,
      dialect: 'otc',
      ...more,
    }),
  )
}

const HEADER = 'name,server_group\n'
const FLEET = [
  { id: id(1).toUpperCase(), name: 'web' },
  { id: id(2), name: 'Büro' },
]

function planned(found: Awaited<ReturnType<typeof planOf>>) {
  if (found.kind !== 'planned') throw new Error(JSON.stringify(found))
  return found
}

test('rows are planned with the servers that their names mean, and sent so', async () => {
  const options = { fitNames: true, nameTemplate: '{name}-dr' }
  const { plan, inventoryServers } = planned(
    await planOf(cloudOf({ servers: FLEET }), `${HEADER}web,erp\nBüro,erp\n`, options),
  )
  expect(plan.rows.map(({ request }) => [request?.server_id, request?.name])).toEqual([
    [id(1), 'web-dr'],
    [id(2), 'Buero-dr-00000002'],
  ])
  expect(inventoryServers).toEqual([id(1), id(2)])
  const about = { endpoint: 'e', projectId: 'p', inventory: { source: 's', sha256: 'x' } }
  expect(planDocument(plan, about).rows[1]).toMatchObject({
    serverId: id(2),
    matched: { name: 'Büro', availabilityZone: 'eu-de-01', status: 'ACTIVE', leftOut: [] },
    changes: [{ field: 'name', from: 'Büro', to: 'Buero-dr-00000002', by: 'fit' }],
  })
})

describe('the servers are listed', () => {
  test('once, in pages, for all rows and the preflight', async () => {
    const servers = Array.from({ length: 2_500 }, (_, n) => ({ id: id(n + 1), name: `s${n}` }))
    const text = HEADER + servers.map(({ name }) => `${name},erp\n`).join('')
    const cloud = cloudOf({ servers })
    expect(planned(await planOf(cloud, text)).plan.rows).toHaveLength(2_500)
    expect(cloud.count('ecs /v1/cloudservers/detail')).toBe(3)
  })

  test('also without a preflight', async () => {
    const cloud = cloudOf({ servers: FLEET })
    planned(await planOf(cloud, `${HEADER}web,erp\n`, {}, { others: null }))
    expect(cloud.count('ecs')).toBe(1)
  })

  test('not where every row has its ID', async () => {
    const cloud = cloudOf({ servers: FLEET })
    const text = `server_id,name,server_group\n${id(1)},web,erp\n`
    planned(await planOf(cloud, text, {}, { others: null }))
    expect(cloud.count('ecs')).toBe(0)
  })
})

test.each([
  ['may not be read', { servers: FLEET, ecs: FORBIDDEN }, true, /ecs:cloudServers:list/],
  ['is not known where to be reached', { servers: FLEET }, false, /--ecs-endpoint/],
])(
  'where ECS %s nothing is planned: access, with the reason',
  async (_, project, endpoint, why) => {
    const cloud = cloudOf(project, endpoint)
    await expect(planOf(cloud, `${HEADER}web,erp\n`)).rejects.toMatchObject({
      kind: 'access',
      message: expect.stringMatching(why),
    })
  },
)

test('problems are of all rows at once, and of groups too', async () => {
  const servers = [...FLEET, { id: id(3), name: 'db' }, { id: id(4), name: 'db' }]
  const text = `${HEADER}web,erp\ndb,erp\nwbe,erp\nweb,erp\nBüro,crm\n`
  const found = await planOf(cloudOf({ servers }), text, { fitNames: true })
  expect(
    found.kind === 'problems' ? found.problems.map(({ row, code }) => `${row} ${code}`) : '',
  ).toEqual([
    '2 server-name-ambiguous',
    '3 server-name-unknown',
    '4 duplicate-server',
    '5 group-unknown',
  ])
})

test('a name that the ID makes too long is a problem of its row', async () => {
  const text = `${HEADER}${'x'.repeat(40)},erp\n`
  const servers = [{ id: id(1), name: 'x'.repeat(40) }]
  const found = await planOf(cloudOf({ servers }), text, { nameTemplate: '{name}-{server_id}' })
  expect(found).toMatchObject({
    kind: 'problems',
    problems: [{ code: 'name-too-long', row: 1, line: 2, field: 'name' }],
  })
})

test('rows are selected by the name in the inventory and by the one that is used', async () => {
  const text = `${HEADER}web,erp\nBüro,erp\n`
  const names = async (only: string) =>
    planned(
      await planOf(
        cloudOf({ servers: FLEET }),
        text,
        { fitNames: true },
        { selection: { only: [only] } },
      ),
    ).plan.rows.map(({ row }: { readonly row: Row }) => row.row)
  expect(await names('Bü*')).toEqual([2])
  expect(await names('Buero-*')).toEqual([2])
  expect(await names(id(1))).toEqual([1])
})

test('a saved plan is bound to the server: it is refused when the name means another one', async () => {
  const text = `${HEADER}web,erp\n`
  const about = { endpoint: 'e', projectId: 'p', inventory: { source: 's', sha256: 'x' } }
  const document = async (servers: Project['servers']) =>
    planDocument(planned(await planOf(cloudOf({ servers }), text)).plan, about)
  const saved = await document(FLEET)
  expect(whatMoved(saved, await document(FLEET))).toBeNull()
  const moved = whatMoved(saved, await document([{ id: id(5), name: 'web' }]))
  expect(moved).toContain(
    'the name means another server now (--resolve-names): row 1 (web), serverId',
  )
})

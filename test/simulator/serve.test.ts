import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { openWorldFile } from '../../src/simulator/persist.ts'
import {
  serveSimulator,
  type ServedSimulator,
  type ServeOptions,
} from '../../src/simulator/serve.ts'
import { simulate } from '../../src/simulator/simulate.ts'
import { loadWorld, saveWorld, SimulatorFileError } from '../../src/simulator/world-file.ts'
import { create, createBody, NOW, PROJECT, serverId, smallWorld } from './ask.ts'

const ON = 'createProtectedInstance'
let dir = ''
const open: ServedSimulator[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'simulator-'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
  await rm(dir, { recursive: true })
})

async function serve(
  rules: NonNullable<FaultPlanInput['rules']> = [],
  more: Partial<ServeOptions> = {},
) {
  const served = await serveSimulator({
    port: 0,
    world: smallWorld(),
    faults: loadFaultPlan({ rules }),
    clock: systemClock,
    ...more,
  })
  open.push(served)
  return served
}

function post(served: ServedSimulator, n: number, signal?: AbortSignal): Promise<Response> {
  return fetch(`${served.url}/v1/${PROJECT}/protected-instances`, {
    method: 'POST',
    headers: { 'x-auth-token': 'any', 'content-type': 'application/json' },
    body: JSON.stringify(createBody(n)),
    ...(signal === undefined ? {} : { signal }),
  })
}

const causeOf = async (sent: Promise<Response>): Promise<unknown> => {
  try {
    return (await sent).status
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    return cause instanceof Error && 'code' in cause ? cause.code : String(error)
  }
}

describe('over http', () => {
  test('an idle connection is kept for more than a minute, and holds nobody up at the end', async () => {
    const served = await serve()
    const answer = await fetch(`${served.url}/v3`)
    await answer.text()
    const [, seconds] = /timeout=(\d+)/.exec(answer.headers.get('keep-alive') ?? '') ?? []
    expect(Number(seconds)).toBeGreaterThanOrEqual(65)
    // The connection of the fetch above is idle now, and still open.
    await served.close()
  })

  test('a body that is too large is refused, and the connection goes on', async () => {
    const served = await serve()
    const body = 'x'.repeat(13 * 1024 * 1024)
    const url = `${served.url}/v1/${PROJECT}/protected-instances`
    const answer = await fetch(url, { method: 'POST', headers: { 'x-auth-token': 'any' }, body })
    expect([answer.status, await answer.json()]).toMatchObject([413, { error_code: 'APIGW.0201' }])
    expect((await post(served, 1)).status).toBe(200)
  })

  test('a request line with the whole address, as through a proxy', async () => {
    const served = await serve()
    const answer = new Promise<number | undefined>((resolve, reject) => {
      const path = `http://sdrs.test/v1/${PROJECT}/server-groups`
      const headers = { 'x-auth-token': 'any' }
      get({ host: '127.0.0.1', port: served.port, path, headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).on('error', reject)
    })
    expect(await answer).toBe(200)
  })

  test('a create, its job, and the pages behind the scenes', async () => {
    const served = await serve()
    const answer = await post(served, 1)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    const { job_id: jobId } = (await answer.json()) as { job_id: string }
    const job = await fetch(`${served.url}/v1/${PROJECT}/jobs/${jobId}`, {
      headers: { 'x-auth-token': 'any' },
    })
    expect(await job.json()).toMatchObject({
      job_id: jobId,
      job_type: 'createProtectedInstanceNoCG',
    })
    const page = async (name: string): Promise<unknown> =>
      (await fetch(`${served.url}/_simulator/${name}`)).json()
    expect(await page('ledger')).toMatchObject([{ serverId: serverId(1), jobId }])
    expect(await page('group-ledger')).toEqual([])
    expect(await page('requests')).toEqual({ createProtectedInstance: 1, showJob: 1 })
    expect(saveWorld(loadWorld(await page('world')))).toEqual(saveWorld(served.world()))
  })

  test('a reset is one on the socket, before or after the create was carried out', async () => {
    const served = await serve([
      { on: ON, nth: 1, do: { reset: 'before' } },
      { on: ON, nth: 2, do: { reset: 'after' } },
    ])
    expect(await causeOf(post(served, 1))).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
    expect(served.world().ledger.length).toBe(0)
    expect(await causeOf(post(served, 1))).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
    expect(served.world().ledger.length).toBe(1)
    expect(await causeOf(post(served, 2))).toBe(200)
  })

  test('a hang has no answer, and close ends it', async () => {
    let arrived: () => void = () => {}
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const served = await serve([{ on: ON, do: { hang: 'after' } }], { onRequest: () => arrived() })
    const hanging = causeOf(post(served, 1))
    await arrival
    expect(served.world().ledger.length).toBe(1)
    await served.close()
    expect(await hanging).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
  })

  test('tokens are revoked through a page', async () => {
    const served = await serve()
    const body = JSON.stringify({ token: 'any' })
    await fetch(`${served.url}/_simulator/tokens/revoke`, { method: 'POST', body })
    expect((await post(served, 1)).status).toBe(401)
  })

  test('requests are announced with their number and operation', async () => {
    const seen: unknown[] = []
    const served = await serve([], {
      onRequest: (request, delivery) => seen.push([request.n, request.operation, delivery]),
    })
    await post(served, 1)
    await post(served, 2)
    expect(seen).toEqual([
      [1, ON, 'answer'],
      [2, ON, 'answer'],
    ])
  })
})

describe('a world that lasts', () => {
  test('is on disk after a read too, where somebody else has acted meanwhile', async () => {
    const stateFile = join(dir, 'state.json')
    const groups = [{ name: 'erp', id: 'group-erp', status: 'protected' }]
    const instances = [{ server: serverId(1), group: 'erp' }]
    const servers = [{ id: serverId(1), group: 'erp' }]
    const rules = [
      { on: 'listQuotas', times: 1, do: { somebodyElse: 'failover', group: 'erp' } },
    ] satisfies FaultPlanInput['rules']
    const world = smallWorld({ groups, servers, instances })
    const served = await serve(rules, { stateFile, world })
    await fetch(`${served.url}/v1/${PROJECT}/sdrs/quotas`, { headers: { 'x-auth-token': 'any' } })
    const saved = loadWorld(JSON.parse(readFileSync(stateFile, 'utf8')))
    expect(saved.groups.get('group-erp')?.moves).toMatchObject([{ act: 'failover' }])
  })

  test('is on disk before the answer leaves, also where that answer gets lost', async () => {
    const stateFile = join(dir, 'state.json')
    const onDisk: number[] = []
    const served = await serve([{ on: ON, nth: 2, do: { reset: 'after' } }], {
      stateFile,
      onRequest: () =>
        onDisk.push(loadWorld(JSON.parse(readFileSync(stateFile, 'utf8'))).ledger.length),
    })
    await post(served, 1)
    await causeOf(post(served, 2))
    expect(onDisk).toEqual([1, 2])
    expect(await readdir(dir)).toEqual(['state.json'])
  })

  test('is saved by a list too, where a fault deletes between two pages', async () => {
    const stateFile = join(dir, 'state.json')
    const twice = create(create(smallWorld({ limits: { jobTimeMs: 0 } }), 1).world, 2).world
    const rules = [{ on: 'list*', do: { deleteBetweenPages: 'server-1' } }]
    const served = await serve(rules, { world: twice, stateFile })
    const url = `${served.url}/v1/${PROJECT}/protected-instances?limit=1&offset=1`
    await fetch(url, { headers: { 'x-auth-token': 'any' } })
    const saved = loadWorld(JSON.parse(readFileSync(stateFile, 'utf8')))
    expect([...saved.instances.values()].filter(({ deletion }) => deletion !== null)).toHaveLength(
      1,
    )
  })

  test('is taken up by the next simulator, faults where they were', async () => {
    const options = {
      port: 0,
      clock: systemClock,
      stateFile: join(dir, 'state.json'),
      worldFile: join(dir, 'world.json'),
      faults: join(dir, 'faults.json'),
    }
    await writeFile(
      options.worldFile,
      JSON.stringify({
        groups: [{ name: 'erp', id: 'group-erp' }],
        servers: [1, 2].map((n) => ({ id: serverId(n), group: 'erp' })),
      }),
    )
    await writeFile(
      options.faults,
      JSON.stringify({ rules: [{ on: ON, nth: 2, do: { status: 409 } }] }),
    )
    const first = await simulate(options)
    expect((await post(first, 1)).status).toBe(200)
    await first.close()
    const second = await simulate(options)
    open.push(second)
    expect((await post(second, 2)).status).toBe(409)
    const again = await post(second, 1)
    expect(await again.json()).toMatchObject({ error: { code: 'SDRS.1305' } })
  })

  test('a world file is seeded once and added to later', () => {
    const path = join(dir, 'deep', 'world.json')
    openWorldFile(path, (saved) => {
      expect(saved).toBeNull()
      return create(smallWorld(), 1, {}, NOW).world
    })
    const again = openWorldFile(path, (saved) => saved ?? smallWorld())
    expect(again.world.ledger.length).toBe(1)
    again.save(create(again.world, 2).world)
    expect(openWorldFile(path, (saved) => saved ?? smallWorld()).world.ledger.length).toBe(2)
  })

  test.each([
    ['{"groups": [', /not JSON/],
    ['{"groups": [{"nam": "erp"}]}', /groups\[0\]/],
    ['{"servers": [{"id": "x", "group": "erp"}]}', /servers\[0\]\.group/],
    ['{"version": 2}', /version/],
  ])('%s is no world', async (text, message) => {
    const path = join(dir, 'world.json')
    await writeFile(path, text)
    const opening = (): unknown => openWorldFile(path, (saved) => saved ?? smallWorld())
    expect(opening).toThrow(SimulatorFileError)
    expect(opening).toThrow(message)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})

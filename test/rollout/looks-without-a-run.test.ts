import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ApiError } from '../../src/cloud/errors.ts'
import type { SdrsClient } from '../../src/cloud/sdrs/sdrs-client.ts'
import type { ProtectedInstance } from '../../src/cloud/sdrs/sdrs-schema.ts'
import {
  keepSeenHealthy,
  parseSeenHealthy,
  SEEN_HEALTHY_FILE,
} from '../../src/journal/seen-healthy.ts'
import { protectFleet, readInventory, simulateCloud, type Cloud } from '../../src/library.ts'
import { apiError } from '../support/small-cloud.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'looks-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const limits = { pollIntervalMs: 20, settleWindowMs: 100 }

/** A fleet of one that somebody else has protected: of its create these journals know nothing. */
async function protectedByOthers() {
  const path = join(dir, 'servers.csv')
  await writeFile(
    path,
    'server_id,name,server_group\n00000000-0000-4000-8000-000000000001,server-1,g1\n',
  )
  const inventory = await readInventory(path)
  const cloud = await simulateCloud(inventory, { jobTimeMs: 20 })
  const approve = (): boolean => true
  await protectFleet(inventory, cloud, { reportsDir: join(dir, 'theirs'), approve, limits })
  return { inventory, cloud, reportsDir: join(dir, 'reports') }
}

function seenThrough(cloud: Cloud, change: (client: SdrsClient) => SdrsClient): Cloud {
  return { ...cloud, client: change(cloud.client) }
}

/** In `error`, and its failed task is to be read. */
function broken(cloud: Cloud): { readonly cloud: Cloud; readonly deletes: string[] } {
  const deletes: string[] = []
  const inError = (each: ProtectedInstance): ProtectedInstance => ({ ...each, status: 'error' })
  const client: SdrsClient = {
    ...cloud.client,
    listProtectedInstances: async (groupIds, signal) =>
      (await cloud.client.listProtectedInstances(groupIds, signal)).map(inError),
    showProtectedInstance: async (id, signal) =>
      inError(await cloud.client.showProtectedInstance(id, signal)),
    listFailureJobs: async () =>
      (await cloud.client.listProtectedInstances(null)).map(({ id, name }) => ({
        jobId: 'j',
        resourceId: id,
        resourceName: name,
        failureStatus: 'createFail',
        jobType: null,
        errorCode: null,
        failReason: null,
        beginTime: null,
      })),
    async deleteProtectedInstance(id) {
      deletes.push(id)
      throw apiError('row', 400, 'SDRS.0201')
    },
  }
  return { cloud: { ...cloud, client }, deletes }
}

describe('what was seen healthy is nobody’s to delete, though no run came of the look:', () => {
  type Look = (about: Awaited<ReturnType<typeof protectedByOthers>>) => Promise<unknown>
  const looks: Readonly<Record<string, Look>> = {
    'nobody approved it': ({ inventory, cloud, reportsDir }) =>
      protectFleet(inventory, cloud, { reportsDir, approve: () => false }),
    'the inventory names a group that is not there': async ({ inventory, cloud, reportsDir }) => {
      const rows = inventory.rows.map((row) => ({ ...row, serverGroup: 'nowhere' }))
      return protectFleet({ ...inventory, rows }, cloud, { reportsDir, approve: () => true })
    },
    'no row is selected': ({ inventory, cloud, reportsDir }) =>
      protectFleet(inventory, cloud, {
        reportsDir,
        approve: () => true,
        selection: { only: ['nobody'] },
      }),
    'the list failed after its first page': async ({ inventory, cloud, reportsDir }) => {
      const halfway = seenThrough(cloud, (client) => ({
        ...client,
        async listProtectedInstances(groupIds, signal, onInstances) {
          await client.listProtectedInstances(groupIds, signal, onInstances)
          throw apiError('unknown-fate', 502, null)
        },
      }))
      const work = protectFleet(inventory, halfway, { reportsDir, approve: () => true })
      await expect(work).rejects.toThrow(ApiError)
    },
  }

  test.for([...Object.keys(looks), 'nobody has looked'])('%s', async (name) => {
    const about = await protectedByOthers()
    await looks[name]?.(about)
    const later = broken(about.cloud)
    const { inventory, reportsDir } = about
    let planned: string | null = null
    await protectFleet(inventory, later.cloud, {
      reportsDir,
      replaceFailed: true,
      limits,
      approve: ({ rows }) => {
        planned = rows[0]?.action ?? null
        return true
      },
    })
    const isKnown = name !== 'nobody has looked'
    expect(planned).toBe(isKnown ? 'conflict' : 'replace')
    expect(later.deletes).toHaveLength(isKnown ? 0 : 1)
    expect((await readdir(reportsDir)).includes(SEEN_HEALTHY_FILE)).toBe(isKnown)
  })

  test('it is written down once', async () => {
    const { inventory, cloud, reportsDir } = await protectedByOthers()
    for (let look = 0; look < 3; look += 1) {
      await protectFleet(inventory, cloud, { reportsDir, approve: () => false })
    }
    const text = await readFile(join(reportsDir, SEEN_HEALTHY_FILE), 'utf8')
    expect(text.trim().split('\n')).toHaveLength(1)
  })
})

describe('the file of what was seen healthy', () => {
  const about = { projectId: 'p', at: 7 }
  const seen = (instanceId: string) => ({ server: `server of ${instanceId}`, instanceId })
  const read = async () =>
    parseSeenHealthy(await readFile(join(dir, SEEN_HEALTHY_FILE), 'utf8')).map((events) => [
      events[0]?.type === 'run' ? events[0].projectId : '?',
      ...events.flatMap((event) => (event.type === 'healthy' ? [event.instanceId] : [])),
    ])

  test('grows by lines, each of its project', async () => {
    await keepSeenHealthy(dir, about, [seen('a'), seen('b')])
    await keepSeenHealthy(dir, { ...about, projectId: 'q' }, [seen('c')])
    await keepSeenHealthy(dir, about, [seen('d')])
    expect(await read()).toEqual([
      ['p', 'a', 'b', 'd'],
      ['q', 'c'],
    ])
  })

  test('a line that a crash cut off costs itself alone', async () => {
    await writeFile(join(dir, SEEN_HEALTHY_FILE), '{"v":1,"at":7,"projectId":"p","ser')
    await keepSeenHealthy(dir, about, [seen('a')])
    expect(await read()).toEqual([['p', 'a']])
  })

  test('is not made for nothing; what may not be written fails nobody', async () => {
    await keepSeenHealthy(join(dir, 'none'), about, [])
    await mkdir(join(dir, SEEN_HEALTHY_FILE))
    await keepSeenHealthy(dir, about, [seen('a')])
    expect(await readdir(dir)).toEqual([SEEN_HEALTHY_FILE])
  })

  test('is made with its folder: that a create has failed may be known to the cloud alone', async () => {
    const folder = join(dir, 'not', 'yet')
    await keepSeenHealthy(folder, about, [seen('a')])
    expect(parseSeenHealthy(await readFile(join(folder, SEEN_HEALTHY_FILE), 'utf8'))).toHaveLength(
      1,
    )
  })

  test('loses no line unsaid: only what a crash has cut off is passed over', async () => {
    await keepSeenHealthy(dir, about, [seen('a')])
    const [line = ''] = (await readFile(join(dir, SEEN_HEALTHY_FILE), 'utf8')).trim().split('\n')
    for (const cut of ['{', line.slice(0, 14), line.slice(0, 30)]) {
      expect(parseSeenHealthy(`${cut}\n${line}\n`)[0]).toHaveLength(2)
    }
    const damaged = [
      line.replace('"v":1', '"v":2'),
      line.slice(0, -1),
      line.replace(/"at":\d+/, '"at":1.5'),
      `\ufeff${line}`,
      '\0'.repeat(40),
      [...line].join('\0'),
      line.replace('{', '['),
    ]
    for (const text of damaged)
      expect(() => parseSeenHealthy(`${text}\n${line}\n`)).toThrow(/line 1/)
  })
})

test('a signal that was aborted before the start approves nothing', async () => {
  const { inventory, cloud, reportsDir } = await protectedByOthers()
  const signal = AbortSignal.abort()
  const approve = (): boolean => true
  expect(await protectFleet(inventory, cloud, { reportsDir, approve, signal })).toEqual({
    kind: 'not-approved',
  })
})

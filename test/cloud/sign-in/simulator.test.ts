import { afterEach, describe, expect, test } from 'vitest'
import { seededRandom, systemClock } from '../../../src/clock.ts'
import { silentLog } from '../../../src/log.ts'
import { createSdrsClient, type SdrsClient } from '../../../src/cloud/sdrs/sdrs-client.ts'
import { createRateGate } from '../../../src/cloud/rate.ts'
import { createRequestLog } from '../../../src/cloud/request-log.ts'
import { connect } from '../../../src/cloud/sign-in/connect.ts'
import { readSignInFiles } from '../../../src/cloud/sign-in/files.ts'
import { createTransport } from '../../../src/cloud/undici-transport.ts'
import { createSecretRegistry } from '../../../src/secrets.ts'
import { DEFAULT_PROJECT_ID } from '../../../src/simulator/defaults.ts'
import { seedWorld } from '../../../src/simulator/seed.ts'
import { serveSimulator, type ServedRequest } from '../../../src/simulator/serve.ts'
import type { Auth } from '../../../src/simulator/state.ts'
import { memoryFiles } from '../../support/memory-files.ts'
import { createPrivateAuthority, hasOpenssl } from '../../support/tls.ts'

const SERVERS = Array.from({ length: 6 }, (_, nth) => `0000000${nth}-1111-4222-8333-444444444444`)
const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const close of cleanUp.splice(0).toReversed()) await close()
})

/** A simulator over TLS that lets nobody in whom it does not know, and checks every signature by its own code. */
async function strictCloud() {
  const authority = createPrivateAuthority()
  cleanUp.push(() => authority.remove())
  const requests: ServedRequest[] = []
  const seeded = seedWorld({
    rows: SERVERS.map((serverId, nth) => ({ serverId, name: `s-${nth}`, serverGroup: 'g' })),
    projectId: DEFAULT_PROJECT_ID,
    now: Date.now(),
  })
  const auth: Auth = {
    ...seeded.auth,
    mode: 'strict',
    users: [{ name: 'dr', password: 'pässwörd "1"', domain: 'OTC1' }],
    accessKeys: { AK1: 'secret-key-1' },
  }
  const cloud = await serveSimulator({
    port: 0,
    world: { ...seeded, auth },
    clock: systemClock,
    tls: authority.issue(['IP:127.0.0.1']),
    onRequest: (request) => requests.push(request),
  })
  cleanUp.push(() => cloud.close())
  return { cloud, requests, caFile: authority.caFile }
}

async function clientFor(
  env: Record<string, string>,
  { cloud, caFile }: Awaited<ReturnType<typeof strictCloud>>,
): Promise<SdrsClient> {
  const transport = createTransport({ env, caFile })
  cleanUp.push(() => transport.close?.())
  const connection = await connect({
    env,
    flags: { endpoint: `${cloud.url}/v1` },
    files: await readSignInFiles(undefined, memoryFiles({}, env)),
    requestTimeoutMs: 5000,
    transport,
    clock: systemClock,
    log: silentLog,
    secrets: createSecretRegistry(),
  })
  return createSdrsClient({
    connection,
    transport,
    rate: createRateGate(1000, systemClock),
    requests: createRequestLog(),
    clock: systemClock,
    random: seededRandom(1),
    requestTimeoutMs: 5000,
  })
}

const password = {
  OS_USERNAME: 'dr',
  OS_PASSWORD: 'pässwörd "1"',
  OS_USER_DOMAIN_NAME: 'OTC1',
  OS_PROJECT_ID: DEFAULT_PROJECT_ID,
}
const key = { OS_ACCESS_KEY: 'AK1', OS_SECRET_KEY: 'secret-key-1', OS_REGION_NAME: 'eu-de' }

describe.skipIf(!hasOpenssl())('a strict cloud over TLS (needs openssl)', () => {
  test.each([
    ['a password', password],
    ['a key', key],
  ])('lets %s in, for each read and each create', async (_, env) => {
    const cloud = await strictCloud()
    const client = await clientFor(env, cloud)
    const [group] = await client.listServerGroups()
    await client.listProtectedInstances([group?.id ?? ''])
    const jobs = await Promise.all(
      SERVERS.map((serverId, nth) =>
        client.createProtectedInstance(
          {
            server_group_id: group?.id ?? '',
            server_id: serverId,
            name: `s-${nth}`,
            description: 'Büro (1) * ~',
          },
          { beforeSend: async () => {}, again: false },
        ),
      ),
    )
    for (const { jobId } of jobs) await client.showJob(jobId)
    expect(await client.listProtectedInstances(null)).toHaveLength(SERVERS.length)
  })

  test('an unknown token costs one request, however many were to follow', async () => {
    const cloud = await strictCloud()
    await clientFor(password, cloud)
    const issued = cloud.requests.length
    const unknown = await clientFor(
      { OS_TOKEN: 'not-issued-here', OS_PROJECT_ID: DEFAULT_PROJECT_ID },
      cloud,
    )
    await expect(unknown.listServerGroups()).rejects.toMatchObject({ class: 'access' })
    await expect(unknown.listQuotas()).rejects.toMatchObject({ class: 'access' })
    expect(cloud.requests).toHaveLength(issued + 1)
  })

  test('a wrong secret key costs one refusal, not the five that lock the key', async () => {
    const cloud = await strictCloud()
    const wrong = { ...key, OS_SECRET_KEY: 'secret-key-2' }
    await expect(clientFor(wrong, cloud)).rejects.toMatchObject({ kind: 'access' })
    expect(cloud.cloud.world().auth.refusals['AK1']).toHaveLength(1)
    const later = await clientFor({ ...wrong, OS_PROJECT_ID: DEFAULT_PROJECT_ID }, cloud)
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await expect(later.listServerGroups()).rejects.toMatchObject({ class: 'access' })
    }
    expect(cloud.cloud.world().auth.refusals['AK1']).toHaveLength(2)
  })

  test('a clock that is wrong is named', async () => {
    const cloud = await strictCloud()
    const transport = createTransport({ env: {}, caFile: cloud.caFile })
    cleanUp.push(() => transport.close?.())
    const attempt = connect({
      env: key,
      flags: { endpoint: cloud.cloud.url },
      files: { cloud: null, huaweicloud: null },
      requestTimeoutMs: 5000,
      transport,
      clock: { ...systemClock, now: () => Date.now() + 40 * 60_000 },
      log: silentLog,
      secrets: createSecretRegistry(),
    })
    await expect(attempt).rejects.toThrow(/clock is 40 minutes ahead/)
  })
})

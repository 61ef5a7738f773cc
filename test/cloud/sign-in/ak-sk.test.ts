import { expect, test } from 'vitest'
import { akSkAuthenticator } from '../../../src/cloud/sign-in/ak-sk.ts'
import { manualClock } from '../../support/fake-iam.ts'

const key = { accessKey: 'AK1', secretKey: 'SK1', securityToken: null }
const request = { method: 'GET', url: 'https://sdrs.example/v1/p', headers: {} } as const

test('signs nothing any more after one refusal, not even what waits for its key', async () => {
  let give = (): void => {}
  const later = new Promise<typeof key>((resolve) => {
    give = () => resolve(key)
  })
  let asked = 0
  const auth = akSkAuthenticator({
    // The first request gets its key at once, the second one has to wait for it.
    key: async () => ((asked += 1) === 1 ? key : later),
    projectId: null,
    source: 'test',
    clock: manualClock(0),
  })
  const sent = await auth.authorize(request)
  const waiting = auth.authorize(request).catch((error: unknown) => error)
  expect(await auth.renew(sent)).toBe(false)
  give()
  expect(await waiting).toMatchObject({ class: 'access' })
  await expect(auth.authorize(request)).rejects.toMatchObject({ class: 'access' })
})

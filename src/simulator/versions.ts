import { ok } from './answers.ts'
import { reading, type Handler } from './call.ts'
import { identityVersion } from './iam.ts'

/**
 * `GET /`: which versions there are. One origin serves all services here, so SDRS's and identity's stand
 * side by side; clients of either look for the one they know.
 */
export const listApiVersions: Handler = reading((_world, { origin }) =>
  ok({ versions: [sdrsVersion(origin), identityVersion(origin)] }),
)

/** `GET /v1` */
export const showApiVersion: Handler = reading((_world, { origin }) =>
  ok({ version: sdrsVersion(origin) }),
)

function sdrsVersion(origin: string): object {
  return {
    id: 'v1',
    links: [{ href: `${origin}/v1`, rel: 'self' }],
    status: 'CURRENT',
    updated: '2018-05-30T15:00:00Z',
    version: '',
    min_version: '',
  }
}

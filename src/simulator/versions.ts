import { ok } from './answers.ts'
import { reading, type Handler } from './call.ts'

/**
 * `GET /` of IAM, in Keystone's form and with its 300: OpenStack clients ask which versions there are before they
 * sign in. Of an address that is not IAM's alone SDRS's version is told as well: the same clients take what
 * they need of it.
 */
export const listIdentityVersions: Handler = reading((_world, { origin, headers }) => {
  const isIam = /^iam(-pub)?\./.test(headers['host'] ?? '')
  const values = [identityVersion(origin), ...(isIam ? [] : [apiVersion(origin)])]
  return { status: 300, data: { versions: { values } } }
})

/** `GET /v3`. */
export const showIdentityVersion: Handler = reading((_world, { origin }) =>
  ok({ version: identityVersion(origin) }),
)

/** "Querying API Versions" of SDRS, `GET /`. */
export const listApiVersions: Handler = reading((_world, { origin }) =>
  ok({ versions: [apiVersion(origin)] }),
)

/** "Querying a Specified API Version", `GET /v1`. */
export const showApiVersion: Handler = reading((_world, { origin }) =>
  ok({ version: apiVersion(origin) }),
)

function identityVersion(origin: string): object {
  return {
    id: 'v3.6',
    status: 'stable',
    updated: '2016-04-04T00:00:00Z',
    links: [{ rel: 'self', href: `${origin}/v3/` }],
    'media-types': [
      { base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' },
    ],
  }
}

/** Without microversions the two fields for them are empty. */
function apiVersion(origin: string): object {
  return {
    id: 'v1',
    links: [{ href: `${origin}/v1`, rel: 'self' }],
    status: 'CURRENT',
    updated: '2018-05-30T15:00:00Z',
    version: '',
    min_version: '',
  }
}

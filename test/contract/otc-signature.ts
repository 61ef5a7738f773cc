import { createHash, createHmac } from 'node:crypto'

/**
 * The signature of Open Telekom Cloud's Go SDK, which its Terraform provider sends: the scheme of
 * `SDK-HMAC-SHA256`, but with a key derived for day, region and service, and with `Credential=` in the header.
 * All headers are signed. Written from that SDK's behaviour, apart from what the simulator verifies with.
 */
export function signForOtc(
  request: {
    readonly method: string
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string | undefined
  },
  key: { readonly accessKey: string; readonly secretKey: string },
  place: { readonly region: string; readonly service: string },
  at: Date,
): Readonly<Record<string, string>> {
  const url = new URL(request.url)
  const date = at.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const scope = `${date.slice(0, 8)}/${place.region}/${place.service}/sdk_request`
  const headers: Record<string, string> = { ...request.headers, Host: url.host, 'X-Sdk-Date': date }
  const names = Object.keys(headers).toSorted((one, other) =>
    one.toLowerCase() < other.toLowerCase() ? -1 : 1,
  )
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&')
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`
  const canonical = [
    request.method,
    path,
    query,
    ...names.map((name) => `${name.toLowerCase()}:${headers[name]?.replaceAll(/\s+/g, ' ')}`),
    '',
    names.map((name) => name.toLowerCase()).join(';'),
    sha256(request.body ?? ''),
  ].join('\n')
  const toSign = ['SDK-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')
  const signingKey = scope
    .split('/')
    .reduce<string | Buffer>((derived, part) => hmac(derived, part), `SDK${key.secretKey}`)
  const signature = hmac(signingKey, toSign).toString('hex')
  headers['Authorization'] =
    `SDK-HMAC-SHA256 Credential=${key.accessKey}/${scope}, ` +
    `SignedHeaders=${names.map((name) => name.toLowerCase()).join(';')}, Signature=${signature}`
  return headers
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** RFC 3986: everything but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { pathOf, type SimulatorRequest } from './route.ts'

/**
 * The gateway's side of `SDK-HMAC-SHA256`. Written from the description of the scheme and not shared
 * with the client's signer: two parties that share a mistake would agree on it.
 */
export interface SignatureParts {
  readonly accessKey: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** `date/region/service/sdk_request` of the older form, with whose parts the key is derived; null: the newer form. */
  readonly scope: string | null
}

export type SignatureFault = 'malformed' | 'skewed' | 'wrong'

export const ALGORITHM = 'SDK-HMAC-SHA256'
const MOST_SKEW_MS = 15 * 60_000

/**
 * Both forms in use: `Access=AK` of today's SDKs, and `Credential=AK/date/region/service/sdk_request` of the older ones
 * and of Open Telekom Cloud's Terraform provider. Null: the header is not a signature of this scheme.
 */
export function readAuthorization(header: string | undefined): SignatureParts | null {
  const match =
    /^SDK-HMAC-SHA256 +(?:Access=([^,]+)|Credential=([^,/]+)\/([^,]+)), *SignedHeaders=([^,]+), *Signature=([0-9a-f]+)$/i.exec(
      header?.trim() ?? '',
    )
  if (match === null) return null
  const [, access, owner, scope, signedHeaders = '', signature = ''] = match
  return {
    accessKey: access ?? owner ?? '',
    signedHeaders: signedHeaders.split(';'),
    signature: signature.toLowerCase(),
    scope: scope ?? null,
  }
}

/** Null: the request was signed with this key, within a quarter of an hour of `now`. */
export function verifySignature(
  request: SimulatorRequest,
  secretKey: string,
  now: number,
): SignatureFault | null {
  const parts = readAuthorization(request.headers['authorization'])
  const date = request.headers['x-sdk-date'] ?? ''
  const signedAt = readSdkDate(date)
  if (parts === null || signedAt === null) return 'malformed'
  if (Math.abs(signedAt - now) > MOST_SKEW_MS) return 'skewed'
  const { scope } = parts
  if (scope !== null && !isScopeOf(scope, date)) return 'malformed'
  const canonical = sha256(canonicalRequest(request, parts))
  const expected =
    scope === null
      ? hmac(secretKey, [ALGORITHM, date, canonical].join('\n'))
      : hmac(derivedKey(secretKey, scope), [ALGORITHM, date, scope, canonical].join('\n'))
  const given = Buffer.from(parts.signature, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected) ? null : 'wrong'
}

/** Region and service may be empty: the older clients leave them so. */
function isScopeOf(scope: string, date: string): boolean {
  const parts = scope.split('/')
  return parts.length === 4 && parts[0] === date.slice(0, 8) && parts[3] === 'sdk_request'
}

/** One step a part, as in the scheme of AWS, but from `SDK` and the secret key. */
function derivedKey(secretKey: string, scope: string): Buffer {
  let key: string | Buffer = `SDK${secretKey}`
  for (const part of scope.split('/')) key = hmac(key, part)
  return Buffer.from(key)
}

function canonicalRequest(
  request: SimulatorRequest,
  { signedHeaders, scope }: Pick<SignatureParts, 'signedHeaders' | 'scope'>,
): string {
  const names = signedHeaders.map((name) => name.toLowerCase()).toSorted()
  const headers = names.map((name) => `${name}:${headerValue(request, name, scope !== null)}\n`)
  const query = canonicalQuery(request.url)
  // In the older form a POST without a body signs its query in the body's place.
  const isMoved = scope !== null && request.method.toUpperCase() === 'POST' && request.body === ''
  return [
    request.method.toUpperCase(),
    canonicalPath(pathOf(request.url)),
    isMoved ? '' : query,
    headers.join(''),
    names.join(';'),
    isMoved ? sha256(query) : bodyHash(request),
  ].join('\n')
}

/** The older form folds blanks within a value as well. */
function headerValue({ headers }: SimulatorRequest, name: string, folds: boolean): string {
  const value = (headers[name] ?? '').trim()
  return folds ? value.replaceAll(/\s+/g, ' ') : value
}

/** A client may say that it leaves the body unsigned; any other hash than the body's own is a body that was changed. */
function bodyHash({ headers, body }: SimulatorRequest): string {
  const said = headers['x-sdk-content-sha256'] ?? ''
  return said === 'UNSIGNED-PAYLOAD' && body !== '' ? said : sha256(body)
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function canonicalPath(path: string): string {
  const encoded = path
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/')
  return encoded.endsWith('/') ? encoded : `${encoded}/`
}

function canonicalQuery(url: string): string {
  const mark = url.indexOf('?')
  if (mark < 0) return ''
  return url
    .slice(mark + 1)
    .replace(/#.*$/s, '')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      const [key, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
      return [
        encode(decode(key.replaceAll('+', ' '))),
        encode(decode(value.replaceAll('+', ' '))),
      ] as const
    })
    .toSorted(([key, value], [otherKey, otherValue]) =>
      key === otherKey ? compare(value, otherValue) : compare(key, otherKey),
    )
    .map(([key, value]) => `${key}=${value}`)
    .join('&')
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** RFC 3986: everything but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/** `20191115T033655Z` in milliseconds since the epoch. */
function readSdkDate(text: string): number | null {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute, second] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) || null
}

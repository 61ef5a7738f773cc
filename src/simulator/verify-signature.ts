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
}

export type SignatureFault = 'malformed' | 'skewed' | 'wrong'

const ALGORITHM = 'SDK-HMAC-SHA256'
const MOST_SKEW_MS = 15 * 60_000

/** Null: the header is not a signature of this scheme. */
export function readAuthorization(header: string | undefined): SignatureParts | null {
  const match =
    /^SDK-HMAC-SHA256 +Access=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]+)$/i.exec(
      header?.trim() ?? '',
    )
  if (match === null) return null
  const [, accessKey = '', signedHeaders = '', signature = ''] = match
  return { accessKey, signedHeaders: signedHeaders.split(';'), signature: signature.toLowerCase() }
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
  const canonical = canonicalRequest(request, parts.signedHeaders)
  const toSign = [ALGORITHM, date, sha256(canonical)].join('\n')
  const expected = createHmac('sha256', secretKey).update(toSign).digest()
  const given = Buffer.from(parts.signature, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected) ? null : 'wrong'
}

function canonicalRequest(request: SimulatorRequest, signedHeaders: readonly string[]): string {
  const names = signedHeaders.map((name) => name.toLowerCase()).toSorted()
  const headers = names.map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`)
  return [
    request.method.toUpperCase(),
    canonicalPath(pathOf(request.url)),
    canonicalQuery(request.url),
    headers.join(''),
    names.join(';'),
    sha256(request.body),
  ].join('\n')
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

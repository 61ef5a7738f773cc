import { createHash, createHmac } from 'node:crypto'
import type { UnsignedRequest } from './authenticator.ts'

/** An access key as Huawei Cloud and Open Telekom Cloud issue it. */
export interface AccessKey {
  readonly accessKey: string
  readonly secretKey: string
  /** Comes with a temporary key, and is signed as well. */
  readonly securityToken: string | null
}

const ALGORITHM = 'SDK-HMAC-SHA256'
/** Other headers are sent unsigned, so that a proxy may touch them. */
const SIGNED = new Set(['content-type', 'host', 'x-project-id', 'x-sdk-date', 'x-security-token'])

/**
 * Signs a request the way the API gateway of both clouds checks it ("AK/SK authentication" in their
 * API references). Returns the request's headers, names in lower case, with those of the signature.
 * `projectId` is null for calls that belong to no project.
 */
export function signRequest(
  request: UnsignedRequest,
  key: AccessKey,
  projectId: string | null,
  nowMs: number,
): Readonly<Record<string, string>> {
  const url = new URL(request.url)
  const date = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const headers: Record<string, string> = {
    ...lowerCaseNames(request.headers),
    host: url.host,
    'x-sdk-date': date,
    ...(projectId === null ? {} : { 'x-project-id': projectId }),
    ...(key.securityToken === null ? {} : { 'x-security-token': key.securityToken }),
  }
  const names = Object.keys(headers)
    .filter((name) => SIGNED.has(name))
    .toSorted()
  const canonicalRequest = [
    request.method,
    canonicalPath(url),
    canonicalQuery(url),
    ...names.map((name) => `${name}:${headers[name]?.trim()}`),
    '',
    names.join(';'),
    sha256(request.body ?? ''),
  ].join('\n')
  const stringToSign = [ALGORITHM, date, sha256(canonicalRequest)].join('\n')
  const signature = createHmac('sha256', key.secretKey).update(stringToSign).digest('hex')
  headers['authorization'] =
    `${ALGORITHM} Access=${key.accessKey}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return headers
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

/** Ends in `/` here, though not in the request. */
function canonicalPath(url: URL): string {
  const path = url.pathname.split('/').map((part) => encode(decode(part)))
  return path.at(-1) === '' ? path.join('/') : `${path.join('/')}/`
}

/** Sorted by the decoded key, then by the decoded value, in UTF-16 order as the vendor's SDKs do. */
function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .toSorted(([keyA, valueA], [keyB, valueB]) => order(keyA, keyB) || order(valueA, valueB))
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .join('&')
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** RFC 3986: encodeURIComponent leaves five characters alone that must be encoded here. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** A stray `%` is kept as it is: the server sees it undecoded too. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

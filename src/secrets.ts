import { patternOf } from './secret-forms.ts'

/**
 * Every secret that this process knows, so that none of them is ever written anywhere: by value, which
 * also catches one that a server quotes back in an error message, and by the name of the field.
 */
export interface SecretRegistry {
  /** Empty and very short values are ignored: hiding every "a" would hide everything else too. */
  readonly add: (value: string | null | undefined) => void
  /** The text with every known secret replaced, also where it is written in JSON, HTML, a URL or base64. */
  readonly redact: (text: string) => string
}

export const REDACTED = '[redacted]'
const SHORTEST_SECRET = 4
/** Of a request: good for a quarter of an hour for whoever sends the very same request again. */
const SIGNATURE = String.raw`Signature(?:=|%3D)[0-9a-f]{64}`

export function createSecretRegistry(): SecretRegistry {
  const known = new Map<string, string>()
  let pattern = new RegExp(SIGNATURE, 'gi')
  return {
    add(value) {
      const secret = value?.trim() ?? ''
      if (secret.length < SHORTEST_SECRET || known.has(secret)) return
      known.set(secret, patternOf(secret))
      // Longest first: a secret that holds another one must not leave its rest behind.
      const longestFirst = [...known].toSorted(([one], [other]) => other.length - one.length)
      pattern = new RegExp([...longestFirst.map(([, source]) => source), SIGNATURE].join('|'), 'gi')
    },
    redact: (text) => text.replaceAll(pattern, REDACTED),
  }
}

/** Variables whose value is a secret; a proxy's URL may hold a password as well. */
const SECRET_VARIABLE = /TOKEN|PASSWORD|PASSCODE|SECRET|_(SK|AK)$|ACCESS_KEY$/i
const PROXY_VARIABLE = /^(https?|all)_proxy$/i

export function addSecretsOfEnvironment(
  registry: SecretRegistry,
  env: Readonly<Record<string, string | undefined>>,
): void {
  for (const [name, value] of Object.entries(env)) {
    if (SECRET_VARIABLE.test(name) && SIGN_IN_VARIABLE.test(name)) registry.add(value)
    if (PROXY_VARIABLE.test(name)) addProxyPassword(registry, value)
  }
}

/** Only what this tool reads: a build machine's other tokens are none of our business. */
const SIGN_IN_VARIABLE = /^(OS|HW|HUAWEICLOUD)_/

function addProxyPassword(registry: SecretRegistry, value: string | undefined): void {
  const credentials = /^(?:[a-z0-9+.-]+:\/\/)?([^/@]*)@/i.exec(value ?? '')?.[1]
  const password = credentials?.slice(credentials.indexOf(':') + 1)
  registry.add(password)
  try {
    registry.add(decodeURIComponent(password ?? ''))
  } catch {
    // Not percent-encoded: the raw form is registered already.
  }
}

/** Compared without case, `-` and `_`. Bodies may carry `user_data` and `admin_pass` of servers. */
const SECRET_FIELDS = new Set([
  'accesskey',
  'adminpass',
  'ak',
  'authorization',
  'cookie',
  'key',
  'keydata',
  'passphrase',
  'password',
  'privatekey',
  'proxyauthorization',
  'secret',
  'secretkey',
  'securitytoken',
  'setcookie',
  'sk',
  'subjecttoken',
  'token',
  'userdata',
  'xauthtoken',
  'xsecuritytoken',
  'xsubjecttoken',
])

function isSecretField(name: string): boolean {
  return SECRET_FIELDS.has(name.toLowerCase().replaceAll(/[-_]/g, ''))
}

const DEEPEST = 8

/** A copy for the log: fields with a secret's name are replaced, errors become plain data. */
export function withoutSecretFields(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return errorFacts(value, depth)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST) return '[too deep]'
  if (Array.isArray(value)) return value.map((item) => withoutSecretFields(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecretField(name) && inner !== null ? REDACTED : withoutSecretFields(inner, depth + 1),
    ]),
  )
}

function errorFacts(error: Error, depth: number): unknown {
  return withoutSecretFields(
    {
      ...Object.fromEntries(Object.entries(error)),
      type: error.name,
      message: error.message,
      stack: error.stack,
      ...(error.cause === undefined ? {} : { cause: error.cause }),
    },
    depth + 1,
  )
}

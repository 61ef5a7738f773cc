import { BlockList, isIP } from 'node:net'
import { Failure } from '../failure.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface ProxySettings {
  /** With its credentials, if it has any: not for printing. */
  readonly url: string
  /** Host and port only, and the variable it comes from: for messages. */
  readonly label: string
  /** NO_PROXY without its addresses and ranges of them, which are in `isExempt`. */
  readonly noProxy: string
  /** Whether NO_PROXY has this host, written as an address, or a range (`10.0.0.0/8`) that it lies in. */
  readonly isExempt: (hostname: string) => boolean
}

/**
 * The proxy for https, as curl and the SDKs read it: lower case wins, empty means none, HTTP_PROXY
 * stands in when HTTPS_PROXY is not set. Plain http is only ever sent to this very machine, and so
 * never through a proxy. Throws Failure (usage) for a URL that cannot be used; it never says its password.
 */
export function proxyFromEnvironment(env: Environment): ProxySettings | null {
  for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']) {
    const value = env[name]?.trim() ?? ''
    if (value === '') continue
    const url = parse(name, value)
    const exempt = (env['no_proxy'] ?? env['NO_PROXY'] ?? '')
      .split(/[\s,]+/)
      .map((entry) => entry.replace(/^\[(.*)\]$/, '$1'))
      .filter(Boolean)
    return {
      url: url.href,
      label: `${url.host} (${name})`,
      // Of a list undici knows no `*`, and it takes a name as it is asked for: without the dot of the root.
      noProxy: exempt.includes('*')
        ? '*'
        : exempt
            .filter((entry) => !isAddress(entry))
            .map((entry) => entry.replace(/\.$/, ''))
            .join(','),
      isExempt: rangesOf(exempt.filter(isAddress)),
    }
  }
  return null
}

const FORM = 'http://user:password@host:port'
/** The characters of user and password that a URL cannot hold as they are. */
const ENCODED =
  'percent-encode what a URL gives a meaning to: % as %25, \\ as %5C, @ as %40, : as %3A, / as %2F, # as %23, ? as %3F'

function parse(name: string, value: string): URL {
  const text = value.includes('://') ? value : `http://${value}`
  const wrong = (what: string): Failure =>
    // The value may hold a password, so it is not repeated.
    new Failure('usage', `${name}: ${what}`, `write ${FORM}, and in user and password ${ENCODED}`)
  // A URL reader takes it for a slash, and the user's domain for the host.
  if (text.includes('\\'))
    throw wrong('a backslash (as in DOMAIN\\user) is not written as such in a URL')
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) throw wrong('it is not the URL of a proxy')
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    throw wrong('its user or password holds a % that begins no percent-encoding')
  }
  if (url.search !== '' || url.hash !== '' || !/^\/*$/.test(url.pathname)) {
    throw wrong('more follows the host than a port: a password may hold a /, # or ?')
  }
  return url
}

/** undici decodes both, and what it cannot decode would look like a bug of ours. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** One address, or a range of them. undici would take the end of an IPv6 address for a port. */
function isAddress(entry: string): boolean {
  const [address = '', bits] = entry.split('/')
  return isIP(address) !== 0 && (bits === undefined || /^\d{1,3}$/.test(bits))
}

function rangesOf(ranges: readonly string[]): (hostname: string) => boolean {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', written] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const most = family === 'ipv6' ? 128 : 32
    const bits = written ?? most
    if (Number(bits) <= most) list.addSubnet(address, Number(bits), family)
  }
  return (hostname) => {
    const address = hostname.replace(/^\[(.*)\]$/, '$1')
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }
}

import { Failure } from '../failure.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface ProxySettings {
  /** With its credentials, if it has any: not for printing. */
  readonly url: string
  /** Host and port only, and the variable it comes from: for messages. */
  readonly label: string
  readonly noProxy: string
}

/**
 * The proxy for https, as curl and the SDKs read it: lower case wins, empty means none, HTTP_PROXY
 * stands in when HTTPS_PROXY is not set. Plain http is only ever sent to this very machine, and so
 * never through a proxy.
 */
export function proxyFromEnvironment(env: Environment): ProxySettings | null {
  for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']) {
    const value = env[name]?.trim() ?? ''
    if (value === '') continue
    const url = parse(name, value)
    return {
      url: url.href,
      label: `${url.host} (${name})`,
      noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '',
    }
  }
  return null
}

function parse(name: string, value: string): URL {
  const text = value.includes('://') ? value : `http://${value}`
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^(https?):$/.test(url.protocol)) {
    // The value may hold a password, so it is not repeated.
    throw new Failure('usage', `${name} is not the URL of a proxy`, 'write http://host:port')
  }
  return url
}

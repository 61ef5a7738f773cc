import { systemErrorCode } from '../system-error.ts'

/** Why a connection did not open, in one line that says what to check. */
interface ConnectionProblem {
  /** Node's, OpenSSL's or undici's code, where there is one. */
  readonly code: string | null
  readonly message: string
}

/** `host` is what was to be reached; `proxy` the label of the proxy that it was to be reached through. */
export function explainConnectionProblem(
  cause: unknown,
  host: string,
  proxy: string | null,
): ConnectionProblem {
  const error = innermost(cause)
  const code = systemErrorCode(error)
  // A failure of the network happens on the way to the proxy; one of TLS is between us and the host.
  const peer = proxy === null ? host : `the proxy ${proxy}`
  const explained = (text: string): ConnectionProblem => ({ code, message: text })
  const answered = proxy === null ? null : /Proxy response \((\d+)\)/.exec(error.message)?.[1]
  if (answered !== null && answered !== undefined) {
    return {
      code: `PROXY_${answered}`,
      message: `the proxy ${proxy} refuses to connect to ${host}: it answered ${answered}${
        answered === '407'
          ? '; it wants a user and a password: http://user:password@host:port'
          : '; ask for the host to be allowed, or name it in NO_PROXY'
      }`,
    }
  }
  switch (code ?? '') {
    case 'ENOTFOUND':
      return explained(
        proxy === null
          ? `there is no host ${host}: check the region and the endpoint`
          : `there is no host of ${peer}`,
      )
    case 'EAI_AGAIN':
      return explained(`no DNS server answers for ${peer}: check the network${orProxy(proxy)}`)
    case 'ECONNREFUSED':
      return explained(
        `${peer} refuses the connection: check the ${proxy === null ? 'endpoint and its port' : 'variable'}`,
      )
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return explained(`there is no route to ${peer}: check the network${orProxy(proxy)}`)
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return explained(`${peer} does not answer: check the network${orProxy(proxy)}`)
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return explained(
        `${peer} closed the connection before it was open: a firewall, or no TLS at that port`,
      )
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return explained(
        `the certificate at ${host} is for another host name: check the endpoint, or whether a proxy is in between`,
      )
    case 'CERT_HAS_EXPIRED':
      return explained(`the certificate of ${host} has expired; is this machine's clock right?`)
    case 'CERT_NOT_YET_VALID':
      return explained(`the certificate of ${host} is not valid yet: check this machine's clock`)
    case 'CERT_REVOKED':
      return explained(`the certificate of ${host} has been revoked`)
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return explained(
        `the certificate of ${host} is from an authority that this machine does not know: name its PEM file in OS_CACERT (a proxy that inspects TLS has its own)`,
      )
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return explained(
        `${host} does not speak TLS at that port, or not a version that is still safe: check the scheme and the port`,
      )
    default:
      return explained(`cannot connect to ${host}: ${error.message || (code ?? 'unknown reason')}`)
  }
}

function orProxy(proxy: string | null): string {
  return proxy === null ? ', or set HTTPS_PROXY if this machine needs a proxy' : ''
}

/** Node wraps the attempts for several addresses of a host into one error, undici a proxy's TLS error. */
function innermost(cause: unknown): Error {
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0]
  if (!(cause instanceof Error)) return new Error(String(cause))
  return systemErrorCode(cause) === 'UND_ERR_PRX_TLS' && cause.cause instanceof Error
    ? cause.cause
    : cause
}

/** Somebody must mend these: the next attempt meets the same certificate and the same proxy. */
const LASTING: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'PROXY_403',
  'PROXY_407',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** Whether trying again is a waste of time. `code` is that of a problem explained here. */
export function isLastingProblem(code: string | null): boolean {
  return code !== null && LASTING.has(code)
}

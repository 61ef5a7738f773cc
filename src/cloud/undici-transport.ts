import { Agent, buildConnector, EnvHttpProxyAgent, Pool, type Dispatcher } from 'undici'
import { systemErrorCode } from '../system-error.ts'
import { explainConnectionProblem } from './connection-problem.ts'
import {
  ANSWER_TOO_LARGE,
  TransportError,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from './transport.ts'
import { READABLE_ENCODINGS, unpack } from './unpack.ts'
import { findWayOut, type TransportOptions, type WayOut } from './way-out.ts'

/** A token that lists all of a user's rights comes in a header of more than the usual 16 KiB. */
const MOST_HEADER_BYTES = 128 * 1024

/** Throws Failure when the proxy or a CA file is unusable. */
export function createTransport(
  options: TransportOptions,
  way: WayOut = findWayOut(options),
): Transport {
  const mostBytes = options.maxResponseBytes ?? 32 * 1024 * 1024
  const { dispatcher, close } = createDispatcher(options, way, mostBytes)
  return {
    send: (request) => exchange(dispatcher, request, mostBytes),
    // Not a graceful close: at the end nothing is in flight that anybody still waits for.
    close: () => close(),
  }
}

/** Marks a connection that never opened, whatever the reason was. */
class ConnectionNotOpened extends Error {
  readonly problem: ReturnType<typeof explainConnectionProblem>

  constructor(problem: ReturnType<typeof explainConnectionProblem>) {
    super(problem.message)
    this.problem = problem
  }
}

interface Dispatching {
  readonly dispatcher: Dispatcher
  readonly close: () => Promise<void>
}

function createDispatcher(
  options: TransportOptions,
  { proxy, trust }: WayOut,
  mostBytes: number,
): Dispatching {
  const tls = {
    timeout: options.connectTimeoutMs ?? 10_000,
    ...(trust === null ? {} : { secureContext: trust }),
    ...(options.verify === false ? { rejectUnauthorized: false } : {}),
  }
  const connect = buildConnector(tls)
  const pool = {
    connect,
    connections: options.connections ?? 32,
    // Never a second request on a connection whose first is not answered: it could not be told what
    // a reset did to it.
    pipelining: 1,
    allowH2: false,
    maxResponseSize: mostBytes,
    maxHeaderSize: MOST_HEADER_BYTES,
    // Each request has its own deadline for the whole exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
    factory: (origin: string | URL, given: Pool.Options): Dispatcher => {
      const direct = given.connect === connect
      const label = direct ? null : (proxy?.label ?? null)
      return new Pool(origin, { ...given, connect: marking(given.connect, origin, label) })
    },
  }
  const direct = new Agent(pool)
  if (proxy === null) return { dispatcher: direct, close: () => direct.destroy() }
  const proxied = new EnvHttpProxyAgent({
    ...pool,
    httpsProxy: proxy.url,
    // Never for plain http, and nothing from the process' own environment.
    httpProxy: '',
    noProxy: proxy.noProxy,
    requestTls: tls,
    proxyTls: tls,
  })
  // undici knows names in NO_PROXY, and no ranges of addresses.
  const dispatcher = proxied.compose(
    (dispatch) => (request, handler) =>
      proxy.isExempt(new URL(String(request.origin)).hostname)
        ? direct.dispatch(request, handler)
        : dispatch(request, handler),
  )
  return {
    dispatcher,
    close: async () => {
      await Promise.all([direct.destroy(), proxied.destroy()])
    },
  }
}

/**
 * Gives every failure to connect one type. Also a cure: undici reconnects without end, and as fast as
 * it can, when a proxy hangs up on CONNECT, because that error's code means something else to it.
 */
function marking(
  connect: Pool.Options['connect'],
  origin: string | URL,
  proxy: string | null,
): buildConnector.connector {
  if (typeof connect !== 'function') throw new TypeError('the pool must be given a connector')
  return (connectOptions, callback) => {
    connect(connectOptions, (...[error, socket]) => {
      if (error === null) return callback(null, socket)
      const problem = explainConnectionProblem(error, new URL(origin).host, proxy)
      callback(new ConnectionNotOpened(problem), null)
    })
  }
}

/**
 * One exchange. undici calls `onRequestStart` right before it writes the first byte, on a connection that is
 * open: what fails before was certainly not sent, what fails after may have been carried out. A kept
 * connection that the server has closed meanwhile counts as the latter, since bytes may have gone out.
 */
function exchange(
  dispatcher: Dispatcher,
  request: HttpRequest,
  mostBytes: number,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const url = new URL(request.url)
    let controller: Dispatcher.DispatchController | null = null
    let settled = false
    let status = 0
    let headers: Record<string, string> = {}
    const chunks: Buffer[] = []

    const settle = (): boolean => {
      if (settled) return false
      settled = true
      clearTimeout(timer)
      request.signal?.removeEventListener('abort', onAbort)
      return true
    }
    const fail = (error: TransportError): void => {
      if (!settle()) return
      reject(error)
      controller?.abort(error)
    }
    const onAbort = (): void => fail(new TransportError('aborted', 'stopped by us'))
    const timer = setTimeout(() => {
      const seconds = `${request.timeoutMs / 1000} s`
      fail(
        controller === null
          ? new TransportError('not-sent', `no connection to ${url.host} within ${seconds}`)
          : new TransportError('timeout', `no answer from ${url.host} within ${seconds}`),
      )
    }, request.timeoutMs)

    if (request.signal?.aborted === true) return onAbort()
    request.signal?.addEventListener('abort', onAbort, { once: true })

    dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: { ...withoutHost(request.headers), 'accept-encoding': READABLE_ENCODINGS },
        body: request.body ?? null,
      },
      {
        onRequestStart(started) {
          // Gave up while it waited for a connection, or undici means to write it a second time: neither may go out.
          if (settled || controller !== null) return started.abort(new Error('not to be sent'))
          controller = started
        },
        onResponseStart(_, statusCode, received) {
          status = statusCode
          headers = singleHeaders(received)
          // undici counts what has come; what is announced need not be waited for.
          if (Number(headers['content-length']) > mostBytes) fail(tooLarge(url.host))
        },
        onResponseData(_, chunk) {
          chunks.push(chunk)
        },
        onResponseEnd() {
          if (settle())
            resolve(unpacked(status, headers, Buffer.concat(chunks), mostBytes, url.host))
        },
        onResponseError(_, error) {
          fail(classify(error, controller !== null, url.host))
        },
      },
    )
  })
}

async function unpacked(
  status: number,
  packed: Readonly<Record<string, string>>,
  bytes: Buffer,
  mostBytes: number,
  host: string,
): Promise<HttpResponse> {
  try {
    const { headers, body } = await unpack(packed, bytes, mostBytes)
    return { status, headers, body: body.toString('utf8') }
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(host)
    throw new TransportError('reset', `the answer from ${host} cannot be unpacked`, code)
  }
}

/** Always the URL's own host: a connection belongs to one name, and the signature covers just that. */
function withoutHost(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'host'),
  )
}

function singleHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), [value].flat().join(', ')]],
    ),
  )
}

function classify(error: Error, sent: boolean, host: string): TransportError {
  const code = systemErrorCode(error)
  if (error instanceof ConnectionNotOpened) {
    return new TransportError('not-sent', error.problem.message, error.problem.code)
  }
  if (!sent) {
    return new TransportError('not-sent', `not sent to ${host}: ${error.message}`, code)
  }
  if (code === ANSWER_TOO_LARGE) return tooLarge(host)
  if (code?.startsWith('HPE_') === true) {
    return new TransportError(
      'reset',
      `the answer from ${host} is not HTTP: ${error.message}`,
      code,
    )
  }
  return new TransportError('reset', `the connection to ${host} broke: ${error.message}`, code)
}

function tooLarge(host: string): TransportError {
  return new TransportError('too-large', `the answer from ${host} is too large`, ANSWER_TOO_LARGE)
}

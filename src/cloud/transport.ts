/** One HTTP request as the transport sends it: already signed, body already text. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** The whole exchange (connect, headers, body) may take this long, in ms. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Header names are lower case. The body is text whatever its type; a transport never parses it. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Sends one request, once. No retries, no redirects: both would hide from the caller how often a
 * create has been sent. Rejects with `TransportError` only.
 */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>
  close?(): Promise<void>
}

/**
 * How far a request got that has no answer:
 * - `not-sent`: the connection never opened (refused, DNS, TLS, connect timeout): certainly not carried out;
 * - `timeout`, `reset`, `too-large`: it left this machine, and its fate is unknown;
 * - `aborted`: our own signal; its fate is unknown as well.
 */
export type TransportFailure = 'not-sent' | 'timeout' | 'reset' | 'too-large' | 'aborted'

export class TransportError extends Error {
  readonly failure: TransportFailure
  /** Node's or undici's code (`ECONNREFUSED`, `UND_ERR_SOCKET` …), where there is one. */
  readonly causeCode: string | null

  constructor(failure: TransportFailure, message: string, causeCode: string | null = null) {
    super(message)
    this.name = 'TransportError'
    this.failure = failure
    this.causeCode = causeCode
  }
}

/** undici's code of an answer that is larger than it may be. */
export const ANSWER_TOO_LARGE = 'UND_ERR_RES_EXCEEDED_MAX_SIZE'

import type { CloudTarget } from '../cloud-target.ts'
import type { ProjectService } from '../endpoints.ts'
import { ApiError } from '../errors.ts'

/** What a request looks like before it is authorised. `body` is the exact text that will be sent. */
export interface UnsignedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Proves to the cloud who we are, one request at a time. */
export interface Authenticator {
  readonly kind: 'token' | 'ak-sk' | 'password'
  /** Where the credential came from, for the debug log: names of variables or files, never a value. */
  readonly source: string
  /** The headers to send: the request's own plus the proof. May sign in first; rejects with ApiError. */
  authorize(request: UnsignedRequest): Promise<Readonly<Record<string, string>>>
  /**
   * Called when a request made with these headers got a 401. True: there is a fresh credential and
   * the request may be sent once more; all callers waiting at the same time share one renewal.
   * False: the credential is refused for good.
   */
  renew(rejected: Readonly<Record<string, string>>): Promise<boolean>
}

/** The project that a token is for, or the one that has the region's own name. */
export type AssumedProject = 'token' | 'region'

/** Signed in and located: everything the client needs to reach one project. URLs have no trailing slash and no `/v1`. */
export interface Connection {
  readonly authenticator: Authenticator
  /** Null: nothing tells where it is, and no host is guessed. */
  readonly endpoints: { readonly sdrs: string } & Readonly<
    Record<Exclude<ProjectService, 'sdrs'>, string | null>
  >
  readonly projectId: string
  readonly region: string | null
  /** The same for people, with the names that were told on the way. */
  readonly target: CloudTarget
  /**
   * Null: a person named the project. Else what it was taken from: a person should know before anything is made in it.
   */
  readonly assumedProject: AssumedProject | null
}

/** What every request gets after a credential was refused once: the server is not asked again. */
export function refusedBefore(what: string): ApiError {
  return new ApiError({
    class: 'access',
    operation: 'authorize',
    message: `${what} was refused before, so nothing more is sent with it`,
    code: 'credential-refused',
  })
}

import * as z from 'zod'
import type { Clock } from '../../clock.ts'
import { parseJson } from '../../json.ts'
import { sendOnce } from '../answer.ts'
import { asItIs } from '../error-body.ts'
import { ApiError, apiErrorFromResponse, isFromElsewhere } from '../errors.ts'
import { text } from '../tolerant.ts'
import type { Transport } from '../transport.ts'
import type { AccessKey } from './signature.ts'

/** The metadata address inside an ECS; link-local, so plain http never leaves the host. */
const METADATA_HOST = '169.254.169.254'
const RENEW_BEFORE_END_MS = 10 * 60_000

const answerSchema = z.object({
  credential: z.object({
    access: z.string().min(1),
    secret: z.string().min(1),
    securitytoken: z.string().min(1),
    // Where it cannot be read, the key is asked for anew each time.
    expires_at: text,
  }),
})

/**
 * The temporary key of the agency that is attached to this ECS, fetched anew before it expires ("Obtaining
 * temporary security credentials", ECS user guide). Only on request: on any other machine the address may
 * belong to somebody else. The function rejects with ApiError.
 */
export function agencyKeys(options: {
  readonly transport: Transport
  readonly clock: Clock
  readonly requestTimeoutMs: number
  /** Called with each secret as it arrives. */
  readonly onSecret: (value: string) => void
  /** Cuts a request for a key off. */
  readonly signal?: AbortSignal | undefined
}): () => Promise<AccessKey> {
  let held: { readonly key: AccessKey; readonly endsAt: number } | null = null
  let fetching: Promise<AccessKey> | null = null

  async function fetchKey(): Promise<AccessKey> {
    const answer = await ask(options)
    const key = {
      accessKey: answer.access,
      secretKey: answer.secret,
      securityToken: answer.securitytoken,
    }
    for (const value of Object.values(key)) options.onSecret(value)
    const endsAt = Date.parse(answer.expires_at ?? '')
    held = { key, endsAt: Number.isNaN(endsAt) ? 0 : endsAt }
    return key
  }

  return async () => {
    if (held !== null && options.clock.now() < held.endsAt - RENEW_BEFORE_END_MS) return held.key
    fetching ??= fetchKey().finally(() => {
      fetching = null
    })
    return fetching
  }
}

async function ask(options: {
  readonly transport: Transport
  readonly clock: Clock
  readonly requestTimeoutMs: number
  readonly signal?: AbortSignal | undefined
}): Promise<z.output<typeof answerSchema>['credential']> {
  const operation = 'getAgencyKey'
  try {
    const response = await sendOnce(options.transport, operation, {
      method: 'GET',
      url: `http://${METADATA_HOST}/openstack/latest/securitykey`,
      headers: { accept: 'application/json' },
      timeoutMs: Math.min(options.requestTimeoutMs, 5000),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    if (response.status !== 200) {
      // What a refusal says is not worth the risk: the key that it may quote is not known yet.
      const { status, headers } = response
      const asked = { operation, host: METADATA_HOST, redact: asItIs }
      throw apiErrorFromResponse(asked, { status, headers, body: '' }, options.clock.now())
    }
    const parsed = answerSchema.safeParse(parseJson(response.body))
    if (parsed.success) return parsed.data.credential
    // The parser's own words would quote the answer, and so the key.
    const message = 'the metadata address answers in no known form'
    throw new ApiError({ class: 'access', operation, message })
  } catch (error) {
    throw error instanceof ApiError ? asRefusal(error) : error
  }
}

function asRefusal(error: ApiError): ApiError {
  // An ECS without an agency gets a 404 here, whose body was not looked at.
  const isRefused = error.class === 'access' || isFromElsewhere(error)
  return error.amended({
    class: isRefused ? 'access' : 'not-sent',
    ...(isRefused ? { accessScope: 'sign-in' } : {}),
    message: `no key from the ECS agency: ${error.message}`,
    advice: 'attach an agency to this ECS, or sign in another way',
  })
}

import type { z } from 'zod'
import { isNestedAtMost, isRecord, parseJson } from '../json.ts'
import { describeBody, redactCode, type Redact } from './error-body.ts'
import { apiErrorFromTransport, unreadableAnswer, type Asked } from './errors.ts'
import { TransportError, type HttpRequest, type HttpResponse, type Transport } from './transport.ts'

/** Jobs nest about five levels deep; whatever is far beyond that would only overflow the stack. */
const DEEPEST_ANSWER = 100

/** Sends one request, once. Rejects with ApiError where there is no answer. */
export async function sendOnce(
  transport: Transport,
  operation: string,
  request: HttpRequest,
): Promise<HttpResponse> {
  try {
    return await transport.send(request)
  } catch (error) {
    throw error instanceof TransportError ? apiErrorFromTransport(operation, error) : error
  }
}

export function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status <= 299
}

/** What a success holds. Throws ApiError (UNREADABLE) for whatever the schema does not take, a page included. */
export function readAnswer<T>(asked: Asked, response: HttpResponse, schema: z.ZodType<T>): T {
  const value = parseJson(response.body)
  if (value === undefined) {
    const what = describeBody(response, asked.host, asked.redact)
    throw unreadableAnswer(asked, response, what)
  }
  if (!isNestedAtMost(value, DEEPEST_ANSWER)) {
    throw unreadableAnswer(asked, response, `nested more than ${DEEPEST_ANSWER} levels deep`)
  }
  // Not for lists of a thousand instances, which hold no such text.
  if (response.body.includes('"fail_reason"')) redactReasons(value, asked.redact)
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const detail = `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim()
  const isOfItem = issue?.path.some((step) => typeof step === 'number') === true
  throw unreadableAnswer(asked, response, asked.redact(detail), isOfItem)
}

/** What a failed job says is text for people, and may quote a credential; all else is data, and stays as it is. */
function redactReasons(value: unknown, redact: Redact): void {
  if (Array.isArray(value)) {
    for (const inner of value) redactReasons(inner, redact)
    return
  }
  if (!isRecord(value)) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'error_code' && typeof inner === 'string') value[key] = redactCode(inner, redact)
    else if (key !== 'fail_reason') redactReasons(inner, redact)
    else if (inner !== null && inner !== undefined) {
      value[key] = redact(typeof inner === 'string' ? inner : JSON.stringify(inner))
    }
  }
}

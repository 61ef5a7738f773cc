import type { Clock } from '../../src/clock.ts'
import {
  TransportError,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from '../../src/cloud/transport.ts'

/** A clock that stands still but for sleeping and being set. */
export function manualClock(start: number): Clock & { set(now: number): void } {
  let now = start
  return {
    now: () => now,
    set: (to) => {
      now = to
    },
    async sleep(ms) {
      now += ms
    },
  }
}

/** Answers each request as `reply` says and keeps them all. A reply may also be a failure to send. */
export function scriptedTransport(
  reply: (request: HttpRequest, nth: number) => HttpResponse | TransportError,
): Transport & { readonly requests: HttpRequest[] } {
  const requests: HttpRequest[] = []
  return {
    requests,
    async send(request) {
      requests.push(request)
      // As long as a real answer takes: what happens at the same time must overlap.
      await new Promise((resolve) => setImmediate(resolve))
      const answer = reply(request, requests.length)
      if (answer instanceof TransportError) throw answer
      return answer
    },
  }
}

export function json(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpResponse {
  return { status, headers, body: JSON.stringify(body) }
}

/** IAM's answer to a sign-in, with a catalogue as Open Telekom Cloud's looks. */
export function tokenAnswer(
  token: string,
  options: { lifetimeMs?: number; projectId?: string } = {},
) {
  const issuedAt = Date.UTC(2030, 0, 1)
  const projectId = options.projectId ?? '0123456789abcdef0123456789abcdef'
  return json(
    201,
    {
      token: {
        issued_at: new Date(issuedAt).toISOString(),
        expires_at: new Date(issuedAt + (options.lifetimeMs ?? 24 * 3_600_000)).toISOString(),
        project: { id: projectId, name: 'eu-de' },
        catalog: [
          {
            type: 'sdrs',
            endpoints: [
              {
                region_id: 'eu-de',
                interface: 'public',
                url: `https://sdrs-by-catalogue.example/v1/${projectId}`,
              },
            ],
          },
        ],
      },
    },
    { 'x-subject-token': token },
  )
}

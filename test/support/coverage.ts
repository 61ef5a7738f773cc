import { createClients } from '../../src/cloud/clients.ts'
import { createRateGate } from '../../src/cloud/rate.ts'
import { createRequestLog } from '../../src/cloud/request-log.ts'
import { tokenAuthenticator } from '../../src/cloud/sign-in/token.ts'
import type { Transport } from '../../src/cloud/transport.ts'
import { seededRandom, type Clock } from '../../src/clock.ts'
import type { Exclusion } from '../../src/coverage/exclusion.ts'
import type { Dialect } from '../../src/inventory/row-schema.ts'
import { readCoverage, type Coverage } from '../../src/rollout/coverage.ts'
import { ENDPOINT } from './rollout.ts'

export const NOTHING_EXCLUDED: Exclusion = { globs: [], tags: [] }

/** Coverage as it ships, on ports that a test holds. */
export function coverageOver(about: {
  readonly transport: Transport
  readonly clock: Clock
  readonly projectId: string
  readonly dialect: Dialect
  readonly exclusion?: Exclusion
}): Promise<Coverage> {
  const { transport, clock, projectId, dialect, exclusion = NOTHING_EXCLUDED } = about
  const { sdrs: client, ...others } = createClients({
    connection: {
      authenticator: tokenAuthenticator('simulated', 'test'),
      endpoints: { sdrs: ENDPOINT, ecs: ENDPOINT, vpc: ENDPOINT, evs: ENDPOINT },
      projectId,
      region: null,
    },
    transport,
    rate: createRateGate(50, clock),
    requests: createRequestLog(),
    clock,
    random: seededRandom(1),
    requestTimeoutMs: 30_000,
  })
  return readCoverage({ client, others, clock, exclusion, dialect })
}

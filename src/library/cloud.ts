import { steadyClock, systemClock, type Clock, type Random } from '../clock.ts'
import { createClients, type OtherClients } from '../cloud/clients.ts'
import { placeOfEndpoint, SIMULATOR, type CloudTarget } from '../cloud/cloud-target.ts'
import { resolveEndpoint, type EndpointSources } from '../cloud/endpoints.ts'
import { createRateGate } from '../cloud/rate.ts'
import { createRequestLog, type RequestLog } from '../cloud/request-log.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import type { Connection } from '../cloud/sign-in/authenticator.ts'
import { tokenAuthenticator } from '../cloud/sign-in/token.ts'
import type { Transport } from '../cloud/transport.ts'
import type { Inventory } from '../inventory/read.ts'

/** A cloud to roll out to. */
export interface Cloud {
  readonly client: SdrsClient
  /** What is asked beside SDRS before anything is created. Null: where that is reached is not known. */
  readonly others: OtherClients
  readonly requests: RequestLog
  readonly clock: Clock
  readonly random: Random
  readonly endpoint: string
  readonly projectId: string
  readonly region: string | null
  /** Where that is and who we are there, as the report says it. */
  readonly target: CloudTarget
  /** Ends its connections. */
  close(): Promise<void>
}

/** Requests a second, of all kinds together. */
const DEFAULT_RATE = 50
const DEFAULT_REQUEST_TIMEOUT_MS = 30_000

/**
 * A project of a real cloud, by a token from elsewhere. `endpoint` is SDRS's, https, without `/v1`. Those of the
 * other services are known beside it in the public clouds, and else are not asked. Rejects with Failure
 * (`usage`) for a URL that may not be used.
 */
export async function openCloud(where: {
  readonly endpoint: string
  readonly ecsEndpoint?: string
  readonly vpcEndpoint?: string
  readonly evsEndpoint?: string
  readonly projectId: string
  readonly token: string
  readonly region?: string
  /** At most so many requests in any one second; default 50. */
  readonly rate?: number
}): Promise<Cloud> {
  const { createLateTransport } = await import('../cloud/late-transport.ts')
  const transport = createLateTransport({ env: {}, connections: 26 })
  const place = placeOfEndpoint(where.endpoint)
  const connection: Connection = {
    authenticator: tokenAuthenticator(where.token, 'the caller'),
    endpoints: endpointsOf(where),
    projectId: where.projectId,
    region: where.region ?? null,
    target: {
      cloud: place?.cloud ?? null,
      region: where.region ?? place?.region ?? null,
      projectId: where.projectId,
      projectName: null,
      identity: 'a token from the caller',
    },
    assumedProject: null,
  }
  return cloudOver(transport, connection, where.rate ?? DEFAULT_RATE)
}

function endpointsOf(
  where: Pick<
    Parameters<typeof openCloud>[0],
    'endpoint' | 'ecsEndpoint' | 'vpcEndpoint' | 'evsEndpoint'
  >,
): Connection['endpoints'] {
  const { endpoint, ecsEndpoint: ecs, vpcEndpoint: vpc, evsEndpoint: evs } = where
  const sources: EndpointSources = {
    given: {
      sdrs: { url: endpoint, from: 'endpoint' },
      ...(ecs === undefined ? {} : { ecs: { url: ecs, from: 'ecsEndpoint' } }),
      ...(vpc === undefined ? {} : { vpc: { url: vpc, from: 'vpcEndpoint' } }),
      ...(evs === undefined ? {} : { evs: { url: evs, from: 'evsEndpoint' } }),
    },
    catalogue: [],
    region: null,
  }
  return {
    sdrs: resolveEndpoint('sdrs', sources) ?? endpoint,
    ecs: resolveEndpoint('ecs', sources),
    vpc: resolveEndpoint('vpc', sources),
    evs: resolveEndpoint('evs', sources),
  }
}

/** The simulator in this process, with the servers and groups of an inventory in it; nothing is kept. */
export async function simulateCloud(
  { rows }: Pick<Inventory, 'rows'>,
  options: {
    /** How long a create's job takes, ms. */ readonly jobTimeMs?: number
    readonly seed?: number
  } = {},
): Promise<Cloud> {
  const { seedWorld } = await import('../simulator/seed.ts')
  const { seedRowsOf } = await import('../commands/seed-rows.ts')
  const { simulatorTransport } = await import('../simulator/transport.ts')
  const { DEFAULT_PROJECT_ID: projectId, DEFAULT_REGION: region } =
    await import('../simulator/defaults.ts')
  const { jobTimeMs = 2_000, seed = 1 } = options
  const simulated = 'https://sdrs.simulator.invalid'
  const limits = { jobTimeMs: { min: jobTimeMs, max: jobTimeMs } }
  const initial = seedWorld({
    rows: seedRowsOf(rows),
    projectId,
    now: systemClock.now(),
    seed,
    limits,
  })
  const connection: Connection = {
    authenticator: tokenAuthenticator('simulated', 'the simulator'),
    endpoints: { sdrs: simulated, ecs: simulated, vpc: simulated, evs: simulated },
    projectId,
    region,
    target: { cloud: SIMULATOR, region, projectId, projectName: null, identity: null },
    assumedProject: null,
  }
  return cloudOver(simulatorTransport({ initial, clock: systemClock }), connection, DEFAULT_RATE)
}

function cloudOver(transport: Transport, connection: Connection, rate: number): Cloud {
  const clock = steadyClock()
  const requests = createRequestLog()
  const { sdrs, ...others } = createClients({
    connection,
    transport,
    rate: createRateGate(rate, clock),
    requests,
    clock: systemClock,
    random: Math.random,
    requestTimeoutMs: DEFAULT_REQUEST_TIMEOUT_MS,
  })
  return {
    client: sdrs,
    others,
    requests,
    clock,
    random: Math.random,
    endpoint: connection.endpoints.sdrs,
    projectId: connection.projectId,
    region: connection.region,
    target: connection.target,
    close: async () => transport.close?.(),
  }
}

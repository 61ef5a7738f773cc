import type { StopControl } from '../apply/stop.ts'
import { steadyClock, systemClock, type Clock, type Random } from '../clock.ts'
import { Failure } from '../failure.ts'
import type { Row } from '../inventory/row.ts'
import { createLogger, type Log } from '../log.ts'
import { createClients, type OtherClients } from '../cloud/clients.ts'
import type { SdrsClient } from '../cloud/sdrs/sdrs-client.ts'
import { ApiError, hasOwnAdvice } from '../cloud/errors.ts'
import { createRateGate } from '../cloud/rate.ts'
import { createRequestLog, type RequestLog } from '../cloud/request-log.ts'
import { createRequestTraces, type RequestTraces } from '../cloud/request-trace.ts'
import type { Connection } from '../cloud/sign-in/authenticator.ts'
import type { Transport } from '../cloud/transport.ts'
import type { SecretRegistry } from '../secrets.ts'
import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'
import { whereText } from '../report/where.ts'
import { sanitize } from '../ui/text.ts'
import { WHOSE, whereOf } from './plan-text/where-lines.ts'

/** A signed-in client with what it shares with the rest of the run. */
export interface Session {
  readonly client: SdrsClient
  /** ECS, VPC and EVS, of which nothing is needed but for the preflight. */
  readonly others: OtherClients
  readonly connection: Connection
  /** Where each value of the sign-in came from, for people; null: nobody signed in. */
  readonly taken: string | null
  readonly requests: RequestLog
  /** Every request; empty unless the log is to have them. */
  readonly traces: RequestTraces
  readonly clock: Clock
  readonly random: Random
  close(): Promise<void>
}

/** What the process knows of secrets, and where it logs to. */
export interface Logging {
  readonly secrets: SecretRegistry
  readonly log: Log
}

/** The logger of a command before it has a run folder: on stderr, at `--log-level debug` only. */
export async function openLogging(settings: Settings, io: Io): Promise<Logging> {
  const { secrets } = io
  const log = await createLogger({
    level: settings.logLevel === 'debug' ? 'debug' : 'silent',
    stderr: (line) => void io.stderr.write(line),
    secrets,
  })
  return { secrets, log }
}

/**
 * Signs in, or opens the simulator in this process. While it signs in, the first signal of `stop` ends it
 * at once, since nothing is under way that could be waited for; a later renewal ends with the requests in
 * flight. Rejects with Failure, or with ApiError when it was stopped.
 */
export async function openSession(
  settings: Settings,
  io: Io,
  logging: Logging,
  rows: readonly Row[],
  stop: StopControl | null,
): Promise<Session> {
  const clock = steadyClock()
  const {
    transport,
    connection: found,
    taken,
  } = settings.simulate
    ? { ...(await openSimulated(settings, systemClock, rows)), taken: null }
    : await openReal(settings, io, logging, systemClock, stop)
  const connection = { ...found, target: redacted(found.target, logging.secrets) }
  const requests = createRequestLog()
  const traces = createRequestTraces()
  const { sdrs: client, ...others } = createClients({
    connection,
    transport,
    rate: createRateGate(settings.rate, clock),
    requests,
    // The server's dates are held against the machine's clock.
    clock: systemClock,
    random: Math.random,
    requestTimeoutMs: settings.requestTimeout,
    redact: logging.secrets.redact,
    ...(settings.logLevel === 'debug' ? { onRequest: traces.add } : {}),
  })
  return {
    client,
    others,
    connection,
    taken,
    requests,
    traces,
    clock,
    random: Math.random,
    close: async () => transport.close?.(),
  }
}

/** Names come from the cloud and the environment: one that is a secret as well is shown nowhere. */
function redacted(target: Connection['target'], { redact }: SecretRegistry): Connection['target'] {
  const { projectName, identity } = target
  return {
    ...target,
    projectName: projectName === null ? null : redact(projectName),
    identity: identity === null ? null : redact(identity),
  }
}

interface CloudAccess {
  readonly transport: Transport
  readonly connection: Connection
}

async function openSimulated(
  settings: Settings,
  clock: Clock,
  rows: readonly Row[],
): Promise<CloudAccess> {
  const { openSimulator } = await import('./simulated.ts')
  return openSimulator(settings, clock, rows)
}

async function openReal(
  settings: Settings,
  io: Io,
  logging: Logging,
  clock: Clock,
  stop: StopControl | null,
): Promise<CloudAccess & { readonly taken: string | null }> {
  const { createLateTransport } = await import('../cloud/late-transport.ts')
  const { connect } = await import('../cloud/sign-in/connect.ts')
  const { readSignInFiles, realFiles, trustOf } = await import('../cloud/sign-in/files.ts')
  const files = await readSignInFiles(
    settings.cloud ?? undefined,
    realFiles(io.env),
    settings.region,
  )
  const trust = trustOf(files)
  const transport = createLateTransport({
    env: io.env,
    connections: settings.concurrency + 16,
    ...trust,
  })
  const signing = new AbortController()
  const giveUp = (): void => signing.abort()
  stop?.sending.addEventListener('abort', giveUp, { once: true })
  if (stop?.sending.aborted === true) giveUp()
  let taken: string | null = null
  const connection = await connect({
    onTaken: (text) => (taken = text),
    signal: stop === null ? signing.signal : AbortSignal.any([signing.signal, stop.inFlight]),
    env: io.env,
    flags: signInFlags(settings),
    files,
    requestTimeoutMs: settings.requestTimeout,
    transport,
    clock,
    ...logging,
  }).finally(() => stop?.sending.removeEventListener('abort', giveUp))
  if (trust.verify === false && !settings.quiet) {
    io.stderr.write(
      'Certificates are not checked (verify: false in clouds.yaml): anybody in between can read along.\n',
    )
  }
  if (connection.assumedProject !== null && !settings.quiet) {
    io.stderr.write(
      `No project was named: ${whereText(whereOf(connection))}, ${WHOSE[connection.assumedProject]} own, is taken (--project-name or --project-id names another).\n`,
    )
  }
  return { transport, connection, taken }
}

const SIGN_IN_FLAGS = [
  'region',
  'projectId',
  'projectName',
  'cloud',
  'endpoint',
  'ecsEndpoint',
  'vpcEndpoint',
  'evsEndpoint',
  'iamEndpoint',
] as const

function signInFlags(settings: Settings): Partial<Record<(typeof SIGN_IN_FLAGS)[number], string>> {
  return Object.fromEntries(
    SIGN_IN_FLAGS.flatMap((name) => (settings[name] === null ? [] : [[name, settings[name]]])),
  )
}

/**
 * A first read that the cloud did not allow, or that never reached it. Of a token or a key it is what signs in: that
 * it is refused says where each value came from, as a refused password does.
 */
export function readFailure(error: unknown, taken: string | null = null): unknown {
  if (!(error instanceof ApiError)) return error
  const request = error.requestId === null ? '' : ` (request ${error.requestId})`
  const advice =
    // The general advice of these is about creates, and nothing was to be created yet.
    (error.class === 'unknown-fate' && !hasOwnAdvice(error)) || error.class === 'not-sent'
      ? 'Check the endpoint and the way to it, then run again.'
      : error.class === 'row' && !hasOwnAdvice(error)
        ? 'Check that endpoint, region and project belong together, then run again.'
        : error.advice
  return new Failure(
    'access',
    `The cloud could not be read: ${error.operation}: ${sanitize(error.message)}${request}. Nothing was sent.`,
    error.accessScope === 'sign-in' && taken !== null ? `${advice} ${taken}` : advice,
  )
}

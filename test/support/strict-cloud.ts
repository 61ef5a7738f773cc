import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemClock, type Clock } from '../../src/clock.ts'
import type { Report } from '../../src/report/schema.ts'
import { withToken } from '../../src/simulator/auth.ts'
import { DEFAULT_PROJECT_ID, DEFAULT_REGION } from '../../src/simulator/defaults.ts'
import { loadFaultPlan, type FaultPlanInput } from '../../src/simulator/fault-plan.ts'
import { seedWorld } from '../../src/simulator/seed.ts'
import {
  serveSimulator,
  type ServedRequest,
  type ServedSimulator,
} from '../../src/simulator/serve.ts'
import type { Limits } from '../../src/simulator/state.ts'
import { startCli, type CliOptions, type Finished, type RunningCli } from './cli.ts'
import { fleetCsv, fleetRows, type FleetServer } from './fleet.ts'
import { parseReport, quickUnless } from './workbench.ts'

/** The only credentials that the strict cloud knows. Hard to write down on purpose. */
export const KNOWN = {
  token: 'MIIknown-token+with/both=',
  user: 'dr-operator',
  password: `k%C3 "pässwörd" <1>&'2'\\`,
  domain: 'OTC00000000001000000001',
  accessKey: 'AKKNOWN0000000000001',
  secretKey: 'SK+known/secret=key0000000000000000000001',
} as const

export type Variables = Readonly<Record<string, string>>

/** A folder with an inventory, and a cloud that lets nobody in whom it does not know. */
export interface StrictBench {
  readonly directory: string
  readonly cloud: ServedSimulator
  readonly url: string
  /** Every request that arrived, in order. */
  readonly requests: readonly ServedRequest[]
  /** How many of this operation arrived. */
  asked(operation: string): number
  /** Signatures that were found wrong. */
  refusedSignatures(): number
  /** From now on nobody knows the access key: its owner has deleted it. */
  deleteKey(): void
  write(name: string, content: string): string
  run(typed: readonly string[], options: Partial<CliOptions>): Promise<Finished>
  /** `plan servers.csv`. */
  plan(env: Variables, more?: readonly string[]): Promise<Finished>
  /** `apply servers.csv --yes` with short waits. */
  apply(env: Variables, more?: readonly string[]): Promise<Finished>
  start(typed: readonly string[], options: Partial<CliOptions>): RunningCli
  report(): Report
  runFolder(): string
  close(): Promise<void>
}

export interface StrictOptions {
  readonly faults?: FaultPlanInput
  readonly limits?: Partial<Limits>
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly clock?: Clock
  /** `any` lets in whoever asks, with whatever secret. */
  readonly mode?: 'strict' | 'any'
  readonly onRequest?: (request: ServedRequest) => void
}

export async function openStrictBench(
  fleet: readonly FleetServer[],
  options: StrictOptions = {},
): Promise<StrictBench> {
  const directory = mkdtempSync(join(tmpdir(), 'sdrs-sign-in-'))
  const requests: ServedRequest[] = []
  const clock = options.clock ?? systemClock
  const jobTime = { min: 150, max: 300 }
  const seeded = seedWorld({
    rows: fleetRows(fleet),
    projectId: DEFAULT_PROJECT_ID,
    now: clock.now(),
    limits: { jobTimeMs: jobTime, otherJobTimeMs: jobTime, ...options.limits },
  })
  // Worlds are values, but this part of it is only ever looked up: the test may take the key out of it.
  const accessKeys: Record<string, string> = { [KNOWN.accessKey]: KNOWN.secretKey }
  const strict = {
    ...seeded,
    auth: {
      ...seeded.auth,
      mode: options.mode ?? 'strict',
      users:
        options.mode === 'any'
          ? []
          : [{ name: KNOWN.user, password: KNOWN.password, domain: KNOWN.domain }],
      accessKeys,
    },
  }
  const cloud = await serveSimulator({
    port: 0,
    world: withToken(strict, KNOWN.token, Number.MAX_SAFE_INTEGER),
    faults: loadFaultPlan(options.faults ?? {}),
    clock,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    onRequest(request) {
      requests.push(request)
      options.onRequest?.(request)
    },
  })
  writeFileSync(join(directory, 'servers.csv'), fleetCsv(fleet))
  const started: RunningCli[] = []

  function start(typed: readonly string[], given: Partial<CliOptions>): RunningCli {
    const running = startCli(typed, { cwd: directory, ...given })
    started.push(running)
    return running
  }
  function runFolder(): string {
    const reports = join(directory, 'reports')
    const folders = readdirSync(reports, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(reports, name))
    return folders.toSorted().at(-1) ?? ''
  }

  return {
    directory,
    cloud,
    url: cloud.url,
    requests,
    asked: (operation) => requests.filter((request) => request.operation === operation).length,
    refusedSignatures: () => cloud.world().auth.refusals[KNOWN.accessKey]?.length ?? 0,
    deleteKey() {
      delete accessKeys[KNOWN.accessKey]
    },
    write(name, content) {
      const path = join(directory, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return path
    },
    start,
    run: (typed, given) => start(typed, given).ended,
    plan: (env, more = []) => start(['plan', 'servers.csv', ...more], { env }).ended,
    apply: (env, more = []) =>
      start(['apply', 'servers.csv', '--yes', ...quickUnless(more)], { env }).ended,
    runFolder,
    report: () => parseReport(readFileSync(join(runFolder(), 'report.json'), 'utf8')),
    async close() {
      for (const { child } of started) if (child.exitCode === null) child.kill('SIGKILL')
      await cloud.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Variables of each kind of sign-in, for a cloud at `url`: nothing else is needed to work with it. */
export function tokenVariables(url: string): Variables {
  return {
    OS_TOKEN: KNOWN.token,
    SDRS_PROTECT_ENDPOINT: url,
    OS_PROJECT_ID: DEFAULT_PROJECT_ID,
  }
}

/** Without an endpoint: the catalogue has it. */
export function passwordVariables(url: string): Variables {
  return {
    OS_USERNAME: KNOWN.user,
    OS_PASSWORD: KNOWN.password,
    OS_USER_DOMAIN_NAME: KNOWN.domain,
    OS_AUTH_URL: `${url}/v3`,
    OS_PROJECT_NAME: DEFAULT_REGION,
  }
}

/** Without a project ID: it is looked up by the region's name. */
export function keyVariables(url: string): Variables {
  return {
    OS_ACCESS_KEY: KNOWN.accessKey,
    OS_SECRET_KEY: KNOWN.secretKey,
    OS_REGION_NAME: DEFAULT_REGION,
    SDRS_PROTECT_ENDPOINT: url,
  }
}

import type { CoverageDocument } from '../coverage/coverage-document.ts'
import type { Inventory } from '../inventory/read.ts'
import type { Selection } from '../inventory/select.ts'
import type { Coverage } from '../rollout/coverage.ts'
import type { Verified } from '../rollout/verify.ts'
import type { Expectation } from '../verify/verification.ts'
import type { Cloud } from './cloud.ts'
import { runFacts } from './run-facts.ts'

/**
 * Audits an inventory: is every row protected, as written, and replicating? Sends reads alone and takes no lock.
 * The report is kept under `reportsDir` as the command keeps it; `report.rows[].verification` says it of each
 * row, `unexpectedRows(report)` are those that are not as `expect` wants them, and `unchecked` is what could not
 * be read. Aborting `signal` ends it without a report. Rejects with Failure (an earlier run's journal cannot be
 * trusted) and ApiError (SDRS cannot be read, or `signal` has aborted).
 */
export async function verifyFleet(
  inventory: Inventory,
  cloud: Cloud,
  options: {
    readonly reportsDir: string
    readonly selection?: Selection
    /** What a row must be; default `replicating`. */
    readonly expect?: Expectation
    readonly signal?: AbortSignal
  },
): Promise<Verified> {
  if (inventory.totals.errors > 0) return { kind: 'problems', problems: inventory.problems }
  const { verify } = await import('../rollout/verify.ts')
  const { client, others, clock, requests } = cloud
  const { reportsDir, selection = {}, expect = 'replicating', signal } = options
  const about = { ...runFacts(cloud), command: 'verify', options: { expect } }
  return verify(
    { inventory, selection, reportsDir, about },
    {
      client,
      others,
      clock,
      requests: () => requests.counts(),
      signal: signal ?? new AbortController().signal,
    },
  )
}

/** Which servers of a project are protected, and which could be. */
export interface ProjectCoverage {
  /** As `coverage --json` prints it: every server in exactly one class. */
  readonly document: CoverageDocument
  /** The protectable ones as an inventory, in CSV: what `coverage --out` writes. */
  readonly gap: string
  /** What could not be read: nothing speaks against a server for it. */
  readonly unchecked: Coverage['unchecked']
}

/**
 * Sorts every server of the project into its class, without an inventory. Sends reads alone, and keeps nothing.
 * Rejects with Failure (`access`) where the servers may not be listed, and ApiError where SDRS cannot be read or
 * `signal` has aborted.
 */
export async function coverProject(
  cloud: Cloud,
  options: {
    /** Globs over names and IDs of servers to leave out; one with a leading `!` leaves out all others. */
    readonly exclude?: readonly string[]
    /** Tags of servers to leave out. */
    readonly excludeTags?: readonly { readonly key: string; readonly value: string }[]
    /** Whose rules for names, flavors and hosts; default `otc`. */
    readonly dialect?: 'otc' | 'huawei'
    readonly signal?: AbortSignal
  } = {},
): Promise<ProjectCoverage> {
  const { readCoverage } = await import('../rollout/coverage.ts')
  const { coverageDocument } = await import('../coverage/coverage-document.ts')
  const { gapInventory } = await import('../coverage/gap-inventory.ts')
  const { client, others, clock, target } = cloud
  const { exclude: globs = [], excludeTags: tags = [], dialect = 'otc', signal } = options
  const { servers, groups, unchecked } = await readCoverage({
    client,
    others,
    clock,
    exclusion: { globs, tags },
    dialect,
    ...(signal === undefined ? {} : { signal }),
  })
  return {
    document: coverageDocument(servers, target),
    gap: await gapInventory(servers, groups, dialect),
    unchecked,
  }
}

/**
 * The package as a library: a rollout from a script of one's own, with the lock, journal and report of
 * the command. What is exported here is public and versioned; the rest of `dist` is not.
 */
import type { Inventory, InventoryOptions } from './inventory/read.ts'

export type { RunEvent } from './apply/events.ts'
export type { CoverageDocument } from './coverage/coverage-document.ts'
export type { Inventory, InventoryOptions } from './inventory/read.ts'
export type { Problem } from './inventory/problem.ts'
export type { Row } from './inventory/row.ts'
export type { Selection } from './inventory/select.ts'
export type { PlanDocument } from './plan/plan-schema.ts'
export type { Report, ReportRow } from './report/schema.ts'
export type { RolledOut } from './rollout/roll-out.ts'
export type { Verified } from './rollout/verify.ts'
export type { RunEnd } from './run-end.ts'
export type { Expectation, Verdict } from './verify/verification.ts'
export type { CloudTarget } from './cloud/cloud-target.ts'
export { ApiError } from './cloud/errors.ts'
export { Failure } from './failure.ts'
export { unexpectedRows } from './report/verification.ts'
export { coverProject, verifyFleet, type ProjectCoverage } from './library/audits.ts'
export { openCloud, simulateCloud, type Cloud } from './library/cloud.ts'
export { DEFAULT_LIMITS, enableFleet, protectFleet, type GroupToEnable } from './library/fleet.ts'

/** Reads and checks an inventory: a path, with all the options of the command's. Its problems are data. */
export async function readInventory(
  path: string,
  options: Partial<InventoryOptions> = {},
): Promise<Inventory> {
  const { readInventory: read } = await import('./inventory/read.ts')
  return read(path, { map: {}, set: {}, dialect: 'otc', ...options })
}

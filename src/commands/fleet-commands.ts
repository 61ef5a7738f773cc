import type { CommandName } from '../settings.ts'
import { run as apply } from './apply.ts'
import type { Run } from './command.ts'
import { run as coverage } from './coverage.ts'
import { run as enable } from './enable.ts'
import { run as plan } from './plan.ts'
import { run as report } from './report.ts'
import { run as simulate } from './simulate.ts'
import { run as verify } from './verify.ts'

/**
 * The commands about a fleet and its reports. They share nearly all that they need, and are loaded as one: each for
 * itself would be a hundred small files, of which all are opened at once.
 */
export const FLEET_COMMANDS = {
  plan,
  apply,
  enable,
  verify,
  coverage,
  report,
  simulate,
} as const satisfies Partial<Record<CommandName, Run>>

export type FleetCommand = keyof typeof FLEET_COMMANDS

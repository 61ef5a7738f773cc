import type { CommandName } from '../settings.ts'
import type { Run } from './command.ts'
import { run as runs } from './runs.ts'
import { run as template } from './template.ts'

/** The commands that need neither a client nor the drawings of a report. */
export const LIGHT_COMMANDS = { runs, template } as const satisfies Partial<
  Record<CommandName, Run>
>

export type LightCommand = keyof typeof LIGHT_COMMANDS

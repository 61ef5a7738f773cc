import type { Settings } from '../settings.ts'
import type { Io } from '../ui/io.ts'

/** A command: reads its settings, writes its product to stdout, and returns the exit code. */
export type Run = (settings: Settings, io: Io) => Promise<number>

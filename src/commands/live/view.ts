import type { RunEvent } from '../../apply/events.ts'
import type { ReportRun, Totals } from '../../report/schema.ts'
import type { Palette } from '../../ui/colour.ts'
import { isCi, type Io } from '../../ui/io.ts'
import type { ProgressMode } from '../../settings/progress.ts'

/** What shows a run while it goes on. */
export interface RunView {
  onEvent(event: RunEvent): void
  /** A line for the person, without tearing what is drawn. */
  note(line: string): void
  /** How it has ended, for those that show it in words of their own: after `stop`. */
  ended(end: RunEnded): void
  /** Shows nothing any more, and leaves the terminal as it was. Until then, it keeps the process alive. */
  stop(): void
  /** Whether whatever else is written to stderr must come through `note`. */
  readonly isDrawn: boolean
}

export interface ViewParts {
  readonly io: Pick<Io, 'stderr' | 'isTerminal' | 'env' | 'secrets' | 'onResume'>
  /** The run's own clock, ms. */
  readonly now: () => number
  readonly runId: string
  /** `otc eu-de · prod-dr`, safe to show. */
  readonly where: string
  /** How many requests have been sent. */
  readonly requests: () => number
  readonly palette: Palette
}

/** The last that is said of a run. */
export interface RunEnded {
  readonly outcome: ReportRun['outcome']
  readonly exitCode: number
  readonly totals: Totals
  /** Where the report is; null: it could not be written whole. */
  readonly directory: string | null
  /** The line to type next, or null. */
  readonly next: string | null
}

export const NO_VIEW: RunView = {
  onEvent() {},
  note() {},
  ended() {},
  stop() {},
  isDrawn: false,
}

/** Which way `auto` goes: drawn where a person looks at a terminal that can be drawn on, else as lines. */
export function resolveMode(
  mode: ProgressMode,
  { stderr, isTerminal, env }: Pick<Io, 'stderr' | 'isTerminal' | 'env'>,
): Exclude<ProgressMode, 'auto'> {
  // A terminal of no width is one that nobody has told its size: a build machine's.
  const hasWidth = !('columns' in stderr) || stderr.columns !== 0
  const canDraw = isTerminal.stderr && env['TERM'] !== 'dumb' && hasWidth
  switch (mode) {
    case 'auto':
      return canDraw && !isCi(env) ? 'live' : 'plain'
    case 'live':
      return canDraw ? 'live' : 'plain'
    case 'plain':
    case 'json':
    case 'none':
      return mode
  }
}

/** Loads no more than what is shown. */
export async function createRunView(
  mode: Exclude<ProgressMode, 'auto'>,
  parts: ViewParts,
): Promise<RunView> {
  switch (mode) {
    case 'live': {
      const { createLiveView } = await import('./live-view.ts')
      return createLiveView(parts)
    }
    case 'plain': {
      const { createPlainView } = await import('./plain-view.ts')
      return createPlainView(parts)
    }
    case 'json': {
      const { createJsonView } = await import('./json-view.ts')
      return createJsonView(parts)
    }
    case 'none':
      return NO_VIEW
  }
}

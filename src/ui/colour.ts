import { createColors } from 'picocolors'
import type { Io } from './io.ts'

/** Colour by meaning, so that one place decides what a warning looks like. All are the identity when off. */
export interface Palette {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
}

export function palette(enabled: boolean): Palette {
  const colours = createColors(enabled)
  return {
    good: colours.green,
    bad: colours.red,
    warn: colours.yellow,
    strong: colours.bold,
    faint: colours.dim,
  }
}

/**
 * Whether to colour a stream: what was asked for wins, then NO_COLOR (no-color.org: any text but the
 * empty one) and FORCE_COLOR, then whether a terminal is there that can do it.
 */
export function wantsColour(
  io: Pick<Io, 'env' | 'isTerminal'>,
  stream: 'stdout' | 'stderr',
  asked: boolean | null,
): boolean {
  if (asked !== null) return asked
  const { NO_COLOR: no = '', FORCE_COLOR: force = '', TERM: term } = io.env
  if (no !== '') return false
  if (force !== '') return force !== '0' && force !== 'false'
  return io.isTerminal[stream] && term !== 'dumb'
}

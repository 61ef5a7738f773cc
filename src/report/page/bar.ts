import { scaleLinear } from 'd3-scale'
import { stack } from 'd3-shape'
import type { Tone } from '../columns.ts'

/** A piece of a bar: where it begins and how long it is, in per cent of the width. */
export interface PieceView {
  readonly x: string
  readonly width: string
  readonly tone: string
  readonly label: string
}

/** Counts as the pieces of one bar; those of none are left out. */
export function barOf(
  counts: readonly { readonly key: string; readonly count: number; readonly tone: Tone | 'none' }[],
): readonly PieceView[] {
  const keys = counts.map(({ key }) => key)
  const values = Object.fromEntries(counts.map(({ key, count }) => [key, count]))
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return []
  const toPercent = scaleLinear([0, total], [0, 100])
  return stack<Readonly<Record<string, number>>>()
    .keys(keys)([values])
    .flatMap(([piece], at) => {
      const each = counts[at]
      if (piece === undefined || each === undefined || each.count === 0) return []
      const [from, to] = piece
      return [
        {
          ...percents(toPercent(from), toPercent(to)),
          tone: each.tone,
          label: `${each.key} ${each.count}`,
        },
      ]
    })
}

export function percents(from: number, to: number): Pick<PieceView, 'x' | 'width'> {
  return { x: `${from.toFixed(3)}%`, width: `${Math.max(0, to - from).toFixed(3)}%` }
}

export interface TickView {
  readonly x: string
  /** At the ends of the axis a label keeps inside it. */
  readonly anchor: 'start' | 'middle' | 'end'
  readonly label: string
}

export function tick(percent: number, label: string): TickView {
  const anchor = percent < 3 ? 'start' : percent > 97 ? 'end' : 'middle'
  return { x: `${percent.toFixed(3)}%`, anchor, label }
}

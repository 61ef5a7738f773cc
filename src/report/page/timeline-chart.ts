import { scaleUtc } from 'd3-scale'
import { formatDuration, sanitize } from '../../ui/text.ts'
import type { Report } from '../schema.ts'
import { isWork, SPAN_KINDS, type SpanKind } from '../timeline.ts'
import { percents, tick, type PieceView, type TickView } from './bar.ts'

export interface TimelineView {
  readonly ticks: readonly TickView[]
  readonly lanes: readonly LaneView[]
  readonly legend: readonly { readonly kind: SpanKind; readonly words: string }[]
  /** How many groups have no lane here, since others took longer. */
  readonly left: number
}

interface LaneView {
  readonly name: string
  /** `work 3 min 20 s, busy 40 s`. */
  readonly words: string
  readonly work: readonly PieceView[]
  readonly waits: readonly PieceView[]
}

const WORDS = {
  creating: 'creating',
  removing: 'removing what a failed create left',
  'switching-on': 'switching on',
  busy: 'group busy',
  throttled: 'throttled (429, 503)',
  held: 'held back (Retry-After)',
  wave: 'waiting for its wave',
  lost: 'looking for a lost answer',
  'no-connection': 'no connection',
} as const satisfies Record<SpanKind, string>

const LANES_SHOWN = 30

/** Null: nothing was kept, or nothing was done. The groups that took longest have a lane. */
export function timelineOf({ run, groups }: Report): TimelineView | null {
  const lanes = groups.flatMap(({ id, name, timeline }) =>
    timeline === null || timeline.length === 0 ? [] : [{ name: name ?? id, spans: timeline }],
  )
  if (lanes.length === 0) return null
  const from = Date.parse(run.startedAt)
  const to = Math.max(
    Date.parse(run.finishedAt),
    ...lanes.flatMap(({ spans }) => spans.map((span) => Date.parse(span.to))),
  )
  const toPercent = scaleUtc([from, Math.max(to, from + 1)], [0, 100]).clamp(true)
  const piece = (span: (typeof lanes)[number]['spans'][number]): PieceView => {
    const took = Date.parse(span.to) - Date.parse(span.from)
    return {
      ...percents(toPercent(new Date(span.from)), toPercent(new Date(span.to))),
      tone: span.kind,
      label: `${WORDS[span.kind]}: ${formatDuration(took)}, from ${clock(span.from)} to ${clock(span.to)} UTC`,
    }
  }
  const endOf = ({ spans }: (typeof lanes)[number]): number =>
    Math.max(...spans.map((span) => Date.parse(span.to)))
  const shown = lanes.toSorted((one, other) => endOf(other) - endOf(one)).slice(0, LANES_SHOWN)
  const kinds = new Set(shown.flatMap(({ spans }) => spans.map(({ kind }) => kind)))
  const label = toPercent.tickFormat(5, formatOf(to - from))
  return {
    ticks: toPercent
      .ticks(5)
      .filter((at) => at.getUTCMilliseconds() === 0)
      .map((at) => tick(toPercent(at), label(at))),
    lanes: shown.map(({ name, spans }) => ({
      name: sanitize(name),
      words: SPAN_KINDS.flatMap((kind) => {
        const took = spans
          .filter((span) => span.kind === kind)
          .reduce((sum, span) => sum + Date.parse(span.to) - Date.parse(span.from), 0)
        return took < 500 ? [] : [`${WORDS[kind]} ${formatDuration(took)}`]
      }).join(', '),
      work: spans.filter(({ kind }) => isWork(kind)).map(piece),
      waits: spans.filter(({ kind }) => !isWork(kind)).map(piece),
    })),
    legend: SPAN_KINDS.filter((kind) => kinds.has(kind)).map((kind) => ({
      kind,
      words: WORDS[kind],
    })),
    left: lanes.length - shown.length,
  }
}

/** Of ticks: seconds are told of a short run, days of a long one. */
function formatOf(ms: number): string {
  if (ms < 10 * 60_000) return '%H:%M:%S'
  return ms < 24 * 3_600_000 ? '%H:%M' : '%b %d, %H:%M'
}

/** `03:04:05`. */
function clock(iso: string): string {
  return iso.slice(11, 19)
}

import { bin, max, quantileSorted } from 'd3-array'
import { scaleLinear } from 'd3-scale'
import { isOn } from '../../enabling.ts'
import { formatDuration, sanitize } from '../../ui/text.ts'
import type { Report, ReportRow } from '../schema.ts'
import { percents, tick, type TickView } from './bar.ts'

export interface DurationsView {
  readonly what: string
  /** `p50`, `p95` and the longest, as text. */
  readonly figures: readonly (readonly [name: string, text: string])[]
  readonly bars: readonly {
    readonly x: string
    readonly width: string
    readonly y: string
    readonly height: string
    readonly label: string
  }[]
  readonly ticks: readonly TickView[]
}

const BINS = 24

/** How long creates took from the first request to the end; of `enable`, groups. Null: nothing took time. */
export function durationsOf(report: Report): DurationsView | null {
  const ofRows = report.rows.flatMap((row) => {
    const { name, durationMs, attempts, jobId } = row
    const isWork = attempts > 0 || jobId !== null
    return durationMs === null || !isWork || !hasEnded(row) ? [] : [{ name, ms: durationMs }]
  })
  const ofGroups = report.groups.flatMap(({ id, name, enabling }) =>
    enabling === null ||
    !isOn(enabling.outcome) ||
    enabling.submittedAt === null ||
    enabling.finishedAt === null
      ? []
      : [
          {
            name: name ?? id,
            ms: Math.max(0, Date.parse(enabling.finishedAt) - Date.parse(enabling.submittedAt)),
          },
        ],
  )
  const what = ofRows.length > 0 ? 'server' : 'group'
  const items = (ofRows.length > 0 ? ofRows : ofGroups).toSorted((one, other) => one.ms - other.ms)
  const longest = items.at(-1)
  if (longest === undefined) return null
  const times = items.map(({ ms }) => ms)
  const unit = unitOf(longest.ms)
  const toPercent = scaleLinear([0, Math.max(longest.ms / unit, 1e-3)], [0, 100]).nice(6)
  const to = toPercent.domain()[1] ?? 1
  const bins = bin<number, number>().domain([0, to]).thresholds(edges(to))(
    times.map((ms) => ms / unit),
  )
  const height = scaleLinear([0, max(bins, ({ length }) => length) ?? 1], [0, 100])
  return {
    what,
    figures: [
      ['p50', formatDuration(quantileSorted(times, 0.5) ?? 0)],
      ['p95', formatDuration(quantileSorted(times, 0.95) ?? 0)],
      ['longest', `${formatDuration(longest.ms)} (${sanitize(longest.name)})`],
    ],
    bars: bins.flatMap((each) =>
      each.length === 0
        ? []
        : [
            {
              ...percents(toPercent(each.x0 ?? 0), toPercent(each.x1 ?? 0)),
              y: `${(100 - height(each.length)).toFixed(2)}%`,
              height: `${height(each.length).toFixed(2)}%`,
              label: `${formatDuration((each.x0 ?? 0) * unit)} to ${formatDuration((each.x1 ?? 0) * unit)}: ${each.length}`,
            },
          ],
    ),
    // No text tells half seconds apart.
    ticks: toPercent
      .ticks(5)
      .filter((at) => unit > 1_000 || Number.isInteger(at))
      .map((at) => tick(toPercent(at), formatDuration(at * unit))),
  }
}

/** What has not is only as long as the run was. */
export function hasEnded({ outcome }: Pick<ReportRow, 'outcome'>): boolean {
  return outcome !== 'in-progress' && outcome !== 'unknown'
}

/** In which round numbers are told: seconds, minutes or hours, in ms. */
function unitOf(longestMs: number): number {
  if (longestMs < 2 * 60_000) return 1_000
  return longestMs < 2 * 3_600_000 ? 60_000 : 3_600_000
}

function edges(to: number): number[] {
  return Array.from({ length: BINS - 1 }, (_, at) => ((at + 1) * to) / BINS)
}

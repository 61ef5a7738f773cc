/** One measured figure, held against what it should be. Text as printed. */
export interface Figure {
  readonly what: string
  readonly measured: string
  readonly bound?: string
  readonly ratio?: string
  readonly target?: string
  /** Absent where nothing is promised. */
  readonly met?: boolean
}

export interface Section {
  readonly title: string
  readonly figures: readonly Figure[]
}

const WIDTHS = { what: 37, measured: 10, bound: 10, ratio: 6, target: 7 }

export function headText(): string {
  return lineOf({
    what: '',
    measured: 'measured',
    bound: 'bound',
    ratio: 'ratio',
    target: 'target',
  })
}

/** At most 80 columns a line. */
export function sectionText({ title, figures }: Section): string {
  return [title, ...figures.map((figure) => lineOf({ ...figure, what: `  ${figure.what}` }))].join(
    '\n',
  )
}

function lineOf({ what, measured, bound, ratio, target, met }: Figure): string {
  return [
    what.padEnd(WIDTHS.what),
    measured.padStart(WIDTHS.measured),
    (bound ?? '').padStart(WIDTHS.bound),
    (ratio ?? '').padStart(WIDTHS.ratio),
    (target ?? '').padStart(WIDTHS.target),
    met === undefined ? '' : met ? 'ok' : 'MISSED',
  ]
    .join(' ')
    .trimEnd()
}

/** A measured value and the most it may be, in units of a bound that is given or 1. */
export function held(
  what: string,
  measured: number,
  bound: number,
  most: number | null,
  text: (value: number) => string,
): Figure {
  const ratio = measured / bound
  const figure = { what, measured: text(measured), bound: text(bound), ratio: ratio.toFixed(3) }
  return most === null ? figure : { ...figure, target: `≤ ${most}`, met: ratio <= most }
}

export function atMost(
  what: string,
  measured: number,
  most: number,
  text: (value: number) => string,
): Figure {
  return { what, measured: text(measured), target: `≤ ${most}`, met: measured <= most }
}

/** `27m16s`, or `3.2s` below a minute. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)}s`
  const seconds = Math.round(ms / 1_000)
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)]
  const rest = String(seconds % 60).padStart(2, '0')
  return hours === 0
    ? `${minutes}m${rest}s`
    : `${hours}h${String(minutes).padStart(2, '0')}m${rest}`
}

export function milliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 0)} ms`
}

export function count(value: number): string {
  return String(Number(value.toFixed(2)))
}

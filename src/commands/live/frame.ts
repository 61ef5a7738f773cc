import type { Estimate } from '../../live/eta.ts'
import type { GroupState, RunState } from '../../live/run-state.ts'
import type { Palette } from '../../ui/colour.ts'
import { displayWidth, formatCount, pad, pluralize, sanitize, truncate } from '../../ui/text.ts'
import { countTexts, doneOf } from './counts.ts'
import { busyText, elapsedText, holdText, limitText, rangeText, runningText } from './words.ts'

/** What one drawing of the live view is made from. */
export interface FrameInput {
  readonly state: RunState
  readonly estimate: Estimate
  /** ms since the epoch, by the run's own clock. */
  readonly now: number
  /** `otc eu-de · prod-dr`, safe to show. */
  readonly where: string
  readonly requestsPerSecond: number | null
  /** Of the terminal. */
  readonly columns: number
  readonly rows: number
  readonly palette: Palette
}

/** Wider than this, a line is no easier to read. */
const WIDEST = 120
/** Below this width there is no bar in a group's line. */
const NARROW = 72
const GROUPS_SHOWN = 8
const BAR = 20
const GROUP_BAR = 10
/** `12m04s` */
const CLOCK = 6
const LEAST_NAME = 8
const LONGEST_NAME = 20
/** A group is named as the longest only where it is. */
const CLEARLY_LATER = 1.2
const SEPARATOR = ' · '

/**
 * The run as lines, none wider than the terminal less one column (a full line would wrap) and fewer than it has
 * rows: where and how far it is, counts and what is left of time, at most eight groups that have something to
 * say, and what the API does. Pure: the same input is the same frame.
 */
export function frameOf(input: FrameInput): readonly string[] {
  const width = Math.max(1, Math.min(input.columns, WIDEST) - 1)
  const lines = [
    ...headLines(input, width),
    ...countLines(input, width),
    ...stoppingLine(input, width),
  ]
  const tail = tailLines(input, width)
  const room = Math.max(0, input.rows - 2 - lines.length - tail.length)
  return [...lines, ...groupLines(input, width, Math.min(GROUPS_SHOWN, room)), ...tail].slice(
    0,
    Math.max(1, input.rows - 1),
  )
}

function headLines({ state, now, where, palette }: FrameInput, width: number): string[] {
  const { done, of, unit } = doneOf(state)
  // As wide at the end as at the beginning: what moves tells something.
  const all = formatCount(of)
  const count = `${formatCount(done).padStart(all.length)}/${all}${unit === 'rows' ? '' : ` ${unit}`}`
  const elapsed = elapsedText(now - state.beganAt).padStart(CLOCK)
  const wave =
    state.phase === 'creating' && state.waves.length > 1 && state.wave > 0
      ? `wave ${state.wave}/${state.waves.length}`
      : ''
  // What there is no room for is left out, the least telling first; the count and the clock stay.
  const rights = [BAR, GROUP_BAR, 0].flatMap((bar) =>
    (wave === '' ? [''] : [wave, '']).map((shown) => ({ shown, bar })),
  )
  for (const { shown, bar } of rights) {
    const texts = [shown, bar === 0 ? '' : barText(done, of, bar), count, elapsed]
    const right = texts.filter((text) => text !== '').join('  ')
    const room = width - displayWidth(right) - 2
    if (room < Math.min(displayWidth(where), LEAST_NAME)) continue
    const left = pad(truncate(where, room), room)
    return [`${palette.strong(left)}  ${right}`]
  }
  return [truncate(`${count}  ${elapsed}`, width)]
}

function countLines(input: FrameInput, width: number): string[] {
  const { state, estimate, palette } = input
  const left = flow(countTexts(state), width)
  const right =
    state.phase === 'looking'
      ? 'looking at the cloud once more'
      : estimate.run === null
        ? ''
        : rangeText(estimate.run)
  const last = left.at(-1) ?? ''
  if (right === '') return left
  const room = width - displayWidth(last) - displayWidth(right)
  const strong = palette.strong(truncate(right, width))
  return room >= 2
    ? [...left.slice(0, -1), `${last}${' '.repeat(room)}${strong}`]
    : [...left, strong]
}

function stoppingLine({ state, palette }: FrameInput, width: number): string[] {
  if (state.stopping === null) return []
  return [palette.warn(truncate(`stopping (${state.stopping}): nothing new is sent`, width))]
}

/**
 * Groups at work: those that hold the run up or are in trouble first, the others as long as there is room, each
 * kind in the inventory's order, so that lines do not jump.
 */
function groupLines(input: FrameInput, width: number, most: number): string[] {
  const { state } = input
  const longest = longestOf(input)
  const ranked = [...state.groups.values()]
    .filter((group) => isAtWork(group, state))
    .map((group) => ({ group, rank: rankOf(group, longest) }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ group }) => group)
  const shown = ranked.length <= most ? ranked : ranked.slice(0, Math.max(0, most - 1))
  if (shown.length === 0) return []
  const name = Math.min(
    width >= NARROW ? LONGEST_NAME : LEAST_NAME + 4,
    Math.max(LEAST_NAME, ...shown.map((group) => displayWidth(sanitize(group.name)))),
  )
  const count = Math.max(...shown.map((group) => displayWidth(countOf(group))))
  const more = ranked.length - shown.length
  return [
    ...shown.map((group) =>
      groupLine(group, input, { width, name, count, isLongest: group === longest }),
    ),
    ...(more > 0 ? [truncate(`  + ${pluralize(more, 'more group')} at work`, width)] : []),
  ]
}

/** The group that ends last, where that is known and there are others. */
function longestOf({ state, estimate }: FrameInput): GroupState | null {
  const known = [...state.groups.values()].flatMap((group) => {
    const range = estimate.groups.get(group.groupId)
    return range === undefined ? [] : [{ group, ends: range.fromMs + range.toMs }]
  })
  const [last, second] = known.toSorted((one, other) => other.ends - one.ends)
  if (estimate.run === null || last === undefined || second === undefined) return null
  return last.ends > CLEARLY_LATER * second.ends ? last.group : null
}

function rankOf(group: GroupState, longest: GroupState | null): number {
  if (isHeldUp(group)) return 0
  if (group === longest) return 1
  if (group.lane.limit !== null) return 2
  return group.failed > 0 ? 3 : 4
}

function isAtWork({ left, running, lane, mostRunning }: GroupState, { phase }: RunState): boolean {
  if (phase === 'looking' || phase === 'beginning') return false
  if (running.size > 0) return true
  return left.some((rows) => rows > 0) && (lane.busySince !== null || mostRunning > 0)
}

function isHeldUp({ lane, running }: GroupState): boolean {
  return lane.busySince !== null && running.size === 0
}

function countOf({ protected: done, rows }: GroupState): string {
  return `${formatCount(done)}/${formatCount(rows)}`
}

function groupLine(
  group: GroupState,
  { state, estimate, now, palette }: FrameInput,
  layout: {
    readonly width: number
    readonly name: number
    readonly count: number
    readonly isLongest: boolean
  },
): string {
  const { width, isLongest } = layout
  const isStart = state.phase === 'switching-on'
  const range = estimate.groups.get(group.groupId)
  const head = [
    pad(truncate(sanitize(group.name), layout.name), layout.name),
    ...(isStart
      ? []
      : [
          ...(width >= NARROW ? [barText(group.protected, group.rows, GROUP_BAR)] : []),
          pad(countOf(group), layout.count, 'right'),
        ]),
  ].join('  ')
  const room = width - displayWidth(head) - 4
  if (room < 1) return truncate(`  ${head}`, width)
  const busy = busyText(group, now)
  // In the order in which they stand; the number says which of them stays longest.
  const told: readonly (readonly [rank: number, text: string | null])[] = [
    [0, busy],
    [2, limitText(group)],
    [3, runningText(group, now, isStart ? 'starting' : 'running')],
    [4, group.failed === 0 ? null : `${formatCount(group.failed)} failed`],
    // Where nothing limits a group, the whole run's estimate says as much.
    [1, range === undefined || !(isLongest || group.lane.limit !== null) ? null : rangeText(range)],
    [5, isLongest ? '← longest' : null],
  ]
  const texts = told.flatMap(([rank, text]) => (text === null ? [] : [{ rank, text }]))
  for (let most = texts.length; most > 0; most -= 1) {
    const kept = new Set(texts.toSorted((one, other) => one.rank - other.rank).slice(0, most))
    const line = texts
      .filter((each) => kept.has(each))
      .map(({ text }) => text)
      .join(SEPARATOR)
      .replace(`${SEPARATOR}←`, '  ←')
    if (displayWidth(line) > room && most > 1) continue
    const said = truncate(line, Math.max(0, room))
    return `  ${head}  ${busy === null ? said : palette.warn(said)}`.trimEnd()
  }
  return `  ${head}`
}

function tailLines(input: FrameInput, width: number): string[] {
  const { state, now, requestsPerSecond, palette } = input
  const hold = holdText(state, now)
  const left = [
    ...(requestsPerSecond === null ? [] : [`API ${requestsPerSecond} req/s`]),
    ...(hold === null ? [] : [hold]),
  ].join(SEPARATOR)
  const { lastFailure } = state
  const right =
    lastFailure === null
      ? ''
      : `last: ${sanitize(lastFailure.name)} failed ${sanitize(lastFailure.said)}`
  if (left === '' && right === '') return []
  const paint = hold === null ? palette.faint : palette.warn
  const room = width - displayWidth(left) - displayWidth(right)
  if (right === '') return [paint(truncate(left, width))]
  if (left === '') return [palette.bad(truncate(right, width))]
  return room >= 2
    ? [`${paint(left)}${' '.repeat(room)}${palette.bad(right)}`]
    : [paint(truncate(left, width)), palette.bad(truncate(right, width))]
}

/** Texts side by side, on as many lines as they need; one that is too long alone is cut. */
function flow(texts: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const text of texts) {
    const last = lines.at(-1)
    const joined = last === undefined ? text : `${last}${SEPARATOR}${text}`
    if (last !== undefined && displayWidth(joined) <= width) lines[lines.length - 1] = joined
    else lines.push(truncate(text, width))
  }
  return lines
}

/** Full only when all is done. */
function barText(done: number, of: number, width: number): string {
  const full = of === 0 ? 0 : Math.min(width, Math.floor((done / of) * width))
  return '█'.repeat(full) + '░'.repeat(width - full)
}

import { formatCount, formatDuration, pluralize, sanitize } from '../../ui/text.ts'
import { OUTCOME_ORDER, toneOf, type Tone } from '../columns.ts'
import { switchedGroups } from '../enabling-text.ts'
import { FORM_FILES } from '../files.ts'
import { headline, headlineTone } from '../headline.ts'
import { nextClause, type NextStep } from '../next-step.ts'
import { switchOnText } from '../protection.ts'
import type { Report, ReportRow } from '../schema.ts'
import { isAudit, verdictCounts, verdictTone } from '../verification.ts'
import { uncheckedText } from '../unchecked.ts'
import { whereText } from '../where.ts'
import { causesOf, openRows, type CauseView } from './causes.ts'
import { barOf, type PieceView } from './bar.ts'
import { durationsOf, type DurationsView } from './durations-chart.ts'
import { groupViews, hashOf, type GroupView } from './group-views.ts'
import { metersOf, type MeterView } from './meters.ts'
import { timeText } from './row-data.ts'
import { tablesOf, type TableView } from './tables.ts'
import { timelineOf, type TimelineView } from './timeline-chart.ts'

/** All that stands on the page before its script runs, as text that is still to be escaped; '' is nothing to show. */
export interface PageView {
  readonly title: string
  readonly tone: Tone
  readonly command: string
  readonly ended: string
  readonly where: string
  readonly identity: string
  readonly when: string
  readonly nextCommand: string
  /** Said above the command, or below it. */
  readonly nextBefore: string
  readonly nextAfter: string
  /** What switches protection on. */
  readonly enabling: string
  /** How far the report itself is to be trusted. */
  readonly notes: readonly string[]
  readonly unchecked: readonly string[]
  readonly meters: readonly MeterView[]
  readonly tiles: readonly TileView[]
  readonly tileBar: readonly PieceView[]
  readonly causes: readonly CauseView[]
  readonly groups: readonly GroupView[]
  readonly hasEnabling: boolean
  readonly timeline: TimelineView | null
  readonly durations: DurationsView | null
  readonly isAudit: boolean
  readonly hasWaves: boolean
  /** Whether anything was sent, or took time. */
  readonly hasWork: boolean
  /** The same of rows alone. */
  readonly hasRowWork: boolean
  readonly open: readonly OpenRowView[]
  readonly tables: readonly TableView[]
  readonly files: readonly string[]
  readonly about: readonly (readonly [name: string, text: string])[]
}

/** One outcome, or verdict, with its rows: `hash` shows them. */
interface TileView {
  readonly key: string
  readonly count: string
  readonly tone: Tone
  readonly hash: string
}

/** For a page without a script, and for paper: one line each. */
interface OpenRowView {
  readonly row: number
  readonly name: string
  readonly serverId: string
  readonly group: string
  readonly outcome: string
  readonly tone: Tone
  readonly why: string
}

export function pageView(
  report: Report,
  next: NextStep | null,
  notes: readonly string[] = [],
): PageView {
  const { run, totals } = report
  const audit = isAudit(report)
  const took = Date.parse(run.finishedAt) - Date.parse(run.startedAt)
  const counts = audit
    ? verdictCounts(report.rows).map(([key, count]) => ({ key, count, tone: verdictTone(key) }))
    : OUTCOME_ORDER.flatMap(([key, total, tone]) =>
        totals[total] === 0 ? [] : [{ key, count: totals[total], tone }],
      )
  const switchOn = switchOnText(report) ?? ''
  const hasRowWork = report.rows.some(
    ({ attempts, durationMs }) => attempts > 0 || durationMs !== null,
  )
  return {
    title: headline(report),
    tone: headlineTone(report),
    command: sanitize(run.command),
    ended: run.outcome,
    where: whereText(run),
    identity: sanitize(run.target?.identity ?? ''),
    when: `${timeText(run.startedAt)} to ${timeText(run.finishedAt)}, ${formatDuration(took)}`,
    nextCommand: sanitize(next?.command ?? ''),
    ...nextWords(next),
    enabling: switchOn,
    notes: notes.map(sanitize),
    unchecked: report.unchecked.map((each) => sanitize(uncheckedText(each))),
    meters: metersOf(report),
    tiles: counts.map(({ key, count, tone }) => ({
      key,
      count: formatCount(count),
      tone,
      hash: hashOf({ [audit ? 'verdict' : 'outcome']: key }),
    })),
    tileBar: barOf(counts),
    causes: causesOf(report),
    groups: groupViews(report),
    hasEnabling: switchedGroups(report).length > 0,
    timeline: timelineOf(report),
    durations: durationsOf(report),
    isAudit: audit,
    hasWaves: report.rows.some(({ wave }) => wave !== null),
    hasWork: hasRowWork || switchedGroups(report).length > 0,
    hasRowWork,
    open: openRows(report).map(openRow),
    tables: tablesOf(report),
    files: filesOf(report),
    about: about(report).map(([name, text]) => [name, sanitize(text)]),
  }
}

function nextWords(next: NextStep | null): Pick<PageView, 'nextBefore' | 'nextAfter'> {
  const clause = next === null ? null : nextClause(next, 'as said below')
  if (next === null || clause === null) return { nextBefore: '', nextAfter: '' }
  const isAsWell = next.command !== null && next.relation === 'as-well'
  const text = sanitize(isAsWell ? `and ${clause}` : clause)
  const sentence = next.relation === undefined ? text : text.charAt(0).toUpperCase() + text.slice(1)
  return next.relation === 'before'
    ? { nextBefore: sentence, nextAfter: '' }
    : { nextBefore: '', nextAfter: sentence }
}

function openRow(row: ReportRow): OpenRowView {
  const { reason, errorCode, message, verification } = row
  const outcome = verification?.verdict ?? row.outcome
  // A job's error code is often the first word of its message as well.
  const code = errorCode !== null && message?.includes(errorCode) === true ? null : errorCode
  const said = reason === outcome ? [code, message] : [reason, code, message]
  return {
    row: row.row,
    name: sanitize(row.name),
    serverId: sanitize(row.serverId),
    group: sanitize(row.serverGroup ?? row.serverGroupId ?? ''),
    outcome,
    tone: verification === null ? toneOf(row.outcome) : verdictTone(verification.verdict),
    why: sanitize(said.filter((text) => text !== null).join(': ')),
  }
}

function about({ run, requests, tool }: Report): readonly (readonly [string, string])[] {
  const { source, sha256 } = run.inventory
  const identity = run.target?.identity ?? null
  return [
    ['Run', `${run.id} (${run.command}), ${run.outcome}`],
    ['Project', whereText(run)],
    ['Endpoint', run.endpoint],
    ...(identity === null ? [] : ([['Signed in as', identity]] as const)),
    ['Inventory', `${source}, ${pluralize(run.inventory.rows, 'row')}, SHA-256 ${sha256}`],
    ...(run.selection === null ? [] : ([['Selection', selected(run.selection)]] as const)),
    ...(run.shard === null ? [] : ([['Share', `${run.shard.index}/${run.shard.count}`]] as const)),
    ...(run.resumedRuns.length === 0
      ? []
      : ([['Carries on', run.resumedRuns.join(', ')]] as const)),
    [
      'Requests',
      // A run sends one at least: none is what a journal knows of them.
      requests.total === 0
        ? 'not counted'
        : `${formatCount(requests.total)}, ${formatCount(requests.retries)} sent again, ${formatCount(requests.throttled)} throttled`,
    ],
    ['Tool', `${tool.name} ${tool.version}`],
  ]
}

/** As it was typed: `--only web-* --rows 1-50`. */
function selected(selection: NonNullable<Report['run']['selection']>): string {
  const { only, rows, waves, limit } = selection
  return [
    ...(only === null ? [] : [only].flat().map((glob) => `--only ${glob}`)),
    ...(rows === null ? [] : [`--rows ${rows}`]),
    ...(waves === null ? [] : [`--wave ${waves.join(',')}`]),
    ...(limit === null ? [] : [`--limit ${limit}`]),
  ].join(' ')
}

/** What lies beside the page. Reports that were merged have no journal and no log of their own. */
function filesOf({ run }: Report): readonly string[] {
  const isOneRun = !run.id.includes('+')
  const forms = Object.values(FORM_FILES).filter((file) => file !== FORM_FILES.html)
  return [
    ...forms,
    'remaining.csv',
    ...(isOneRun ? ['run.log'] : []),
    ...(isOneRun && run.command !== 'verify' ? ['journal.ndjson'] : []),
  ]
}

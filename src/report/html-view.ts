import { isProtected } from '../outcome.ts'
import { pluralize, formatDuration, sanitize } from '../ui/text.ts'
import { OUTCOME_ORDER, driftText, toneOf } from './columns.ts'
import type { Tone } from './columns.ts'
import { enablingCell, switchedGroups } from './enabling-text.ts'
import { headline, headlineTone } from './headline.ts'
import { switchOnText, protectionCell } from './protection.ts'
import { needsAttention } from './attention.ts'
import type { Attention } from './attention.ts'
import type { Report, ReportRow } from './schema.ts'
import {
  isAudit,
  isVerified,
  notCarriedOverText,
  replicationText,
  verdictTone,
} from './verification.ts'
import { whereText } from './where.ts'

/** All that stands on the page, as text that is still to be escaped; '' is nothing to show. */
export interface PageView {
  readonly title: string
  readonly tone: Tone
  readonly where: string
  /** What switches protection on. */
  readonly enabling: string
  readonly about: readonly (readonly [name: string, text: string])[]
  /** `share`: a number in proportion to the others, for the bar. */
  readonly outcomes: readonly OutcomeView[]
  /** Whether an audit's column is shown. */
  readonly isAudit: boolean
  readonly rowCount: number
  readonly openCount: number
  readonly work: readonly WorkView[]
  readonly rows: readonly RowView[]
  readonly tables: readonly TableView[]
}

interface OutcomeView {
  readonly outcome: string
  readonly count: number
  readonly tone: Tone
}

interface WorkView {
  readonly title: string
  readonly tone: Tone
  readonly message: string
  readonly advice: string
  readonly names: string
}

interface RowView {
  readonly row: number
  readonly name: string
  readonly serverId: string
  readonly group: string
  readonly outcome: string
  readonly tone: Tone
  readonly open: 'yes' | 'no'
  /** What an audit says of it: `drifted: in-sync, 2 pairs`. */
  readonly verdict: string
  readonly verdictTone: Tone
  readonly why: string
  readonly drift: string
  readonly notCarriedOver: string
  readonly advice: string
  readonly instanceId: string
  readonly took: string
}

interface TableView {
  readonly title: string
  readonly columns: readonly ColumnView[]
  readonly rows: readonly (readonly string[])[]
}

interface ColumnView {
  readonly header: string
  readonly kind: 'text' | 'id' | 'number'
}

const NAMES_SHOWN = 10

export function pageView(report: Report): PageView {
  const { rows, totals } = report
  const groupNames = new Map(report.groups.map(({ id, name }) => [id, name ?? id]))
  return {
    title: headline(report),
    tone: headlineTone(report),
    isAudit: isAudit(report),
    where: whereText(report.run),
    enabling: switchOnText(report) ?? '',
    about: about(report).map(([name, text]) => [name, sanitize(text)]),
    outcomes: OUTCOME_ORDER.filter(([, total]) => totals[total] > 0).map(
      ([outcome, total, tone]) => ({ outcome, count: totals[total], tone }),
    ),
    rowCount: totals.rows,
    openCount: rows.filter((row) => !isProtected(row.outcome)).length,
    work: needsAttention(rows).map(workView),
    rows: rows.map((row) => rowView(row, groupNames)),
    tables: [carriedOver(report), groups(report), unmanaged(report)].filter(
      (table) => table.rows.length > 0,
    ),
  }
}

function about({ run, requests, tool }: Report): readonly (readonly [string, string])[] {
  const took = Date.parse(run.finishedAt) - Date.parse(run.startedAt)
  const { source, sha256 } = run.inventory
  const identity = run.target?.identity ?? null
  return [
    ['Run', `${run.id} (${run.command}), ${run.outcome}`],
    ['Time', `${seconds(run.startedAt)} to ${seconds(run.finishedAt)}, ${formatDuration(took)}`],
    ['Project', whereText(run)],
    ['Endpoint', run.endpoint],
    ...(identity === null ? [] : ([['Signed in as', identity]] as const)),
    ['Inventory', `${source}, ${pluralize(run.inventory.rows, 'row')}, SHA-256 ${sha256}`],
    ...(run.selection === null ? [] : ([['Selection', selected(run.selection)]] as const)),
    ...(run.shard === null ? [] : ([['Share', `${run.shard.index}/${run.shard.count}`]] as const)),
    [
      'Requests',
      `${requests.total}, ${requests.retries} sent again, ${requests.throttled} throttled`,
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

/** `2026-01-02 03:04:05 UTC`: milliseconds are for report.json. */
function seconds(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')
}

function workView({ outcome, reason, errorCode, advice, message, rows }: Attention): WorkView {
  const names = rows.slice(0, NAMES_SHOWN).map(({ name }) => sanitize(name))
  const more = rows.length - names.length
  const title = [outcome, reason, errorCode].filter((part) => part !== null).join(', ')
  return {
    title: `${pluralize(rows.length, 'server')} ${sanitize(title)}`,
    tone: toneOf(outcome),
    message: sanitize(message ?? ''),
    advice: sanitize(advice ?? ''),
    names: names.join(', ') + (more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''),
  }
}

function rowView(row: ReportRow, groupNames: ReadonlyMap<string, string>): RowView {
  const { errorCode, message, serverGroupId } = row
  // A job's error code is often the first word of its message as well.
  const code = errorCode !== null && message?.includes(errorCode) === true ? null : errorCode
  return {
    row: row.row,
    name: sanitize(row.name),
    serverId: sanitize(row.serverId),
    group: sanitize(serverGroupId === null ? '' : (groupNames.get(serverGroupId) ?? serverGroupId)),
    outcome: row.outcome,
    tone: toneOf(row.outcome),
    open: isProtected(row.outcome) ? 'no' : 'yes',
    why: sanitize([row.reason, code, message].filter((text) => text !== null).join(': ')),
    verdict: isVerified(row) ? `${row.verification.verdict}: ${replicationText(row)}` : '',
    verdictTone: isVerified(row) ? verdictTone(row.verification.verdict) : 'warn',
    drift: sanitize(driftText(row.drift)),
    notCarriedOver: isVerified(row) ? sanitize(notCarriedOverText(row.verification)) : '',
    advice: sanitize(row.advice ?? ''),
    instanceId: sanitize(row.protectedInstanceId ?? ''),
    took: row.durationMs === null ? '' : formatDuration(row.durationMs),
  }
}

const text = (header: string): ColumnView => ({ header, kind: 'text' })
const id = (header: string): ColumnView => ({ header, kind: 'id' })
const number = (header: string): ColumnView => ({ header, kind: 'number' })

function carriedOver(report: Report): TableView {
  return {
    title: 'Left open by earlier runs, outside this one',
    columns: [text('name'), id('server'), text('outcome'), text('reason'), text('what to do')],
    rows: report.carriedOver.map((row) =>
      cells([row.name, row.serverId, row.outcome, row.reason, row.advice]),
    ),
  }
}

function groups(report: Report): TableView {
  const isSwitched = switchedGroups(report).length > 0
  return {
    title: 'Protection groups',
    columns: [
      text('group'),
      id('ID'),
      text('status'),
      number('rows'),
      number('created'),
      text('protection'),
      ...(isSwitched ? [text('switched on')] : []),
    ],
    rows: report.groups.map((group) => {
      const { name, id: groupId, status, rows } = group
      return cells([
        name,
        groupId,
        status,
        rows,
        group.protected,
        protectionCell(group),
        ...(isSwitched ? [enablingCell(group)] : []),
      ])
    }),
  }
}

function unmanaged(report: Report): TableView {
  return {
    title: 'In these groups, but in no row',
    columns: [text('name'), id('instance'), id('server'), text('status')],
    rows: report.unmanaged.map((one) =>
      cells([one.name, one.protectedInstanceId, one.sourceServer, one.status]),
    ),
  }
}

function cells(values: readonly (string | number | null)[]): readonly string[] {
  return values.map((value) => (value === null ? '' : sanitize(String(value))))
}
